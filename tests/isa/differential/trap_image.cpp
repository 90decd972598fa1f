#include "tests/isa/differential/trap_image.hpp"

#include <fmt/core.h>

#include <cstring>
#include <random>

#include "isa/csr.hpp"
#include "sim/base/check.hpp"
#include "tests/isa/differential/quirks.hpp"
#include "tests/isa/differential/trap_program.hpp"
#include "tests/isa/guest.hpp"

namespace troupe::isa::differential {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 kPage = 4096;
constexpr u64 kTable =
    2 * kPage;  // behind the harness: where it has got to in the list of calls, then the list

// One call as the harness reads it; a record of 0 ends the run.
struct Entry {
  u64 record = 0, program = 0, end = 0, dump = 0;
};
static_assert(sizeof(Entry) == 32);

// Registers as in trap_program.hpp. x27 is the handler's own and 0 whenever a program sees it.
constexpr const char* kHarness = R"(
    .option norvc
    j next
    .balign 256
handler:                      # a vectored timer interrupt comes to the eighth
    .rept 8
    j trap
    .endr
trap:
    slli x27, x25, 52         # the log is one page: as many traps as fit are logged
    srli x27, x27, 57
    addi x27, x27, -120
    bgez x27, logged
    csrr x27, mcause
    sd x27, 0(x25)
    csrr x27, mepc
    sd x27, 8(x25)
    csrr x27, mtval
    sd x27, 16(x25)
    csrr x27, mstatus
    sd x27, 24(x25)
    srli x27, x27, 9
    andi x27, x27, 3
    beqz x27, vstart_read     # the vector unit is off
    csrr x27, vstart
vstart_read:
    sd x27, 32(x25)
    addi x25, x25, 40
logged:
    csrr x27, mcause
    bgez x27, exception
    csrc mie, x22
    j back
exception:
    csrr x27, mepc
    beq x27, x26, finish
    csrr x27, mcause
    addi x27, x27, -1
    bnez x27, can_fetch
    csrw mepc, x28            # a jump to nowhere
    j back
can_fetch:
    addi x27, x27, -2
    bnez x27, no_breakpoint
    csrw mtval, zero          # see hide_unlike()
no_breakpoint:
    addi x27, x27, -2
    beqz x27, load_fault
    addi x27, x27, -2
    beqz x27, store_fault
    addi x27, x27, -1
    bnez x27, skip
    lui x27, 2                # a call from user mode goes on in machine mode
    addi x27, x27, -2048
    csrs mstatus, x27
    j skip
load_fault:
    csrr x27, mtval           # see hide_unlike()
    andi x27, x27, -8
    csrw mtval, x27
    j access_fault
store_fault:
    li x27, {last_word}       # of a store over the end, QEMU carries out what is inside
    sd zero, 0(x27)
access_fault:
    beq x8, x2, skip
    mv x8, x2                 # once more, from the scratch area
    j back
skip:
    csrr x27, mepc
    lhu x27, 0(x27)
    andi x27, x27, 3
    addi x27, x27, -3
    beqz x27, four_bytes
    csrr x27, mepc
    addi x27, x27, 2
    j skipped
four_bytes:
    csrr x27, mepc
    addi x27, x27, 4
skipped:
    csrw mepc, x27
back:
    li x27, 0
    mret

next:
    la x27, handler
    lui x6, 2                 # the table, two pages behind the start
    add x5, x6, x27
    addi x5, x5, -256
    ld x6, 0(x5)
    addi x7, x6, 32
    sd x7, 0(x5)
    ld x5, 0(x6)              # record
    beqz x5, end
    ld x7, 8(x6)
    csrw mepc, x7
    ld x26, 16(x6)
    ld x31, 24(x6)
    li x6, 0x6600             # units on
    csrs mstatus, x6
    csrw vstart, zero
    li x6, {scratch}
    add x7, x5, x6
    add x28, x31, x6
    li x29, {scratch_blocks}
copy_scratch:
    vl8re8.v v0, (x7)
    vs8r.v v0, (x28)
    addi x7, x7, 512
    addi x28, x28, 512
    addi x29, x29, -1
    bnez x29, copy_scratch
    li x28, {window}
    li x29, {window_blocks}
copy_window:
    vl8re8.v v0, (x7)
    vs8r.v v0, (x28)
    addi x7, x7, 512
    addi x28, x28, 512
    addi x29, x29, -1
    bnez x29, copy_window
    vl8re8.v v0, (x7)
    addi x7, x7, 512
    vl8re8.v v8, (x7)
    addi x7, x7, 512
    vl8re8.v v16, (x7)
    addi x7, x7, 512
    vl8re8.v v24, (x7)
    addi x7, x7, 512          # the machine's words
    ld x6, 512(x5)
    fscsr x6
    ld x6, 520(x5)
    csrw vcsr, x6
    ld x6, 528(x5)
    ld x28, 536(x5)
    vsetvl x0, x6, x28
    ld x6, 8(x7)
    csrw mie, x6
    ld x6, 16(x7)             # 0 or 1: vectored
    add x6, x6, x27
    csrw mtvec, x6
    ld x6, 32(x7)
    csrw mcause, x6
    ld x6, 40(x7)
    csrw mtval, x6
    ld x6, 48(x7)
    csrw mscratch, x6
    ld x6, 56(x7)
    csrw mcounteren, x6
    ld x6, 64(x7)
    csrw menvcfg, x6
    ld x6, 72(x7)
    csrw mcountinhibit, x6
    ld x6, 96(x7)
    lui x28, {timer_high}
    sd x6, 0(x28)
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fld f\r, (256 + 8 * \r)(x5)
    .endr
    ld x6, 0(x7)
    csrw mstatus, x6          # interrupts off until mret
    .irp r, 1,2,3,4,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,28,29,30
    ld x\r, (8 * \r)(x5)
    .endr
    li x27, {middle}
    add x2, x31, x27
    add x23, x23, x2
    bnez x8, at_the_end
    mv x8, x2
at_the_end:
    li x27, {log}
    add x25, x31, x27
    ld x5, 40(x5)
    li x27, 0
    mret

finish:
    .irp r, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd x\r, (8 * \r)(x31)
    .endr
    li x6, {machine}
    add x7, x31, x6
    csrr x6, mstatus
    sd x6, 0(x7)
    li x6, 0x6600
    csrs mstatus, x6
    csrr x6, mie
    sd x6, 8(x7)
    csrr x6, mtvec
    sd x6, 16(x7)
    csrr x6, mepc
    sd x6, 24(x7)
    csrr x6, mcause
    sd x6, 32(x7)
    csrr x6, mtval
    sd x6, 40(x7)
    csrr x6, mscratch
    sd x6, 48(x7)
    csrr x6, mcounteren
    sd x6, 56(x7)
    csrr x6, menvcfg
    sd x6, 64(x7)
    csrr x6, mcountinhibit
    sd x6, 72(x7)
    csrr x6, mip
    sd x6, 80(x7)
    csrr x6, vstart
    sd x6, 88(x7)
    csrw vstart, zero
    frcsr x6
    sd x6, 512(x31)
    csrr x6, vcsr
    sd x6, 520(x31)
    csrr x6, vl
    sd x6, 528(x31)
    csrr x6, vtype
    sd x6, 536(x31)
    .irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    fsd f\r, (256 + 8 * \r)(x31)
    .endr
    addi x6, x7, -2048
    vs8r.v v0, (x6)
    addi x6, x6, 512
    vs8r.v v8, (x6)
    addi x6, x6, 512
    vs8r.v v16, (x6)
    addi x6, x6, 512
    vs8r.v v24, (x6)
    li x6, {saved_window}
    add x6, x31, x6
    li x28, {window}
    li x29, {window_blocks}
save_window:
    vl8re8.v v0, (x28)
    vs8r.v v0, (x6)
    addi x28, x28, 512
    addi x6, x6, 512
    addi x29, x29, -1
    bnez x29, save_window
    li x6, 1
    sd x6, (8 * {done})(x7)
    j next

end:
    lui x5, {exit_high}
    li x6, 0x5555
    sw x6, 0(x5)
    j end
)";

std::string harness_text() {
  const StateLayout layout(Profile::traps);
  CHECK(layout.v == StateLayout::kScratch + kTrapScratchBytes + kWindowBytes &&
            layout.machine == layout.v + 2048 && layout.machine + 8 * std::size(kMachineNames) <= kTrapLog,
        "layout of trap states");
  std::string text = kHarness;
  const auto fill = [&](const std::string& name, u64 value) {
    for (std::size_t at; (at = text.find("{" + name + "}")) != std::string::npos;)
      text.replace(at, name.size() + 2, fmt::format("{:#x}", value));
  };
  fill("scratch", StateLayout::kScratch);
  fill("scratch_blocks", kTrapScratchBytes / 512);
  fill("window", kTrapMemoryEnd - kWindowBytes);
  fill("last_word", kTrapMemoryEnd - 8);
  fill("window_blocks", kWindowBytes / 512);
  fill("saved_window", StateLayout::kScratch + kTrapScratchBytes);
  fill("middle", StateLayout::kScratch + kTrapScratchBytes / 2);
  fill("machine", layout.machine);
  fill("log", kTrapLog);
  fill("done", kMachineDone);
  fill("timer_high", kTimerCompare >> 12);
  fill("exit_high", kExitDevice >> 12);
  return text;
}

const std::vector<std::byte>& harness() {
  static const std::vector<std::byte> bytes = [] {
    const ElfFile elf = test::assemble(harness_text(), kTrapBase);
    std::vector<std::byte> text(kTable);
    for (const ElfSegment& s : elf.segments()) {
      CHECK(s.address >= kTrapBase && s.address - kTrapBase + s.bytes.size() <= kTable, "harness at {:#x}",
            s.address);
      std::memcpy(&text[s.address - kTrapBase], s.bytes.data(), s.bytes.size());
    }
    return text;
  }();
  return bytes;
}

}  // namespace

std::vector<std::byte> initial_trap_state(u64 seed, u32 index_class, u32 round) {
  const StateLayout layout(Profile::traps);
  std::vector<std::byte> state = initial_state(Profile::traps, seed, index_class, round, 0);
  std::mt19937_64 rng(seed * 0x2545f4914f6cdd1d + round * 4 + index_class);
  const auto put = [&](std::size_t at, u64 value) { std::memcpy(&state[at], &value, 8); };
  const auto put_x = [&](u32 r, u64 value) { put(StateLayout::kX + 8 * r, value); };
  const auto put_machine = [&](std::size_t i, u64 value) { put(layout.machine + 8 * i, value); };
  // Units mostly on. MPP is a mode that is there; FS and VS are off or dirty.
  const auto status = [&] {
    u64 value = rng() & (kStatusMpie | kStatusMprv | kStatusTw);
    if (rng() % 2 != 0) value |= kStatusMpp;
    if (rng() % 4 != 0) value |= kStatusFs;
    if (rng() % 4 != 0) value |= kStatusVs;
    return value;
  };
  const auto interrupts = [&] { return (rng() & 1) * kStatusMie; };
  const u64 end = kTrapMemoryEnd - kFirstSegmentBytes - rng() % 250;
  constexpr u64 kNowheres[] = {0, 0x18000000, kTrapMemoryEnd, 0x800};
  put_x(kOtherScratchBase, rng() % 2 == 0 ? end : 0);  // 0: the harness sets it to the scratch area
  put_x(kStatusMask, kComparedStatus);
  put_x(kStatusA, status() | interrupts());
  put_x(kStatusB, status() | interrupts());
  put_x(kTimerBit, kTimerInterrupt);
  put_x(kMisaligned, 1 + 2 * (rng() % 32));
  put_x(kEnd, end);
  put_x(kNowhere, kNowheres[rng() % std::size(kNowheres)]);
  put_machine(0, status());
  put_machine(1, (rng() & 1) * kTimerInterrupt);
  put_machine(2, rng() & 1);
  for (const std::size_t i : {4, 5, 6}) put_machine(i, rng());
  put_machine(7, rng() & 7);
  put_machine(8, rng() & 1);
  put_machine(9, rng() & 5);
  put_machine(12, rng() % 2 == 0 ? 0 : ~u64{0});
  return state;
}

TrapImage make_trap_image(u64 seed, const std::vector<Program>& programs, const std::vector<Call>& calls) {
  TrapImage image{.memory = harness(), .results = 0, .calls = calls.size()};
  const auto append = [&](u64 align, const void* data, std::size_t bytes) {
    const std::size_t at = (image.memory.size() + align - 1) / align * align;
    image.memory.resize(at + bytes);
    if (bytes != 0) std::memcpy(&image.memory[at], data, bytes);
    return kTrapBase + at;
  };
  const std::vector<Entry> list(calls.size() + 1);
  const u64 cursor = kTrapBase + kTable + 8;
  append(1, &cursor, 8);
  append(1, list.data(), list.size() * sizeof(Entry));
  append(kPage, nullptr, 0);
  std::vector<Entry> at_program;
  for (const Program& p : programs) {
    std::vector<std::uint16_t> parcels = layout(p.items);
    const std::size_t bytes = parcels.size() * 2;
    parcels.insert(parcels.end(), {0x0073, 0x0000});  // ecall
    const u64 begin = append(4, parcels.data(), parcels.size() * 2);
    at_program.push_back({.record = 0, .program = begin, .end = begin + bytes, .dump = 0});
  }
  std::vector<std::vector<u64>> records;  // by round and index class
  u32 rounds = 0;
  for (const Call& call : calls) rounds = std::max(rounds, call.round + 1);
  const u32 record_bytes = StateLayout(Profile::traps).machine + 8 * std::size(kMachineNames);
  for (u32 round = 0; round < rounds; ++round) {
    records.emplace_back();
    for (u32 c = 0; c < 4; ++c)
      records.back().push_back(append(64, initial_trap_state(seed, c, round).data(), record_bytes));
  }
  append(kPage, nullptr, 0);
  image.results = (image.memory.size() + kPage - 1) / kPage * kPage;
  // The device tree that QEMU leaves in memory lies 2 MiB below its end.
  CHECK(image.results + calls.size() * kTrapStateBytes <= kTrapMemoryBytes - (2 << 20), "{} calls do not fit",
        calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Program& p = programs[calls[i].program];
    Entry entry = at_program[calls[i].program];
    entry.record = records[calls[i].round][p.index_class];
    entry.dump = kTrapBase + image.results + i * kTrapStateBytes;
    std::memcpy(&image.memory[kTable + 8 + i * sizeof entry], &entry, sizeof entry);
  }
  return image;
}

std::string trap_state_place(std::size_t at) {
  const std::size_t machine = StateLayout(Profile::traps).machine;
  if (at < kTrapLog) return kMachineNames[(at - machine) / 8 % std::size(kMachineNames)];
  return fmt::format("trap {}: {}", (at - kTrapLog) / 40, kLogNames[(at - kTrapLog) % 40 / 8]);
}

}  // namespace troupe::isa::differential

#include "tests/isa/differential/trap_program.hpp"

#include <algorithm>

#include "isa/decode.hpp"
#include "isa/vector_shape.hpp"
#include "tests/isa/differential/quirks.hpp"

namespace troupe::isa::differential {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u32 kEcall = 0x73, kEbreak = 0x00100073, kMret = 0x30200073, kWfi = 0x10500073, kFenceI = 0x100f;

enum Operation : u32 { write = 1, set = 2, clear = 3, write_imm = 5, set_imm = 6, clear_imm = 7 };
u32 csr(Operation operation, u32 number, u32 rd, u32 rs1) {
  return number << 20 | rs1 << 15 | operation << 12 | rd << 7 | 0x73;
}
u32 addi(u32 rd, u32 rs1, u32 imm) {
  return imm << 20 | rs1 << 15 | rd << 7 | 0x13;
}
u32 and_(u32 rd, u32 rs1, u32 rs2) {
  return rs2 << 20 | rs1 << 15 | 7u << 12 | rd << 7 | 0x33;
}
u32 branch_if_zero(u32 rs1, u32 offset) {  // offset < 32
  return rs1 << 15 | offset << 7 | 0x63;
}

// What a program may write into a CSR so that QEMU and we keep the same of it.
enum class Values {
  any,
  bits,    // immediates of the bits in `mask`
  toggle,  // the same, but never all of the register
  timer,   // that of kTimerBit
  unseen,  // not written, and what is read is not looked at
};
struct Csr {
  u32 number;
  Values values;
  u32 mask = 0;
};
constexpr Csr kCsrs[] = {
    {0x340, Values::any},                  // mscratch
    {0x341, Values::bits, kComparedMepc},  // mepc
    {0x342, Values::any},                  // mcause
    {0x343, Values::any},                  // mtval
    {0x304, Values::timer},                // mie
    {0x306, Values::bits, 7},              // mcounteren
    {0x30a, Values::bits, 1},              // menvcfg
    {0x320, Values::bits, 5},              // mcountinhibit
    {0x305, Values::toggle, 1},            // mtvec: the vectored mode
    {0x344, Values::toggle},               // mip
    {0x008, Values::bits},                 // vstart
    {0xf14, Values::toggle},               // mhartid
    {0xc20, Values::toggle},               // vl
    {0xc21, Values::toggle},               // vtype
    {0xc22, Values::toggle},               // vlenb
    {0xc00, Values::unseen},               // cycle
    {0xc01, Values::unseen},               // time
    {0xc02, Values::unseen},               // instret
    {0xb00, Values::unseen},               // mcycle
    {0x301, Values::unseen},               // misa
    {0xf11, Values::unseen},               // mvendorid
    {0xf12, Values::unseen},               // marchid
    // Of modes and units that are not there, and numbers that nobody has.
    {0x100, Values::unseen},  // sstatus
    {0x180, Values::unseen},  // satp
    {0x302, Values::unseen},  // medeleg
    {0x3a0, Values::unseen},  // pmpcfg0
    {0x3b0, Values::unseen},  // pmpaddr0
    {0x5a8, Values::unseen},  // scontext
    {0x7c0, Values::unseen},
    {0xcff, Values::unseen},
    {0xfff, Values::unseen},
};

std::vector<Item> tie(const std::vector<u32>& instructions) {
  std::vector<Item> items;
  for (const u32 raw : instructions) items.push_back({raw, 4, 0, 0});
  items.front().tied = static_cast<std::uint8_t>(items.size() - 1);
  return items;
}

}  // namespace

TrapGenerator::TrapGenerator(u64 seed) : rng_(seed), ordinary_(seed ^ 0x5eed, kFirstTrapRegister) {}

TrapGenerator::Group TrapGenerator::instruction_of(Profile profile, u32 index_class) {
  for (;;) {
    Item item = ordinary_.item(profile, index_class);
    const Unit unit = find_row(item.expanded())->unit;
    if (unit != Unit::branch && unit != Unit::jump) return {item};
  }
}

TrapGenerator::Group TrapGenerator::csr_access() {
  const Csr* pick_of = &kCsrs[pick(std::size(kCsrs))];
  while (unlike_csr(pick_of->number)) pick_of = &kCsrs[pick(std::size(kCsrs))];
  const Csr& c = *pick_of;
  const u32 rd = register_to_write();
  const auto any = static_cast<Operation>(1 + pick(3));
  switch (c.values) {
    case Values::any:
      return pick(2) == 0 ? tie({csr(any, c.number, rd, pick(32))})
                          : tie({csr(static_cast<Operation>(any | 4), c.number, rd, pick(32))});
    case Values::bits:
      return tie({csr(static_cast<Operation>(any | 4), c.number, rd, pick(32) & c.mask)});
    case Values::toggle:
      return tie({csr(pick(2) == 0 ? set_imm : clear_imm, c.number, rd, pick(32) & c.mask)});
    case Values::timer:
      return tie({csr(any, c.number, rd, pick(3) == 0 ? 0 : kTimerBit)});
    case Values::unseen:
      return tie({csr(set, c.number, 0, 0)});
  }
  return {};
}

TrapGenerator::Group TrapGenerator::status_access() {
  const u32 value = pick(2) == 0 ? kStatusA : kStatusB;
  switch (pick(5)) {
    case 0:  // a program sees what both machines have of it
      return tie({csr(set, 0x300, kTemporary, 0), and_(10 + pick(9), kTemporary, kStatusMask),
                  addi(kTemporary, 0, 0)});
    case 1:
      return tie({csr(pick(2) == 0 ? set_imm : clear_imm, 0x300, 0, 8)});
    case 2:
      return tie({csr(write, 0x300, 0, value)});
    default:
      return tie({csr(pick(2) == 0 ? set : clear, 0x300, 0, value)});
  }
}

// An encoding that nobody has: random bits, or an instruction with one bit changed.
TrapGenerator::Group TrapGenerator::illegal() {
  for (;;) {
    if (pick(4) == 0) {
      const u32 parcel = pick(0x10000);
      if ((parcel & 3) == 3) continue;
      const u32 expanded = expand_compressed(static_cast<std::uint16_t>(parcel));
      if (expanded == 0 || find_row(expanded) == nullptr) return {{parcel, 2, 0, 0}};
      continue;
    }
    const u32 raw = pick(2) == 0 ? static_cast<u32>(rng_()) | 3
                                 : ordinary_.item(Profile::integer, 0).expanded() ^ 1u << (2 + pick(30));
    if (find_row(raw) != nullptr || only_in_qemu(raw)) continue;
    return {{raw, 4, 0, 0}};
  }
}

TrapGenerator::Group TrapGenerator::misaligned_atomic() {
  for (;;) {
    Item item = ordinary_.item(Profile::atomic, 0);
    const Row& row = *find_row(item.raw);
    if (row.unit != Unit::amo || std::string_view(row.name).starts_with("sc")) continue;
    item.raw = (item.raw & ~(31u << 15)) | kMisaligned << 15;
    return {item};
  }
}

u32 TrapGenerator::vector_type(u32 vl) {
  do vtype_ = pick(256);
  while (vlmax_of(vtype_, kVlenBytes) == 0);
  ordinary_.set_vtype(vtype_);
  return 3u << 30 | vtype_ << 20 | vl << 15 | 7u << 12 | register_to_write() << 7 | 0x57;
}

// A load or store, sometimes from an element behind the first on.
TrapGenerator::Group TrapGenerator::vector_access(u32 index_class) {
  if (pick(3) != 0) return instruction_of(Profile::vector_memory, index_class);
  const u32 vl = 1 + pick(31), vsetivli = vector_type(vl);
  if (pick(2) == 0) return tie({vsetivli});
  const Item access = instruction_of(Profile::vector_memory, index_class).front();
  const u32 elements = static_cast<u32>(std::min<u64>(vl, vlmax_of(vtype_, kVlenBytes)));
  return tie({vsetivli, csr(write_imm, 0x008, 0, pick(vstart_limit(access.raw, elements))), access.raw});
}

TrapGenerator::Group TrapGenerator::go_on_in_mpp() {
  return tie(
      {kTemporary << 7 | 0x17, addi(kTemporary, kTemporary, 16), csr(write, 0x341, 0, kTemporary), kMret});
}

// wfi where the timer will end it: in machine mode with the interrupt enabled and pending.
TrapGenerator::Group TrapGenerator::wait_for_timer() {
  return tie({csr(set, 0x304, 0, kTimerBit), csr(set, 0x304, kTemporary, 0),
              and_(kTemporary, kTemporary, kTimerBit), branch_if_zero(kTemporary, 20),
              csr(set, 0x344, kTemporary, 0), and_(kTemporary, kTemporary, kTimerBit),
              branch_if_zero(kTemporary, 8), kWfi});
}

TrapGenerator::Group TrapGenerator::group(u32 index_class) {
  const u32 kind = pick(40);
  if (kind < 8) return instruction_of(Profile::integer, index_class);
  if (kind < 11) return instruction_of(Profile::scalar_float, index_class);
  if (kind < 14) return instruction_of(Profile::compressed, index_class);
  if (kind < 16) return instruction_of(Profile::csr, index_class);
  if (kind < 22) return vector_access(index_class);
  if (kind < 26) return csr_access();
  if (kind < 29) return status_access();
  if (kind < 31) return illegal();
  switch (kind) {
    case 31:
      return misaligned_atomic();
    case 32:
    case 33:
      return go_on_in_mpp();
    case 34:
      return wait_for_timer();
    case 35:
      return tie({kReturn << 7 | kNowhere << 15 | 0x67});  // jalr
    case 36:
      return pick(4) != 0 ? tie({kEbreak}) : Group{{0x9002, 2, 0, 0}};
    case 37:
      return tie({kFenceI});
    case 38:
      return tie({addi(kOtherScratchBase, kEnd, 0)});
    default:
      return tie({kEcall});
  }
}

Program TrapGenerator::program(std::size_t items) {
  Program program{Profile::traps, pick(4), {}};
  program.items = tie({vector_type(1 + pick(31))});
  while (program.items.size() < items) {
    const Group next = group(program.index_class);
    for (const Item& item : next)
      if (const Row* row = find_row(item.expanded()); row != nullptr) covered_.insert(row->name);
    program.items.insert(program.items.end(), next.begin(), next.end());
  }
  return program;
}

}  // namespace troupe::isa::differential

// Machine and user mode: who may do what, how one gets from one to the other, and what mstatus remembers.
#include <doctest/doctest.h>

#include <vector>

#include "isa/csr.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

using isa::Cause;
using isa::Privilege;
using isa::Stop;
using test::Guest;

// Code that goes on in user mode; clobbers t0.
constexpr const char* kToUser = R"(
    li t0, 0x1800
    csrc mstatus, t0
    la t0, user
    csrw mepc, t0
    mret
    user:
)";

Stop run(Guest& guest) {
  return isa::make_engine(test::core())->run(guest.hart, kNever);
}
Guest finished(const std::string& text) {
  Guest guest(test::assemble(text));
  CHECK(run(guest) == Stop::unhandled_trap);
  return guest;
}
std::uint64_t cause(Cause c) {
  return static_cast<std::uint64_t>(c);
}

TEST_CASE("reset is in machine mode, and mret goes to the mode in MPP and leaves user mode there") {
  Guest guest(test::assemble("csrr a0, mstatus\nla t0, next\ncsrw mepc, t0\nmret\nnext: csrr a1, mstatus\n" +
                             std::string(kToUser) + "ecall"));
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(10), 0x200001800);  // UXL 64, MPP machine
  CHECK_EQ(guest.x(11), 0x200000080);  // MPIE set by mret
  CHECK_EQ(guest.hart.trap.cause, cause(Cause::ecall_u));
  CHECK(guest.hart.privilege == Privilege::user);
}

TEST_CASE("a trap from user mode goes to machine mode and mret back") {
  const Guest guest = finished("la t0, handler\ncsrw mtvec, t0\n" + std::string(kToUser) + R"(
      li a0, 1
      ecall
      csrr a2, mscratch
      .balign 4
      handler: csrr s0, mcause
      csrr s1, mstatus
      csrr s2, mepc
      addi s2, s2, 4
      csrw mepc, s2
      csrw mtvec, zero
      mret)");
  CHECK_EQ(guest.x(8), 8);
  CHECK_EQ(guest.x(9) & (isa::kStatusMpp | isa::kStatusMie), 0);
  CHECK_EQ(guest.hart.trap.cause, cause(Cause::illegal_instruction));
  CHECK_EQ(guest.hart.trap.value, 0x34002673);
}

// Whether each of the instructions traps as illegal, in the mode that `before` leads to: '1' or '0' for each.
std::string illegal(const std::string& before, const std::vector<std::string>& instructions) {
  std::string text = "la t0, handler\ncsrw mtvec, t0\n.option norvc\n" + before;
  for (const std::string& i : instructions) text += "slli s0, s0, 1\n" + i + "\n";
  const Guest guest = finished(text + R"(
      li a7, 93
      ecall
      .balign 4
      handler: csrr s1, mcause
      addi s1, s1, -2
      bnez s1, done
      ori s0, s0, 1
      csrr s1, mepc
      addi s1, s1, 4
      csrw mepc, s1
      mret
      done: csrw mtvec, zero
      ebreak)");
  CHECK_EQ(guest.x(17), 93);
  std::string result;
  for (std::size_t i = instructions.size(); i-- > 0;) result += (guest.x(8) >> i & 1) != 0 ? '1' : '0';
  return result;
}

TEST_CASE("what belongs to machine mode is an illegal instruction in user mode") {
  const std::vector<std::string> instructions = {"csrr a0, mstatus",
                                                 "csrr a0, misa",
                                                 "csrr a0, mhartid",
                                                 "csrw mtvec, zero",
                                                 "csrr a0, mcycle",
                                                 "csrr a0, tselect",
                                                 "csrr a0, cycle",
                                                 "csrr a0, time",
                                                 "csrr a0, instret",
                                                 "csrr a0, hpmcounter3",
                                                 "csrw vl, a0",
                                                 "csrrw a0, cycle, a0",
                                                 "mret",
                                                 "csrr a0, sstatus"};
  CHECK_EQ(illegal(kToUser, instructions), std::string(instructions.size(), '1'));
}

TEST_CASE("mcounteren shows user mode each counter by its bit, and has no others") {
  const std::vector<std::string> reads = {"csrr a0, cycle", "csrr a0, time", "csrr a0, instret",
                                          "csrr a0, hpmcounter3"};
  const auto with = [&](int bits) {
    return illegal(fmt::format("li t0, {}\ncsrw mcounteren, t0\n{}", bits, kToUser), reads);
  };
  CHECK_EQ(with(1), "0111");
  CHECK_EQ(with(2), "1011");
  CHECK_EQ(with(4), "1101");
  CHECK_EQ(with(-1), "0001");
  CHECK_EQ(finished("li t0, -1\ncsrw mcounteren, t0\ncsrr a0, mcounteren\necall").x(10), 7);
}

TEST_CASE("mstatus keeps the fields of machine and user mode, MPP only modes that are there") {
  const auto written = [](const char* value) {
    return finished(fmt::format("li t0, {}\ncsrw mstatus, t0\ncsrr a0, mstatus\necall", value)).x(10);
  };
  CHECK_EQ(written("-1"), std::uint64_t{1} << 63 | 0x200227e88);  // SD UXL TW MPRV FS MPP VS MPIE MIE
  CHECK_EQ(written("0"), 0x200000000);
  CHECK_EQ(written("0x0800"), 0x200000000);  // supervisor
  CHECK_EQ(written("0x1000"), 0x200000000);
  CHECK_EQ(written("0x1800"), 0x200001800);
}

TEST_CASE("mret to user mode clears MPRV, mret to machine mode keeps it") {
  const std::string set = "li t0, 0x20000\ncsrs mstatus, t0\n";
  Guest user(test::assemble(set + kToUser + "ecall"));
  CHECK(run(user) == Stop::unhandled_trap);
  CHECK_EQ(user.hart.csr.mstatus & isa::kStatusMprv, 0);
  Guest machine(test::assemble(set + "la t0, next\ncsrw mepc, t0\nmret\nnext: ecall"));
  CHECK(run(machine) == Stop::unhandled_trap);
  CHECK_EQ(machine.hart.csr.mstatus & isa::kStatusMprv, isa::kStatusMprv);
}

TEST_CASE("wfi in user mode waits, with mstatus.TW it is illegal; in machine mode TW means nothing") {
  const std::string set = "li t0, 0x200000\ncsrs mstatus, t0\n";
  Guest waits(test::assemble(kToUser + std::string("wfi")));
  CHECK(run(waits) == Stop::wait_for_interrupt);
  CHECK_EQ(finished(set + kToUser + "wfi").hart.trap.value, 0x10500073);
  Guest machine(test::assemble(set + "wfi"));
  CHECK(run(machine) == Stop::wait_for_interrupt);
}

TEST_CASE("without PMP user mode reaches all of memory and the device window") {
  Guest guest(test::assemble(kToUser + std::string("lui a1, 0x20\nsd a1, 0(a1)\nld a2, 0(a1)\nlui a3, "
                                                   "0x40000\nld a4, 0(a3)\necall")));
  const auto engine = isa::make_engine(test::core());
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
  engine->complete(guest.hart, 77, guest.hart.cycle, 1);
  REQUIRE(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(12), 0x20000);
  CHECK_EQ(guest.x(14), 77);
}

TEST_CASE("the timer interrupts user mode although mstatus.MIE is 0, at the same cycle at every quantum") {
  const ElfFile elf =
      test::assemble("la t0, handler\ncsrw mtvec, t0\nli t0, 128\ncsrw mie, t0\n" + std::string(kToUser) + R"(
      loop: addi a0, a0, 1
      j loop
      .balign 4
      handler: csrr s0, mcause
      csrr s1, mstatus
      csrw mtvec, zero
      ebreak)");
  const auto run_in_steps = [&](Cycle quantum) {
    Guest guest(elf);
    const auto engine = isa::make_engine(test::core());
    guest.hart.timer_deadline = 500;
    for (;;) {
      const Stop stop = engine->run(guest.hart, std::min(guest.hart.cycle + quantum, Cycle{100'000}));
      if (stop != Stop::until) return guest;
    }
  };
  const Guest whole = run_in_steps(100'000);
  CHECK_EQ(whole.x(8), cause(Cause::timer_interrupt));
  CHECK_EQ(whole.x(9) & (isa::kStatusMpp | isa::kStatusMpie), 0);
  CHECK(whole.hart.cycle >= 500);
  CHECK(whole.hart.cycle < 550);
  for (const Cycle quantum : {Cycle{1}, Cycle{7}, Cycle{100}})
    CHECK(test::same_state(run_in_steps(quantum).hart, whole.hart));
}

TEST_CASE("a pending interrupt is taken right behind the write that enables it") {
  for (const char* enable : {"csrs mie, a1\ncsrsi mstatus, 8", "csrsi mstatus, 8\ncsrs mie, a1"}) {
    Guest guest(test::assemble(fmt::format(R"(
        .option norvc
        la t0, handler
        csrw mtvec, t0
        li a1, 128
        {}
        next: li a0, 1
        j next
        .balign 4
        handler: csrr s0, mepc
        la s1, next
        csrw mtvec, zero
        ebreak)",
                                           enable)));
    guest.hart.timer_deadline = 0;
    CHECK(run(guest) == Stop::unhandled_trap);
    CHECK_EQ(guest.x(8), guest.x(9));
    CHECK_EQ(guest.x(10), 0);
  }
}

TEST_CASE("registers of modes and units that are not there are illegal, debug triggers read as none") {
  std::vector<std::string> reads;
  for (const char* name : {"sstatus", "satp", "stvec", "medeleg", "mideleg", "pmpcfg0", "pmpaddr0", "0x7a5",
                           "mseccfg", "scounteren", "0x5a8"})
    reads.push_back(fmt::format("csrr a0, {}", name));
  CHECK_EQ(illegal("", reads), std::string(reads.size(), '1'));
  const Guest guest = finished(
      "li a0, -1\ncsrw tselect, a0\ncsrw tdata1, a0\ncsrr a1, tselect\ncsrr a2, tdata1\ncsrw menvcfg, a0\n"
      "csrr a3, menvcfg\ncsrw misa, zero\ncsrr a4, misa\nebreak");
  CHECK_EQ(guest.x(11), 0);
  CHECK_EQ(guest.x(12), 0);
  CHECK_EQ(guest.x(13), 1);
  CHECK_EQ(guest.x(14), 0x800000000030112f | std::uint64_t{1} << 12);  // ABCDFIMUV
}

TEST_CASE("mcountinhibit stops cycle and instret where they are, and they go on from there") {
  const Guest guest = finished(R"(
      .option norvc
      csrr a0, instret
      csrwi mcountinhibit, 5
      csrr a1, instret
      csrr a2, cycle
      nop
      csrr a3, instret
      csrr a4, cycle
      csrr s0, time
      csrwi mcountinhibit, 0
      csrr a5, instret
      csrr a6, instret
      csrr s1, cycle
      csrr s2, time
      csrwi mcountinhibit, 4
      csrwi minstret, 9
      nop
      csrr a7, instret
      ebreak)");
  CHECK_EQ(guest.x(11), guest.x(10) + 2);
  CHECK_EQ(guest.x(13), guest.x(11));
  CHECK_EQ(guest.x(14), guest.x(12));
  CHECK_EQ(guest.x(15), guest.x(11));
  CHECK_EQ(guest.x(16), guest.x(11) + 1);
  CHECK_EQ(guest.x(17), 9);
  CHECK(guest.x(9) < guest.x(18));  // time went on
  CHECK(guest.x(9) > guest.x(14));  // and cycle does again
}

// mstatus.FS and VS after instructions, both set to 1 (initial) before.
std::pair<std::uint64_t, std::uint64_t> units_after(const std::string& text) {
  const Guest guest = finished("li t0, 0x2200\ncsrs mstatus, t0\nlui a1, 0x20\n" + text +
                               "\ncsrr a0, mstatus\nmv s0, a0\nebreak");
  const std::uint64_t status = guest.x(8), fs = status >> 13 & 3, vs = status >> 9 & 3;
  CHECK_EQ(status >> 63, fs == 3 || vs == 3 ? 1 : 0);
  return {fs, vs};
}

TEST_CASE(
    "mstatus.FS and VS become dirty with the first instruction that may change the state, and not before") {
  using Units = std::pair<std::uint64_t, std::uint64_t>;
  CHECK(units_after("nop") == Units{1, 1});
  CHECK(units_after("fsd f1, 0(a1)") == Units{1, 1});
  CHECK(units_after("csrr a0, fcsr\ncsrr a0, vl") == Units{1, 1});
  CHECK(units_after("nop\nfadd.d f0, f1, f2\nfadd.d f0, f1, f2") == Units{3, 1});
  CHECK(units_after("fld f1, 0(a1)") == Units{3, 1});
  CHECK(units_after("csrwi fflags, 0") == Units{3, 1});
  CHECK(units_after("csrwi vxrm, 0") == Units{1, 3});
  CHECK(units_after("vsetivli x0, 4, e32, m1, ta, ma") == Units{1, 3});
  CHECK(units_after("vsetivli x0, 4, e32, m1, ta, ma\nvfadd.vv v1, v2, v3") == Units{3, 3});
  CHECK(units_after("vsetivli x0, 4, e32, m1, ta, ma\nli t0, 0x400\ncsrc mstatus, t0\nvadd.vv v1, v2, v3") ==
        Units{1, 3});
  CHECK(units_after("li t0, 0x6000\ncsrc mstatus, t0") == Units{0, 1});
  CHECK(units_after("li t0, 0x6000\ncsrc mstatus, t0\nli t0, 0x4000\ncsrs mstatus, t0") == Units{2, 1});
}

TEST_CASE("a loop that becomes dirty in its middle computes the same as one that was dirty before") {
  const auto sum = [](const char* status) {
    return finished(fmt::format(R"(
        li t0, {}
        csrs mstatus, t0
        li a0, 10
        loop: addi a0, a0, -1
        fcvt.d.l f1, a0
        fadd.d f0, f0, f1
        bnez a0, loop
        fcvt.l.d a1, f0
        csrr a2, cycle
        ebreak)",
                                status));
  };
  const Guest initial = sum("0x2000"), dirty = sum("0x6000");
  CHECK_EQ(initial.x(11), 45);
  CHECK_EQ(dirty.x(11), 45);
  CHECK_EQ(initial.x(12), dirty.x(12));
}

TEST_CASE("mtval of an illegal compressed instruction is its 16 bits") {
  const Guest guest = finished("lui a0, 0x20\n.half 0x2108");  // c.fld with FP off
  CHECK_EQ(guest.hart.trap.value, 0x2108);
  CHECK_EQ(isa::trap_text(guest.hart),
           "illegal instruction at pc 0xa004: fld fa0, 0x0(a0) (floating point is off: mstatus.FS = 0)");
}

}  // namespace
}  // namespace troupe

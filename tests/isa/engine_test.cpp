// Traps, devices, interrupts, text that changes: the engine at its edges.
#include <doctest/doctest.h>

#include "sim/base/rng.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

using isa::Stall;
using isa::Stop;
using test::Guest;

std::uint64_t stalled(const isa::Hart& h, Stall why) {
  return h.account.stalled[static_cast<std::size_t>(why)];
}

Stop run(Guest& guest) {
  return isa::make_engine(test::core())->run(guest.hart, kNever);
}

TEST_CASE("a null pointer, an address beyond memory and an unknown encoding stop with cause, pc and value") {
  struct Case {
    const char* text;
    isa::Cause cause;
    std::uint64_t value;
  };
  const Case cases[] = {
      {"ld a0, 8(zero)", isa::Cause::load_access, 8},
      {"sd a0, 8(zero)", isa::Cause::store_access, 8},
      {"lui a1, 0x100\nld a0, -4(a1)", isa::Cause::load_access, 0x100000},
      {"li a1, -1\nlw a0, 0(a1)", isa::Cause::load_access, ~std::uint64_t{0}},
      {"li a1, 0x20001\namoadd.w a0, a0, (a1)", isa::Cause::store_misaligned, 0x20001},
      {"li a1, 0x20001\nlr.w a0, (a1)", isa::Cause::load_misaligned, 0x20001},
      {"li a1, 0x20004\nsc.d a0, a0, (a1)", isa::Cause::store_misaligned, 0x20004},
      {"li a1, 0x40000001\nlw a0, 0(a1)", isa::Cause::load_access, 0x40000001},
      {"li a1, 0x40000000\nlb a0, 0(a1)", isa::Cause::load_access, 0x40000000},
      {"li a1, 0x40000000\namoadd.d a0, a0, (a1)", isa::Cause::store_access, 0x40000000},
      {".word 0xffffffff", isa::Cause::illegal_instruction, 0xffffffff},
      {".half 0", isa::Cause::illegal_instruction, 0},
      {"csrr a0, 0x123", isa::Cause::illegal_instruction, 0x12302573},
      {"csrw cycle, a0", isa::Cause::illegal_instruction, 0xc0051073},
      {"ecall", isa::Cause::ecall_m, 0},
      {"li a0, 0x300000\njr a0", isa::Cause::fetch_access, 0x300000},
      {"jr zero", isa::Cause::fetch_access, 0},
      {"lui a1, 0x100\nli a0, 0x13\nsh a0, -2(a1)\njr -2(a1)", isa::Cause::fetch_access, 0x100000}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Guest guest(test::assemble(c.text));
    CHECK(run(guest) == Stop::unhandled_trap);
    CHECK_EQ(guest.hart.trap.cause, static_cast<std::uint64_t>(c.cause));
    CHECK_EQ(guest.hart.trap.value, c.value);
    CHECK_EQ(guest.hart.trap.pc, guest.hart.pc);
    CHECK_EQ(guest.hart.account.total(), guest.hart.cycle);
  }
}

TEST_CASE(
    "a misaligned access works within memory, over pages too, and over its end it does nothing but fault") {
  Guest guest(test::assemble(R"(
      li t0, 0x2000
      csrs mstatus, t0
      li a1, 0x21000
      li a0, 0x1122334455667788
      sd a0, -3(a1)
      lw a2, -1(a1)
      fld f1, -3(a1)
      fmv.x.d a3, f1
      sh a0, 0x101(a1)
      lhu a4, 0x101(a1)
      lui a1, 0x100
      sd a0, -8(a1)
      sd zero, -4(a1))"));
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(12), 0x33445566);
  CHECK_EQ(guest.x(13), 0x1122334455667788);
  CHECK_EQ(guest.x(14), 0x7788);
  CHECK_EQ(guest.hart.trap.cause, static_cast<std::uint64_t>(isa::Cause::store_access));
  CHECK_EQ(guest.hart.trap.value, 0x100000);
  CHECK_EQ(guest.memory.load64(0xffff8), 0x1122334455667788);
}

TEST_CASE("without timing the values are the same, each instruction is a cycle and nothing else is") {
  const ElfFile elf = test::assemble(R"(
    li t0, 0x2600
    csrs mstatus, t0
    la t1, data
    li s0, 100
  loop:
    ld a0, 0(t1)
    mul a0, a0, s0
    div a1, a0, s0
    vsetvli t2, s0, e32, m4, ta, ma
    vid.v v4
    vredsum.vs v8, v4, v4
    vmv.x.s a2, v8
    fcvt.d.l fa0, s0
    fdiv.d fa1, fa1, fa0
    addi s0, s0, -1
    bnez s0, loop
    la t3, handler
    csrw mtvec, t3
    ecall
  handler:
    csrr a3, mcause
    csrr a4, cycle
    csrr a5, instret
    csrw mtvec, zero
    ecall
  data: .dword 12345)");
  Guest timed(elf), untimed(elf);
  const auto with = isa::make_engine(test::core()),
             without = isa::make_engine(test::core(), {.timing = false});
  CHECK(with->run(timed.hart, kNever) == Stop::unhandled_trap);
  CHECK(without->run(untimed.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(untimed.x(14) + 1, untimed.x(15));
  CHECK(timed.x(14) > timed.x(15));
  for (const int r : {10, 11, 12, 13}) CHECK_EQ(timed.x(r), untimed.x(r));
  CHECK_EQ(untimed.hart.cycle, untimed.hart.instructions());
  CHECK_EQ(untimed.hart.account.total(), untimed.hart.cycle);
}

TEST_CASE("floating point while it is off is illegal, and the text says why") {
  Guest guest(test::assemble("fadd.d f0, f1, f2"));
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(
      isa::trap_text(guest.hart),
      "illegal instruction at pc 0xa000: fadd.d ft0, ft1, ft2, dyn (floating point is off: mstatus.FS = 0)");
}

TEST_CASE("a reserved vector encoding is an illegal instruction") {
  // vrsub.vv, which is not there; a load of 128-bit elements (mew = 1)
  for (const char* word : {"0x0e2180d7", "0x12050007"}) {
    Guest guest(test::assemble(fmt::format("li t0, 0x6600\ncsrs mstatus, t0\n.word {}", word)));
    CHECK(run(guest) == Stop::unhandled_trap);
    CHECK_EQ(guest.hart.trap.cause, 2);
  }
}

TEST_CASE("a trap enters the handler with mepc, mcause, mtval and returns") {
  Guest guest(test::assemble(R"(
      la t0, handler
      csrw mtvec, t0
      ld a0, 16(zero)
      li a1, 7
      ebreak
      .balign 4
      handler: csrr s0, mcause
      csrr s1, mtval
      csrr s2, mepc
      bne s0, t1, first
      first: addi t2, s2, 4
      csrw mepc, t2
      csrw mtvec, zero
      mret)"));
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.hart.trap.cause, static_cast<std::uint64_t>(isa::Cause::breakpoint));
  CHECK_EQ(guest.x(8), 5);
  CHECK_EQ(guest.x(9), 16);
  CHECK_EQ(guest.x(11), 7);
  CHECK_EQ(stalled(guest.hart, Stall::trap), 1 + test::core().trap.count);
}

TEST_CASE("rdcycle is its own issue cycle and instret counts what retired before it") {
  Guest guest(
      test::assemble(".option norvc\nnop\nnop\ncsrr a0, cycle\ncsrr a1, instret\ncsrr a2, time\nebreak"));
  guest.hart.cycle = 1000;
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(10), 1002);
  CHECK_EQ(guest.x(11), 3);
  CHECK_EQ(guest.x(12), 1004);
}

TEST_CASE(
    "a device access stops before it at its issue cycle, in the middle of a block, and its value is late") {
  const ElfFile elf = test::assemble(
      ".option norvc\nlui a1, 0x40000\nlui a2, 0x20\nld a3, 0(a2)\nlw a0, 8(a1)\nsd a3, 16(a1)\naddi a4, a0, "
      "1\nebreak");
  const auto engine = isa::make_engine(test::core());
  Guest guest(elf);
  isa::Hart& hart = guest.hart;
  REQUIRE(engine->run(hart, kNever) == Stop::device);
  CHECK_EQ(hart.cycle, 3);
  CHECK_EQ(hart.pending.address, test::kDevice + 8);
  CHECK_EQ(hart.pending.bytes, 4);
  CHECK_FALSE(hart.pending.store);
  CHECK(engine->run(hart, kNever) == Stop::device);  // still not answered
  engine->complete(hart, 0x80000000, 10, 7);         // issues at 10
  REQUIRE(engine->run(hart, kNever) == Stop::device);
  CHECK_EQ(hart.cycle, 11);
  CHECK(hart.pending.store);
  engine->complete(hart, 0, 11, 0);
  REQUIRE(engine->run(hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(14), 0xffffffff80000001);
  CHECK_EQ(hart.cycle, 18);  // addi at 10 + 7, ebreak behind it
  CHECK_EQ(hart.account.waiting, 7);
  CHECK_EQ(stalled(hart, Stall::niu), 5);
  CHECK_EQ(hart.account.total(), hart.cycle);
}

TEST_CASE("a device that refuses gives a precise access fault") {
  const auto engine = isa::make_engine(test::core());
  Guest guest(test::assemble("lui a1, 0x40000\nli a0, 1\nld a0, 8(a1)\nebreak"));
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
  engine->fault(guest.hart);
  CHECK(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(guest.hart.trap.cause, static_cast<std::uint64_t>(isa::Cause::load_access));
  CHECK_EQ(guest.hart.trap.value, test::kDevice + 8);
  CHECK_EQ(guest.x(10), 1);
}

TEST_CASE("the timer interrupts at the first control transfer at or after its deadline, at every quantum") {
  const ElfFile elf = test::assemble(R"(
      la t0, handler
      csrw mtvec, t0
      li t0, 128
      csrw mie, t0
      csrsi mstatus, 8
      loop: addi a0, a0, 1
      mul a1, a0, a0
      addi a1, a1, 1
      j loop
      .balign 4
      handler: csrr s0, mcause
      csrr s1, mepc
      csrr s2, cycle
      csrw mtvec, zero
      ebreak)");
  const auto engine = isa::make_engine(test::core());
  for (Cycle deadline = 0; deadline < 60; ++deadline) {
    CAPTURE(deadline);
    Guest whole(elf);
    whole.hart.timer_deadline = deadline;
    REQUIRE(engine->run(whole.hart, kNever) == Stop::unhandled_trap);
    CHECK_EQ(whole.x(8), static_cast<std::uint64_t>(isa::Cause::timer_interrupt));
    CHECK_EQ(whole.x(9), elf.symbol("loop")->address);
    CHECK(whole.x(18) >= deadline);
    for (const std::uint64_t quantum : {1u, 7u}) {
      Guest pieces(elf);
      pieces.hart.timer_deadline = deadline;
      while (engine->run(pieces.hart, pieces.hart.cycle + quantum) == Stop::until) {
      }
      CHECK(test::same_state(whole.hart, pieces.hart));
    }
  }
}

TEST_CASE("wfi stops, and the timer that comes later is taken after the wait") {
  const auto engine = isa::make_engine(test::core());
  Guest guest(
      test::assemble("la t0, handler\ncsrw mtvec, t0\nli t0, 128\ncsrw mie, t0\ncsrsi mstatus, 8\nwfi\nli "
                     "a0, 1\nebreak\n.balign 4\nhandler: csrw mtvec, zero\nli a1, 2\nebreak"));
  REQUIRE(engine->run(guest.hart, kNever) == Stop::wait_for_interrupt);
  const Cycle slept = guest.hart.cycle;
  guest.hart.timer_deadline = slept + 100;
  engine->wait(guest.hart, slept + 100);
  CHECK(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(10), 0);
  CHECK_EQ(guest.x(11), 2);
  CHECK_EQ(guest.hart.account.waiting, 100);
}

// Calls `target`, which returns 1; then makes it return 2, with and without fence.i, and calls it again.
const char* const kSelfModifying = R"(
      call target
      mv s0, a0
      la t0, target
      lw t1, other
      sw t1, 0(t0)
      call target
      mv s1, a0
      fence.i
      call target
      mv s2, a0
      ebreak
      .option push
      .option norvc
      .balign 4
      target: li a0, 1
      ret
      other: li a0, 2
      .option pop)";

TEST_CASE("changed text is seen after fence.i and not before, by the hart that changed it only") {
  const ElfFile elf = test::assemble(kSelfModifying);
  const auto engine = isa::make_engine(test::core());
  const auto code = isa::make_code_space(elf);
  Guest first(elf, code), second(elf, code);
  const auto check = [&](Guest& guest) {
    CHECK(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
    CHECK_EQ(guest.x(8), 1);
    CHECK_EQ(guest.x(9), 1);
    CHECK_EQ(guest.x(18), 2);
  };
  check(first);
  CHECK(first.hart.code != code);
  CHECK(second.hart.code == code);
  check(second);
}

TEST_CASE("text written from outside is seen after fence.i and not before") {
  const ElfFile elf = test::assemble(
      ".option norvc\nloop: call target\nmv s0, a0\nlui a1, 0x40000\nld a2, 0(a1)\ncall target\nmv s1, "
      "a0\nfence.i\ncall target\nebreak\ntarget: li a0, 1\nret\nother: li a0, 2");
  const auto engine = isa::make_engine(test::core());
  Guest guest(elf, isa::make_code_space(elf));
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
  const std::uint64_t target = elf.symbol("target")->address;
  guest.memory.write(target, guest.memory.view(elf.symbol("other")->address, 4));
  engine->external_write(guest.hart, target, 4);
  engine->complete(guest.hart, 0, guest.hart.cycle, 1);
  REQUIRE(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(8), 1);
  CHECK_EQ(guest.x(9), 1);
  CHECK_EQ(guest.x(10), 2);
}

TEST_CASE("two harts that run different text at the same address outside the image do not see each other's") {
  const ElfFile elf = test::assemble("lui a1, 0x40\njr a1");
  const auto engine = isa::make_engine(test::core());
  const auto code = isa::make_code_space(elf);
  Guest first(elf, code), second(elf, code);
  const auto write = [](Guest& guest, const char* text) {
    const ElfFile other = test::assemble(text, 0x40000);
    guest.memory.write(0x40000, other.segments().at(0).bytes);
  };
  write(first, "li a0, 1\nebreak");
  write(second, "li a0, 2\nebreak");
  CHECK(engine->run(first.hart, kNever) == Stop::unhandled_trap);
  CHECK(engine->run(second.hart, kNever) == Stop::unhandled_trap);
  CHECK_EQ(first.x(10), 1);
  CHECK_EQ(second.x(10), 2);
}

TEST_CASE("a write from outside breaks a reservation it touches and no other") {
  const ElfFile elf = test::assemble(
      "lui a0, 0x20\nlr.d a1, (a0)\nlui a2, 0x40000\nsd zero, 0(a2)\nsc.d a3, a1, (a0)\nebreak");
  const auto engine = isa::make_engine(test::core());
  const std::pair<std::uint64_t, std::uint64_t> cases[] = {
      {0x20000, 1}, {0x20004, 1}, {0x20008, 0}, {0x1fff8, 0}};
  for (const auto& [address, expected] : cases) {
    Guest guest(elf);
    REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
    engine->external_write(guest.hart, address, 8 - address % 8);
    engine->complete(guest.hart, 0, guest.hart.cycle, 0);
    REQUIRE(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
    CHECK_EQ(guest.x(13), expected);
  }
}

TEST_CASE("rounding to nearest with ties away differs from ties to even exactly at ties") {
  const auto sum = [](const char* mode, const char* b) {
    Guest guest(test::assemble(
        fmt::format("li t0, 0x6600\ncsrs mstatus, t0\nli t0, 0x3ff0000000000000\nfmv.d.x f1, t0\nli t0, "
                    "{}\nfmv.d.x f2, t0\nfadd.d f0, f1, f2, {}\nfmv.x.d a0, f0\ncsrr a1, fflags\nebreak",
                    b, mode)));
    CHECK(run(guest) == Stop::unhandled_trap);
    CHECK_EQ(guest.x(11), 1);
    return guest.x(10);
  };
  const char* const half_ulp = "0x3ca0000000000000";  // 2^-53
  CHECK_EQ(sum("rne", half_ulp), 0x3ff0000000000000);
  CHECK_EQ(sum("rmm", half_ulp), 0x3ff0000000000001);
  CHECK_EQ(sum("rmm", "0x3c9fffffffffffff"), 0x3ff0000000000000);  // just below
  CHECK_EQ(sum("rup", "0x0000000000000001"), 0x3ff0000000000001);
  CHECK_EQ(sum("rdn", half_ulp), 0x3ff0000000000000);
}

TEST_CASE("square roots raise inexact in every rounding mode") {
  for (const char* mode : {"rne", "rtz", "rdn", "rup", "rmm"})
    for (const auto& [move, root] : {std::pair{"fmv.d.x f1, t0", "fsqrt.d"}, {"fmv.w.x f1, t1", "fsqrt.s"}}) {
      Guest guest(test::assemble(fmt::format(
          "li t0, 0x6600\ncsrs mstatus, t0\nli t0, 0x4000000000000000\nli t1, 0x40000000\n{}\n{} f0, f1, "
          "{}\ncsrr a1, fflags\nebreak",
          move, root, mode)));
      CHECK(run(guest) == Stop::unhandled_trap);
      CAPTURE(std::string(mode));
      CHECK_EQ(guest.x(11), 1);
    }
}

TEST_CASE("ties away overflow only beyond the largest finite number") {
  const auto sum = [](const char* b) {
    Guest guest(test::assemble(
        fmt::format("li t0, 0x6600\ncsrs mstatus, t0\nli t0, 0x7fefffffffffffff\nfmv.d.x f1, t0\nli t0, "
                    "{}\nfmv.d.x f2, t0\nfadd.d f0, f1, f2, rmm\nfmv.x.d a0, f0\ncsrr a1, fflags\nebreak",
                    b)));
    CHECK(run(guest) == Stop::unhandled_trap);
    return std::pair<std::uint64_t, std::uint64_t>(guest.x(10), guest.x(11));
  };
  CHECK(sum("0x7c8fffffffffffff") == std::pair<std::uint64_t, std::uint64_t>(0x7fefffffffffffff, 1));
  CHECK(sum("0x7c90000000000000") == std::pair<std::uint64_t, std::uint64_t>(0x7ff0000000000000, 5));
}

TEST_CASE("a store that reaches over a page boundary into text is noticed") {
  Guest guest(test::assemble(R"(
      .option norvc
      la t0, target
      li t1, 0x0020051300100513
      sd t1, -4(t0)
      fence.i
      call target
      ebreak
      .balign 4096
      target: addi a0, a0, 1
      ret)"));
  CHECK(run(guest) == Stop::unhandled_trap);
  CHECK_EQ(guest.x(10), 2);
}

}  // namespace
}  // namespace troupe

// The scalar instructions that programs of the differential tester cannot hold
// (tests/isa/differential/quirks.hpp says why), with expected values.
#include <doctest/doctest.h>

#include "tests/isa/guest.hpp"
#include "tests/isa/row_observer.hpp"

namespace troupe {
namespace {

using isa::Stop;
using test::Guest;

isa::test::RowObserver observer;  // of all programs

// Runs a program to the trap that nothing handles, going on after wfi.
Guest finished(const std::string& text) {
  Guest guest(test::assemble(text));
  const auto engine = isa::make_observed_engine(test::core(), observer);
  for (Stop stop = Stop::until; stop == Stop::until || stop == Stop::wait_for_interrupt;) {
    stop = engine->run(guest.hart, guest.hart.cycle + 1);
    REQUIRE(guest.hart.cycle < 100000);
  }
  isa::test::write_executed("reference", "scalar", observer.executed);
  return guest;
}

TEST_CASE("jumps through a register go to the even sum and link to the next instruction") {
  const Guest guest = finished(R"(
      la t0, there
      .option norvc
      jalr a0, 5(t0)
      from: li a1, 1
      there: li a1, 2
      la a2, from
      .option rvc
      la t1, over
      c.jalr t1
      after: li a3, 1
      over: mv a4, ra
      la a5, after
      la t1, end
      c.jr t1
      li a6, 1
      end: unimp)");
  CHECK_EQ(guest.x(10), guest.x(12));
  CHECK_EQ(guest.x(11), 0);  // both loads of a1 were jumped over
  CHECK_EQ(guest.x(14), guest.x(15));
  CHECK_EQ(guest.x(13), 0);
  CHECK_EQ(guest.x(16), 0);
}

TEST_CASE("c.addi16sp moves the stack pointer by a signed multiple of 16") {
  const Guest guest = finished(R"(
      .option rvc
      li sp, 0x80008000
      c.addi16sp sp, -512
      mv a0, sp
      c.addi16sp sp, 496
      mv a1, sp
      c.addi16sp sp, 16
      mv a2, sp
      unimp)");
  CHECK_EQ(guest.x(10), 0x80007e00);
  CHECK_EQ(guest.x(11), 0x80007ff0);
  CHECK_EQ(guest.x(12), 0x80008000);
}

TEST_CASE("czero clears its result when the condition is zero or is not") {
  const Guest guest = finished(R"(
      li t0, -7
      li t1, 1
      slli t1, t1, 63
      czero.eqz a0, t0, zero
      czero.eqz a1, t0, t1
      czero.nez a2, t0, zero
      czero.nez a3, t0, t1
      unimp)");
  CHECK_EQ(guest.x(10), 0);
  CHECK_EQ(guest.x(11), ~std::uint64_t{6});
  CHECK_EQ(guest.x(12), ~std::uint64_t{6});
  CHECK_EQ(guest.x(13), 0);
}

TEST_CASE("ctzw counts the zeros of the low word only") {
  const Guest guest = finished(R"(
      li t0, -1
      li a0, 0
      li t2, 33
      loop: sll t3, t0, a0
      ctzw t4, t3
      bne t4, a0, wrong
      addi a0, a0, 1
      bne a0, t2, loop
      wrong: unimp)");
  CHECK_EQ(guest.x(10), 33);  // the first number of zeros that it does not count
}

TEST_CASE("calls and breakpoints of both sizes trap and mret returns behind them; wfi goes on") {
  const Guest guest = finished(R"(
      la t0, handler
      csrw mtvec, t0
      ecall
      c.ebreak
      .option norvc
      ebreak
      wfi
      li a0, 7
      csrw mtvec, zero
      unimp
      .balign 4
      handler: slli s1, s1, 4
      csrr t1, mcause
      add s1, s1, t1
      csrr t1, mepc
      lhu t2, 0(t1)
      andi t2, t2, 3
      addi t1, t1, 2
      sltiu t2, t2, 3
      xori t2, t2, 1
      slli t2, t2, 1
      add t1, t1, t2
      csrw mepc, t1
      mret)");
  CHECK_EQ(guest.x(9), 0xb33);
  CHECK_EQ(guest.x(10), 7);
}

TEST_CASE("an instruction stored over another is the one that runs after fence.i") {
  const Guest guest = finished(R"(
      .option norvc
      la t0, changed
      lw t1, 0(t0)
      lw t2, other
      sw t2, 0(t0)
      fence.i
      changed: li a0, 5
      unimp
      other: li a0, 9)");
  CHECK_EQ(guest.x(10), 9);
}

}  // namespace
}  // namespace troupe

// The engine with an observer: what it tells of each instruction, and that it changes none.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "isa/csr.hpp"
#include "isa/observed_engine.hpp"
#include "tests/isa/guest.hpp"

using namespace troupe;
using isa::Stop;
using End = isa::Step::End;

namespace {

struct Log : isa::StepObserver {
  std::vector<isa::Step> steps;
  void step(const isa::Hart&, const isa::Step& s) override { steps.push_back(s); }

  isa::Account sum() const {
    isa::Account total;
    for (const isa::Step& s : steps) total += s.spent;
    return total;
  }
  std::vector<End> ends() const {
    std::vector<End> all;
    for (const isa::Step& s : steps) all.push_back(s.end);
    return all;
  }
};

}  // namespace

TEST_CASE("an observed hart ends as one that is not, and its steps add up to its account, at every quantum") {
  const ElfFile elf = test::assemble(R"(
  li t0, 0x2200
  csrs mstatus, t0
  la t0, handler
  csrw mtvec, t0
  li a0, 20
1:vsetvli t0, a0, e32, m4, ta, ma
  vadd.vi v8, v8, 3
  vdiv.vv v12, v8, v4
  fcvt.d.l fa0, a0
  fsqrt.d fa1, fa0
  div a1, a0, t0
  c.addi a1, 1
  call square
  ecall
  addi a0, a0, -1
  bnez a0, 1b
  ebreak
square:
  mul a2, a1, a1
  ret
  .balign 4
handler:
  csrr t1, mcause
  li t2, 3
  beq t1, t2, 3f
  csrr t1, mepc
  addi t1, t1, 4
  csrw mepc, t1
  mret
3:csrw mtvec, zero
  ebreak)");
  test::Guest plain(elf);
  REQUIRE(isa::make_engine(test::core())->run(plain.hart, kNever) == Stop::unhandled_trap);
  for (const Cycle quantum : {Cycle{1}, Cycle{7}, Cycle{1} << 20}) {
    CAPTURE(quantum);
    Log log;
    const auto engine = isa::make_observed_engine(test::core(), log);
    test::Guest guest(elf);
    while (engine->run(guest.hart, guest.hart.cycle + quantum) == Stop::until) {
    }
    CHECK(test::same_state(plain.hart, guest.hart));
    CHECK(log.sum() == guest.hart.account);
    Cycle next = 0;
    for (const isa::Step& s : log.steps) {
      CHECK_EQ(s.cycle, next);  // each begins where the one before ended
      next = s.cycle + s.spent.total();
      CHECK_EQ(s.spent.busy, s.end == End::retired ? 1 : 0);
    }
    CHECK_EQ(std::ranges::count(log.ends(), End::trapped), 21);  // 20 ecalls, the first ebreak
    CHECK(std::ranges::any_of(log.steps, [](const isa::Step& s) { return s.raw == 0x0585 && s.bytes == 2; }));
  }
}

TEST_CASE("an access to a device is held until it is answered, and the wait is its own") {
  Log log;
  const auto engine = isa::make_observed_engine(test::core(), log);
  test::Guest guest(test::assemble("lui a1, 0x40000\nld a0, 8(a1)\nld a2, 16(a1)\nnop"));
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
  CHECK(log.ends() == std::vector{End::retired, End::held});
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);  // still not answered: nothing new
  CHECK_EQ(log.steps.size(), 2);
  const Cycle issue = guest.hart.cycle;
  engine->complete(guest.hart, 1, issue + 30, 7);
  REQUIRE(log.steps.size() == 3);
  CHECK(log.steps[2].end == End::retired);
  CHECK_EQ(log.steps[2].pc, log.steps[1].pc);
  CHECK_EQ(log.steps[2].cycle, issue);
  CHECK_EQ(log.steps[2].spent.waiting, 30);
  REQUIRE(engine->run(guest.hart, kNever) == Stop::device);
  engine->fault(guest.hart);
  CHECK(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  CHECK(log.sum() == guest.hart.account);
}

TEST_CASE("a sleeping hart waits at its wfi, and the interrupt that ends the sleep is told there") {
  Log log;
  const auto engine = isa::make_observed_engine(test::core(), log);
  test::Guest guest(
      test::assemble("la t0, 1f\ncsrw mtvec, t0\nwfi\nebreak\n.balign 4\n1:csrw mtvec, zero\nebreak"));
  guest.hart.csr.mie = isa::kTimerInterrupt;
  guest.hart.csr.mstatus = isa::kStatusMie;
  guest.hart.timer_deadline = 500;
  REQUIRE(engine->run(guest.hart, kNever) == Stop::wait_for_interrupt);
  const std::uint64_t wfi = guest.hart.pc - 4;
  const std::size_t before = log.steps.size();
  engine->wait(guest.hart, 500);
  CHECK(engine->run(guest.hart, kNever) == Stop::unhandled_trap);
  REQUIRE(log.steps.size() == before + 3);
  CHECK(log.steps[before].end == End::waited);
  CHECK_EQ(log.steps[before].pc, wfi);
  CHECK(log.steps[before].spent.waiting > 0);
  CHECK(log.steps[before + 1].end == End::waited);
  CHECK(log.steps[before + 1].spent.stalled[static_cast<std::size_t>(isa::Stall::trap)] > 0);
  CHECK(log.steps[before + 2].end == End::retired);
  CHECK(log.sum() == guest.hart.account);
}

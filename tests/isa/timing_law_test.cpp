// The law of timing: blocks, variants and memoised costs give the cycles of a core stepped clock by clock
// (timing_reference.hpp), whatever the core, the program, the quantum and the size of blocks.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include "sim/base/rng.hpp"
#include "tests/environment.hpp"
#include "tests/isa/guest.hpp"
#include "tests/isa/timing_program.hpp"
#include "tests/isa/timing_reference.hpp"

namespace troupe {
namespace {

using test::Guest;

// A core that nobody would build, but that is one.
CoreParams random_core(Rng& rng) {
  const auto cycles = [&](std::uint64_t low, std::uint64_t high) {
    return Cycles{low + rng.below(high - low + 1)};
  };
  CoreParams p = core_preset("xpu");
  p.vlen = {std::uint64_t{128} << rng.below(4)};
  do p.dlen = {std::uint64_t{64} << rng.below(5)};
  while (p.dlen > p.vlen);
  p.l1_port = {std::uint64_t{8} << rng.below(6)};
  p.alu = cycles(1, 2);
  p.mul = cycles(1, 6);
  p.mul_stall = cycles(0, 3);
  p.mul_high = cycles(1, 6);
  p.mul_high_stall = cycles(0, 3);
  p.div_term = static_cast<DivideTerm>(rng.below(4));
  p.div_base = cycles(1, 8);
  p.div_bits_per_cycle = 1 + rng.below(4);
  p.div_min = cycles(1, 8);
  p.div_by_zero = cycles(0, 3);
  p.div_by_one = cycles(0, 3);
  p.div_blocking = rng.below(2);
  p.load_use = cycles(1, 10);
  p.load_stall = cycles(0, 2);
  p.loads_in_flight = rng.below(kLoadsInFlightMax + 1);
  p.store_stall = cycles(0, 2);
  p.store_interval = cycles(1, 6);
  p.store_queue = 1 + rng.below(5);
  p.fp = cycles(1, 6);
  p.fp_div_single = cycles(1, 20);
  p.fp_div_double = cycles(1, 30);
  p.branch_prediction = static_cast<BranchPrediction>(rng.below(2));
  p.branch_taken = cycles(0, 2);
  p.branch_mispredicted = cycles(0, 5);
  p.jump = cycles(0, 3);
  p.jump_register = cycles(0, 4);
  p.amo = cycles(1, 8);
  p.csr = cycles(1, 4);
  p.fence_i = cycles(0, 5);
  p.trap = cycles(1, 6);
  validate(p, "random core");
  return p;
}

CoreParams any_core(Rng& rng) {
  const std::vector<std::string> names = core_preset_names();
  const std::uint64_t n = rng.below(2 * names.size());
  return n < names.size() ? core_preset(names[n]) : random_core(rng);
}

// Runs to the end, in pieces of `quantum` cycles (0: random ones).
void run(isa::Engine& engine, Guest& guest, std::uint64_t outside_seed, Cycle quantum, Rng& rng) {
  test::Outside outside(outside_seed);
  isa::Hart& hart = guest.hart;
  hart.timer_deadline = outside.deadline(0);
  for (;;) {
    const Cycle piece = quantum == 0 ? 1 + rng.below(60) : quantum;
    const isa::Stop stop = engine.run(hart, hart.cycle + std::min(piece, kNever - hart.cycle));
    if (stop == isa::Stop::until) continue;
    if (stop != isa::Stop::device) {
      REQUIRE(stop == isa::Stop::unhandled_trap);
      return;
    }
    const bool timer = hart.pending.address == test::kDevice + test::kTimerRegister;
    const test::Outside::Answer answer = outside.answer();
    const Cycle at = hart.cycle + answer.wait_cycles;
    engine.complete(hart, answer.value, at, answer.latency);
    if (timer) hart.timer_deadline = outside.deadline(at);
  }
}

bool same_values(const isa::Hart& a, const isa::Hart& b) {
  return std::equal(a.x, a.x + 32, b.x) && std::equal(a.f, a.f + 32, b.f) && a.pc == b.pc &&
         a.csr.fflags == b.csr.fflags && a.csr.mcause == b.csr.mcause && a.csr.mepc == b.csr.mepc &&
         a.csr.vl == b.csr.vl && std::equal(&a.v[0][0], &a.v[0][0] + sizeof a.v, &b.v[0][0]) &&
         a.account.busy == b.account.busy;
}

struct Seen {
  std::uint64_t traps = 0, interrupts = 0, accesses = 0;
};

// One random program on several cores, each compared with the reference whole and in pieces.
void check_program(Rng& rng, Seen& seen) {
  const std::vector<test::Line> lines = test::random_program(rng);
  const ElfFile elf = test::assemble(test::program_text(lines));
  for (int c = 0; c < 4; ++c) {
    const CoreParams core = any_core(rng);
    const std::uint64_t outside_seed = rng.next();
    Guest reference(elf);
    const test::ReferenceRun expected = test::run_reference(lines, elf, core, outside_seed, reference);
    seen.traps += expected.traps;
    seen.interrupts += expected.interrupts;
    seen.accesses += expected.accesses;
    const std::uint32_t block_max = c == 0 ? 64 : 1 + static_cast<std::uint32_t>(rng.below(64));
    CAPTURE(c);
    CAPTURE(block_max);
    const auto engine = isa::make_engine(core, {.block_instructions_max = block_max});
    Guest whole(elf);
    run(*engine, whole, outside_seed, kNever, rng);
    REQUIRE_EQ(whole.hart.cycle, expected.cycle);
    REQUIRE(same_values(whole.hart, reference.hart));
    REQUIRE_EQ(whole.hart.account.total(), whole.hart.cycle);
    for (const Cycle quantum : {Cycle{1}, Cycle{7}, Cycle{1000}, Cycle{0}}) {
      CAPTURE(quantum);
      Guest pieces(elf);
      run(*engine, pieces, outside_seed, quantum, rng);
      REQUIRE(test::same_state(whole.hart, pieces.hart));
    }
  }
}

TEST_CASE(
    "cycles equal those of a core stepped clock by clock, for random programs, cores, quanta and sizes of "
    "blocks") {
  const std::uint64_t programs = test::number_from("TIMING_PROGRAMS", 25);
  const std::uint64_t seed = test::seed_or(20240607);
  MESSAGE("SEED=" << seed);
  Rng rng(seed);
  Seen seen;
  for (std::uint64_t n = 0; n < programs; ++n) {
    CAPTURE(n);
    check_program(rng, seen);
  }
  MESSAGE(seen.traps << " traps, " << seen.interrupts << " interrupts, " << seen.accesses
                     << " device accesses");
  CHECK(seen.traps > programs);
  CHECK(seen.interrupts > programs);
  CHECK(seen.accesses > programs);
}

TEST_CASE("a load's result is waited for until the cycle it is ready and not one longer") {
  const CoreParams core = test::core();
  for (std::uint64_t gap = 0; gap < core.load_use.count + 2; ++gap) {
    std::string text = ".option norvc\nlui x20, 0x20\nld x5, 0(x20)\n";
    for (std::uint64_t i = 0; i < gap; ++i) text += "nop\n";
    const ElfFile elf = test::assemble(text + "addi x6, x5, 1\nebreak\n");
    Guest guest(elf);
    CHECK(isa::make_engine(core)->run(guest.hart, kNever) == isa::Stop::unhandled_trap);
    CHECK_EQ(guest.hart.cycle, 3 + std::max(gap, core.load_use.count - 1));
    CHECK_EQ(guest.hart.account.stalled[static_cast<std::size_t>(isa::Stall::operand)],
             gap < core.load_use.count - 1 ? core.load_use.count - 1 - gap : 0);
  }
}

TEST_CASE("a divide takes longer for a longer quotient") {
  const CoreParams core = test::core();
  const auto cycles = [&](std::uint64_t a, std::uint64_t b) {
    Guest guest(
        test::assemble(fmt::format("li a0, {}\nli a1, {}\nfence\ncsrr s0, cycle\ndivu a2, a0, a1\naddi a2, "
                                   "a2, 0\ncsrr s1, cycle\nebreak",
                                   a, b)));
    CHECK(isa::make_engine(core)->run(guest.hart, kNever) == isa::Stop::unhandled_trap);
    return guest.x(9) - guest.x(8);
  };
  CHECK_EQ(cycles(1, 2), core.csr.count + core.div_base.count + 1);
  CHECK_EQ(cycles(~std::uint64_t{0}, 1),
           core.csr.count + core.div_base.count + 64 / core.div_bits_per_cycle + 1);
}

}  // namespace
}  // namespace troupe

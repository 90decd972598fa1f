// Random programs of every extension, from the rows of the tables, in our engine and in QEMU 7.2: the same
// state after each program. DIFFERENTIAL_INSTRUCTIONS says how many; SEED=, the first batch's seed.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include "isa/engine.hpp"
#include "tests/environment.hpp"
#include "tests/isa/differential/compare.hpp"
#include "tests/isa/differential/quirks.hpp"
#include "tests/isa/executed_rows.hpp"
#include "tests/isa/guest.hpp"

namespace troupe::isa::differential {
namespace {

constexpr std::size_t kPrograms = 1000, kItems = 32;
constexpr std::uint32_t kRounds = 4;

std::uint64_t instructions_wanted() {
  return troupe::test::number_from("DIFFERENTIAL_INSTRUCTIONS", 1'000'000);
}

TEST_CASE("random programs of every extension end in the same state as in QEMU") {
  if (!have_qemu()) {
    fmt::print("differential: SKIPPED, no qemu-riscv64 (Debian package qemu-user)\n");
    return;
  }
  const std::uint64_t first_seed = troupe::test::seed_or(20261123);
  fmt::print("differential: SEED={}\n", first_seed);
  std::set<std::string> covered;
  test::ExecutedRows executed;
  std::uint64_t instructions = 0;
  for (std::uint64_t seed = first_seed; instructions < instructions_wanted(); ++seed)
    for (const Profile profile : kProfiles) {
      Generator generator(seed * std::size(kProfiles) + static_cast<std::uint64_t>(profile));
      std::vector<Program> programs;
      for (std::size_t i = 0; i < kPrograms; ++i) programs.push_back(generator.program(profile, kItems));
      for (const Program& p : programs) {
        instructions += p.items.size() * kRounds;
        for (const Item& item : p.items) test::add_executed(executed, item.raw, item.expanded());
      }
      covered.insert(generator.covered().begin(), generator.covered().end());
      const auto difference = compare(profile, seed, programs, kRounds);
      if (difference) FAIL_CHECK(difference->report);
    }
  test::write_executed("differential", "all", executed);
  fmt::print("differential: {} instructions (with those that branches skip), {} rows\n", instructions,
             covered.size());
  for (const Row* row : all_rows())
    CHECK_MESSAGE((covered.contains(row->name) || not_compared(row->name) != nullptr),
                  std::string(row->name) << " is in no program");
}

// QEMU 7.2 computes ctzw wrongly (see kNotCompared), which makes a difference to look for.
TEST_CASE("a difference among other instructions is found and reduced to those that make it") {
  if (!have_qemu()) return;
  const std::uint64_t seed = 7;
  Generator generator(seed);
  std::vector<Program> programs;
  for (int i = 0; i < 3; ++i) programs.push_back(generator.program(Profile::scalar_float, kItems));
  REQUIRE(!compare(Profile::scalar_float, seed, programs, 2));
  constexpr std::uint32_t kSetBit63 = 0x2bf01293, kCount = 0x6012931b;
  REQUIRE(disassemble(kSetBit63, 0) == "bseti t0, zero, 0x3f");
  REQUIRE(disassemble(kCount, 0) == "ctzw t1, t0");
  programs[1].items.push_back({kSetBit63, 4, 0});
  programs[1].items.push_back({kCount, 4, 0});
  const auto difference = compare(Profile::scalar_float, seed, programs, 2);
  REQUIRE(difference);
  CHECK_EQ(difference->minimised.items.size(), 2);
  CHECK(difference->report.find("ctzw t1, t0") != std::string::npos);
  CHECK(difference->report.find("x6 ") != std::string::npos);
  CHECK(difference->report.find("SEED=7") != std::string::npos);
}

}  // namespace
}  // namespace troupe::isa::differential

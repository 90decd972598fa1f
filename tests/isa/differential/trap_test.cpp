// Random programs of traps, CSRs and changes of mode in our engine and on QEMU 7.2's `virt` board: the same
// traps on the way and the same state after each program. DIFFERENTIAL_TRAP_INSTRUCTIONS says how many;
// SEED=, the first batch's seed.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include "isa/engine.hpp"
#include "tests/environment.hpp"
#include "tests/isa/differential/compare.hpp"
#include "tests/isa/differential/trap_program.hpp"
#include "tests/isa/guest.hpp"

namespace troupe::isa::differential {
namespace {

constexpr std::size_t kPrograms = 250, kItems = 40;
constexpr std::uint32_t kRounds = 5;

std::uint64_t instructions_wanted() {
  return troupe::test::number_from("DIFFERENTIAL_TRAP_INSTRUCTIONS", 200'000);
}

TEST_CASE("random programs of traps in machine and user mode take the same way as in QEMU") {
  if (!have_qemu_system()) {
    fmt::print("differential: traps SKIPPED, no qemu-system-riscv64 (Debian package qemu-system-misc)\n");
    return;
  }
  const std::uint64_t first_seed = test::seed_or(20261124);
  fmt::print("differential: traps SEED={}\n", first_seed);
  std::set<std::string> covered;
  std::uint64_t instructions = 0;
  for (std::uint64_t seed = first_seed; instructions < instructions_wanted(); ++seed) {
    TrapGenerator generator(seed);
    std::vector<Program> programs;
    for (std::size_t i = 0; i < kPrograms; ++i) programs.push_back(generator.program(kItems));
    for (const Program& p : programs) instructions += p.items.size() * kRounds;
    covered.insert(generator.covered().begin(), generator.covered().end());
    const auto difference = compare(Profile::traps, seed, programs, kRounds);
    if (difference) FAIL_CHECK(difference->report);
  }
  fmt::print("differential: traps: {} instructions, {} rows\n", instructions, covered.size());
  for (const char* name : {"ecall", "ebreak", "mret", "wfi", "fence.i", "jalr", "csrrw", "csrrci"})
    CHECK_MESSAGE(covered.contains(name), std::string(name) << " is in no program");
}

// QEMU 7.2 has medeleg without supervisor mode (see kUnlikeCsrs), which makes a difference to look for.
TEST_CASE("a difference in a trap is found and reduced to what traps on one machine only") {
  if (!have_qemu_system()) return;
  const std::uint64_t seed = 7;
  TrapGenerator generator(seed);
  std::vector<Program> programs = {generator.program(4), generator.program(4)};
  REQUIRE(!compare(Profile::traps, seed, programs, 3));
  constexpr std::uint32_t kEcall = 0x73, kReadMedeleg = 0x30202073;
  REQUIRE(disassemble(kReadMedeleg, 0) == "csrrs zero, medeleg, zero");
  programs[1].items.push_back({kEcall, 4, 0, 0});  // from user mode to machine mode
  programs[1].items.push_back({kReadMedeleg, 4, 0, 0});
  const auto difference = compare(Profile::traps, seed, programs, 3);
  REQUIRE(difference);
  CHECK_LE(difference->minimised.items.size(), 2);
  CHECK(difference->report.find("medeleg") != std::string::npos);
  CHECK(difference->report.find(": mtval") != std::string::npos);
  CHECK(difference->report.find("SEED=7") != std::string::npos);
}

}  // namespace
}  // namespace troupe::isa::differential

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <string>
#include <vector>

#include "noc/lockstep.hpp"
#include "noc/rtl/rtl_router.hpp"
#include "sim/base/check.hpp"
#include "tests/chip/device_program.hpp"

using namespace troupe;
using test::device_program;
using test::run;
using test::Run;

namespace {

const std::vector<Cycle> kQuanta = {1, 7, 1000, RunOptions{}.quantum};

// Runs at every quantum; everything that is not host time must be the same.
Run run_at_every_quantum(const Image& image, const ChipParams& chip, const RunOptions& options = {}) {
  std::vector<Run> runs;
  for (const Cycle quantum : kQuanta) {
    RunOptions o = options;
    o.quantum = quantum;
    runs.push_back(run(image, chip, o));
    INFO("quantum " << quantum);
    CHECK(runs.back().hash == runs.front().hash);
    CHECK(runs.back().printed == runs.front().printed);
    CHECK(runs.back().result.diagnosis == runs.front().result.diagnosis);
    CHECK(runs.back().result.info.to_text() == runs.front().result.info.to_text());
  }
  return runs.front();
}

void check_accounting(const RunInfo& info) {
  for (const CoreCounters& c : info.cores) {
    std::uint64_t sum = c.busy + c.waiting + c.idle;
    for (const auto s : c.stalled) sum += s;
    CHECK(sum == info.cycles);
    CHECK(c.busy == c.instructions);
  }
}

}  // namespace

TEST_CASE("a message goes from one core to another, captured at its doorbell") {
  const Image image = device_program("message", 2, 4, 128, 2);
  const Run r = run(image, preset("tiny"));
  CHECK(r.printed == "sum 000000000000008c\n");
  CHECK(r.result.exit_code == 0);
  CHECK(r.result.diagnosis.empty());
  check_accounting(r.result.info);
  CHECK(r.result.info.cores[1].waiting > 0);
  CHECK(r.result.info.cores[2].idle == r.result.info.cycles);
}

TEST_CASE("a racy program gives the same trace at every quantum, and so does a second run") {
  const Image image = device_program("racy", 4, 8, 64, 1);
  const Run first = run_at_every_quantum(image, preset("tiny"));
  CHECK(first.result.exit_code == 0);
  check_accounting(first.result.info);
  CHECK(run(image, preset("tiny")).hash == first.hash);
  ChipParams slower = preset("tiny");
  slower.noc.link = 2_cycles;
  CHECK(run(image, slower).printed != first.printed);  // the race is real
}

TEST_CASE("a program's multicasts give the same trace at every quantum, on the model, on RTL and on both") {
  const Image image = device_program("multicast", 4, 4, 64, 1);
  const ChipParams chip = preset("tiny");
  const Run model = run_at_every_quantum(image, chip);
  // Each of four cores has the words of the other three: 63 that count up, and the number of rounds.
  constexpr std::uint64_t kWords = 63, kRounds = 20;
  std::uint64_t sum = 0;
  for (std::uint64_t sender = 0; sender < 4; ++sender)
    sum += 3 * (kWords * 1000 * sender + kWords * (kWords - 1) / 2 + kRounds);
  CHECK(model.printed == fmt::format("sum {:016x}\n", sum));
  CHECK(model.result.exit_code == 0);
  check_accounting(model.result.info);

  for (const noc::RouterFactory& routers :
       {noc::rtl_routers(), noc::lockstep(noc::reference_routers(), noc::rtl_routers())}) {
    RunOptions options;
    options.routers = routers;
    const Run other = run(image, chip, options);
    CHECK(other.hash == model.hash);
    CHECK(other.printed == model.printed);
    CHECK(other.result.info.to_text() == model.result.info.to_text());
  }
  ChipParams shallow = chip;
  shallow.noc.vc_depth = 4_flits;  // packets half as long: the run is another one
  CHECK(run(image, shallow).hash != model.hash);
}

TEST_CASE("a core killed from outside gives the same trace at every quantum") {
  const Image image = device_program("racy", 4, 8, 64, 1);
  RunOptions options;
  options.deaths = {{5, 3000}};  // a sender; tile 5 = (0,1)
  const Run sender = run_at_every_quantum(image, preset("tiny"), options);
  CHECK(sender.result.exit_code == kExitTrap);  // core 0 waits for its messages for good
  check_accounting(sender.result.info);
  options.deaths = {{1, 2000}};  // the receiver
  const Run receiver = run_at_every_quantum(image, preset("tiny"), options);
  CHECK(receiver.result.exit_code == kExitTrap);
  check_accounting(receiver.result.info);
}

TEST_CASE("faults end the run with tile, cause, pc and symbol") {
  const auto end_of = [](std::uint32_t which) {
    const Image image = device_program("faults", 1, which, 64, 0);
    return run_at_every_quantum(image, preset("tiny"));
  };
  const auto says = [](const Run& r, const char* text) {
    INFO(r.result.diagnosis);
    return r.result.diagnosis.find(text) != std::string::npos;
  };
  for (const auto& [which, text] : {std::pair{1u, "store access fault (address or instruction 0x8)"},
                                    {2u, "store access fault (address or instruction 0x40000000)"},
                                    {3u, "illegal instruction"}}) {
    const Run r = end_of(which);
    CHECK(r.result.exit_code == kExitTrap);
    CHECK(says(r, text));
    CHECK(says(r, "on (0,0)"));
    CHECK(says(r, "in core_main"));
    check_accounting(r.result.info);
  }
  const Run deadlock = end_of(4);
  CHECK(deadlock.result.exit_code == kExitTrap);
  CHECK(says(deadlock, "deadlock"));
  const Run code = end_of(5);
  CHECK(code.result.exit_code == kExitProgram);
  CHECK(code.result.program_code == 9);
}

TEST_CASE("a run stops at its limit of cycles") {
  const Image image = device_program("faults", 1, 6, 64, 0);
  RunOptions options;
  options.cycles_max = 100'000;
  const Run r = run_at_every_quantum(image, preset("tiny"), options);
  CHECK(r.result.info.cycles == 100'000);
  CHECK(r.result.diagnosis == "the run was stopped at its limit of 100000 cycles");
}

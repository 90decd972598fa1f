// Replay of recorded runs: the rules of a stream, and how close the model comes to the silicon.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <filesystem>
#include <string>
#include <vector>

#include "noc/replay.hpp"
#include "sim/base/check.hpp"
#include "sim/base/config/noc_trace_file.hpp"
#include "tests/environment.hpp"

namespace troupe::noc {
namespace {

ChipParams wormhole() {
  return preset("wormhole");
}

// A core at (1,1) reads 480 bytes from (2,1) twice; `waited` is what the trace's barrier took.
NocTrace two_reads(Cycle waited) {
  const auto event = [](Cycle time, const char* rest) {
    return fmt::format(R"({{"proc":"NCRISC","noc":"NOC_0","sx":1,"sy":1,"timestamp":{},{}}})", time, rest);
  };
  const char* read = R"("type":"READ","dx":2,"dy":1,"num_bytes":480)";
  return parse_noc_trace("[" + event(1000, R"("zone":"K")") + "," + event(1100, read) + "," +
                             event(1150, read) + "," + event(1180, R"("type":"READ_BARRIER_START")") + "," +
                             event(1180 + waited, R"("type":"READ_BARRIER_END")") + "," +
                             event(1180 + waited + 70, R"("zone":"K")") + "]",
                         "t", wormhole());
}

TEST_CASE(
    "a stream keeps its gaps; a barrier's end is when the model's reads are done, whatever the trace had") {
  const ChipParams chip = wormhole();
  // The second read's doorbell at 150, its data 4 x 5 + 10 x 9 + 15 and the L1's time later.
  const Cycle done = 150 + 20 + 90 + 15 + chip.l1.niu_read.count;
  for (const Cycle waited : {1, 80, 400, 5000}) {
    const NocTrace trace = two_reads(waited);
    CHECK(replay_span(trace, chip, true) == done + chip.replay.notice.count + 70 - NocTrace::kEndCycles);
    CHECK(replay_span(trace, chip, false) == replay_span(trace, chip, true));
  }
}

TEST_CASE("a barrier with nothing to wait for takes its own time") {
  const ChipParams chip = wormhole();
  const NocTrace trace = parse_noc_trace(
      R"([{"proc":"B","sx":1,"sy":1,"timestamp":10,"zone":"K"},
          {"proc":"B","noc":"NOC_1","sx":1,"sy":1,"timestamp":50,"type":"WRITE_BARRIER_START"},
          {"proc":"B","noc":"NOC_1","sx":1,"sy":1,"timestamp":900,"type":"WRITE_BARRIER_END"}])",
      "t", chip);
  CHECK(replay_span(trace, chip, true) == 40 + chip.replay.barrier.count - NocTrace::kEndCycles);
}

TEST_CASE("a trace with every kind of event replays on both chips with two networks") {
  for (const char* name : {"wormhole", "blackhole"}) {
    const ChipParams chip = preset(name);
    const NocTrace trace = read_noc_trace("tests/noc/traces/mixed.json", chip);
    const Cycle span = replay_span(trace, chip, true);
    CHECK(span > 0);
    CHECK(span == replay_span(trace, chip, true));
    CHECK(span >= replay_span(trace, chip, false));
  }
}

TEST_CASE("a trace without length is refused") {
  const NocTrace trace =
      parse_noc_trace(R"([{"proc":"B","sx":1,"sy":1,"timestamp":10,"zone":"K"}])", "t.json", wormhole());
  CHECK_THROWS_WITH_AS(replay(trace, wormhole()), "t.json: all events within 20 cycles", InputError);
}

TEST_CASE("errors are summed up over files, percentiles by nearest rank") {
  const ErrorSummary e = summarize({-1, 2, -3, 4, 5, 6, 7, 8, 9, -20});
  CHECK(e.mean == doctest::Approx(6.5));
  CHECK(e.p50 == 5);
  CHECK(e.p90 == 9);
  CHECK(e.max == 20);
}

TEST_CASE("spans on wormhole come close to those measured, and contention is why") {
  const auto folder = test::anchors() / "noc/wormhole-traces";
  if (!std::filesystem::exists(folder)) {
    fmt::print("skipped: no {} (set TROUPE_ANCHORS)\n", folder.string());
    return;
  }
  // Of those that nothing was fitted on: few and many tiles, L1 and DRAM, both networks and one.
  std::vector<ReplayRow> rows;
  std::vector<double> errors, free_errors;
  for (const char* file : {"1x4_BLOCK_TO_4x4_HEIGHT", "2x2_BLOCK_TO_4x4_HEIGHT", "2x4_BLOCK_TO_8x8_BLOCK",
                           "4x4_BLOCK_TO_8x8_BLOCK", "DRAM_TO_2x8_HEIGHT", "DRAM_TO_4x4_HEIGHT"}) {
    rows.push_back(replay(read_noc_trace((folder / file).string() + ".json", wormhole()), wormhole()));
    rows.back().file = file;
    errors.push_back(rows.back().error());
    free_errors.push_back(rows.back().contention_free_error());
  }
  fmt::print("{}", replay_table(rows, "wormhole"));
  CHECK(summarize(errors).mean <= 8);
  CHECK(summarize(errors).max <= 20);
  CHECK(summarize(free_errors).mean >= 3 * summarize(errors).mean);
}

}  // namespace
}  // namespace troupe::noc

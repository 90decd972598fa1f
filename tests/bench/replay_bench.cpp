// How close replayed traces of Wormhole come to the spans measured, over the files that nothing was fitted
// on.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "noc/replay.hpp"
#include "sim/base/config/noc_trace_file.hpp"
#include "tests/bench/user_seconds.hpp"
#include "tests/environment.hpp"

namespace {

// What `wormhole` was fitted on (noc/README.md): every third file of the anchors.
const std::set<std::string> kFitted = {
    "1x2_BLOCK_TO_2x4_HEIGHT.json", "1x4_BLOCK_TO_2x8_BLOCK.json", "2x2_BLOCK_TO_2x4_BLOCK.json",
    "2x2_BLOCK_TO_8x4_BLOCK.json",  "2x4_BLOCK_TO_4x8_BLOCK.json", "4x2_BLOCK_TO_2x8_HEIGHT.json",
    "4x4_BLOCK_TO_2x4_HEIGHT.json", "DRAM_TO_1x1_HEIGHT.json",     "DRAM_TO_1x8_HEIGHT.json",
    "DRAM_TO_2x4_HEIGHT.json",      "DRAM_TO_4x2_HEIGHT.json",     "DRAM_TO_8x2_BLOCK.json"};

}  // namespace

int main() {
  using namespace troupe;
  const auto folder = test::anchors() / "noc/wormhole-traces";
  if (!std::filesystem::exists(folder)) {
    fmt::print(stderr, "  skipped: no {} (set TROUPE_ANCHORS)\n", folder.string());
    return 0;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());

  const ChipParams chip = preset("wormhole");
  std::vector<noc::ReplayRow> rest;
  std::vector<double> errors, fitted_errors;
  const double begin = bench::user_seconds();
  for (const auto& file : files) {
    noc::ReplayRow row = noc::replay(read_noc_trace(file, chip), chip);
    row.file = file.filename();
    (kFitted.contains(row.file) ? fitted_errors : errors).push_back(row.error());
    if (!kFitted.contains(row.file)) rest.push_back(row);
  }
  const double seconds = bench::user_seconds() - begin;
  if (errors.empty() || fitted_errors.size() != kFitted.size()) {
    fmt::print(stderr, "replay: {} files in {}, {} of them fitted\n", files.size(), folder.string(),
               fitted_errors.size());
    return 1;
  }
  fmt::print(stderr, "{}", noc::replay_table(rest, chip.name));
  fmt::print(stderr, "  fitted on {} others: mean {:.2f}%\n", fitted_errors.size(),
             noc::summarize(fitted_errors).mean);
  fmt::print("noc.wormhole_span_error_mean {:.2f} percent\n", noc::summarize(errors).mean);
  fmt::print("noc.wormhole_span_error_p90 {:.2f} percent\n", noc::summarize(errors).p90);
  fmt::print("noc.wormhole_replay {:.2f} s\n", seconds);
}

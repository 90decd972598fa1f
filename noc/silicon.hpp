// Published measurements of Tenstorrent silicon beside what the model gives for the same traffic.
//
// Rows are numbered as in the anchors' silicon.md. The first seven are facts of the network that the presets
// state, measured here where traffic can show them; the others are rates of transfers, which nothing is tuned
// to one by one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/base/chip_params.hpp"

namespace troupe::noc {

struct SiliconRow {
  std::string number, what, unit;
  double silicon = 0, model = 0;
  bool exact = false;  // the model has to agree to the digit
  std::string why;     // it is off, where it is
  double error() const { return 100 * (model - silicon) / silicon; }
};

// Rows 1 to 7, those that have to be exact.
std::vector<SiliconRow> measure_facts(const ChipParams& wormhole);

// All rows. `wormhole` and `blackhole` are the presets of those names. `progress` hears of each measurement
// before it is made.
std::vector<SiliconRow> measure_silicon(const ChipParams& wormhole, const ChipParams& blackhole,
                                        const std::function<void(const std::string&)>& progress);

std::string silicon_table(const std::vector<SiliconRow>& rows);

}  // namespace troupe::noc

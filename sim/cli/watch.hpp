// `troupe run --watch`: cores and actors of a running program, redrawn in place on a terminal.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/base/chip_params.hpp"
#include "sim/chip/simulation.hpp"

namespace troupe {

// The text of one picture, without escape sequences: a line of totals, one a core, the most frequent actors.
std::string watch_text(Cycle cycle, double mips, const std::vector<CoreSnapshot>& cores,
                       const ChipParams& chip);

// For RunOptions::progress. Draws on standard error. Throws InputError where that is no terminal.
std::function<void(Cycle, std::uint64_t, const Snapshots&)> watch(const ChipParams& chip);

}  // namespace troupe

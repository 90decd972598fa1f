// tt-npe's NoC-trace JSON: one flat array of events. The format is described in tt-npe's
// tt_npe/doc/noc_trace_format.md; the names of the events are those of tt-metal's profiler.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/chip_params.hpp"
#include "sim/base/noc_trace.hpp"

namespace troupe {

// Coordinates are those of the chip's grid (tile = y * width + x), on both networks. Throws InputError (file,
// event number or place in the text, what was found, what was expected) for text that is not such JSON, an
// unknown event type, a field that is missing or out of range, a tile outside the grid, a transaction longer
// than a packet, and an event that leaves the chip.
NocTrace read_noc_trace(const std::string& file, const ChipParams& chip);

// The same for text in memory; `file` is what errors call it.
NocTrace parse_noc_trace(std::string_view text, const std::string& file, const ChipParams& chip);

}  // namespace troupe

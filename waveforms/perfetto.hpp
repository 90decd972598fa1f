// Export of a trace for ui.perfetto.dev: cores as tracks, actors as slices, messages as flow arrows.
#pragma once

#include <string>

#include "waveforms/trace_file.hpp"

namespace troupe {

// Writes Chrome trace-event JSON ("Trace Event Format", Google, 2016): one microsecond of the timeline is one
// clock cycle. Throws InputError when the file cannot be written.
void write_perfetto(const TraceContents& trace, const std::string& path);

}  // namespace troupe

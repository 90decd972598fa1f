// Replay of a recorded run (sim/base/noc_trace.hpp) on a chip's networks.
//
// A stream keeps the gaps between its events as they were measured, for they are what its processor did; what
// its barriers wait for is the model's own. Event i is at
//
//   the event before it + the measured gap between them                        in general
//   the later of the barrier's start + replay.barrier and the model's          a barrier's end
//     completion of what it waits for + replay.notice
//   the later of the event before it + the gap and that completion + notice    behind a wait without an end
//
// and a request goes when an initiator of the NIU is free. So nothing of the time that the trace spent in a
// barrier with an end is used.
#pragma once

#include <string>
#include <vector>

#include "sim/base/chip_params.hpp"
#include "sim/base/noc_trace.hpp"

namespace troupe::noc {

// Last minus first event over all streams, less the end of a kernel: as NocTrace::span().
Cycle replay_span(const NocTrace& trace, const ChipParams& chip, bool contention);

struct ReplayRow {
  std::string file;
  Cycle span = 0, trace_span = 0, contention_free_span = 0;
  double error() const { return relative(span); }
  double contention_free_error() const { return relative(contention_free_span); }

 private:
  double relative(Cycle value) const {
    const auto reference = static_cast<double>(trace_span);
    return 100 * (static_cast<double>(value) - reference) / reference;
  }
};

// Of the absolute errors of some rows, in percent.
struct ErrorSummary {
  double mean = 0, p50 = 0, p90 = 0, max = 0;
};
ErrorSummary summarize(std::vector<double> errors);

// Throws InputError for a trace of no length, which has no error.
ReplayRow replay(const NocTrace& trace, const ChipParams& chip);

std::string replay_table(const std::vector<ReplayRow>& rows, const std::string& chip);
std::string replay_csv(const std::vector<ReplayRow>& rows);

}  // namespace troupe::noc

// The report of a run: cores, flows, links, latencies, as text for people and as JSON (design section 2).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/run_info.hpp"
#include "waveforms/statistics.hpp"

namespace troupe {

struct FlowReport {
  std::string from, to;
  std::uint64_t messages = 0, bytes = 0;
  std::uint64_t p50 = 0, p99 = 0;  // cycles, doorbell to mailbox
};

struct ActorReport {
  std::string name;
  std::uint64_t actors = 1;  // instances under this name: spawned ones are counted by behaviour
  std::uint64_t dispatches = 0, cycles = 0;
};

// What only the host knows; it may differ between two runs of the same thing.
struct HostReport {
  double seconds = 0;  // wall time of the simulation
  double mips = 0;     // simulated instructions per second of wall time / 1e6
};

struct Report {
  RunInfo info;
  std::vector<FlowReport> flows;                                    // most bytes first
  std::vector<ActorReport> actors;                                  // most cycles first
  std::uint64_t messages = 0, message_bytes = 0;                    // over the network
  std::uint64_t local_messages = 0;                                 // within cores
  std::uint64_t dead_letters = 0;                                   // of both, those that no mailbox took
  std::uint64_t latency_p50 = 0, latency_p99 = 0, latency_max = 0;  // cycles, over all messages
};

Report make_report(const RunInfo& info, const Statistics& statistics);

// `rows`: how many flows, links and actors at the most.
std::string report_text(const Report& report, std::size_t rows = 10);
std::string report_json(const Report& report, const HostReport& host);

}  // namespace troupe

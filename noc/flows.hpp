// Streams of transfers between tiles, each as fast as its NIU takes them: what bandwidths are measured with.
#pragma once

#include <cstdint>
#include <vector>

#include "noc/transfers.hpp"

namespace troupe::noc {

struct Flow {
  Transfer transfer;   // one of its transfers
  unsigned count = 0;  // how many
};

struct FlowsResult {
  Cycle cycles = 0;         // first doorbell to last completion
  std::uint64_t bytes = 0;  // payload moved
  double bytes_per_cycle() const { return static_cast<double>(bytes) / static_cast<double>(cycles); }
};

// All flows at once; flows of one tile and network take turns, transfer by transfer.
FlowsResult run_flows(const ChipParams& chip, const std::vector<Flow>& flows);

}  // namespace troupe::noc

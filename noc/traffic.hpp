// Open-loop synthetic traffic on a Network, as BookSim2's latency mode does it: Bernoulli arrivals, an
// endless source queue, latency from the arrival of a packet to its last flit at the destination.
//
// Nodes are the tiles that send and receive, numbered 0.. row by row; a pattern maps node to node. The
// patterns are BookSim2's, by the same names.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "noc/network.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/rng.hpp"

namespace troupe::noc {

struct Nodes {
  std::vector<std::uint16_t> tiles;  // of each node
  std::uint64_t columns = 0, rows = 0;
};
Nodes all_tiles(const GridParams& grid);
Nodes core_tiles(const ChipParams& chip);

// The destination of a node's next packet.
using Pattern = std::function<std::uint32_t(std::uint32_t node, Rng&)>;

inline constexpr std::string_view kPatterns[] = {"uniform", "transpose", "tornado",
                                                 "bitcomp", "shuffle",   "hotspot"};

// Throws InputError for a name that is none of these and for nodes that a pattern is not defined for. `seed`
// chooses the hotspot.
Pattern make_pattern(std::string_view name, const Nodes& nodes, std::uint64_t seed);

struct TrafficParams {
  double rate = 0.1;  // flits per node and cycle
  unsigned packet_flits = 1;
  Cycle warmup = 3000, measured = 20000;
  std::uint64_t seed = 1;
};

struct TrafficResult {
  double mean_latency = 0;      // cycles, over the packets born in the measured window
  Cycle p50 = 0, p99 = 0;       // of the same packets
  double mean_hops = 0;         // routers traversed
  double zero_load = 0;         // mean latency that these packets would have alone
  double accepted = 0;          // flits per node and cycle
  std::uint64_t packets = 0;    // measured
  std::uint64_t flit_hops = 0;  // of the whole run
};

// Runs warm-up and window, then drains; CHECKs that every packet offered came out where it had to.
TrafficResult run_traffic(Network& network, const Nodes& nodes, const Pattern& pattern,
                          const TrafficParams& params);

}  // namespace troupe::noc

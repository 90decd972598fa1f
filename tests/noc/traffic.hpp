// Open-loop synthetic traffic on a Network, as BookSim2's latency mode does it: Bernoulli arrivals, an
// endless source queue, latency from the arrival of a packet to its last flit at the destination.
#pragma once

#include <cstdint>
#include <functional>

#include "noc/network.hpp"
#include "sim/base/rng.hpp"

namespace troupe::noc::testing {

struct TrafficResult {
  double mean_latency = 0;      // cycles, over the packets born in the measured window
  double mean_hops = 0;         // routers traversed
  double accepted = 0;          // flits per node and cycle
  std::uint64_t packets = 0;    // measured
  std::uint64_t flit_hops = 0;  // of the whole run
  // Mean latency above an empty network's for single flits.
  double above_zero_load() const { return mean_latency - (4 * mean_hops + 2); }
};

// A destination for a source tile.
using Pattern = std::function<std::uint16_t(std::uint16_t, Rng&)>;

inline Pattern uniform(const GridParams& grid) {
  return [n = grid.width * grid.height](std::uint16_t, Rng& rng) {
    return static_cast<std::uint16_t>(rng.below(n));
  };
}

// Half-way round each dimension, as on a torus.
inline Pattern tornado(const GridParams& grid) {
  return [w = grid.width, h = grid.height](std::uint16_t from, Rng&) {
    const auto x = (from % w + (w + 1) / 2 - 1) % w, y = (from / w + (h + 1) / 2 - 1) % h;
    return static_cast<std::uint16_t>(y * w + x);
  };
}

struct TrafficParams {
  double rate = 0.1;  // flits per node and cycle
  unsigned packet_flits = 1;
  Cycle warmup = 3000, measured = 20000;
  std::uint64_t seed = 1;
};

// Runs warm-up and window, then drains; CHECKs that every packet offered came out where it had to.
TrafficResult run_traffic(Network& network, const Pattern& pattern, const TrafficParams& params);

}  // namespace troupe::noc::testing

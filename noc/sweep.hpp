// Latency and accepted load of a network over a range of offered loads, as table, CSV and plot.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "noc/traffic.hpp"

namespace troupe::noc {

struct SweepParams {
  std::string pattern = "uniform";
  std::vector<double> rates;  // offered load, flits per node and cycle, rising
  unsigned packet_flits = 1;
  Cycle measured = 20000;  // cycles of each point, behind the warm-up
  std::uint64_t seed = 1;
};

struct SweepPoint {
  double rate;
  TrafficResult result;
  bool saturated;  // mean latency three times that of an empty network, or more
};

struct Sweep {
  std::string chip;
  SweepParams params;
  std::size_t nodes = 0;
  std::vector<SweepPoint> points;

  double zero_load() const { return points.front().result.zero_load; }
  // The highest rate below the first that saturates; absent where even the first does.
  std::optional<double> saturation() const;
  bool saturates() const { return !points.empty() && points.back().saturated; }
};

// Core tiles send to each other, each point on a network of its own. `progress` hears of each point before it
// runs. Throws InputError for a pattern that these cores cannot have.
Sweep run_sweep(const ChipParams& chip, const SweepParams& params,
                const std::function<void(std::size_t point)>& progress);

std::string sweep_table(const Sweep& sweep);
std::string sweep_csv(const Sweep& sweep);
std::string sweep_svg(const Sweep& sweep);

}  // namespace troupe::noc

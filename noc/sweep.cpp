#include "noc/sweep.hpp"

#include <fmt/core.h>

namespace troupe::noc {
namespace {

constexpr double kSaturated = 3;  // times the latency of an empty network, as anchors/noc/README.md has it

std::string saturation_text(const Sweep& sweep) {
  if (!sweep.saturates()) return fmt::format("not reached up to {:.3f}", sweep.points.back().rate);
  const std::optional<double> rate = sweep.saturation();
  return rate ? fmt::format("{:.3f}", *rate) : fmt::format("below {:.3f}", sweep.points.front().rate);
}

}  // namespace

std::optional<double> Sweep::saturation() const {
  std::optional<double> rate;
  for (const SweepPoint& p : points) {
    if (p.saturated) break;
    rate = p.rate;
  }
  return rate;
}

Sweep run_sweep(const ChipParams& chip, const SweepParams& params,
                const std::function<void(std::size_t point)>& progress) {
  const Nodes nodes = core_tiles(chip);
  const Pattern pattern = make_pattern(params.pattern, nodes, params.seed);
  Sweep sweep{chip.name, params, nodes.tiles.size(), {}};
  for (double rate : params.rates) {
    progress(sweep.points.size());
    Network network(chip.grid, chip.noc);
    const TrafficResult result = run_traffic(network, nodes, pattern,
                                             {.rate = rate,
                                              .packet_flits = params.packet_flits,
                                              .measured = params.measured,
                                              .seed = params.seed});
    sweep.points.push_back({rate, result, result.mean_latency >= kSaturated * result.zero_load});
  }
  return sweep;
}

std::string sweep_table(const Sweep& sweep) {
  std::string text =
      fmt::format("{} traffic among {} cores of {}, packets of {} flits, seed {}\n", sweep.params.pattern,
                  sweep.nodes, sweep.chip, sweep.params.packet_flits, sweep.params.seed);
  text += " offered  accepted      mean     p50     p99\n";
  for (const SweepPoint& p : sweep.points)
    text += fmt::format("{:8.3f}  {:8.4f}  {:8.2f}  {:6}  {:6}{}\n", p.rate, p.result.accepted,
                        p.result.mean_latency, p.result.p50, p.result.p99, p.saturated ? "  saturated" : "");
  text += "loads in flits per node and cycle, latencies in cycles\n";
  text += fmt::format("alone a packet takes {:.2f} cycles in the mean; saturation {}\n", sweep.zero_load(),
                      saturation_text(sweep));
  return text;
}

std::string sweep_csv(const Sweep& sweep) {
  std::string text = "offered,accepted,mean_latency_cycles,p50_latency_cycles,p99_latency_cycles,saturated\n";
  for (const SweepPoint& p : sweep.points)
    text += fmt::format("{:.6g},{:.6g},{:.6g},{},{},{}\n", p.rate, p.result.accepted, p.result.mean_latency,
                        p.result.p50, p.result.p99, p.saturated ? 1 : 0);
  return text;
}

}  // namespace troupe::noc

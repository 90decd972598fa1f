// Speed of the network: flit-hops per second of user CPU, uniform single flits on 8x8 and 32x32; and against
// the same traffic on routers compiled from RTL, which are made for twice the VCs that xpu64 has.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "noc/rtl/rtl_router.hpp"
#include "noc/traffic.hpp"
#include "sim/base/check.hpp"
#include "tests/bench/user_seconds.hpp"

namespace {

using namespace troupe;
using namespace troupe::noc;

constexpr Cycle kWarmup = 3000;
constexpr double kRates[] = {0.02, 0.1, 0.2, 0.3, 0.4};

struct Timed {
  TrafficResult result;
  double seconds;
};

// run_traffic checks that every packet arrived and travelled its hops.
Timed time_uniform(Network& network, const GridParams& grid, double rate, Cycle measured) {
  const double begin = bench::user_seconds();
  const auto result = run_traffic(network, all_tiles(grid), make_pattern("uniform", all_tiles(grid), 1),
                                  {.rate = rate, .warmup = kWarmup, .measured = measured});
  return {result, bench::user_seconds() - begin};
}

// Each load by itself, and the least of them. Above saturation (32x32 accepts 0.1) the queues at the tiles
// grow. Returns seconds per cycle at each of the rates.
std::vector<double> bench_network(const GridParams& grid, Cycle measured) {
  const std::string name = fmt::format("noc.uniform_{}x{}", grid.width, grid.height);
  double least = std::numeric_limits<double>::infinity();
  std::vector<double> cycle_seconds;
  for (const double rate : kRates) {
    Network network(grid, preset("xpu64").noc);
    const Timed t = time_uniform(network, grid, rate, measured);
    const double mega = static_cast<double>(t.result.flit_hops) / t.seconds * 1e-6;
    fmt::print("{}_{} {:.1f} Mflit-hops/s\n", name, rate, mega);
    least = std::min(least, mega);
    cycle_seconds.push_back(t.seconds / static_cast<double>(kWarmup + measured));
  }
  fmt::print("{} {:.1f} Mflit-hops/s\n", name, least);
  return cycle_seconds;
}

// Clocked in each cycle, with or without work, as a simulation of RTL clocks all that there is.
class Clocked final : public RouterModel {
 public:
  explicit Clocked(std::unique_ptr<RouterModel> router) : router_(std::move(router)) {}
  void step(const RouterPorts& in, RouterPorts& out) override { router_->step(in, out); }
  bool busy() const override { return true; }
  RouterState state() const override { return router_->state(); }

 private:
  std::unique_ptr<RouterModel> router_;
};

void bench_rtl(const GridParams& grid, const std::vector<double>& cycle_seconds) {
  constexpr Cycle kMeasured = 2000;
  const NocParams noc = preset("xpu64").noc;
  const RouterFactory clocked = [](const RouterParams& p, const Geometry& g, Position here) {
    return std::make_unique<Clocked>(rtl_routers()(p, g, here));
  };
  double ratios = 0, seconds = 0;
  for (std::size_t i = 0; i < std::size(kRates); ++i) {
    Network model(grid, noc), rtl(grid, noc, 0, clocked);
    const double theirs = time_uniform(model, grid, kRates[i], kMeasured).result.mean_latency;
    const Timed t = time_uniform(rtl, grid, kRates[i], kMeasured);
    CHECK(t.result.mean_latency == theirs, "mean latency {}, C++ {}", t.result.mean_latency, theirs);
    const double per_cycle = t.seconds / static_cast<double>(kWarmup + kMeasured);
    fmt::print(stderr, "  rate {:.2f}: RTL {:.1f} us a cycle, C++ {:.2f}: {:.0f} times faster\n", kRates[i],
               per_cycle * 1e6, cycle_seconds[i] * 1e6, per_cycle / cycle_seconds[i]);
    ratios += per_cycle / cycle_seconds[i];
    seconds += per_cycle;
  }
  const auto loads = static_cast<double>(std::size(kRates)),
             routers = static_cast<double>(grid.width * grid.height);
  fmt::print("noc.rtl_router_cycle {:.0f} ns\n", seconds / loads / routers * 1e9);
  fmt::print("noc.speed_over_rtl {:.0f} times\n", ratios / loads);
}

}  // namespace

int main() {
  const GridParams grid{8, 8};
  const std::vector<double> cycle_seconds = bench_network(grid, 60000);
  bench_network({32, 32}, 1500);
  bench_rtl(grid, cycle_seconds);
}

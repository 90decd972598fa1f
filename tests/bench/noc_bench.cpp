// Speed of the network: flit-hops per second of user CPU, 8x8 uniform single flits; and against the same
// traffic on routers compiled from RTL.
#include <fmt/core.h>

#include <iterator>
#include <memory>
#include <utility>

#include "noc/rtl/rtl_router.hpp"
#include "noc/traffic.hpp"
#include "sim/base/check.hpp"
#include "tests/bench/user_seconds.hpp"

namespace {

using namespace troupe;
using namespace troupe::noc;

constexpr double kRates[] = {0.02, 0.1, 0.2, 0.3, 0.4};

struct Timed {
  TrafficResult result;
  double seconds;
};

// run_traffic checks that every packet arrived and travelled its hops.
Timed time_uniform(Network& network, const GridParams& grid, double rate, Cycle measured) {
  const double begin = bench::user_seconds();
  const auto result = run_traffic(network, all_tiles(grid), make_pattern("uniform", all_tiles(grid), 1),
                                  {.rate = rate, .measured = measured});
  return {result, bench::user_seconds() - begin};
}

void bench_network(const GridParams& grid) {
  double sum = 0;
  for (const double rate : kRates) {
    Network network(grid, preset("xpu64").noc);
    const Timed t = time_uniform(network, grid, rate, 60000);
    const double mega = static_cast<double>(t.result.flit_hops) / t.seconds * 1e-6;
    fmt::print(stderr, "  rate {:.2f}: {:.1f} Mflit-hops/s, mean latency {:.2f} cycles\n", rate, mega,
               t.result.mean_latency);
    sum += mega;
  }
  fmt::print("noc.uniform_8x8 {:.1f} Mflit-hops/s\n", sum / std::size(kRates));
}

// Counts the clock edges of the router in it.
class Counted final : public RouterModel {
 public:
  Counted(std::unique_ptr<RouterModel> router, std::uint64_t& edges)
      : router_(std::move(router)), edges_(edges) {}
  void step(const RouterPorts& in, RouterPorts& out) override {
    ++edges_;
    router_->step(in, out);
  }
  bool busy() const override { return router_->busy(); }
  RouterState state() const override { return router_->state(); }

 private:
  std::unique_ptr<RouterModel> router_;
  std::uint64_t& edges_;
};

// The same traffic on both networks. RTL routers without work are left out, as the C++ network leaves them
// out.
void bench_rtl(const GridParams& grid) {
  const NocParams noc = preset("xpu64").noc;
  double ratios = 0, rtl_seconds = 0;
  std::uint64_t edges = 0;
  for (const double rate : kRates) {
    const RouterFactory counted = [&](const RouterParams& p, const Geometry& g, Position here) {
      return std::make_unique<Counted>(rtl_routers()(p, g, here), edges);
    };
    Network model(grid, noc), rtl(grid, noc, 0, counted);
    const Timed fast = time_uniform(model, grid, rate, 2000), slow = time_uniform(rtl, grid, rate, 2000);
    CHECK(fast.result.mean_latency == slow.result.mean_latency, "{} and {} cycles", fast.result.mean_latency,
          slow.result.mean_latency);
    fmt::print(stderr,
               "  rate {:.2f}: RTL {:.2f} us a cycle of 64 routers, C++ {:.2f}: {:.0f} times faster\n", rate,
               slow.seconds / 5000 * 1e6, fast.seconds / 5000 * 1e6, slow.seconds / fast.seconds);
    ratios += slow.seconds / fast.seconds;
    rtl_seconds += slow.seconds;
  }
  fmt::print("noc.rtl_router_cycle {:.0f} ns\n", rtl_seconds / static_cast<double>(edges) * 1e9);
  fmt::print("noc.speed_over_rtl {:.0f} times\n", ratios / std::size(kRates));
}

}  // namespace

int main() {
  const GridParams grid{8, 8};
  bench_network(grid);
  bench_rtl(grid);
}

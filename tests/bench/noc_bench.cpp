// Speed of the network: flit-hops per second of user CPU, uniform single flits on 8x8 and 32x32; and against
// the same traffic on routers compiled from RTL, which are made for twice the VCs that xpu64 has.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "noc/rtl/rtl_router.hpp"
#include "noc/traffic.hpp"
#include "sim/base/check.hpp"
#include "tests/bench/booksim.hpp"
#include "tests/bench/user_seconds.hpp"

namespace {

using namespace troupe;
using namespace troupe::noc;
using bench::Booksim;
using bench::run_booksim;

constexpr Cycle kWarmup = 3000, kMeasured8x8 = 60000;
constexpr double kRates[] = {0.02, 0.1, 0.2, 0.3, 0.4};

struct Timed {
  TrafficResult result;
  double seconds;
  double flit_hops_per_second() const { return static_cast<double>(result.flit_hops) / seconds; }
};

// run_traffic checks that every packet arrived and travelled its hops.
Timed time_uniform(Network& network, const GridParams& grid, double rate, Cycle measured) {
  const double begin = bench::user_seconds();
  const auto result = run_traffic(network, all_tiles(grid), make_pattern("uniform", all_tiles(grid), 1),
                                  {.rate = rate, .warmup = kWarmup, .measured = measured});
  return {result, bench::user_seconds() - begin};
}

// Each load by itself, and the least of them. Above saturation (32x32 accepts 0.1) the queues at the tiles
// grow.
std::vector<Timed> bench_network(const GridParams& grid, Cycle measured) {
  const std::string name = fmt::format("noc.uniform_{}x{}", grid.width, grid.height);
  double least = std::numeric_limits<double>::infinity();
  std::vector<Timed> runs;
  for (const double rate : kRates) {
    Network network(grid, preset("xpu64").noc);
    runs.push_back(time_uniform(network, grid, rate, measured));
    const double mega = runs.back().flit_hops_per_second() * 1e-6;
    fmt::print("{}_{} {:.1f} Mflit-hops/s\n", name, rate, mega);
    least = std::min(least, mega);
  }
  fmt::print("{} {:.1f} Mflit-hops/s\n", name, least);
  return runs;
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

// Cycles of a network without traffic, each of them stepped. (A Fabric leaves them out altogether.)
void bench_idle(const GridParams& grid) {
  constexpr Cycle kCycles = 50'000'000;
  Network network(grid, preset("xpu64").noc);
  const double begin = bench::user_seconds();
  for (Cycle now = 0; now < kCycles; ++now) network.step(now);
  const double seconds = bench::user_seconds() - begin;
  CHECK(network.router_visits() == 0, "{} visits to routers of an idle network", network.router_visits());
  fmt::print("noc.idle_{}x{} {:.0f} Mcycles/s\n", grid.width, grid.height,
             static_cast<double>(kCycles) / seconds * 1e-6);
}

// The same traffic on RTL, which is clocked in each cycle, beside what the model took for kMeasured8x8
// cycles.
void bench_rtl(const GridParams& grid, const std::vector<Timed>& ours) {
  constexpr Cycle kMeasured = 2000;
  const NocParams noc = preset("xpu64").noc;
  const RouterFactory clocked = [](const RouterParams& p, const Geometry& g, Position here) {
    return std::make_unique<Clocked>(rtl_routers()(p, g, here));
  };
  double least = std::numeric_limits<double>::infinity(), seconds = 0;
  for (std::size_t i = 0; i < std::size(kRates); ++i) {
    Network model(grid, noc), rtl(grid, noc, 0, clocked);
    const double theirs = time_uniform(model, grid, kRates[i], kMeasured).result.mean_latency;
    const Timed t = time_uniform(rtl, grid, kRates[i], kMeasured);
    CHECK(t.result.mean_latency == theirs, "mean latency {}, C++ {}", t.result.mean_latency, theirs);
    const double per_cycle = t.seconds / static_cast<double>(kWarmup + kMeasured);
    const double times = per_cycle * static_cast<double>(kWarmup + kMeasured8x8) / ours[i].seconds;
    fmt::print("noc.speed_over_rtl_{} {:.0f} times\n", kRates[i], times);
    least = std::min(least, times);
    seconds += per_cycle;
  }
  const auto router_cycles = static_cast<double>(std::size(kRates) * grid.width * grid.height);
  fmt::print("noc.speed_over_rtl {:.0f} times\n", least);
  fmt::print("noc.rtl_router_cycle {:.0f} ns\n", seconds / router_cycles * 1e9);
}

// The same load on BookSim2, whose binary and configuration (8x8) are named by the environment.
void bench_booksim(const std::string& binary, const std::string& config, const std::vector<Timed>& ours) {
  for (std::size_t i = 0; i < std::size(kRates); ++i) {
    const Booksim theirs = run_booksim(binary, config, kRates[i]);
    const TrafficResult& r = ours[i].result;
    const double above = r.mean_latency - (4 * r.mean_hops + 2);
    CHECK(std::abs(above - (theirs.latency - (4 * theirs.hops + 2))) <= std::max(0.5, 0.02 * theirs.latency),
          "rate {}: mean latency {}, BookSim2 {}", kRates[i], r.mean_latency, theirs.latency);
    const double flit_hops = kRates[i] * 64 * theirs.cycles * theirs.hops;
    fmt::print("noc.booksim2_{} {:.2f} Mflit-hops/s\n", kRates[i], flit_hops / theirs.seconds * 1e-6);
    fmt::print("noc.speed_over_booksim2_{} {:.0f} times\n", kRates[i],
               ours[i].flit_hops_per_second() * theirs.seconds / flit_hops);
  }
}

}  // namespace

int main() {
  const GridParams grid{8, 8};
  const std::vector<Timed> runs = bench_network(grid, kMeasured8x8);
  bench_network({32, 32}, 1500);
  bench_idle(grid);
  bench_idle({32, 32});
  bench_rtl(grid, runs);
  const char* booksim = std::getenv("TROUPE_BOOKSIM2");
  const char* anchors = std::getenv("TROUPE_ANCHORS");
  if (booksim != nullptr && anchors != nullptr)
    bench_booksim(booksim, std::string(anchors) + "/noc/booksim2.cfg", runs);
}

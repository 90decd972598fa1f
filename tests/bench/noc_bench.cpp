// Speed of the network: flit-hops per second of user CPU, 8x8 uniform single flits.
#include <fmt/core.h>

#include "tests/bench/user_seconds.hpp"
#include "tests/noc/traffic.hpp"

int main() {
  using namespace troupe;
  using namespace troupe::noc;
  const GridParams grid{8, 8};
  double sum = 0;
  int points = 0;
  for (double rate : {0.02, 0.1, 0.2, 0.3, 0.4}) {
    Network network(grid, preset("xpu64").noc);
    const double begin = bench::user_seconds();
    // run_traffic checks that every packet arrived and travelled its hops.
    const auto r =
        noc::testing::run_traffic(network, noc::testing::uniform(grid), {.rate = rate, .measured = 60000});
    const double mega = static_cast<double>(r.flit_hops) / (bench::user_seconds() - begin) * 1e-6;
    fmt::print(stderr, "  rate {:.2f}: {:.1f} Mflit-hops/s, mean latency {:.2f} cycles\n", rate, mega,
               r.mean_latency);
    sum += mega;
    ++points;
  }
  fmt::print("noc.uniform_8x8 {:.1f} Mflit-hops/s\n", sum / points);
}

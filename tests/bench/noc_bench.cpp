// Speed of the network: flit-hops per second of user CPU, 8x8 uniform single flits.
#include <fmt/core.h>

#include "noc/traffic.hpp"
#include "tests/bench/user_seconds.hpp"

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
    const auto r = run_traffic(network, all_tiles(grid), make_pattern("uniform", all_tiles(grid), 1),
                               {.rate = rate, .measured = 60000});
    const double mega = static_cast<double>(r.flit_hops) / (bench::user_seconds() - begin) * 1e-6;
    fmt::print(stderr, "  rate {:.2f}: {:.1f} Mflit-hops/s, mean latency {:.2f} cycles\n", rate, mega,
               r.mean_latency);
    sum += mega;
    ++points;
  }
  fmt::print("noc.uniform_8x8 {:.1f} Mflit-hops/s\n", sum / points);
}

// Speed of the network: flit-hops per second of user CPU, 8x8 uniform single flits.
#include <fmt/core.h>
#include <sys/resource.h>

#include "tests/noc/traffic.hpp"

namespace {

double user_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

}  // namespace

int main() {
  using namespace troupe;
  using namespace troupe::noc;
  const GridParams grid{8, 8};
  double sum = 0;
  int points = 0;
  for (double rate : {0.02, 0.1, 0.2, 0.3, 0.4}) {
    Network network(grid, preset("xpu64").noc);
    const double begin = user_seconds();
    // run_traffic checks that every packet arrived and travelled its hops.
    const auto r =
        noc::testing::run_traffic(network, noc::testing::uniform(grid), {.rate = rate, .measured = 60000});
    const double mega = static_cast<double>(r.flit_hops) / (user_seconds() - begin) * 1e-6;
    fmt::print(stderr, "  rate {:.2f}: {:.1f} Mflit-hops/s, mean latency {:.2f} cycles\n", rate, mega,
               r.mean_latency);
    sum += mega;
    ++points;
  }
  fmt::print("noc.uniform_8x8 {:.1f} Mflit-hops/s\n", sum / points);
}

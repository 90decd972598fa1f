// Synthetic traffic: the patterns are BookSim2's, the figures those of the packets sent.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "noc/traffic.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

std::vector<std::uint32_t> destinations(const char* name, const Nodes& nodes) {
  const Pattern pattern = make_pattern(name, nodes, 1);
  Rng rng(1);
  std::vector<std::uint32_t> to;
  for (std::uint32_t node = 0; node < nodes.tiles.size(); ++node) to.push_back(pattern(node, rng));
  return to;
}

std::string error_of(const char* name, const Nodes& nodes) {
  try {
    make_pattern(name, nodes, 1);
  } catch (const InputError& e) {
    return e.what();
  }
  return "no error";
}

using List = std::vector<std::uint32_t>;

TEST_CASE("each pattern sends where BookSim2's of that name does") {
  const Nodes four = all_tiles({4, 4});
  // Node abcd (bits): cdab, bcda, its complement; half-way round in x and y.
  CHECK(destinations("transpose", four) == List{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15});
  CHECK(destinations("shuffle", four) == List{0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15});
  CHECK(destinations("bitcomp", four) == List{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
  CHECK(destinations("tornado", all_tiles({4, 1})) == List{1, 2, 3, 0});
  CHECK(destinations("tornado", all_tiles({5, 3}))[0] == 1 * 5 + 2);
  const List hot = destinations("hotspot", four);
  for (std::uint32_t to : hot) CHECK(to == hot[0]);
}

TEST_CASE("a pattern on bits needs a number of nodes that has them") {
  CHECK(error_of("bitcomp", all_tiles({10, 8})) == "pattern bitcomp: 80 nodes, expected a power of two");
  CHECK(error_of("transpose", all_tiles({4, 2})) == "pattern transpose: 8 nodes, expected a power of four");
  CHECK(error_of("shuffle", all_tiles({3, 3})) == "pattern shuffle: 9 nodes, expected a power of two");
  CHECK(error_of("random", all_tiles({4, 4})) ==
        "unknown pattern 'random'; patterns are uniform, transpose, tornado, bitcomp, shuffle, hotspot");
}

TEST_CASE("cores among themselves use the routers of their rectangle only: as an 8x8 mesh of nothing else") {
  const ChipParams chip = preset("xpu64");
  Network cores(chip.grid, chip.noc), alone({8, 8}, chip.noc);
  const TrafficParams params{.rate = 0.2, .packet_flits = 3, .warmup = 200, .measured = 2000};
  for (const char* name : {"tornado", "bitcomp"}) {
    const Nodes mine = core_tiles(chip), theirs = all_tiles({8, 8});
    const TrafficResult a = run_traffic(cores, mine, make_pattern(name, mine, 1), params);
    const TrafficResult b = run_traffic(alone, theirs, make_pattern(name, theirs, 1), params);
    CHECK(a.mean_latency == b.mean_latency);
    CHECK(a.p99 == b.p99);
    CHECK(a.accepted == b.accepted);
  }
}

TEST_CASE("traffic on the chips with two tori keeps off the channels of multicasts") {
  for (const char* name : {"wormhole", "blackhole"}) {
    const ChipParams chip = preset(name);
    Network network(chip.grid, chip.noc);
    const Nodes nodes = core_tiles(chip);
    const TrafficResult r = run_traffic(network, nodes, make_pattern("uniform", nodes, 1),
                                        {.rate = 0.02, .packet_flits = 3, .warmup = 200, .measured = 5000});
    CHECK(r.mean_latency > r.zero_load);
    CHECK(r.mean_latency < 1.5 * r.zero_load);
    CHECK(r.accepted == doctest::Approx(0.02).epsilon(0.1));
  }
}

TEST_CASE("at a load near zero, latency is what packets take alone, and all that is offered is accepted") {
  const ChipParams chip = preset("xpu64");
  Network network(chip.grid, chip.noc);
  const Nodes nodes = core_tiles(chip);
  const TrafficResult r = run_traffic(network, nodes, make_pattern("uniform", nodes, 1),
                                      {.rate = 0.002, .packet_flits = 5, .measured = 50000});
  CHECK(r.mean_latency == doctest::Approx(r.zero_load).epsilon(0.01));
  CHECK(r.zero_load == doctest::Approx(4 * r.mean_hops + 2 + 4));
  CHECK(r.accepted == doctest::Approx(0.002).epsilon(0.1));
  CHECK(r.p50 <= r.p99);
}

}  // namespace
}  // namespace troupe::noc

// The network beside BookSim2 on patterns that its anchors do not have (those are in network_test.cpp). The
// points are BookSim2's own, recorded in booksim2.csv.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "noc/traffic.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

constexpr GridParams kGrid{8, 8};

// Beside the patterns of the product, those of BookSim2 that only this test needs.
Pattern pattern_of(const std::string& name) {
  if (name == "bitrev")
    return [](std::uint32_t node, Rng&) {
      std::uint32_t reversed = 0;
      for (unsigned bit = 0; bit < 6; ++bit) reversed |= (node >> bit & 1) << (5 - bit);
      return reversed;
    };
  if (name == "neighbor")
    return [](std::uint32_t node, Rng&) { return (node / 8 + 1) % 8 * 8 + (node + 1) % 8; };
  if (name == "asymmetric")
    return [](std::uint32_t node, Rng& rng) {
      return node % 32 + 32 * static_cast<std::uint32_t>(rng.below(2));
    };
  if (name == "hotspot") return [](std::uint32_t, Rng&) { return std::uint32_t{27}; };
  return make_pattern(name, all_tiles(kGrid), 1);
}

[[maybe_unused]] TrafficResult run(const std::string& pattern, unsigned flits, double rate, Cycle measured) {
  Network network(kGrid, preset("xpu64").noc);  // its router has the numbers of booksim2.cfg
  return run_traffic(network, all_tiles(kGrid), pattern_of(pattern),
                     {.rate = rate, .packet_flits = flits, .measured = measured});
}

TEST_CASE("up to nine tenths of saturation the mean latency of every pattern is BookSim2's") {
#ifdef TROUPE_DEBUG
  MESSAGE("skipped: the debug build checks each cycle, the release build has this test");
#else
  std::ifstream file("tests/noc/booksim2.csv");
  REQUIRE(file);
  unsigned points = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#") || line.starts_with("pattern")) continue;
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    std::string pattern;
    unsigned flits = 0, seeds = 0;
    double rate = 0, latency = 0, hops = 0;
    REQUIRE((fields >> pattern >> flits >> rate >> latency >> hops >> seeds));
    const TrafficResult r = run(pattern, flits, rate, rate < 0.05 ? 80000 : 20000);
    const double theirs = latency - (4 * hops + 2), ours = r.mean_latency - (4 * r.mean_hops + 2);
    INFO(pattern << ", " << flits << " flits, rate " << rate << ": " << ours
                 << " cycles above zero load, BookSim2 " << theirs);
    CHECK(std::abs(ours - theirs) <= std::max(0.5, 0.02 * latency));
    ++points;
  }
  CHECK(points >= 35);
#endif
}

// The highest rate, in steps of 0.01, whose mean latency stays below three times that of an empty network;
// BookSim2's from runs like those of booksim2.csv. A hotspot's is so low that its steps are of 0.001. Single
// flits to the neighbor do not saturate BookSim2 at all: 20.0 cycles at a rate of 1.
TEST_CASE("every pattern saturates within one step of BookSim2") {
#ifdef TROUPE_DEBUG
  return;
#else
  struct Case {
    const char* pattern;
    unsigned flits;
    double saturation;
    double step = 0.01;
    Cycle measured = 6000;
  };
  for (const Case& c : {Case{"transpose", 1, 0.14},
                        {"transpose", 5, 0.14},
                        {"bitcomp", 1, 0.24},
                        {"bitcomp", 5, 0.22},
                        {"shuffle", 1, 0.22},
                        {"shuffle", 5, 0.23},
                        {"bitrev", 1, 0.14},
                        {"bitrev", 5, 0.14},
                        {"asymmetric", 1, 0.48},
                        {"asymmetric", 5, 0.47},
                        {"neighbor", 1, 1},
                        {"neighbor", 5, 0.95, 0.01, 30000},
                        {"hotspot", 1, 0.015, 0.001, 180000},
                        {"hotspot", 5, 0.014, 0.001, 180000}}) {
    const auto saturated = [&](double rate) {
      const TrafficResult r = run(c.pattern, c.flits, rate, c.measured);
      return r.mean_latency >= 3 * r.zero_load;
    };
    INFO(std::string(c.pattern) << ", " << c.flits << " flits");
    CHECK_FALSE(saturated(c.saturation - c.step));
    if (c.saturation + 2 * c.step <= 1) CHECK(saturated(c.saturation + 2 * c.step));
    if (c.saturation == 1) CHECK_FALSE(saturated(1));
  }
#endif
}

}  // namespace
}  // namespace troupe::noc

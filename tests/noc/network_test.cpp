// Laws of the network: zero-load latency of every pair, order, and BookSim2's latency curve.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "noc/network.hpp"
#include "noc/traffic.hpp"
#include "sim/base/check.hpp"
#include "tests/environment.hpp"

namespace troupe::noc {
namespace {

// The configuration of anchors/noc/booksim2.cfg; our preset's router has the same numbers.
NocParams booksim_router() {
  return preset("xpu64").noc;
}

unsigned routers(const Network& network, std::uint16_t from, std::uint16_t to) {
  const Geometry& g = network.geometry();
  return routers_traversed(g, position(g, from), position(g, to));
}

Cycle latency_alone(Network& network, std::uint16_t from, std::uint16_t to, unsigned flits, Cycle start) {
  network.offer(from, to, flits, {0, 0}, kRequests, 7);
  for (Cycle now = start;; ++now) {
    network.step(now);
    if (network.delivered().empty()) continue;
    CHECK(network.delivered().front().tag == 7);
    CHECK(network.delivered().front().tile == to);
    return now - start;
  }
}

void drain(Network& network, Cycle& now) {
  while (!network.idle()) network.step(now++);
}

TEST_CASE("a packet alone takes 1 + link + routers x pipeline + flits - 1 cycles, for every pair of tiles") {
#ifdef TROUPE_DEBUG
  constexpr int kEvery = 11;  // each cycle is checked: a part of the pairs, another one for each size
#else
  constexpr int kEvery = 1;
#endif
  int pair = 0;
  for (const char* chip : {"tiny", "xpu64"})
    for (unsigned flits : {1u, 2u, 5u, 257u}) {
      const GridParams grid = preset(chip).grid;
      Network network(grid, preset(chip).noc);
      Cycle now = 0;
      for (std::uint16_t from = 0; from < grid.width * grid.height; ++from)
        for (std::uint16_t to = 0; to < grid.width * grid.height; ++to) {
          if (pair++ % kEvery != 0) continue;
          const Cycle expected = 4 * routers(network, from, to) + 2 + flits - 1;
          REQUIRE(latency_alone(network, from, to, flits, now) == expected);
          now += expected + 1;
          drain(network, now);
        }
    }
}

TEST_CASE("each pipeline stage adds its own cycles to the zero-load latency") {
  Rng rng(1);
  for (int i = 0; i < 40; ++i) {
    NocParams noc = booksim_router();
    for (Cycles* stage :
         {&noc.vc_alloc, &noc.switch_alloc, &noc.switch_traversal, &noc.link, &noc.niu_link, &noc.credit})
      stage->count = 1 + rng.below(4);
    noc.vc_depth.count = 16;  // deeper than any credit loop here, so that a packet streams
    const GridParams grid{5, 3};
    Network network(grid, noc);
    const auto from = static_cast<std::uint16_t>(rng.below(15)),
               to = static_cast<std::uint16_t>(rng.below(15));
    const Cycles stages = noc.vc_alloc + noc.switch_alloc + noc.switch_traversal;
    const std::uint64_t hop = (stages + noc.link).count, last = (stages + noc.niu_link).count;
    const auto flits = static_cast<unsigned>(1 + rng.below(9));
    CHECK(latency_alone(network, from, to, flits, 1000) ==
          1 + noc.niu_link.count + hop * (routers(network, from, to) - 1) + last + flits - 1);
  }
}

TEST_CASE("a credit comes back to the router upstream three cycles after its flit won the switch") {
  // With one place per VC, a packet moves one flit per credit loop: SA to arrival 3, its own SA, credit 3.
  NocParams noc = booksim_router();
  noc.virtual_channels = 4;
  noc.multicast_channels = 0;  // a packet of these would not fit its VC
  noc.vc_depth = 1_flits;
  Network network({2, 1}, noc);
  const Cycle one = latency_alone(network, 0, 1, 1, 0);
  Cycle now = 1000;
  const Cycle ten = latency_alone(network, 0, 1, 10, now);
  // Second router: the head spends VA there once; each later flit follows its predecessor by the loop of 6.
  CHECK(one == 10);
  CHECK(ten == one + 1 + 9 * 6 - 1);
}

TEST_CASE("an output VC is given away again one cycle after the tail that held it won the switch") {
  // Two heads want VC 0 to the east: VA 0, SA 1 for the first, VA 2, SA 3 for the other. VA at 1 still sees
  // the VC held, though SA of the same cycle frees it.
  const RouterParams params(booksim_router());
  const auto router = make_routers(params, 1);
  std::vector<FlitAt> arrivals;
  for (Port from : {kWest, kLocal})
    arrivals.push_back({params.channel(0, from, 0),
                        Flit::of_head(from, {1, 0}, {0, 0}, packed({kEast, Half::lower}), true)});
  router->receive_flits(arrivals);
  std::vector<std::pair<unsigned, std::uint32_t>> departures;  // cycle, packet
  for (unsigned cycle = 0; cycle < 8; ++cycle)
    for (const FlitAt& f : router->step(cycle).flits) departures.emplace_back(cycle, f.flit.packet());
  CHECK(departures == std::vector<std::pair<unsigned, std::uint32_t>>{{1, kWest}, {3, kLocal}});
}

TEST_CASE("packets of one source, destination and VC arrive in the order of their offers") {
  const GridParams grid{4, 4};
  Network network(grid, booksim_router());
  Rng rng(3);
  std::vector<std::vector<std::uint32_t>> next(16 * 16 * 4), offered(16 * 16 * 4);
  std::vector<std::size_t> flow_of;
  std::vector<std::size_t> taken(16 * 16 * 4, 0);
  for (Cycle now = 0; now < 4000 || !network.idle(); ++now) {
    if (now < 4000)
      for (std::uint16_t from = 0; from < 16; ++from) {
        if (rng.below(4) != 0) continue;
        const auto to = static_cast<std::uint16_t>(rng.below(16));
        const auto vc = static_cast<std::uint8_t>(rng.below(4));
        const auto flits = static_cast<unsigned>(1 + rng.below(6));
        const std::size_t flow = (from * 16u + to) * 4u + vc;
        const auto tag = static_cast<std::uint32_t>(flow_of.size());
        flow_of.push_back(flow);
        offered[flow].push_back(tag);
        network.offer(from, to, flits, {vc, vc}, vc < 2 ? kRequests : kReplies, tag);
      }
    network.step(now);
    for (const Delivery& d : network.delivered()) {
      const std::size_t flow = flow_of[d.tag];
      REQUIRE(offered[flow][taken[flow]++] == d.tag);
    }
  }
  for (std::size_t flow = 0; flow < offered.size(); ++flow) CHECK(taken[flow] == offered[flow].size());
  network.check_invariants();
}

TEST_CASE("replies pass while requests are stuck behind a long request") {
  Network network({2, 1}, booksim_router());
  network.offer(0, 1, 4000, {0, 0}, kRequests, 1);
  network.offer(0, 1, 1, {2, 2}, kReplies, 2);
  for (Cycle now = 0; now < 20; ++now) {
    network.step(now);
    for (const Delivery& d : network.delivered()) CHECK(d.tag == 2);
    if (!network.delivered().empty()) return;
  }
  FAIL("the reply did not pass");
}

TEST_CASE("an idle network may be left unstepped, and a grid or router it cannot model is a user error") {
  Network network({8, 8}, booksim_router());
  CHECK(network.idle());
  CHECK(latency_alone(network, 0, 63, 1, 1'000'000'007) == 62);
  NocParams noc = booksim_router();
  noc.virtual_channels = 17;
  CHECK_THROWS_AS(Network({2, 2}, noc), InputError);
  noc = booksim_router();
  noc.link.count = 0;
  CHECK_THROWS_AS(Network({2, 2}, noc), InputError);
  CHECK_THROWS_AS(Network({0, 2}, booksim_router()), InputError);
}

TEST_CASE(
    "an idle network of any size looks at no router, and a packet has only those on its way looked at") {
  std::uint64_t looks_of_packet = 0;
  for (const std::uint64_t size : {8u, 32u}) {
    Network network({size, size}, booksim_router());
    for (Cycle now = 0; now < 10'000; ++now) network.step(now);
    CHECK(network.router_visits() == 0);
    latency_alone(network, 0, 7, 1, 10'000);
    const std::uint64_t looks = network.router_visits();
    CHECK(looks >= 8);
    if (looks_of_packet != 0) CHECK(looks == looks_of_packet);
    looks_of_packet = looks;
    Cycle now = 10'100;
    drain(network, now);
    for (const Cycle end = now + 10'000; now < end; ++now) network.step(now);
    CHECK(network.router_visits() == looks);
  }
}

struct CurvePoint {
  std::string pattern;
  unsigned flits;
  double rate, latency, hops;
};

std::vector<CurvePoint> read_curve(const std::filesystem::path& file) {
  std::vector<CurvePoint> points;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    CurvePoint p;
    char comma;
    std::getline(fields, p.pattern, ',');
    fields >> p.flits >> comma >> p.rate >> comma >> p.latency >> comma >> p.hops;
    if (fields) points.push_back(p);
  }
  return points;
}

TEST_CASE("the latency curve is BookSim2's") {
  const auto file = test::anchors() / "noc/booksim2-curves.csv";
  if (!std::filesystem::exists(file)) {
    fmt::print("skipped: no {} (set TROUPE_ANCHORS)\n", file.string());
    return;
  }
  const std::vector<CurvePoint> points = read_curve(file);
  REQUIRE(points.size() >= 14);
  for (const CurvePoint& p : points) {
    const GridParams grid{8, 8};
    Network network(grid, booksim_router());
    const TrafficResult r = run_traffic(network, all_tiles(grid), make_pattern(p.pattern, all_tiles(grid), 1),
                                        {.rate = p.rate, .packet_flits = p.flits});
    const double theirs = p.latency - (4 * p.hops + 2), ours = r.mean_latency - (4 * r.mean_hops + 2);
    fmt::print("{:8} {} flits, rate {:.2f}: {:7.3f} cycles above zero load, BookSim2 {:7.3f}\n", p.pattern,
               p.flits, p.rate, ours, theirs);
    CHECK(std::abs(ours - theirs) <= std::max(0.5, 0.02 * p.latency));
  }
}

// The README of the same anchors: the highest rate, in steps of 0.01, whose mean latency stays below three
// times that of an empty network. It has to lie within one step.
TEST_CASE("the network saturates where BookSim2 does") {
#ifdef TROUPE_DEBUG
  return;  // each cycle is checked there, and the release build has this
#else
  struct Case {
    const char* name;
    unsigned flits;
    double rate, hops;
  };
  const GridParams grid{8, 8};
  for (const Case& c : {Case{"uniform", 1, 0.41, 6.25}, Case{"uniform", 5, 0.39, 6.25},
                        Case{"tornado", 1, 0.26, 8.5}, Case{"tornado", 5, 0.26, 8.5}}) {
    const double limit = 3 * (4 * c.hops + 2 + c.flits - 1);
    const auto latency = [&](double rate) {
      Network network(grid, booksim_router());
      return run_traffic(network, all_tiles(grid), make_pattern(c.name, all_tiles(grid), 1),
                         {.rate = rate, .packet_flits = c.flits, .measured = 12000})
          .mean_latency;
    };
    const double below = latency(c.rate - 0.01), above = latency(c.rate + 0.02);
    fmt::print("{} {} flits: {:.1f} cycles at {:.2f}, {:.1f} at {:.2f}, limit {:.1f}\n", c.name, c.flits,
               below, c.rate - 0.01, above, c.rate + 0.02, limit);
    CHECK(below < limit);
    CHECK(above >= limit);
  }
#endif
}

}  // namespace
}  // namespace troupe::noc

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "noc/multicast.hpp"
#include "noc/network.hpp"
#include "sim/base/check.hpp"
#include "sim/base/rng.hpp"
#include "tests/environment.hpp"

using namespace troupe;
using namespace troupe::noc;

namespace {

// Calls f(geometry) for every topology and routing of every small grid.
template <class F>
void for_each_geometry(std::uint16_t width_max, std::uint16_t height_max, F f) {
  for (const Topology topology : {Topology::mesh, Topology::torus})
    for (const Routing routing : {Routing::xy, Routing::yx, Routing::east_south, Routing::south_east,
                                  Routing::west_north, Routing::north_west})
      for (std::uint16_t width = 1; width <= width_max; ++width)
        for (std::uint16_t height = 1; height <= height_max; ++height)
          if (topology == Topology::torus || !one_way(routing)) f(Geometry{width, height, topology, routing});
}

template <class F>
void for_each_rectangle(const Geometry& g, F f) {
  for (std::uint16_t x = 0; x < g.width; ++x)
    for (std::uint16_t y = 0; y < g.height; ++y)
      for (std::uint16_t columns = 1; x + columns <= g.width; ++columns)
        for (std::uint16_t rows = 1; y + rows <= g.height; ++rows) f(Rectangle{{x, y}, columns, rows});
}

// By router and port: whether the branch is before the dateline.
using Tree = std::map<std::pair<unsigned, unsigned>, bool>;

Tree union_of_unicasts(const Geometry& g, Position source, const Rectangle& to) {
  Tree tree;
  for (std::uint16_t d = 0; d < g.width * g.height; ++d) {
    const Position there = position(g, d);
    if (!to.has(there) || there == source) continue;
    for (Position at = source;;) {
      const Hop hop = route(g, at, there);
      bool& before_dateline = tree[{tile_at(g, at), hop.port}];
      before_dateline = before_dateline || hop.half == Half::upper;
      if (hop.port == kLocal) break;
      at = neighbour(g, at, hop.port);
    }
  }
  return tree;
}

Tree tree_of_branches(const Geometry& g, Position source, const Rectangle& to) {
  Tree tree;
  std::vector<Position> next{source};
  while (!next.empty()) {
    const Position at = next.back();
    next.pop_back();
    const Branches b = branches(g, at, source, to);
    for (const Port port : {kEast, kWest, kSouth, kNorth, kLocal}) {
      if (!b.has(port)) continue;
      const bool first = tree.emplace(std::pair{tile_at(g, at), port}, b.half[port] == Half::upper).second;
      REQUIRE(first);  // no link and no tile twice
      if (port != kLocal) next.push_back(neighbour(g, at, port));
    }
  }
  return tree;
}

NocParams params(Topology topology, Routing routing, std::uint64_t multicast_channels, std::uint64_t depth) {
  NocParams p = preset("xpu64").noc;
  p.topology = topology;
  p.networks = {routing};
  p.virtual_channels = 4 + multicast_channels;
  p.multicast_channels = multicast_channels;
  p.reply_channels = 2;
  p.vc_depth = {depth};
  return p;
}

constexpr Topology kTopologies[] = {Topology::mesh, Topology::torus};

}  // namespace

TEST_CASE("a multicast's tree is the union of the unicast routes to its tiles, each link and tile once") {
  unsigned trees = 0, wrong = 0;
  for_each_geometry(4, 4, [&](const Geometry& g) {
    for (std::uint16_t s = 0; s < g.width * g.height; ++s)
      for_each_rectangle(g, [&](const Rectangle& to) {
        const Position source = position(g, s);
        wrong += tree_of_branches(g, source, to) != union_of_unicasts(g, source, to);
        ++trees;
      });
  });
  CHECK(trees > 10000);
  CHECK(wrong == 0);
}

TEST_CASE("alone in the network a multicast reaches each tile when a unicast would") {
  for (const Topology topology : kTopologies)
    for (const unsigned flits : {1u, 2u, 5u, 8u}) {
      const NocParams noc = params(topology, Routing::xy, 2, 8);
      const VcRange vcs = class_vcs(noc, kMulticasts);
      for (const std::uint16_t source : {0, 7, 12}) {
        const Rectangle to{{1, 0}, 3, 4};
        Network network({5, 4}, noc);
        network.offer_multicast(source, to, flits, vcs, 9);
        std::map<unsigned, Cycle> arrival;
        for (Cycle now = 0; !network.idle(); ++now) {
          network.step(now);
          network.check_invariants();
          for (const Delivery& d : network.delivered()) {
            CHECK(d.tag == 9);
            CHECK(arrival.emplace(d.tile, now).second);
          }
        }
        const Geometry& g = network.geometry();
        const Position from = position(g, source);
        CHECK(arrival.size() == to.tiles() - unsigned{to.has(from)});
        for (const auto& [tile, at] : arrival) {
          const Position there = position(g, static_cast<std::uint16_t>(tile));
          CHECK(to.has(there));
          CHECK(at == network.alone_cycles(routers_traversed(g, from, there), flits));
        }
      }
    }
}

TEST_CASE("an output port that multicasts and unicasts want serves them in turns") {
  // Both streams enter at (0,0) and (1,0) and leave through the east port of (1,0).
  const NocParams noc = params(Topology::mesh, Routing::xy, 1, 8);
  Network network({4, 1}, noc);
  for (std::uint32_t i = 0; i < 200; ++i) {
    network.offer(1, 3, 4, {0, 0}, kRequests, i);
    network.offer_multicast(0, {{3, 0}, 1, 1}, 4, class_vcs(noc, kMulticasts), 1000 + i);
  }
  unsigned unicasts = 0, multicasts = 0;
  for (Cycle now = 0; now < 800; ++now) {
    network.step(now);
    for (const Delivery& d : network.delivered()) ++(d.tag < 1000 ? unicasts : multicasts);
  }
  CHECK(unicasts + multicasts >= 190);  // the link is full: a packet in 4 cycles
  CHECK(unicasts >= multicasts - 2);
  CHECK(multicasts >= unicasts - 2);
}

TEST_CASE("overlapping multicasts and unicasts under full load all arrive once, in bounded time") {
  const std::uint64_t first = test::seed_or(1);
  const std::uint64_t seeds = test::number_from("SEEDS", std::getenv("SEED") != nullptr ? 1 : 30);
  fmt::print("SEED={}, {} seeds\n", first, seeds);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    INFO("SEED=" << seed);
    Rng rng(seed);
    const bool torus = rng.below(2) == 0;
    const auto routing = static_cast<Routing>(torus ? rng.below(6) : rng.below(2));
    NocParams noc =
        params(torus ? Topology::torus : Topology::mesh, routing, 2 * (1 + rng.below(2)), 2 + rng.below(7));
    noc.vc_alloc = {1 + rng.below(3)};
    noc.link = {1 + rng.below(4)};
    if (rng.below(3) == 0) {
      noc.pool_per_vc = {1 + rng.below(4)};
      noc.pool = noc.pool_per_vc + Flits{rng.below(9)};
    }
    const GridParams grid{2 + rng.below(5), 2 + rng.below(5)};
    const auto tiles = static_cast<std::uint16_t>(grid.width * grid.height);
    Network network(grid, noc);
    const VcRange vcs = class_vcs(noc, kMulticasts);

    std::map<std::pair<std::uint32_t, unsigned>, unsigned> due;  // tag, tile -> deliveries
    for (std::uint32_t tag = 0; tag < 40u * tiles; ++tag) {
      const auto from = static_cast<std::uint16_t>(rng.below(tiles));
      if (rng.below(2) == 0) {
        const auto to = static_cast<std::uint16_t>(rng.below(tiles));
        network.offer(from, to, 1 + static_cast<unsigned>(rng.below(12)), class_vcs(noc, kRequests),
                      kRequests, tag);
        ++due[{tag, to}];
        continue;
      }
      const auto x = rng.below(grid.width), y = rng.below(grid.height);
      const Rectangle to{{static_cast<std::uint16_t>(x), static_cast<std::uint16_t>(y)},
                         static_cast<std::uint16_t>(1 + rng.below(grid.width - x)),
                         static_cast<std::uint16_t>(1 + rng.below(grid.height - y))};
      const Geometry& g = network.geometry();
      if (to.tiles() == unsigned{to.has(position(g, from))}) continue;
      network.offer_multicast(from, to, 1 + static_cast<unsigned>(rng.below(network.router_params().depth)),
                              vcs, tag);
      for (std::uint16_t t = 0; t < tiles; ++t)
        if (to.has(position(g, t)) && t != from) ++due[{tag, t}];
    }
    Cycle now = 0;
    for (; !network.idle() && now < 200000; ++now) {
      network.step(now);
      if (now % 16 == 0) network.check_invariants();
      for (const Delivery& d : network.delivered()) {
        const auto found = due.find({d.tag, d.tile});
        REQUIRE(found != due.end());
        due.erase(found);
      }
    }
    REQUIRE(network.idle());
    REQUIRE(due.empty());
  }
}

TEST_CASE("a multicast class that a packet of two flits does not fit is refused") {
  const NocParams shallow = params(Topology::mesh, Routing::xy, 1, 1);
  CHECK_THROWS_AS(Network({4, 4}, shallow), InputError);
  const NocParams many = params(Topology::mesh, Routing::xy, 9, 8);
  CHECK_THROWS_AS(Network({4, 4}, many), InputError);
}

// No circle of channels that wait for each other: the channel-dependency graph of each preset, and of every
// kind of network, is built from the routing functions and the rules for virtual channels.
//
// A channel is a VC of a link, into a tile and out of it included. A packet that holds a channel into a
// router waits for one of the channels it may take out of it: an edge. A multicast waits for one per branch,
// and its branches do not wait for each other. A request, or multicast, that has come to its tile waits for
// its reply to leave. Without a circle some packet can always move.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/topological_sort.hpp>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "noc/bits.hpp"
#include "noc/fabric.hpp"
#include "noc/multicast.hpp"
#include "noc/network.hpp"
#include "sim/base/check.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::noc {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

// Channels are output VCs of routers; the local ones lead into the tile. Those out of a tile follow behind.
class Dependencies {
 public:
  Dependencies(const Geometry& geometry, const RouterParams& params)
      : geometry_(geometry), params_(params), tiles_(std::uint32_t{geometry.width} * geometry.height) {}

  // All packets of a class: `vcs` is what they choose from.
  void add_class(VcRange vcs) {
    for (std::uint16_t here = 0; here < tiles_; ++here)
      for (std::uint16_t to = 0; to < tiles_; ++to) {
        const Position at = position(geometry_, here), there = position(geometry_, to);
        const Hop hop = route(geometry_, at, there);
        connect(into(here), params_.wanted(vcs, Half::any), out(here, hop), params_.wanted(vcs, hop.half));
        if (hop.port == kLocal) continue;
        const Position next = neighbour(geometry_, at, hop.port);
        const Hop onward = route(geometry_, next, there);
        connect(out(here, hop), params_.wanted(vcs, hop.half), out(tile_at(geometry_, next), onward),
                params_.wanted(vcs, onward.half));
      }
  }
  // What arrives as a request leaves as a reply.
  void add_replies(VcRange requests, VcRange replies) {
    for (std::uint16_t here = 0; here < tiles_; ++here)
      connect(out(here, {kLocal, Half::any}), params_.wanted(requests, Half::any), into(here),
              params_.wanted(replies, Half::any));
  }

  // A multicast from `source`, router by router.
  void add_multicast(Position source, const Rectangle& to, VcRange vcs) {
    connect_branches(into(tile_at(geometry_, source)), multicast(vcs.mask()), source, source, to);
  }
  // All multicasts. Along an axis a branch is what it is for the farthest of its tiles, so those to one tile
  // will do; and as any tree may turn at any router, each channel of the first axis comes before each of the
  // second, and each before the tile's.
  void add_multicasts(VcRange vcs) {
    for (std::uint16_t t = 0; t < tiles_; ++t) {
      const Position source = position(geometry_, t);
      for (std::uint16_t x = 0; x < geometry_.width; ++x) add_multicast(source, {{x, source.y}, 1, 1}, vcs);
      for (std::uint16_t y = 0; y < geometry_.height; ++y) add_multicast(source, {{source.x, y}, 1, 1}, vcs);
    }
    const std::array<Port, 4> ports = y_first(geometry_.routing) ? std::array{kSouth, kNorth, kEast, kWest}
                                                                 : std::array{kEast, kWest, kSouth, kNorth};
    const unsigned all = multicast(params_.multicast_wanted(Half::any));
    for (std::uint16_t t = 0; t < tiles_; ++t)
      for (unsigned i = 0; i < 4; ++i) {
        const Position at = position(geometry_, t);
        if (!has_link(geometry_, at, ports[i])) continue;
        const std::uint16_t next = tile_at(geometry_, neighbour(geometry_, at, ports[i]));
        connect(out(t, {ports[i], Half::any}), all, out(next, {kLocal, Half::any}), all);
        for (unsigned j = 2; i < 2 && j < 4; ++j)
          if (has_link(geometry_, position(geometry_, next), ports[j]))
            connect(out(t, {ports[i], Half::any}), all, out(next, {ports[j], Half::any}), all);
      }
  }
  void add_multicast_replies(VcRange replies) {
    for (std::uint16_t here = 0; here < tiles_; ++here)
      connect(out(here, {kLocal, Half::any}), multicast(params_.multicast_wanted(Half::any)), into(here),
              params_.wanted(replies, Half::any));
  }
  bool has_all_of(const Dependencies& other) const { return std::ranges::includes(edges_, other.edges_); }

  bool has_circle() const {
    const Graph graph(edges_.begin(), edges_.end(), std::size_t{2} * tiles_ * kPorts * kChannelsOfPort);
    std::vector<Graph::vertex_descriptor> order;
    try {
      boost::topological_sort(graph, std::back_inserter(order));
    } catch (const boost::not_a_dag&) {
      return true;
    }
    return false;
  }
  std::size_t edges() const { return edges_.size(); }

 private:
  static constexpr unsigned kChannelsOfPort = kVcsMax + kMulticastVcsMax;  // those of multicasts behind

  std::uint32_t into(std::uint16_t tile) const {
    return ((tiles_ + tile) * kPorts + kLocal) * kChannelsOfPort;
  }
  std::uint32_t out(std::uint16_t tile, Hop hop) const {
    return (std::uint32_t{tile} * kPorts + hop.port) * kChannelsOfPort;
  }
  static unsigned multicast(unsigned vcs) { return vcs << kVcsMax; }
  void connect(std::uint32_t from, unsigned from_vcs, std::uint32_t to, unsigned to_vcs) {
    for (unsigned as = from_vcs; as != 0; as &= as - 1)
      for (unsigned bs = to_vcs; bs != 0; bs &= bs - 1)
        edges_.insert({from + first_bit(as), to + first_bit(bs)});
  }
  void connect_branches(std::uint32_t from, unsigned vcs, Position at, Position source, const Rectangle& to) {
    const Branches to_here = branches(geometry_, at, source, to);
    for (const Port port : {kEast, kWest, kSouth, kNorth, kLocal}) {
      if (!to_here.has(port)) continue;
      const std::uint32_t there = out(tile_at(geometry_, at), {port, to_here.half[port]});
      const unsigned there_vcs = multicast(params_.multicast_wanted(to_here.half[port]));
      connect(from, vcs, there, there_vcs);
      if (port != kLocal) connect_branches(there, there_vcs, neighbour(geometry_, at, port), source, to);
    }
  }

  Geometry geometry_;
  RouterParams params_;
  std::uint32_t tiles_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> edges_;
};

Dependencies dependencies(const GridParams& grid, const NocParams& noc, std::size_t network,
                          const RouterParams& params) {
  Dependencies d(geometry_of(grid, noc, network), params);
  for (const TrafficClass c : {kRequests, kReplies}) d.add_class(class_vcs(noc, c));
  if (noc.multicast_channels != 0) {
    d.add_multicasts(class_vcs(noc, kMulticasts));
    d.add_multicast_replies(class_vcs(noc, kReplies));
  }
  d.add_replies(class_vcs(noc, kRequests), class_vcs(noc, kReplies));
  return d;
}

bool can_deadlock(const GridParams& grid, const NocParams& noc) {
  for (std::size_t network = 0; network < noc.networks.size(); ++network)
    if (dependencies(grid, noc, network, RouterParams(noc)).has_circle()) return true;
  return false;
}

NocParams torus(std::vector<Routing> networks) {
  NocParams noc = preset("xpu64").noc;
  noc.topology = Topology::torus;
  noc.virtual_channels = 6;
  noc.multicast_channels = 2;
  noc.networks = std::move(networks);
  return noc;
}

TEST_CASE("no preset has a circle of channels that wait for each other") {
  for (const std::string& name : preset_names()) {
    CAPTURE(name);
    const ChipParams chip = preset(name);
    CHECK_FALSE(can_deadlock(chip.grid, chip.noc));
  }
}

TEST_CASE("the graph of multicasts has what any tree waits for, and no circle") {
  for (const Topology topology : {Topology::mesh, Topology::torus})
    for (const Routing routing : {Routing::xy, Routing::yx, Routing::east_south, Routing::north_west}) {
      if (topology == Topology::mesh && one_way(routing)) continue;
      NocParams noc = torus({routing});
      noc.topology = topology;
      const GridParams grid{4, 5};
      const Geometry g = geometry_of(grid, noc, 0);
      const VcRange vcs = class_vcs(noc, kMulticasts);
      Dependencies all(g, RouterParams(noc)), trees(g, RouterParams(noc));
      all.add_multicasts(vcs);
      for (std::uint16_t source = 0; source < 20; ++source)
        for (std::uint16_t corner = 0; corner < 20; ++corner)
          for (std::uint16_t columns = 1; columns <= 4 - corner % 4; ++columns)
            for (std::uint16_t rows = 1; rows <= 5 - corner / 4; ++rows)
              trees.add_multicast(position(g, source), {position(g, corner), columns, rows}, vcs);
      CHECK(trees.edges() > 100);
      CHECK(all.has_all_of(trees));
      CHECK_FALSE(all.has_circle());
      CHECK_FALSE(can_deadlock(grid, noc));
      if (topology == Topology::mesh) continue;
      RouterParams no_dateline(noc);
      no_dateline.multicast_vcs = 1;  // one half for all
      no_dateline.halves = {1, 1, 1};
      Dependencies ring(g, no_dateline);
      ring.add_multicasts({0, 0});
      CHECK(ring.has_circle());
    }
}

TEST_CASE("no mesh or torus of any shape and routing has a circle") {
  for (const auto& [width, height] :
       {std::pair{1, 1}, {2, 2}, {5, 1}, {1, 6}, {4, 4}, {3, 7}, {8, 5}, {9, 6}}) {
    const GridParams grid{static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height)};
    for (Routing routing : {Routing::xy, Routing::yx, Routing::east_south, Routing::south_east,
                            Routing::west_north, Routing::north_west}) {
      CAPTURE(width);
      CAPTURE(height);
      CAPTURE(static_cast<int>(routing));
      CHECK_FALSE(can_deadlock(grid, torus({routing})));
      if (one_way(routing)) continue;
      NocParams mesh = preset("xpu64").noc;
      mesh.networks = {routing};
      CHECK_FALSE(can_deadlock(grid, mesh));
    }
  }
}

TEST_CASE("without the dateline a ring of a torus is a circle, with links both ways and with one") {
  for (Routing routing : {Routing::xy, Routing::yx, Routing::east_south, Routing::north_west}) {
    const NocParams noc = torus({routing});
    RouterParams params(noc);
    CHECK_FALSE(dependencies({8, 8}, noc, 0, params).has_circle());
    params.halves.fill(1u | 1u << params.vcs / 2);  // any half on every hop
    CHECK(dependencies({8, 8}, noc, 0, params).has_circle());
    params.halves.fill(1);  // one half for all
    CHECK(dependencies({8, 8}, noc, 0, params).has_circle());
  }
}

TEST_CASE("requests and replies on the same virtual channels are a circle") {
  const NocParams noc = preset("xpu64").noc;
  Dependencies shared(geometry_of({4, 4}, noc, 0), RouterParams(noc));
  shared.add_class({0, 1});
  CHECK_FALSE(shared.has_circle());
  shared.add_replies({0, 1}, {0, 1});
  CHECK(shared.has_circle());
}

TEST_CASE("each pair of tiles has its channels in the graph, so that its silence means something") {
  const NocParams noc = preset("xpu64").noc;
  Dependencies d(geometry_of({3, 1}, noc, 0), RouterParams(noc));
  d.add_class({0, 0});
  // Out of each tile into it and into each direction there is (3 + 4), from each link into a tile (4), east
  // on east and west on west through the middle (2).
  CHECK(d.edges() == 13);
}

TEST_CASE("every route is a shortest one for its links, and opposite tiles of a ring share both directions") {
  for (const auto& [width, height] : {std::pair{8, 8}, {5, 6}, {4, 1}}) {
    const auto w = static_cast<std::uint16_t>(width), h = static_cast<std::uint16_t>(height);
    for (const Geometry g : {Geometry{w, h, Topology::mesh, Routing::xy},
                             {w, h, Topology::torus, Routing::yx},
                             {w, h, Topology::torus, Routing::east_south},
                             {w, h, Topology::torus, Routing::north_west}})
      for (std::uint16_t from = 0; from < w * h; ++from)
        for (std::uint16_t to = 0; to < w * h; ++to) {
          const Position a = position(g, from), b = position(g, to);
          const auto links = [&](unsigned size, unsigned at, unsigned there) {
            const unsigned up = (there + size - at) % size, down = (at + size - there) % size;
            if (g.topology == Topology::mesh) return there > at ? there - at : at - there;
            if (g.routing == Routing::east_south) return up;
            return g.routing == Routing::north_west ? down : std::min(up, down);
          };
          const unsigned expected = links(w, a.x, b.x) + links(h, a.y, b.y) + 1;
          unsigned walked = 1;
          for (Position at = a; at != b; ++walked) {
            const Port port = route(g, at, b).port;
            REQUIRE(has_link(g, at, port));
            at = neighbour(g, at, port);
          }
          REQUIRE(walked == expected);
          REQUIRE(routers_traversed(g, a, b) == expected);
        }
  }
  const Geometry ring{8, 1, Topology::torus, Routing::xy};
  unsigned east = 0;
  for (std::uint16_t x = 0; x < 8; ++x)
    east += route(ring, {x, 0}, {static_cast<std::uint16_t>((x + 4) % 8), 0}).port == kEast;
  CHECK(east == 4);
}

TEST_CASE("a chip whose network could deadlock is refused") {
  const auto refused = [](auto change) {
    ChipParams chip = preset("tiny");
    change(chip.noc);
    CHECK_THROWS_AS(Fabric{chip}, InputError);
  };
  refused([](NocParams& noc) { noc.reply_channels = 0; });
  refused([](NocParams& noc) { noc.reply_channels = 4; });
  refused([](NocParams& noc) { noc.networks = {Routing::east_south}; });
  const auto on_torus = [&](std::uint64_t vcs, std::uint64_t replies) {
    refused([&](NocParams& noc) {
      noc.topology = Topology::torus;
      noc.virtual_channels = vcs;
      noc.multicast_channels = 0;
      noc.reply_channels = replies;
    });
  };
  on_torus(2, 1);  // no VC behind the dateline
  on_torus(3, 1);
  on_torus(4, 1);
  on_torus(4, 3);
}

}  // namespace
}  // namespace troupe::noc

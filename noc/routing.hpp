// Where a packet goes next: pure functions of coordinates. Dimension order: one axis, then the other.
#pragma once

#include <cstdint>

#include "sim/base/chip_params.hpp"

namespace troupe::noc {

// Ports of a router. East is x + 1, south is y + 1; local leads to the tile's NIU.
enum Port : std::uint8_t { kEast = 0, kWest = 1, kSouth = 2, kNorth = 3, kLocal = 4 };
inline constexpr unsigned kPorts = 5;

// The port at which the neighbour behind `port` receives. Not for the local port.
constexpr Port opposite(Port port) {
  return static_cast<Port>(port ^ 1);
}

struct Position {
  std::uint16_t x, y;
  friend constexpr bool operator==(Position, Position) = default;
};

// The halves of the virtual channels that a torus has. A ring has a dateline between its last tile and its
// first; a packet that still has to cross it goes on VCs of the upper half, one that has crossed it or never
// will on the lower half. So a ring's channels are in a line, the upper half's first, and cannot wait for
// each other in a circle. Into the NIU, which sinks, any VC will do. A mesh has one half, which is all VCs.
enum class Half : std::uint8_t { lower = 0, upper = 1, any = 2 };

struct Hop {
  Port port;
  Half half;
  friend constexpr bool operator==(Hop, Hop) = default;
};

// What routing depends on besides the two positions.
struct Geometry {
  std::uint16_t width, height;
  Topology topology;
  Routing routing;
};

constexpr Geometry geometry_of(const GridParams& grid, const NocParams& noc, std::size_t network) {
  return {static_cast<std::uint16_t>(grid.width), static_cast<std::uint16_t>(grid.height), noc.topology,
          noc.networks[network]};
}

constexpr Position position(const Geometry& g, std::uint16_t tile) {
  return {static_cast<std::uint16_t>(tile % g.width), static_cast<std::uint16_t>(tile / g.width)};
}
constexpr std::uint16_t tile_at(const Geometry& g, Position p) {
  return static_cast<std::uint16_t>(p.y * g.width + p.x);
}

// Axis that packets take first.
constexpr bool y_first(Routing r) {
  return r == Routing::yx || r == Routing::south_east || r == Routing::north_west;
}
constexpr bool one_way(Routing r) {
  return r != Routing::xy && r != Routing::yx;
}

// True when there is a link out of the router at `at` through `port`.
constexpr bool has_link(const Geometry& g, Position at, Port port) {
  const bool positive_way = g.routing == Routing::east_south || g.routing == Routing::south_east;
  if (port == kLocal) return true;
  if (one_way(g.routing) && (port == kEast || port == kSouth) != positive_way) return false;
  if (g.topology == Topology::torus) return (port == kEast || port == kWest ? g.width : g.height) > 1;
  return port == kEast    ? at.x + 1 < g.width
         : port == kWest  ? at.x > 0
         : port == kSouth ? at.y + 1 < g.height
                          : at.y > 0;
}

// The router behind a port that has a link.
constexpr Position neighbour(const Geometry& g, Position at, Port port) {
  const auto step = [](unsigned n, unsigned by, unsigned size) {
    return static_cast<std::uint16_t>((n + by) % size);
  };
  switch (port) {
    case kEast:
      return {step(at.x, 1, g.width), at.y};
    case kWest:
      return {step(at.x, g.width - 1u, g.width), at.y};
    case kSouth:
      return {at.x, step(at.y, 1, g.height)};
    case kNorth:
      return {at.x, step(at.y, g.height - 1u, g.height)};
    case kLocal:
      break;
  }
  return at;
}

// True when a packet from coordinate `at` to another one of the same axis goes up in coordinates. On a ring
// with links both ways it takes the shorter way round; both are as long on an even ring between opposite
// tiles: then even coordinates go up and odd ones down, so that each direction has half of such pairs.
constexpr bool goes_up(const Geometry& g, unsigned size, unsigned at, unsigned to) {
  if (one_way(g.routing)) return g.routing == Routing::east_south || g.routing == Routing::south_east;
  if (g.topology == Topology::mesh) return to > at;
  const unsigned up = (to + size - at) % size, down = size - up;
  return up != down ? up < down : at % 2 == 0;
}

// The hop along one axis, where the coordinates differ.
constexpr Hop axis_hop(const Geometry& g, bool along_y, unsigned at, unsigned to) {
  const bool ascends = goes_up(g, along_y ? g.height : g.width, at, to);
  const Port port = along_y ? (ascends ? kSouth : kNorth) : (ascends ? kEast : kWest);
  return {port, ascends == (to < at) ? Half::upper : Half::lower};
}

// The hop from the router at `at` for a packet to `to`.
constexpr Hop route(const Geometry& g, Position at, Position to) {
  const bool y_next = to.y != at.y && (y_first(g.routing) || to.x == at.x);
  if (y_next) return axis_hop(g, true, at.y, to.y);
  if (to.x != at.x) return axis_hop(g, false, at.x, to.x);
  return {kLocal, Half::any};
}

// Links on the way along an axis, up or down in coordinates.
constexpr unsigned axis_links(unsigned size, bool up, unsigned at, unsigned to) {
  return (up ? to + size - at : at + size - to) % size;
}

// Routers that a packet traverses, source and destination included.
constexpr unsigned routers_traversed(const Geometry& g, Position from, Position to) {
  return axis_links(g.width, goes_up(g, g.width, from.x, to.x), from.x, to.x) +
         axis_links(g.height, goes_up(g, g.height, from.y, to.y), from.y, to.y) + 1;
}

}  // namespace troupe::noc

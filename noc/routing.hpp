// Where a packet goes next: pure functions of coordinates. Dimension order, x before y.
#pragma once

#include <cstdint>

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

constexpr Position neighbour(Position at, Port port) {
  switch (port) {
    case kEast:
      return {static_cast<std::uint16_t>(at.x + 1), at.y};
    case kWest:
      return {static_cast<std::uint16_t>(at.x - 1), at.y};
    case kSouth:
      return {at.x, static_cast<std::uint16_t>(at.y + 1)};
    case kNorth:
      return {at.x, static_cast<std::uint16_t>(at.y - 1)};
    case kLocal:
      break;
  }
  return at;
}

// Output port of the router at `at` for a packet to `to`.
constexpr Port route_xy(Position at, Position to) {
  if (to.x != at.x) return to.x > at.x ? kEast : kWest;
  if (to.y != at.y) return to.y > at.y ? kSouth : kNorth;
  return kLocal;
}

// Routers that a packet traverses, source and destination included.
constexpr unsigned routers_traversed(Position from, Position to) {
  const unsigned dx = from.x > to.x ? from.x - to.x : to.x - from.x;
  const unsigned dy = from.y > to.y ? from.y - to.y : to.y - from.y;
  return dx + dy + 1;
}

}  // namespace troupe::noc

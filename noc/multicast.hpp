// The tree that a multicast takes: at each router the hops of the unicast routes from its source to the tiles
// of its rectangle that come by there. So a multicast crosses no channel that a unicast could not, in no
// other order, and each link of the tree once. Pure functions of coordinates.
#pragma once

#include <array>
#include <cstdint>

#include "noc/routing.hpp"

namespace troupe::noc {

// The tiles of `columns` x `rows` from `corner` on, east and south; it does not reach round the edge of a
// grid.
struct Rectangle {
  Position corner;
  std::uint16_t columns, rows;

  constexpr bool has(Position p) const {
    return p.x >= corner.x && p.x - corner.x < columns && p.y >= corner.y && p.y - corner.y < rows;
  }
  constexpr bool inside(unsigned width, unsigned height) const {
    return columns >= 1 && rows >= 1 && corner.x + columns <= width && corner.y + rows <= height;
  }
  constexpr unsigned tiles() const { return unsigned{columns} * rows; }
  constexpr unsigned tiles_but(Position p) const { return tiles() - unsigned{has(p)}; }
  friend constexpr bool operator==(Rectangle, Rectangle) = default;
};

// What is sent on from a router: the ports, and on a torus the half of the VCs that each branch takes.
struct Branches {
  std::uint8_t ports = 0;  // a bit each
  std::array<Half, kPorts> half{};

  constexpr bool has(Port port) const { return (ports >> port & 1) != 0; }
  // A branch is before the dateline as long as one of its tiles is beyond.
  constexpr void add(Hop hop) {
    if (!has(hop.port) || hop.half == Half::upper) half[hop.port] = hop.half;
    ports = static_cast<std::uint8_t>(ports | 1u << hop.port);
  }
  friend constexpr bool operator==(const Branches&, const Branches&) = default;
};

// True when the way from `from` to `to` on an axis comes by `at`, ends included.
constexpr bool comes_by(const Geometry& g, unsigned size, unsigned from, unsigned to, unsigned at) {
  if (from == to || at == from) return at == from;
  const bool up = goes_up(g, size, from, to);
  return axis_links(size, up, from, at) <= axis_links(size, up, from, to);
}

// Where a multicast from `source` goes on from the router at `at`, which is in its tree. The source itself is
// none of its destinations.
constexpr Branches branches(const Geometry& g, Position at, Position source, const Rectangle& to) {
  Branches result;
  const bool swapped = y_first(g.routing);
  const unsigned first_size = swapped ? g.height : g.width, second_size = swapped ? g.width : g.height;
  const auto first = [&](Position p) -> unsigned { return swapped ? p.y : p.x; };
  const auto second = [&](Position p) -> unsigned { return swapped ? p.x : p.y; };
  const unsigned first_count = swapped ? to.rows : to.columns, second_count = swapped ? to.columns : to.rows;
  // On the first axis, as long as the second coordinate is the source's.
  if (second(at) == second(source))
    for (unsigned i = 0; i < first_count; ++i) {
      const unsigned there = first(to.corner) + i;
      if (there != first(at) && comes_by(g, first_size, first(source), there, first(at)))
        result.add(axis_hop(g, swapped, first(at), there));
    }
  if (first(at) < first(to.corner) || first(at) - first(to.corner) >= first_count) return result;
  for (unsigned i = 0; i < second_count; ++i) {
    const unsigned there = second(to.corner) + i;
    if (there != second(at) && comes_by(g, second_size, second(source), there, second(at)))
      result.add(axis_hop(g, !swapped, second(at), there));
  }
  if (to.has(at) && at != source) result.add({kLocal, Half::any});
  return result;
}

}  // namespace troupe::noc

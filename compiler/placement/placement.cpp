#include "compiler/placement/placement.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace troupe::placement {

std::optional<std::string> check(const Problem& p) {
  if (p.cores == 0 || p.width == 0 || p.width > p.cores)
    return fmt::format("a lease of {} cores in rows of {}", p.cores, p.width);
  if (p.actors_per_core_max == 0) return "no core may run an actor";
  for (const Edge& e : p.edges)
    if (e.from >= p.actors.size() || e.to >= p.actors.size())
      return fmt::format("an edge from actor {} to actor {} of {}", e.from, e.to, p.actors.size());
  std::vector<std::uint64_t> bytes(p.cores), count(p.cores);
  for (const Actor& a : p.actors) {
    if (a.bytes > p.capacity_bytes)
      return fmt::format("actor {} wants {} bytes of L1, a core has {} for its actors", a.name, a.bytes,
                         p.capacity_bytes);
    if (!a.fixed_core) continue;
    if (*a.fixed_core >= p.cores)
      return fmt::format("actor {} is fixed on core {}, there are {} (0 to {})", a.name, *a.fixed_core,
                         p.cores, p.cores - 1);
    if ((bytes[*a.fixed_core] += a.bytes) > p.capacity_bytes)
      return fmt::format("the actors fixed on core {} want {} bytes of L1 with {}, it has {} for its actors",
                         *a.fixed_core, bytes[*a.fixed_core], a.name, p.capacity_bytes);
    if (++count[*a.fixed_core] > p.actors_per_core_max)
      return fmt::format("{} actors are fixed on core {} with {}, at most {} run on one",
                         count[*a.fixed_core], *a.fixed_core, a.name, p.actors_per_core_max);
  }
  return std::nullopt;
}

std::optional<std::string> verify(const Problem& p, const Assignment& core_of) {
  if (core_of.size() != p.actors.size())
    return fmt::format("{} actors are placed, the program has {}", core_of.size(), p.actors.size());
  std::vector<std::uint64_t> bytes(p.cores), count(p.cores);
  for (std::size_t i = 0; i < core_of.size(); ++i) {
    const Actor& a = p.actors[i];
    const std::uint32_t core = core_of[i];
    if (core >= p.cores) return fmt::format("actor {} is on core {} of {}", a.name, core, p.cores);
    if (a.fixed_core && *a.fixed_core != core)
      return fmt::format("actor {} is on core {}, the program fixed it on {}", a.name, core, *a.fixed_core);
    if ((bytes[core] += a.bytes) > p.capacity_bytes)
      return fmt::format("core {} is given {} bytes with actor {}, it has {}", core, bytes[core], a.name,
                         p.capacity_bytes);
    if (++count[core] > p.actors_per_core_max)
      return fmt::format("core {} is given {} actors, at most {} run on one", core, count[core],
                         p.actors_per_core_max);
  }
  return std::nullopt;
}

std::uint64_t hops(const Problem& p, std::uint32_t a, std::uint32_t b) {
  const std::uint32_t ax = a % p.width, bx = b % p.width, ay = a / p.width, by = b / p.width;
  return (ax > bx ? ax - bx : bx - ax) + (ay > by ? ay - by : by - ay);
}

std::uint64_t hop_bytes(const Problem& p, const Assignment& core_of) {
  std::uint64_t sum = 0;
  for (const Edge& e : p.edges) sum += e.bytes * hops(p, core_of[e.from], core_of[e.to]);
  return sum;
}

Assignment row_major(const Problem& p) {
  Assignment core_of;
  const std::uint64_t actors = p.actors.size();
  for (std::uint64_t i = 0; i < actors; ++i)
    core_of.push_back(static_cast<std::uint32_t>(actors <= p.cores ? i : i * p.cores / actors));
  return core_of;
}

}  // namespace troupe::placement

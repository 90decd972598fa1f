// Placement: which core of a lease runs which actor, so that bytes travel few hops and every core's L1 holds
// what it is given. Knows nothing of MLIR; `verify` judges any solver's answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::placement {

struct Actor {
  std::string name;
  std::uint64_t bytes = 0;                  // of its core's L1: mailbox ring and boot records
  std::optional<std::uint32_t> fixed_core;  // where the program wants it
};

struct Edge {
  std::uint32_t from = 0, to = 0;  // actors
  std::uint64_t bytes = 0;         // weight: bytes that travel, in any unit that is the same for all edges
};

// Cores are lease-relative and count row by row: core i stands at (i % width, i / width).
struct Problem {
  std::vector<Actor> actors;
  std::vector<Edge> edges;
  std::uint32_t cores = 0;
  std::uint32_t width = 0;                // of the lease's rectangle
  std::uint64_t capacity_bytes = 0;       // for actors, on each core
  std::uint32_t actors_per_core_max = 0;  // shares the work out; hop-bytes alone would put all on one core
};

using Assignment = std::vector<std::uint32_t>;  // core by actor

struct Solution {
  Assignment core_of;
  std::uint64_t hop_bytes = 0;
  std::uint64_t greedy_hop_bytes = 0;  // of the start that the swaps improved
  bool optimal = false;                // an exhaustive search has ended: no placement has fewer
};

// What is wrong with a problem, in one line that names the actor; none when it can be given to `solve`.
std::optional<std::string> check(const Problem& problem);

// What is wrong with an answer, likewise: every actor on a core that is there, fixed ones where they were
// fixed, no core over its capacity or its number of actors.
std::optional<std::string> verify(const Problem& problem, const Assignment& core_of);

// Links that a packet crosses from core to core under XY routing.
std::uint64_t hops(const Problem& problem, std::uint32_t from_core, std::uint32_t to_core);

// Sum over all edges of bytes x hops.
std::uint64_t hop_bytes(const Problem& problem, const Assignment& core_of);

// Actors in the order of the program on the cores in their order, evenly: what there is without a placement.
Assignment row_major(const Problem& problem);

// Absent when no room was found. Same problem and seed, same answer. Precondition: check(problem) found
// nothing.
std::optional<Solution> solve(const Problem& problem, std::uint64_t seed);

}  // namespace troupe::placement

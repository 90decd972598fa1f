#include "compiler/placement/placement.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "sim/base/rng.hpp"
#include "tests/environment.hpp"

using namespace troupe::placement;
using troupe::Rng;

namespace {

std::uint64_t seed() {
  return troupe::test::seed_or(1);
}

Problem random_problem(Rng& rng, std::uint64_t actors_max, std::uint64_t cores_max) {
  Problem p;
  p.cores = 1 + rng.below(cores_max);
  p.width = 1 + rng.below(p.cores);
  p.capacity_bytes = 1000;
  const std::uint64_t actors = 1 + rng.below(actors_max);
  p.actors_per_core_max = (actors + p.cores - 1) / p.cores + rng.below(2);
  for (std::uint64_t i = 0; i < actors; ++i)
    p.actors.push_back({"a" + std::to_string(i), rng.below(1000 / p.actors_per_core_max + 1), {}});
  if (rng.below(3) == 0) p.actors[0].fixed_core = rng.below(p.cores);
  for (std::uint64_t i = rng.below(3 * actors); i > 0; --i)
    p.edges.push_back({static_cast<std::uint32_t>(rng.below(actors)),
                       static_cast<std::uint32_t>(rng.below(actors)), rng.below(100)});
  return p;
}

// Every assignment, one after the other, as a number in base `cores`.
std::uint64_t brute_force(const Problem& p) {
  std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
  Assignment a(p.actors.size(), 0);
  for (;;) {
    if (!verify(p, a)) best = std::min(best, hop_bytes(p, a));
    std::size_t i = 0;
    while (i < a.size() && ++a[i] == p.cores) a[i++] = 0;
    if (i == a.size()) return best;
  }
}

Problem chain(std::uint32_t actors, std::uint32_t cores, std::uint32_t width) {
  Problem p{{}, {}, cores, width, 1 << 20, 1};
  for (std::uint32_t i = 0; i < actors; ++i) p.actors.push_back({"a" + std::to_string(i), 64, {}});
  for (std::uint32_t i = 0; i + 1 < actors; ++i) p.edges.push_back({i, i + 1, 10});
  return p;
}

}  // namespace

TEST_CASE("a chain of eight on 4x2 costs one hop an edge, and row-major order more") {
  const Problem p = chain(8, 8, 4);
  const auto s = solve(p, 1);
  REQUIRE(s);
  CHECK(s->hop_bytes == 7 * 10);
  CHECK(s->optimal);
  CHECK(hop_bytes(p, row_major(p)) == 6 * 10 + 4 * 10);  // from (3,0) to (0,1) are four hops
}

TEST_CASE("every answer is valid and never worse than its greedy start or the order of the program") {
  MESSAGE("SEED=", seed());
  Rng rng(seed());
  for (int i = 0; i < 300; ++i) {
    const Problem p = random_problem(rng, 40, 24);
    if (check(p)) continue;
    const auto s = solve(p, i);
    REQUIRE(s);
    CHECK(verify(p, s->core_of).value_or("") == "");
    CHECK(s->hop_bytes == hop_bytes(p, s->core_of));
    CHECK(s->hop_bytes <= s->greedy_hop_bytes);
    if (!verify(p, row_major(p))) CHECK(s->hop_bytes <= hop_bytes(p, row_major(p)));
  }
}

TEST_CASE("on small problems the answer is the optimum that brute force finds") {
  Rng rng(seed() + 1);
  int compared = 0;
  for (int i = 0; i < 200; ++i) {
    const Problem p = random_problem(rng, 6, 5);
    if (check(p)) continue;
    const auto s = solve(p, i);
    REQUIRE(s);
    CHECK(s->optimal);
    CHECK(s->hop_bytes == brute_force(p));
    ++compared;
  }
  CHECK(compared > 150);
}

TEST_CASE("the same problem and seed give the same answer") {
  Rng rng(seed() + 2);
  const Problem p = random_problem(rng, 40, 24);
  CHECK(solve(p, 7)->core_of == solve(p, 7)->core_of);
}

TEST_CASE("actors that fit only when the biggest go first are still placed") {
  Problem p{{{"a", 30, {}}, {"b", 30, {}}, {"c", 50, {}}, {"d", 50, {}}, {"e", 40, {}}},
            {{0, 1, 9}, {2, 0, 5}},
            2,
            2,
            100,
            5};
  const auto s = solve(p, 1);
  REQUIRE(s);
  CHECK(verify(p, s->core_of).value_or("") == "");
  p.actors.push_back({"f", 10, {}});
  CHECK_FALSE(solve(p, 1));
}

TEST_CASE("check names the actor and the bytes of what cannot be placed") {
  Problem p = chain(3, 4, 2);
  CHECK_FALSE(check(p));
  p.actors[1].bytes = (1 << 20) + 1;
  CHECK(check(p).value() == "actor a1 wants 1048577 bytes of L1, a core has 1048576 for its actors");
  p.actors[1].bytes = 64;
  p.actors[2].fixed_core = 4;
  CHECK(check(p).value() == "actor a2 is fixed on core 4, there are 4 (0 to 3)");
  p.actors[2].fixed_core = 0;
  p.actors[0].fixed_core = 0;
  CHECK(check(p).value().find("2 actors are fixed on core 0 with a2") == 0);
  p.actors[0].fixed_core.reset();
  p.edges.push_back({0, 3, 1});
  CHECK(check(p).value() == "an edge from actor 0 to actor 3 of 3");
}

TEST_CASE("verify refuses a wrong core, a moved fixed actor, a full core and a crowded one") {
  Problem p = chain(2, 2, 2);
  CHECK_FALSE(verify(p, {0, 1}));
  CHECK(verify(p, {0}));
  CHECK(verify(p, {0, 2}));
  CHECK(verify(p, {0, 0}));
  p.actors_per_core_max = 2;
  CHECK_FALSE(verify(p, {0, 0}));
  p.capacity_bytes = 127;
  CHECK(verify(p, {0, 0}));
  p.capacity_bytes = 128;
  p.actors[0].fixed_core = 1;
  CHECK(verify(p, {0, 1}));
}

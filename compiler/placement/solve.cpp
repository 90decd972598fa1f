// The solver: a greedy construction, then moves and swaps until none helps, then an exhaustive search with a
// budget that either proves the answer optimal, betters it, or gives up and leaves it.
//
// Cost is the sum over edges of bytes x hops (quadratic assignment, NP-hard), so beyond about ten actors a
// local optimum is what there is. Everything is ordered by index or by the seeded generator: same input, same
// answer.
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <limits>
#include <numeric>

#include "compiler/placement/placement.hpp"
#include "sim/base/rng.hpp"

namespace troupe::placement {
namespace {

// Traffic between two actors in both directions together; hops do not depend on the direction.
using Traffic = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                      boost::property<boost::edge_weight_t, std::uint64_t>>;

constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
constexpr std::uint64_t kSearchSteps = 300'000;  // of the exhaustive search: about 10 ms

Traffic traffic_of(const Problem& p) {
  Traffic graph(p.actors.size());
  for (const Edge& e : p.edges) {
    if (e.from == e.to) continue;
    const auto [edge, there] = boost::edge(e.from, e.to, graph);
    if (there)
      boost::put(boost::edge_weight, graph, edge, boost::get(boost::edge_weight, graph, edge) + e.bytes);
    else
      boost::add_edge(e.from, e.to, e.bytes, graph);
  }
  return graph;
}

class Solver {
 public:
  Solver(const Problem& p, std::uint64_t seed) : p_(p), traffic_(traffic_of(p)), rng_(seed) { clear(); }

  // Places, actor by actor, the one with most traffic to those already placed where it costs least.
  bool greedy() {
    clear();
    place_fixed();
    for (;;) {
      const std::uint32_t actor = most_connected();
      if (actor == kNowhere) return true;
      const std::uint32_t core = cheapest_core(actor);
      if (core == kNowhere) return false;
      put(actor, core);
    }
  }

  // Biggest first, each on the first core with room: for when the greedy order finds none.
  bool first_fit() {
    clear();
    place_fixed();
    std::vector<std::uint32_t> order(p_.actors.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return p_.actors[a].bytes > p_.actors[b].bytes; });
    for (const auto actor : order) {
      if (core_of_[actor] != kNowhere) continue;
      std::uint32_t core = 0;
      while (core < p_.cores && !fits(actor, core)) ++core;
      if (core == p_.cores) return false;
      put(actor, core);
    }
    return true;
  }

  // Moves one actor or swaps two wherever that lowers the cost, until a whole round finds nothing.
  void improve() {
    std::vector<std::uint32_t> order(p_.actors.size());
    std::iota(order.begin(), order.end(), 0u);
    for (bool better = true; better;) {
      better = false;
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng_.below(i)]);
      for (const auto a : order) {
        for (std::uint32_t core = 0; core < p_.cores; ++core) better |= try_move(a, core);
        for (const auto b : order) better |= a < b && try_swap(a, b);
      }
    }
  }

  // Depth-first over all placements, cut where the cost so far is no better than the best known. True when it
  // came to its end: `best` is optimal then.
  bool search(Assignment& best) {
    std::uint64_t bound = hop_bytes(p_, best), steps = 0;
    clear();
    place_fixed();
    std::vector<std::uint32_t> order;
    for (std::uint32_t a; (a = most_connected()) != kNowhere; core_of_[a] = 0) order.push_back(a);
    for (const auto a : order) core_of_[a] = kNowhere;
    std::uint64_t fixed_cost = 0;
    for (std::uint32_t a = 0; a < core_of_.size(); ++a)
      if (core_of_[a] != kNowhere) fixed_cost += cost_at(a, core_of_[a]);
    return descend(order, 0, fixed_cost / 2, best, bound, steps);
  }

  const Assignment& answer() const { return core_of_; }
  void take(const Assignment& core_of) {
    clear();
    for (std::uint32_t a = 0; a < core_of.size(); ++a) put(a, core_of[a]);
  }

 private:
  void clear() {
    core_of_.assign(p_.actors.size(), kNowhere);
    bytes_.assign(p_.cores, 0);
    count_.assign(p_.cores, 0);
  }
  void place_fixed() {
    for (std::uint32_t a = 0; a < p_.actors.size(); ++a)
      if (p_.actors[a].fixed_core) put(a, *p_.actors[a].fixed_core);
  }
  void put(std::uint32_t actor, std::uint32_t core) {
    core_of_[actor] = core;
    bytes_[core] += p_.actors[actor].bytes;
    ++count_[core];
  }
  void lift(std::uint32_t actor) {
    bytes_[core_of_[actor]] -= p_.actors[actor].bytes;
    --count_[core_of_[actor]];
    core_of_[actor] = kNowhere;
  }
  bool fits(std::uint32_t actor, std::uint32_t core) const {
    return count_[core] < p_.actors_per_core_max &&
           p_.actors[actor].bytes <= p_.capacity_bytes - bytes_[core];
  }
  // Cost of the actor's edges to placed ones if it stood on `core`.
  std::uint64_t cost_at(std::uint32_t actor, std::uint32_t core) const {
    std::uint64_t sum = 0;
    for (auto [e, end] = boost::out_edges(actor, traffic_); e != end; ++e) {
      const auto other = static_cast<std::uint32_t>(boost::target(*e, traffic_));
      if (core_of_[other] != kNowhere)
        sum += boost::get(boost::edge_weight, traffic_, *e) * hops(p_, core, core_of_[other]);
    }
    return sum;
  }

  // Unplaced actor with most traffic to placed ones, then with most traffic at all, then the first.
  std::uint32_t most_connected() const {
    std::uint32_t best = kNowhere;
    std::pair<std::uint64_t, std::uint64_t> best_traffic;
    for (std::uint32_t a = 0; a < core_of_.size(); ++a) {
      if (core_of_[a] != kNowhere) continue;
      std::pair<std::uint64_t, std::uint64_t> sum{0, 0};
      for (auto [e, end] = boost::out_edges(a, traffic_); e != end; ++e) {
        const std::uint64_t bytes = boost::get(boost::edge_weight, traffic_, *e);
        sum.second += bytes;
        if (core_of_[boost::target(*e, traffic_)] != kNowhere) sum.first += bytes;
      }
      if (best == kNowhere || sum > best_traffic) best = a, best_traffic = sum;
    }
    return best;
  }
  // Among equals the core nearest to the middle of the lease, so that what follows finds room around it.
  std::uint32_t cheapest_core(std::uint32_t actor) const {
    std::uint32_t best = kNowhere;
    std::pair<std::uint64_t, std::uint64_t> best_cost;
    for (std::uint32_t core = 0; core < p_.cores; ++core) {
      if (!fits(actor, core)) continue;
      std::uint64_t to_all = 0;
      for (std::uint32_t other = 0; other < p_.cores; ++other) to_all += hops(p_, core, other);
      const std::pair<std::uint64_t, std::uint64_t> cost{cost_at(actor, core), to_all};
      if (best == kNowhere || cost < best_cost) best = core, best_cost = cost;
    }
    return best;
  }

  bool try_move(std::uint32_t a, std::uint32_t core) {
    if (p_.actors[a].fixed_core || core == core_of_[a] || !fits(a, core)) return false;
    if (cost_at(a, core) >= cost_at(a, core_of_[a])) return false;
    lift(a);
    put(a, core);
    return true;
  }
  bool try_swap(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t at_a = core_of_[a], at_b = core_of_[b];
    if (at_a == at_b || p_.actors[a].fixed_core || p_.actors[b].fixed_core) return false;
    const std::uint64_t before = pair_cost(a, b);
    lift(a);
    lift(b);
    const bool room = fits(a, at_b) && fits(b, at_a);
    put(a, room ? at_b : at_a);
    put(b, room ? at_a : at_b);
    if (!room) return false;
    if (pair_cost(a, b) < before) return true;
    lift(a);
    lift(b);
    put(a, at_a);
    put(b, at_b);
    return false;
  }
  // An edge between the two counts twice, before and after alike: a swap does not change its hops.
  std::uint64_t pair_cost(std::uint32_t a, std::uint32_t b) const {
    return cost_at(a, core_of_[a]) + cost_at(b, core_of_[b]);
  }

  bool descend(const std::vector<std::uint32_t>& order, std::size_t depth, std::uint64_t cost,
               Assignment& best, std::uint64_t& bound, std::uint64_t& steps) {
    if (cost >= bound) return true;
    if (depth == order.size()) {
      best = core_of_;
      bound = cost;
      return true;
    }
    const std::uint32_t actor = order[depth];
    for (std::uint32_t core = 0; core < p_.cores; ++core) {
      if (!fits(actor, core)) continue;
      if (++steps > kSearchSteps) return false;
      const std::uint64_t more = cost_at(actor, core);
      put(actor, core);
      const bool ended = descend(order, depth + 1, cost + more, best, bound, steps);
      lift(actor);
      if (!ended) return false;
    }
    return true;
  }

  const Problem& p_;
  Traffic traffic_;
  Rng rng_;
  Assignment core_of_;
  std::vector<std::uint64_t> bytes_, count_;
};

}  // namespace

std::optional<Solution> solve(const Problem& problem, std::uint64_t seed) {
  Solver solver(problem, seed);
  if (!solver.greedy() && !solver.first_fit()) return std::nullopt;
  Solution s;
  s.greedy_hop_bytes = hop_bytes(problem, solver.answer());
  // The program's own order is a start too: the answer is then never worse than doing nothing.
  Assignment plain = row_major(problem);
  solver.improve();
  s.core_of = solver.answer();
  if (!verify(problem, plain)) {
    solver.take(plain);
    solver.improve();
    if (hop_bytes(problem, solver.answer()) < hop_bytes(problem, s.core_of)) s.core_of = solver.answer();
  }
  s.optimal = solver.search(s.core_of);
  s.hop_bytes = hop_bytes(problem, s.core_of);
  return s;
}

}  // namespace troupe::placement

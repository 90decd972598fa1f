// The RTL router in lockstep with the C++ one: each flit and each credit in each cycle, alone and in
// networks; and that a router with a single fault is found out. ROUTER_CYCLES=n sets how many router-cycles
// are compared.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "noc/lockstep.hpp"
#include "noc/network.hpp"
#include "noc/rtl/rtl_router.hpp"
#include "sim/base/check.hpp"
#include "tests/noc/router_driver.hpp"

namespace troupe::noc {
namespace {

using testing::DriverParams;
using testing::RouterDriver;

constexpr Position kHere{5, 5};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::uint64_t first_seed() {
  return from_environment("SEED", 1);
}
// Of each of the two tests below; together 1 M in the quick tests, 100 M in the nightly ones.
std::uint64_t router_cycles() {
  return from_environment("ROUTER_CYCLES", 1'000'000) / 2;
}

RouterParams random_router(Rng& rng) {
  return {static_cast<unsigned>(1 + rng.below(4)), static_cast<unsigned>(1 + rng.below(8)),
          static_cast<unsigned>(rng.below(3) == 0 ? 1 + rng.below(4) : 1)};
}

TEST_CASE("alone, under random traffic and back-pressure, the RTL router does what the C++ one does") {
  const std::uint64_t total = router_cycles(), each = 20'000;
  std::uint64_t seed = first_seed(), flits = 0, steps = 0;
  for (; steps < total; steps += each, ++seed) {
    Rng rng(seed);
    const RouterParams params = random_router(rng);
    const DriverParams traffic{.load = rng.uniform(),
                               .drain = 0.05 + 0.95 * rng.uniform(),
                               .flits_max = static_cast<unsigned>(1 + rng.below(12)),
                               .seed = seed};
    INFO("SEED=" << seed << ": " << params.vcs << " VCs of " << params.depth << " flits, VA "
                 << params.va_cycles);
    const auto router = lockstep(reference_routers(), rtl_routers())(params, kHere);
    RouterDriver driver(params, kHere, traffic);
    RouterPorts out;
    for (std::uint64_t step = 0; step < each; ++step) {
      REQUIRE_NOTHROW(router->step(driver.next(), out));
      driver.take(out);
    }
    flits += driver.flits_out();
  }
  fmt::print("alone: seeds {} to {}, {} router-cycles, {} flits, no difference\n", first_seed(), seed - 1,
             steps, flits);
  CHECK(flits > steps / 4);
}

// Lockstep routers that can be counted.
struct Pairs {
  std::vector<const LockstepRouter*> routers;
  RouterFactory factory() {
    return [this](const RouterParams& params, Position here) {
      auto pair = std::make_unique<LockstepRouter>(here, reference_routers()(params, here),
                                                   rtl_routers()(params, here));
      routers.push_back(pair.get());
      return pair;
    };
  }
  std::uint64_t steps() const {
    std::uint64_t sum = 0;
    for (const LockstepRouter* r : routers) sum += r->steps();
    return sum;
  }
};

// The same random packets into both networks; all that they show must be equal in each cycle.
struct Load {
  double rate;  // packets per tile and cycle
  unsigned flits_max;
  bool hotspot;  // half of the packets go to one tile: back-pressure through the whole network
};

void run_both(Network& plain, Network& pairs, const Load& load, Rng& rng, Cycle cycles) {
  const std::uint64_t tiles = plain.grid().width * plain.grid().height, vcs = plain.router_params().vcs;
  const auto hot = static_cast<std::uint16_t>(rng.below(tiles));
  std::uint32_t tag = 0;
  for (Cycle now = 0; now < cycles || !plain.idle(); ++now) {
    for (std::uint16_t from = 0; from < tiles && now < cycles; ++from) {
      if (rng.uniform() >= load.rate) continue;
      const bool to_hot = load.hotspot && rng.below(2) == 0;
      const auto to = to_hot ? hot : static_cast<std::uint16_t>(rng.below(tiles));
      const auto first = static_cast<std::uint8_t>(rng.below(vcs));
      const VcRange range{first, static_cast<std::uint8_t>(first + rng.below(vcs - first))};
      const auto flits = static_cast<unsigned>(1 + rng.below(load.flits_max));
      const TrafficClass traffic = rng.below(2) == 0 ? kRequests : kReplies;
      for (Network* n : {&plain, &pairs}) n->offer(from, to, flits, range, traffic, tag);
      ++tag;
    }
    plain.step(now);
    REQUIRE_NOTHROW(pairs.step(now));
    REQUIRE(std::ranges::equal(plain.entered(), pairs.entered()));
    REQUIRE(std::ranges::equal(plain.delivered(), pairs.delivered()));
  }
  CHECK(pairs.idle());
  for (std::uint16_t tile = 0; tile < tiles; ++tile)
    for (Port port : {kEast, kWest, kSouth, kNorth, kLocal})
      CHECK(plain.flits_out(tile, port) == pairs.flits_out(tile, port));
}

TEST_CASE(
    "in a 4x4 mesh each RTL router does what the C++ one does, and the network what it does by itself") {
  const std::uint64_t total = router_cycles();
  std::uint64_t seed = first_seed(), steps = 0, flit_hops = 0;
  for (; steps < total; ++seed) {
    Rng rng(seed);
    NocParams noc = preset("xpu64").noc;
    noc.virtual_channels = 1 + rng.below(4);
    noc.vc_depth.count = 1 + rng.below(8);
    for (Cycles* stage : {&noc.vc_alloc, &noc.switch_alloc, &noc.switch_traversal, &noc.link, &noc.credit})
      stage->count = rng.below(3) == 0 ? 1 + rng.below(3) : 1;
    const Load load{.rate = 0.02 + 0.2 * rng.uniform(),
                    .flits_max = static_cast<unsigned>(1 + rng.below(9)),
                    .hotspot = rng.below(3) == 0};
    INFO("SEED=" << seed << ": " << noc.virtual_channels << " VCs of " << noc.vc_depth.count << " flits");
    Pairs pairs;
    Network plain({4, 4}, noc), both({4, 4}, noc, pairs.factory());
    run_both(plain, both, load, rng, 500);
    steps += pairs.steps();
    flit_hops += both.flit_hops();
  }
  fmt::print("4x4 mesh: seeds {} to {}, {} router-cycles, {} flit-hops, no difference\n", first_seed(),
             seed - 1, steps, flit_hops);
  CHECK(flit_hops > steps / 4);
}

// A C++ router with a fault: `break_it` changes the state after each step.
using Fault = std::function<void(const RouterState& before, RouterState& after, const RouterParams& params)>;

class FaultyRouter final : public RouterModel {
 public:
  FaultyRouter(const RouterParams& params, Position here, Fault fault)
      : params_(params), router_(params, here), fault_(std::move(fault)) {}
  void step(const RouterPorts& in, RouterPorts& out) override {
    const RouterState before = router_.state();
    router_.step(in, out);
    fault_(before, router_.state(), params_);
  }
  bool busy() const override { return router_.busy(); }
  std::string state_text() const override { return router_.state_text(); }

 private:
  RouterParams params_;
  ReferenceRouter router_;
  Fault fault_;
};

template <class Pointers>
void move_unmoved(const Pointers& before, Pointers& after, std::size_t n, std::uint64_t size) {
  if (before[n] == after[n]) after[n] = static_cast<std::uint8_t>((after[n] + 1) % size);
}

struct NamedFault {
  const char* name;
  std::function<Fault(std::uint64_t step)> at;  // for faults of one step: which
};

const std::vector<NamedFault>& faults() {
  using S = RouterState;
  using P = RouterParams;
  static const std::vector<NamedFault> all = {
      {"an output's switch pointer moves without a grant",
       [](std::uint64_t) -> Fault {
         return [](const S& b, S& a, const P&) {
           move_unmoved(b.sa_out_pointer, a.sa_out_pointer, kEast, kPorts);
         };
       }},
      {"an input's pointer over outputs moves without a grant",
       [](std::uint64_t) -> Fault {
         return [](const S& b, S& a, const P&) {
           move_unmoved(b.sa_in_pointer, a.sa_in_pointer, kWest, kPorts);
         };
       }},
      {"an input's pointer over VCs moves without a grant",
       [](std::uint64_t) -> Fault {
         return [](const S& b, S& a, const P& p) {
           move_unmoved(b.sa_vc_pointer, a.sa_vc_pointer, kLocal, p.vcs);
         };
       }},
      {"an input VC's VA pointer moves without a grant",
       [](std::uint64_t) -> Fault {
         return [](const S& b, S& a, const P& p) {
           if (b.in[5].va_pointer == a.in[5].va_pointer)
             a.in[5].va_pointer = static_cast<std::uint8_t>((a.in[5].va_pointer + 1) % p.port_vcs);
         };
       }},
      {"an output VC's VA pointer moves without a grant",
       [](std::uint64_t) -> Fault {
         return [](const S& b, S& a, const P& p) { move_unmoved(b.va_pointer, a.va_pointer, 2, p.port_vcs); };
       }},
      {"one credit is lost",
       [](std::uint64_t step) -> Fault {
         return [step, n = std::uint64_t{0}, lost = false](const S&, S& a, const P& p) mutable {
           const unsigned vc = kEast * p.vcs + 1;
           if (++n < step || lost || a.credits[vc] == 0) return;
           if (--a.credits[vc] == 0) a.credited &= ~(std::uint64_t{1} << vc);
           lost = true;
         };
       }},
      {"one credit is counted twice",
       [](std::uint64_t step) -> Fault {
         return [step, n = std::uint64_t{0}](const S&, S& a, const P& p) mutable {
           if (++n == step) receive_credit(a, kWest * p.vcs + 2);
         };
       }},
      {"an output VC stays held for one more cycle",
       [](std::uint64_t) -> Fault {
         return [late = std::uint64_t{0}](const S& b, S& a, const P& p) mutable {
           const std::uint64_t mask = std::uint64_t{1} << (kEast * p.vcs + 1);
           const std::uint64_t freed = a.free_out & ~b.free_out & mask & ~late;
           a.free_out = (a.free_out & ~freed) | late;
           late = freed;
         };
       }},
  };
  return all;
}

TEST_CASE("lockstep finds a router with a single fault, and shows the cycle, the wires and both states") {
  const RouterParams params(4, 8, 1);
  for (const NamedFault& fault : faults()) {
    const std::uint64_t seed = first_seed();
    Rng rng(seed);
    LockstepRouter router(kHere,
                          std::make_unique<FaultyRouter>(params, kHere, fault.at(200 + rng.below(1000))),
                          rtl_routers()(params, kHere));
    RouterDriver driver(params, kHere, {.load = 0.6, .drain = 0.2, .flits_max = 4, .seed = seed});
    RouterPorts out;
    std::string difference;
    try {
      while (router.steps() < 50'000) {
        router.step(driver.next(), out);
        driver.take(out);
      }
    } catch (const LockstepDifference& found) {
      difference = found.what();
    }
    INFO("SEED=" << seed << ": " << std::string(fault.name));
    REQUIRE_FALSE(difference.empty());
    fmt::print("{}: found in cycle {}\n", fault.name, router.steps());
    for (const char* part : {"router (5,5) differs", "wires in:", "left gives", "right gives", "left, ",
                             "right, ", "credits:", "VA pointers", "SA pointers"})
      CHECK(difference.find(part) != std::string::npos);
  }
}

}  // namespace
}  // namespace troupe::noc

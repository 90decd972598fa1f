// The RTL router in lockstep with the C++ one: each flit and each credit in each cycle, alone and in
// networks; and that a router with a single fault is found out. ROUTER_CYCLES=n sets how many router-cycles
// are compared.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "noc/lockstep.hpp"
#include "noc/network.hpp"
#include "noc/rtl/rtl_router.hpp"
#include "sim/base/check.hpp"
#include "tests/environment.hpp"
#include "tests/noc/router_driver.hpp"

namespace troupe::noc {
namespace {

using testing::DriverParams;
using testing::RouterDriver;

constexpr Position kHere{10, 1};  // at the datelines of a torus of 11x11

std::uint64_t first_seed() {
  return test::seed_or(1);
}
// Of each of the two tests below; together 1 M in the quick tests, 100 M in the nightly ones.
std::uint64_t router_cycles() {
  return test::number_from("ROUTER_CYCLES", 1'000'000) / 2;
}

std::string text(const NocParams& noc) {
  return fmt::format(
      "{}, routing {}, {} VCs, {} of them for multicasts, of {} flits, pool {} of at most {} a "
      "VC, VA {}",
      noc.topology == Topology::torus ? "torus" : "mesh", static_cast<int>(noc.networks[0]),
      noc.virtual_channels, noc.multicast_channels, noc.vc_depth.count, noc.pool.count, noc.pool_per_vc.count,
      noc.vc_alloc.count);
}

TEST_CASE("alone, under random traffic and back-pressure, the RTL router does what the C++ one does") {
  const std::uint64_t total = router_cycles(), each = 20'000;
  std::uint64_t seed = first_seed(), flits = 0, multicasts = 0, steps = 0;
  for (; steps < total; steps += each, ++seed) {
    const auto [noc, params, geometry, here, traffic] = testing::random_router(seed, 0.05);
    INFO("SEED=" << seed << ": " << text(noc));
    const auto router = lockstep(reference_routers(), rtl_routers())(params, geometry, here);
    RouterDriver driver(params, geometry, here, traffic);
    RouterPorts out;
    for (std::uint64_t step = 0; step < each; ++step) {
      REQUIRE_NOTHROW(router->step(driver.next(), out));
      driver.take(out);
    }
    flits += driver.flits_out();
    multicasts += driver.multicast_flits_out();
  }
  fmt::print("alone: seeds {} to {}, {} router-cycles, {} flits, {} of them of multicasts, no difference\n",
             first_seed(), seed - 1, steps, flits, multicasts);
  CHECK(flits > steps / 4);
  CHECK(multicasts > steps / 10);
}

// Lockstep routers that can be counted.
struct Pairs {
  std::vector<const LockstepRouter*> routers;
  RouterFactory factory() {
    return [this](const RouterParams& params, const Geometry& geometry, Position here) {
      auto pair = std::make_unique<LockstepRouter>(params, here, reference_routers()(params, geometry, here),
                                                   rtl_routers()(params, geometry, here));
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

// False: to no tile.
bool offer_multicast(Network& plain, Network& pairs, std::uint16_t from, unsigned flits_max, Rng& rng,
                     std::uint32_t tag) {
  const Geometry& g = plain.geometry();
  const auto below = [&](unsigned n) { return static_cast<std::uint16_t>(rng.below(n)); };
  const Position corner{below(g.width), below(g.height)};
  const Rectangle to{corner, static_cast<std::uint16_t>(1 + below(g.width - corner.x)),
                     static_cast<std::uint16_t>(1 + below(g.height - corner.y))};
  if (to.tiles_but(plain.position_of(from)) == 0) return false;
  const auto flits = static_cast<unsigned>(1 + rng.below(std::min(flits_max, plain.router_params().depth)));
  VcRange range;
  range.last = (plain.router_params().multicast_range_end() - 1) & 15;
  for (Network* n : {&plain, &pairs}) n->offer_multicast(from, to, flits, range, tag);
  return true;
}

// Returns the multicasts among the packets.
std::uint64_t run_both(Network& plain, Network& pairs, const Load& load, Rng& rng, Cycle cycles) {
  const std::uint64_t tiles = std::uint64_t{plain.geometry().width} * plain.geometry().height;
  const unsigned vcs = plain.router_params().range_end();
  const auto hot = static_cast<std::uint16_t>(rng.below(tiles));
  std::uint32_t tag = 0, multicasts = 0;
  for (Cycle now = 0; now < cycles || !plain.idle(); ++now) {
    for (std::uint16_t from = 0; from < tiles && now < cycles; ++from) {
      if (rng.uniform() >= load.rate) continue;
      if (plain.router_params().multicast_vcs != 0 && rng.below(4) == 0) {
        multicasts += offer_multicast(plain, pairs, from, load.flits_max, rng, tag++);
        continue;
      }
      const bool to_hot = load.hotspot && rng.below(2) == 0;
      const auto to = to_hot ? hot : static_cast<std::uint16_t>(rng.below(tiles));
      const auto last = static_cast<unsigned>(rng.below(vcs));
      VcRange range;
      range.first = rng.below(last + 1) & 15;
      range.last = last & 15;
      const auto flits = static_cast<unsigned>(1 + rng.below(load.flits_max));
      // A VC has one class: packets of one source, destination and VC stay in order.
      const TrafficClass traffic = last % 2 == 0 ? kRequests : kReplies;
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
    for (const Port port : {kEast, kWest, kSouth, kNorth, kLocal})
      CHECK(plain.flits_out(tile, port) == pairs.flits_out(tile, port));
  return multicasts;
}

TEST_CASE("in 4x4 meshes and tori each RTL router does what the C++ one does, and so does the network") {
  const std::uint64_t total = router_cycles();
  std::uint64_t seed = first_seed(), steps = 0, flit_hops = 0, multicasts = 0;
  for (; steps < total; ++seed) {
    Rng rng(seed);
    const NocParams noc = testing::random_network(rng);
    const Load load{.rate = 0.02 + 0.2 * rng.uniform(),
                    .flits_max = static_cast<unsigned>(1 + rng.below(9)),
                    .hotspot = rng.below(3) == 0};
    INFO("SEED=" << seed << ": " << text(noc));
    Pairs pairs;
    Network plain({4, 4}, noc), both({4, 4}, noc, 0, pairs.factory());
    multicasts += run_both(plain, both, load, rng, 500);
    steps += pairs.steps();
    flit_hops += both.flit_hops();
  }
  fmt::print(
      "4x4 meshes and tori: seeds {} to {}, {} router-cycles, {} flit-hops, {} multicasts, no difference\n",
      first_seed(), seed - 1, steps, flit_hops, multicasts);
  CHECK(flit_hops > steps / 4);
  CHECK(multicasts > steps / 1000);
}

// A router with wrong wires: `before` may change what goes into a step, `after` what comes out.
using WireFault = std::function<void(std::uint64_t step, RouterPorts& wires)>;

class FaultyRouter final : public RouterModel {
 public:
  FaultyRouter(std::unique_ptr<RouterModel> router, WireFault before, WireFault after)
      : router_(std::move(router)), before_(std::move(before)), after_(std::move(after)) {}
  void step(const RouterPorts& in, RouterPorts& out) override {
    RouterPorts seen = in;
    ++steps_;
    if (before_) before_(steps_, seen);
    router_->step(seen, out);
    if (after_) after_(steps_, out);
  }
  bool busy() const override { return router_->busy(); }
  RouterState state() const override { return router_->state(); }

 private:
  std::unique_ptr<RouterModel> router_;
  WireFault before_, after_;
  std::uint64_t steps_ = 0;
};

constexpr Geometry kTorus{11, 11, Topology::torus, Routing::xy};

NocParams good_network() {
  NocParams noc = preset("xpu64").noc;
  noc.topology = Topology::torus;
  noc.vc_depth = 4_flits;
  noc.pool_per_vc = 3_flits;
  noc.pool = 6_flits;
  noc.virtual_channels = 4 + 2;
  noc.multicast_channels = 2;
  return noc;
}

std::unique_ptr<RouterModel> reference(const NocParams& noc, const Geometry& geometry) {
  return std::make_unique<ReferenceRouter>(RouterParams(noc), geometry, kHere);
}

struct Fault {
  const char* name;
  std::function<std::unique_ptr<RouterModel>(std::uint64_t begin)> make;  // a router with it, from a step on
};

// A router made with one number wrong.
Fault wrong(const char* name, void (*change)(NocParams&, Geometry&)) {
  return {name, [=](std::uint64_t) {
            NocParams noc = good_network();
            Geometry geometry = kTorus;
            change(noc, geometry);
            return reference(noc, geometry);
          }};
}

// A router with one wire wrong once: `strike` says whether it did.
using Strike = bool (*)(RouterPorts&);
WireFault once(std::uint64_t begin, Strike strike) {
  return [=, done = false](std::uint64_t step, RouterPorts& wires) mutable {
    if (step >= begin && !done) done = strike(wires);
  };
}
Fault wrong_in(const char* name, Strike strike) {
  return {name, [=](std::uint64_t begin) {
            return std::make_unique<FaultyRouter>(reference(good_network(), kTorus), once(begin, strike),
                                                  WireFault{});
          }};
}
Fault wrong_out(const char* name, Strike strike) {
  return {name, [=](std::uint64_t begin) {
            return std::make_unique<FaultyRouter>(reference(good_network(), kTorus), WireFault{},
                                                  once(begin, strike));
          }};
}

std::vector<Fault> faults() {
  return {
      wrong("one place less in the next buffer", [](NocParams& n, Geometry&) { n.vc_depth = 3_flits; }),
      wrong("one place less in the pool", [](NocParams& n, Geometry&) { n.pool = 5_flits; }),
      wrong("one place of the pool less for a VC", [](NocParams& n, Geometry&) { n.pool_per_vc = 2_flits; }),
      wrong("VA takes a cycle more", [](NocParams& n, Geometry&) { n.vc_alloc = 2_cycles; }),
      wrong("the axes in the other order", [](NocParams&, Geometry& g) { g.routing = Routing::yx; }),
      wrong("a ring a tile longer", [](NocParams&, Geometry& g) { g.width = 12; }),
      wrong_in("one credit is lost",
               [](RouterPorts& in) {
                 const bool struck = in.has_credit(kEast);
                 in.credits = static_cast<std::uint8_t>(in.credits & ~(1u << kEast));
                 return struck;
               }),
      wrong_in("one credit comes for another VC",
               [](RouterPorts& in) {
                 in.credit_vc[kWest] ^= 1;
                 return in.has_credit(kWest);
               }),
      wrong_in("one credit of multicasts is lost",
               [](RouterPorts& in) {
                 const bool struck = in.multicast_credits[kSouth] != 0;
                 in.multicast_credits[kSouth] = 0;
                 return struck;
               }),
      wrong_out("one place of multicasts is not given back",
                [](RouterPorts& out) {
                  const bool struck = out.multicast_credits[kNorth] != 0;
                  out.multicast_credits[kNorth] = 0;
                  return struck;
                }),
      wrong_out("one multicast has a branch less at the next router",
                [](RouterPorts& out) {
                  const Flit flit = out.flit[kEast].flit;
                  if (!out.has_flit(kEast) || !flit.multicast() || !flit.head()) return false;
                  Branches& to = out.flit[kEast].branches;
                  to.ports = static_cast<std::uint8_t>(to.ports & (to.ports - 1));
                  return true;
                }),
      wrong_out("one head is sent on into the wrong half of the VCs",
                [](RouterPorts& out) {
                  Flit& f = out.flit[kWest].flit;
                  if (!out.has_flit(kWest) || !f.head() || f.multicast()) return false;
                  f = f.with_hop(packed({f.port(), f.half() == Half::lower ? Half::upper : Half::lower}));
                  return true;
                }),
  };
}

TEST_CASE("lockstep finds a router with a single fault, and shows the cycle, the wires and both states") {
  const std::uint64_t seed = first_seed();
  const RouterParams params(good_network());
  for (const Fault& fault : faults()) {
    INFO("SEED=" << seed << ": " << std::string(fault.name));
    Rng rng(seed);
    LockstepRouter router(params, kHere, fault.make(200 + rng.below(1000)),
                          rtl_routers()(params, kTorus, kHere));
    RouterDriver driver(params, kTorus, kHere, {.load = 0.6, .drain = 0.2, .flits_max = 4, .seed = seed});
    RouterPorts out;
    std::string difference;
    try {
      while (router.steps() < 20'000) {
        router.step(driver.next(), out);
        driver.take(out);
      }
    } catch (const LockstepDifference& found) {
      difference = found.what();
    }
    REQUIRE_FALSE(difference.empty());
    fmt::print("{}: found in cycle {}\n", fault.name, router.steps());
    for (const char* part : {"router (10,1) differs", "wires in:", "left gives", "right gives", "left, ",
                             "right, ", "credits:", "pools:", "VA pointers", "SA pointers", "multicast"})
      CHECK(difference.find(part) != std::string::npos);
  }
}

}  // namespace
}  // namespace troupe::noc

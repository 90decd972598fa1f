// One contract, two implementations: the router of noc/router.hpp and the one compiled from noc/rtl.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "noc/rtl/rtl_router.hpp"
#include "tests/environment.hpp"
#include "tests/noc/router_driver.hpp"

namespace troupe::noc {
namespace {

using testing::DriverParams;
using testing::RouterDriver;

constexpr Position kHere{5, 5};

const std::vector<std::pair<std::string, RouterFactory>>& implementations() {
  static const std::vector<std::pair<std::string, RouterFactory>> all = {{"C++", reference_routers()},
                                                                         {"RTL", rtl_routers()}};
  return all;
}

// Like xpu64's router, on a mesh or torus of 11x11.
RouterParams router_params(std::uint64_t vcs, std::uint64_t depth, std::uint64_t va_cycles) {
  NocParams noc = preset("xpu64").noc;
  noc.virtual_channels = vcs;
  noc.multicast_channels = 0;
  noc.vc_depth.count = depth;
  noc.vc_alloc.count = va_cycles;
  return RouterParams(noc);
}
constexpr Geometry kMesh{11, 11, Topology::mesh, Routing::xy};

// A flit for the neighbour behind `port`, where it goes on for one more.
LinkFlit flit_to(Port port, std::uint32_t packet, unsigned number, unsigned flits, unsigned vc,
                 VcRange range) {
  const Position to = neighbour(kMesh, neighbour(kMesh, kHere, port), port);
  const bool tail = number + 1 == flits;
  return {number == 0 ? Flit::of_head(packet, to, range, packed(route(kMesh, kHere, to)), tail)
                      : Flit::of_body(packet, number, tail),
          static_cast<std::uint8_t>(vc)};
}

// "3: east 7.0" for packet 7, flit 0 on the wire to the east after step 3.
std::vector<std::string> flits_out(RouterModel& router, const std::vector<RouterPorts>& in, unsigned steps) {
  static constexpr const char* kNames[] = {"east", "west", "south", "north", "local"};
  std::vector<std::string> seen;
  for (unsigned step = 0; step < steps; ++step) {
    RouterPorts out;
    router.step(step < in.size() ? in[step] : RouterPorts{}, out);
    for (unsigned port = 0; port < kPorts; ++port)
      if (out.has_flit(port))
        seen.push_back(fmt::format("{}: {} {}.{}", step, kNames[port], out.flit[port].flit.packet(),
                                   out.flit[port].flit.number()));
  }
  return seen;
}

TEST_CASE("router contract: VA, SA, ST and LT take a cycle each, bodies follow, credits come back in ST") {
  for (const auto& [name, make] : implementations())
    for (unsigned va_cycles : {1u, 2u, 5u}) {
      CAPTURE(name);
      CAPTURE(va_cycles);
      const auto router = make(router_params(4, 8, va_cycles), kMesh, kHere);
      std::vector<unsigned> flits, credits;  // steps
      for (unsigned step = 0; step < 16; ++step) {
        RouterPorts in, out;
        if (step < 3) in.put_flit(kWest, flit_to(kEast, 1, step, 3, 2, {1, 1}));
        router->step(in, out);
        if (out.has_flit(kEast)) {
          CHECK(out.flit[kEast].vc == 1);
          flits.push_back(step);
        }
        if (out.has_credit(kWest)) {
          CHECK(out.credit_vc[kWest] == 2);
          credits.push_back(step);
        }
        CHECK(out.text().empty() == out.empty());
      }
      const unsigned sa = va_cycles;
      CHECK(flits == std::vector<unsigned>{sa + 2, sa + 3, sa + 4});
      CHECK(credits == std::vector<unsigned>{sa + 1, sa + 2, sa + 3});
      CHECK_FALSE(router->busy());
    }
}

TEST_CASE("router contract: an output VC is given away again one cycle after its tail won the switch") {
  for (const auto& [name, make] : implementations()) {
    CAPTURE(name);
    const auto router = make(router_params(4, 8, 1), kMesh, kHere);
    RouterPorts in;
    in.put_flit(kWest, flit_to(kEast, 1, 0, 1, 0, {0, 0}));
    in.put_flit(kLocal, flit_to(kEast, 2, 0, 1, 0, {0, 0}));
    CHECK(flits_out(*router, {in}, 8) == std::vector<std::string>{"3: east 1.0", "5: east 2.0"});
  }
}

TEST_CASE("router contract: a switch pointer moves only when its pick was granted") {
  for (const auto& [name, make] : implementations()) {
    CAPTURE(name);
    const auto router = make(router_params(4, 8, 1), kMesh, kHere);
    // Both pick east first; west wins. In the next cycle local, whose pointer has not moved, picks east again
    // and leaves south to west. Had it moved on to south, the two would collide there and east would go
    // empty.
    std::vector<RouterPorts> in(2);
    in[0].put_flit(kWest, flit_to(kEast, 1, 0, 1, 0, {0, 0}));
    in[0].put_flit(kLocal, flit_to(kEast, 2, 0, 1, 0, {1, 1}));
    in[1].put_flit(kWest, flit_to(kSouth, 3, 0, 1, 1, {0, 0}));
    in[1].put_flit(kLocal, flit_to(kSouth, 4, 0, 1, 1, {1, 1}));
    CHECK(flits_out(*router, in, 8) ==
          std::vector<std::string>{"3: east 1.0", "4: east 2.0", "4: south 3.0", "5: south 4.0"});
  }
}

TEST_CASE("router contract: without credits no more flits leave than the next buffer has places") {
  for (const auto& [name, make] : implementations())
    for (unsigned depth : {1u, 3u, 8u}) {
      CAPTURE(name);
      CAPTURE(depth);
      const auto router = make(router_params(4, depth, 1), kMesh, kHere);
      unsigned left = 0, places = depth, sent = 0;
      for (unsigned step = 0; step < 60; ++step) {
        RouterPorts in, out;
        if (places != 0) {
          in.put_flit(kNorth, flit_to(kSouth, 1, sent++, 100, 3, {2, 2}));
          --places;
        }
        if (step == 40) in.put_credit(kSouth, 2);
        router->step(in, out);
        left += out.has_flit(kSouth);
        places += out.has_credit(kNorth);
        if (step == 39 || step == 41) CHECK(left == depth);
      }
      CHECK(left == depth + 1);  // the credit of step 40 is used in its cycle
    }
}

RouterParams multicast_params(std::uint64_t vcs, std::uint64_t depth, std::uint64_t va_cycles) {
  NocParams noc = preset("xpu64").noc;
  noc.virtual_channels = 4 + vcs;
  noc.multicast_channels = vcs;
  noc.vc_depth.count = depth;
  noc.vc_alloc.count = va_cycles;
  return RouterParams(noc);
}

// A flit of a multicast from a tile in the west to this column: a rectangle of it leads east, south and to
// here.
LinkFlit multicast_flit(const Rectangle& to, std::uint32_t packet, unsigned number, unsigned flits,
                        unsigned vc) {
  const MulticastRoute route{.source = {2, kHere.y}, .to = to};
  const bool tail = number + 1 == flits;
  LinkFlit f{.flit = Flit::of_body(packet, number, tail).of_multicast(), .vc = static_cast<std::uint8_t>(vc)};
  if (number != 0) return f;
  f.flit = Flit::of_head(packet, to.corner, {0, 0}, 0, tail).of_multicast();
  f.route = route;
  f.branches = branches(kMesh, kHere, route.source, route.to);
  return f;
}
constexpr Rectangle kEastSouthHere{kHere, 2, 2}, kOnlyEast{{7, 5}, 1, 1}, kOnlySouth{{5, 7}, 1, 1};

TEST_CASE(
    "router contract: a multicast leaves by each branch when a unicast would, and frees its place once") {
  for (const auto& [name, make] : implementations())
    for (unsigned va_cycles : {1u, 3u}) {
      CAPTURE(name);
      CAPTURE(va_cycles);
      const auto router = make(multicast_params(2, 8, va_cycles), kMesh, kHere);
      std::vector<RouterPorts> in(2);
      for (unsigned n = 0; n < 2; ++n) in[n].put_flit(kWest, multicast_flit(kEastSouthHere, 1, n, 2, 1));
      std::vector<unsigned> credits;  // steps
      std::vector<std::string> flits;
      for (unsigned step = 0; step < 12; ++step) {
        RouterPorts out;
        router->step(step < 2 ? in[step] : RouterPorts{}, out);
        for (const Port port : {kEast, kSouth, kLocal})
          if (out.has_flit(port)) {
            flits.push_back(fmt::format("{}: {} {}", step, +port, out.flit[port].flit.number()));
            CHECK(out.flit[port].vc == 0);
            if (!out.flit[port].flit.head()) continue;
            CHECK(out.flit[port].route == MulticastRoute{{2, kHere.y}, kEastSouthHere});
            CHECK(out.flit[port].branches ==
                  branches(kMesh, neighbour(kMesh, kHere, port), {2, kHere.y}, kEastSouthHere));
          }
        CHECK((out.flits & (1u << kWest | 1u << kNorth)) == 0);
        CHECK(out.credits == 0);
        if (out.multicast_credits[kWest] == 2) credits.push_back(step);
        CHECK(out.text().empty() == out.empty());
      }
      const unsigned sa = va_cycles;
      std::vector<std::string> expected;
      for (unsigned n = 0; n < 2; ++n)
        for (const Port port : {kEast, kSouth, kLocal})
          expected.push_back(fmt::format("{}: {} {}", sa + 2 + n, +port, n));
      CHECK(flits == expected);
      CHECK(credits == std::vector<unsigned>{sa + 1, sa + 2});
      CHECK_FALSE(router->busy());
    }
}

TEST_CASE("router contract: a branch without credits holds up no other, and the last one frees the place") {
  for (const auto& [name, make] : implementations()) {
    CAPTURE(name);
    const auto router = make(multicast_params(1, 2, 1), kMesh, kHere);
    // The first packet fills the buffers behind east and south. South's places are given back, east's are
    // not.
    unsigned sent = 0, places = 2;
    std::array<unsigned, kPorts> left{};
    bool south_owes = false;
    for (unsigned step = 0; step < 60; ++step) {
      RouterPorts in, out;
      if (sent < 4 && places != 0) {
        in.put_flit(kWest, multicast_flit(kEastSouthHere, 1 + sent / 2, sent % 2, 2, 0));
        ++sent;
        --places;
      }
      if (south_owes) in.put_multicast_credit(kSouth, 0);
      if (step == 40) in.put_multicast_credit(kEast, 0);
      router->step(in, out);
      for (unsigned port = 0; port < kPorts; ++port) left[port] += out.has_flit(port);
      south_owes = out.has_flit(kSouth);
      places += out.multicast_credits[kWest];
      if (step != 40 && step != 59) continue;
      CHECK(sent == 4);
      CHECK(left[kSouth] == 4);
      CHECK(left[kLocal] == 4);
      CHECK(left[kEast] == (step == 40 ? 2 : 3));
      CHECK(places == left[kEast] - 2);
    }
  }
}

TEST_CASE("router contract: multicasts and unicasts that want an output port take turns, multicasts first") {
  for (const auto& [name, make] : implementations()) {
    CAPTURE(name);
    const auto router = make(multicast_params(2, 8, 1), kMesh, kHere);
    std::vector<RouterPorts> in(4);
    for (unsigned n = 0; n < 4; ++n) {
      in[n].put_flit(kNorth, flit_to(kEast, 1, n, 4, 0, {0, 0}));
      in[n].put_flit(kWest, multicast_flit(kOnlyEast, 2, n, 4, 0));
    }
    CHECK(flits_out(*router, in, 16) == std::vector<std::string>{"3: east 2.0", "4: east 1.0", "5: east 2.1",
                                                                 "6: east 1.1", "7: east 2.2", "8: east 1.2",
                                                                 "9: east 2.3", "10: east 1.3"});
  }
}

TEST_CASE("router contract: two multicast VCs of a port give back a place each in one cycle") {
  for (const auto& [name, make] : implementations()) {
    CAPTURE(name);
    const auto router = make(multicast_params(2, 8, 1), kMesh, kHere);
    std::vector<RouterPorts> in(3);
    in[0].put_flit(kWest, multicast_flit(kOnlyEast, 1, 0, 2, 0));
    in[1].put_flit(kWest, multicast_flit(kOnlySouth, 2, 0, 1, 1));
    in[2].put_flit(kWest, multicast_flit(kOnlyEast, 1, 1, 2, 0));
    std::vector<unsigned> credits;
    for (unsigned step = 0; step < 6; ++step) {
      RouterPorts out;
      router->step(step < 3 ? in[step] : RouterPorts{}, out);
      credits.push_back(out.multicast_credits[kWest]);
    }
    CHECK(credits == std::vector<unsigned>{0, 0, 1, 3, 0, 0});
  }
}

TEST_CASE("router contract: all flits leave once, in order, by their port, on one VC of their range") {
  const std::uint64_t first = test::seed_or(1);
  for (std::uint64_t seed = first; seed < first + 24; ++seed) {
    const auto [noc, params, geometry, here, traffic] = testing::random_router(seed, 0.1);
    INFO("SEED=" << seed << ": " << params.vcs << " VCs of " << params.depth << " flits, load "
                 << traffic.load);
    for (const auto& [name, make] : implementations()) {
      CAPTURE(name);
      const auto router = make(params, geometry, here);
      RouterDriver driver(params, geometry, here, traffic);
      RouterPorts out;
      for (unsigned step = 0; step < 2000 || (driver.flits_in() != driver.flits_out() && step < 20000);
           ++step) {
        router->step(driver.next(step < 2000), out);
        driver.take(out);
      }
      // What is left belongs to packets whose end was never sent, and even that has left.
      CHECK(driver.flits_in() == driver.flits_out());
      CHECK(driver.flits_out() > 0);
    }
  }
}

}  // namespace
}  // namespace troupe::noc

// The multicast part of the routers: VCs of their own, beside those of the unicasts, with which they share
// the output ports.
//
// A packet is no longer than a VC is deep. When its head is in front of an input VC it has a branch for each
// port of its tree (noc/multicast.hpp). Each branch asks for an output VC of the class by itself, in the
// cycle of VA, and then sends the packet's flits from the buffer at its own pace: a branch never waits for
// another. A flit's place comes free when all branches have sent it, and the next packet of the VC comes to
// the front when all have sent the tail. That is why no circle of multicasts can form: what is in front of an
// input VC waits for nothing but channels further down its own way.
//
//   VA  each branch without an output VC picks a free one it may take, each of these grants one, round robin
//   SA  each output port picks one branch with a flit and a credit, round robin over input VCs; the buffer
//   has a
//       read port for each output. Where a unicast wants the same output port, the two classes take turns:
//       who lost has the next turn
//
// All see the state at the begin of the cycle; a pointer moves only on a grant. In a cycle an input VC frees
// one place at most: the one behind all its branches.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "noc/multicast.hpp"
#include "noc/router.hpp"

namespace troupe::noc {

// What the routers must know of a packet besides its flits.
struct MulticastRoute {
  Position source{};
  Rectangle to{};
  friend constexpr bool operator==(const MulticastRoute&, const MulticastRoute&) = default;
};

// `unicast` does the rest. A router is at each of `positions`; `routes` is by packet index and outlives the
// routers.
std::unique_ptr<Routers> make_multicast_routers(const RouterParams& params, const Geometry& geometry,
                                                std::vector<Position> positions,
                                                std::unique_ptr<Routers> unicast,
                                                const std::vector<MulticastRoute>& routes);

}  // namespace troupe::noc

// What routers are made of besides their work: virtual channels (VCs) and their classes, sizes of buffers,
// credits.
#pragma once

#include <array>
#include <cstdint>

#include "noc/flit.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::noc {

inline constexpr unsigned kVcsMax = 16;
inline constexpr unsigned kPortVcsMax = kPorts * kVcsMax;
inline constexpr unsigned kMulticastVcsMax = 8;

// A VC of one of all routers: router, port and VC of the port in one number, for flat arrays. The VCs of
// unicasts and of multicasts are numbered each by themselves.
using Channel = std::uint32_t;

// Packets of one class never overtake each other at the injector, and never hold up another class.
inline constexpr unsigned kClasses = 3;
enum TrafficClass : std::uint8_t { kRequests = 0, kReplies = 1, kMulticasts = 2 };

// The VCs of a class: requests first, then replies; those of multicasts have numbers of their own. On a torus
// those of the lower half. Precondition: the class has any.
VcRange class_vcs(const NocParams& params, TrafficClass traffic);

// Flits of a packet with so much payload: the header, which also holds an atomic's operands, its old value
// and a message's ring header, and what carries data.
unsigned packet_flits(const NocParams& params, std::uint64_t payload_bytes);
// Payload of the longest multicast packet, which fits the buffer of its VC.
std::uint64_t multicast_payload_max(const NocParams& params);

struct RouterParams {
  explicit RouterParams(const NocParams& noc);

  // Of the VCs of a port, those that a packet may take. Any half would do at the ends of its way, but a
  // choice would cost a static VC its order.
  unsigned wanted(VcRange range, Half half) const {
    const bool no_choice = range.first == range.last && half == Half::any;
    return range.mask() * halves[no_choice ? 0u : static_cast<unsigned>(half)];
  }
  // The same for a branch of a multicast, which takes any VC of its half. They enter on the lower half.
  unsigned multicast_wanted(Half half) const {
    const unsigned lower = (1u << multicast_range_end()) - 1, upper = lower << (multicast_vcs / 2);
    return !has_halves() || half == Half::lower ? lower : half == Half::upper ? upper : lower | upper;
  }

  // The VCs that unicasts, or multicasts, choose from: all, on a torus those of a half.
  bool has_halves() const { return halves[1] != 1; }
  unsigned range_end() const { return has_halves() ? vcs / 2 : vcs; }
  unsigned multicast_range_end() const { return has_halves() ? multicast_vcs / 2 : multicast_vcs; }

  Channel channel(std::uint32_t router, unsigned port, unsigned vc) const {
    return (router << 3 | port) << vc_bits | vc;
  }
  std::uint32_t router_of(Channel c) const { return c >> (vc_bits + 3); }
  std::uint32_t router_port(Channel c) const { return c >> vc_bits; }  // router * 8 + port
  unsigned port_of(Channel c) const { return c >> vc_bits & 7; }
  unsigned vc_of(Channel c) const { return c & ((1u << vc_bits) - 1); }

  // The same for VCs of multicasts.
  static Channel multicast_channel(std::uint32_t router_port, unsigned vc) {
    return router_port * kMulticastVcsMax + vc;
  }
  static std::uint32_t multicast_router_port(Channel c) { return c / kMulticastVcsMax; }
  static unsigned multicast_vc_of(Channel c) { return c % kMulticastVcsMax; }

  unsigned vcs;                           // per port, for unicasts
  unsigned multicast_vcs;                 // the same for multicasts; these have no part in the pool
  unsigned vc_bits;                       // of a VC in a channel's number: 2 to 4
  unsigned depth;                         // flits that one VC can have buffered at most
  unsigned pool, pool_per_vc;             // buffer that the VCs of a port share; `depth` includes pool_per_vc
  unsigned va_cycles;                     // from VA to the first SA
  std::array<std::uint32_t, 3> halves{};  // Half -> what shifts a range of VCs to there
};

// Places for flits in the input buffers of one port, as the sending side counts them: a VC has depth -
// pool_per_vc of its own and then takes from the pool, as long as there is any and it has less than
// pool_per_vc of it. A returned place goes to the pool first. So sender and receiver need no other credits
// than a VC's number, and a VC can always get its own places back: the pool cannot deadlock.
struct LinkCredits {
  std::array<std::uint8_t, kVcsMax> left{};  // of VC's own places and of pool_per_vc
  std::uint16_t pool = 0;

  explicit LinkCredits(const RouterParams& p) : pool(static_cast<std::uint16_t>(p.pool)) {
    left.fill(static_cast<std::uint8_t>(p.depth));
  }
  bool any(const RouterParams& p, unsigned vc) const {
    return left[vc] > p.pool_per_vc || (left[vc] != 0 && pool != 0);
  }
  void take(const RouterParams& p, unsigned vc) {
    if (left[vc]-- <= p.pool_per_vc) --pool;
  }
  void give(const RouterParams& p, unsigned vc) {
    if (left[vc]++ < p.pool_per_vc) ++pool;
  }
  friend bool operator==(const LinkCredits&, const LinkCredits&) = default;
};

}  // namespace troupe::noc

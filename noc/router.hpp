// The routers of a network: five input-queued ports each with virtual channels (VCs), allocated each cycle by
// round robin.
//
//   cycle    T      T+1     T+2     T+3     T+4
//   head     VA     SA      ST      LT      next router's VA
//   body            (arrives) SA    ST      LT
//
// VA gives a head flit an output VC: each waiting input VC picks one free output VC of those it may take,
// each picked output VC grants one input VC. SA gives flits with credit the crossbar: each input port picks
// one of the output ports it has flits for (and one VC for it), each output port grants one input port. One
// iteration, input first; a pointer moves, to behind the granted one, only when its pick was granted.
// All decisions of a cycle see the state at its begin: VA sees an output VC free one cycle after the tail
// that held it won SA. ST and LT have no conflicts, so they are delays that belong to the network.
//
// VCs of a router are numbered over its ports: port * vcs + vc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "noc/flit.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::noc {

inline constexpr unsigned kVcsMax = 16;
inline constexpr unsigned kPortVcsMax = kPorts * kVcsMax;

// A VC of one of all routers: router, port and VC of the port in one number, for flat arrays.
using Channel = std::uint32_t;

// Packets of one class never overtake each other at the injector, and never hold up another class.
inline constexpr unsigned kClasses = 3;
enum TrafficClass : std::uint8_t { kRequests = 0, kReplies = 1, kMulticasts = 2 };

// The VCs of a class: requests first, then multicasts, then replies. On a torus those of the lower half.
// Precondition: the class has any.
VcRange class_vcs(const NocParams& params, TrafficClass traffic);

struct RouterParams {
  explicit RouterParams(const NocParams& noc);

  // Of the VCs of a port, those that a packet may take. Any half would do at the ends of its way, but a
  // choice would cost a static VC its order.
  unsigned wanted(VcRange range, Half half) const {
    const bool no_choice = range.first == range.last && half == Half::any;
    return range.mask() * halves[no_choice ? 0u : static_cast<unsigned>(half)];
  }

  bool is_multicast(unsigned vc) const { return (multicast >> vc & 1) != 0; }

  // The VCs that packets choose from: all, on a torus those of a half.
  unsigned range_end() const { return halves[1] == 1 ? vcs : vcs / 2; }

  Channel channel(std::uint32_t router, unsigned port, unsigned vc) const {
    return (router << 3 | port) << vc_bits | vc;
  }
  std::uint32_t router_of(Channel c) const { return c >> (vc_bits + 3); }
  std::uint32_t router_port(Channel c) const { return c >> vc_bits; }  // router * 8 + port
  unsigned port_of(Channel c) const { return c >> vc_bits & 7; }
  unsigned vc_of(Channel c) const { return c & ((1u << vc_bits) - 1); }

  unsigned vcs;                           // per port
  unsigned vc_bits;                       // of a VC in a channel's number: 2 to 4
  unsigned depth;                         // flits that one VC can have buffered at most
  unsigned pool, pool_per_vc;             // buffer that the VCs of a port share; `depth` includes pool_per_vc
  unsigned va_cycles;                     // from VA to the first SA
  std::array<std::uint32_t, 3> halves{};  // Half -> what shifts a range of VCs to there
  std::uint32_t multicast;  // VCs of a port that are for multicasts; these have no part in the pool
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
    return left[vc] > p.pool_per_vc || (left[vc] != 0 && (pool != 0 || p.is_multicast(vc)));
  }
  void take(const RouterParams& p, unsigned vc) {
    if (left[vc]-- <= p.pool_per_vc && !p.is_multicast(vc)) --pool;
  }
  void give(const RouterParams& p, unsigned vc) {
    if (left[vc]++ < p.pool_per_vc && !p.is_multicast(vc)) ++pool;
  }
  friend bool operator==(const LinkCredits&, const LinkCredits&) = default;
};

// A router's state between two steps, to compare and to print. Pointers name what has the first turn.
struct RouterState {
  struct InputVc {
    std::uint16_t flits = 0;      // buffered
    bool waiting = false;         // the front is a head without an output VC
    bool active = false;          // holds out_vc, and SA may send from it
    std::uint8_t out_port = 0;    // waiting or holding
    std::uint8_t out_vc = 0;      // numbered over all ports; holding
    std::uint8_t va_pointer = 0;  // over all output VCs
    friend bool operator==(const InputVc&, const InputVc&) = default;
  };
  struct OutputVc {
    bool free = true;
    std::uint8_t credits = 0;     // places of its own and of its share of the pool; not of the local port
    std::uint8_t va_pointer = 0;  // over all input VCs
    friend bool operator==(const OutputVc&, const OutputVc&) = default;
  };
  std::array<InputVc, kPortVcsMax> in;
  std::array<OutputVc, kPortVcsMax> out;
  std::array<std::uint8_t, kPorts> sa_vc_pointer{};   // per input port, over its VCs
  std::array<std::uint8_t, kPorts> sa_in_pointer{};   // per input port, over output ports
  std::array<std::uint8_t, kPorts> sa_out_pointer{};  // per output port, over input ports
  std::array<std::uint16_t, kPorts> pool{};           // per output port
  friend bool operator==(const RouterState&, const RouterState&) = default;
};

struct FlitAt {
  Channel channel;
  Flit flit;
};

// What leaves in a cycle: flits that won the switch, by output VC, and the input VCs that have a free place
// for each. In no order of routers.
struct Departures {
  std::span<const FlitAt> flits;
  std::span<const Channel> places;
};

// Cycles between winning the switch and step()'s return that a bank spends itself, for ST, LT and credits on
// their way: the network's delays are that much shorter.
struct Registers {
  unsigned flit = 0, credit = 0;
};

// An output port that a multicast wants in this cycle. `first`: it has the turn if a unicast wants it as
// well.
struct Claim {
  std::uint32_t port;  // router * 8 + port
  bool first;
  bool contested = false, granted = false;  // the answer
};

// The routers of a network, stepped together: flat lists of what has work, over all routers, instead of a
// walk through each (router.cpp).
class Routers {
 public:
  virtual ~Routers() = default;
  // Before step() of the same cycle: credits by output VC, flits by input VC.
  virtual void receive_credits(std::span<const Channel> credits) = 0;
  virtual void receive_flits(std::span<const FlitAt> flits) = 0;
  // One cycle of VA and SA, in which `claims` are answered. What it returns is good until the next call.
  virtual Departures step(Cycle now, std::span<Claim> claims) = 0;
  Departures step(Cycle now) { return step(now, {}); }
  virtual RouterState state(std::uint32_t router) const = 0;
  virtual Registers registers() const { return {}; }
};

std::unique_ptr<Routers> make_routers(const RouterParams& params, std::uint32_t routers);

}  // namespace troupe::noc

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
#include "noc/router_params.hpp"

namespace troupe::noc {

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
  // The multicast part (noc/multicast_routers.hpp); its VCs are numbered port * multicast_vcs + vc.
  struct MulticastInputVc {
    std::uint16_t flits = 0;                        // buffered
    std::uint8_t branches = 0;                      // of the packet in front, that have not sent its tail
    std::uint8_t held = 0;                          // of these: those that hold an output VC
    std::array<std::uint8_t, kPorts> out_vc{};      // per branch that does, of its port
    std::array<std::uint8_t, kPorts> ahead{};       // flits in the buffer that a branch has sent
    std::array<std::uint8_t, kPorts> va_pointer{};  // per output port, over its VCs
    friend bool operator==(const MulticastInputVc&, const MulticastInputVc&) = default;
  };
  std::array<InputVc, kPortVcsMax> in;
  std::array<OutputVc, kPortVcsMax> out;
  std::array<MulticastInputVc, kPorts * kMulticastVcsMax> multicast_in;
  std::array<OutputVc, kPorts * kMulticastVcsMax> multicast_out;
  std::array<std::uint8_t, kPorts> multicast_sa_pointer{};  // per output port, over multicast input VCs
  std::uint8_t unicast_first = 0;                           // output ports at which a unicast has the turn
  std::array<std::uint8_t, kPorts> sa_vc_pointer{};         // per input port, over its VCs
  std::array<std::uint8_t, kPorts> sa_in_pointer{};         // per input port, over output ports
  std::array<std::uint8_t, kPorts> sa_out_pointer{};        // per output port, over input ports
  std::array<std::uint16_t, kPorts> pool{};                 // per output port
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
  std::span<const FlitAt> multicast_flits = {};
  std::span<const Channel> multicast_places = {};
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
  // The same of multicasts, if there are VCs for them.
  virtual void receive_multicasts(std::span<const Channel> credits, std::span<const FlitAt> flits);
  // One cycle of VA and SA, in which `claims` are answered. What it returns is good until the next call.
  virtual Departures step(Cycle now, std::span<Claim> claims) = 0;
  Departures step(Cycle now) { return step(now, {}); }
  virtual RouterState state(std::uint32_t router) const = 0;
  // How often steps have looked at a router or a port of it, since construction: what is idle is not.
  virtual std::uint64_t visits() const = 0;
  virtual Registers registers() const { return {}; }
};

std::unique_ptr<Routers> make_routers(const RouterParams& params, std::uint32_t routers);

}  // namespace troupe::noc

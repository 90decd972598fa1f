// A router: five input-queued ports with virtual channels (VCs), allocated each cycle by round robin.
//
//   cycle    T      T+1     T+2     T+3     T+4
//   head     VA     SA      ST      LT      next router's VA
//   body            (arrives) SA    ST      LT
//
// VA gives a head flit an output VC: each waiting input VC picks one free output VC in its range, each
// picked output VC grants one input VC. SA gives flits with credit the crossbar: each input port picks one
// of the output ports it has flits for (and one VC for it), each output port grants one input port. One
// iteration, input first; a pointer moves, to behind the granted one, only when its pick was granted.
// step() reads the state as it was and then commits: VA sees an output VC free one cycle after the tail that
// held it won SA. ST and LT have no conflicts, so they are delays that belong to the network.
//
// VCs are numbered over all ports: port * vcs + vc. Bit masks over these numbers are the state's backbone.
#pragma once

#include <array>
#include <cstdint>

#include "noc/flit.hpp"

namespace troupe::noc {

inline constexpr unsigned kVcsMax = 12;  // 5 ports x 12 VCs fit a 64-bit mask
inline constexpr unsigned kPortVcsMax = kPorts * kVcsMax;

struct RouterParams {
  RouterParams(unsigned vcs, unsigned depth, unsigned va_cycles);

  unsigned vcs;       // per port
  unsigned port_vcs;  // of all ports
  unsigned depth;     // flits of buffer per input VC
  unsigned va_cycles;
  std::array<std::uint8_t, kPortVcsMax> port_of{};  // a VC numbered over all ports -> its port
};

struct alignas(8) InputVc {
  VcRange range;              // of the packet in front, while waiting
  std::uint8_t out_port = 0;  // of the packet in front
  std::uint8_t out_vc = 0;    // numbered over all ports; valid while active
  std::uint8_t front = 0;     // place of the oldest flit in the ring; an empty ring starts anew at 0
  std::uint8_t count = 0;     // flits in the ring
  std::uint8_t va_pointer = 0;

  friend bool operator==(const InputVc&, const InputVc&) = default;
};

struct RouterState {
  std::uint64_t nonempty = 0;  // input VCs with a flit
  std::uint64_t waiting = 0;   // input VCs whose front is a head without an output VC
  std::uint64_t active = 0;    // input VCs that hold an output VC
  std::uint64_t free_out = 0;  // output VCs held by nobody
  std::uint64_t credited = 0;  // output VCs with a credit; always all of the local port's, which sinks
  std::array<InputVc, kPortVcsMax> in;
  std::array<std::uint8_t, kPortVcsMax> credits{};
  std::array<std::uint8_t, kPortVcsMax> va_pointer{};  // per output VC, over input VCs
  std::array<std::uint8_t, kPorts> sa_vc_pointer{};    // per input port, over its VCs
  std::array<std::uint8_t, kPorts> sa_in_pointer{};    // per input port, over output ports
  std::array<std::uint8_t, kPorts> sa_out_pointer{};   // per output port, over input ports

  bool has_work() const { return (waiting | (active & nonempty)) != 0; }
  friend bool operator==(const RouterState&, const RouterState&) = default;
};

// What leaves at the end of a cycle: a flit that won the switch, and with it a free place in `in_vc`.
struct Departure {
  Flit flit;
  std::uint8_t in_vc, out_port, out_vc;  // VCs numbered over all ports
};

struct Departures {
  unsigned count = 0;
  std::array<Departure, kPorts> list;
};

RouterState reset_router(const RouterParams& params);

// Ports in, before step() of the same cycle. `buffers` holds the router's flits, place by place: place n of
// input VC v at n * port_vcs + v, so that a router with little in it touches few cache lines.
void receive_flit(RouterState& state, const RouterParams& params, Flit* buffers, unsigned in_vc, Flit flit);
inline void receive_credit(RouterState& state, unsigned out_vc) {
  ++state.credits[out_vc];
  state.credited |= std::uint64_t{1} << out_vc;
}

// One cycle of VA and SA. With va_cycles > 1 the caller holds back VA grants: `granted` gets the input VCs
// that become active va_cycles - 1 cycles later (activate()).
void step(RouterState& state, const RouterParams& params, Flit* buffers, Departures& out,
          std::uint64_t& granted);

}  // namespace troupe::noc

#include "noc/router.hpp"

#include <bit>

namespace troupe::noc {
namespace {

constexpr std::uint64_t bit(unsigned n) {
  return std::uint64_t{1} << n;
}

// First set bit at or after `pointer`, going round. `mask` is not 0.
unsigned pick(std::uint64_t mask, unsigned pointer) {
  const std::uint64_t behind = mask & (~std::uint64_t{0} << pointer);
  return static_cast<unsigned>(std::countr_zero(behind != 0 ? behind : mask));
}

std::uint8_t after(unsigned n, unsigned size) {
  return static_cast<std::uint8_t>(n + 1 == size ? 0 : n + 1);
}

// The front of `vc` became a head flit that needs an output VC.
void await_vc(RouterState& s, unsigned vc, const Flit& head) {
  s.waiting |= bit(vc);
  s.in[vc].range = head.range;
  s.in[vc].out_port = head.route;
}

// Takes the front flit of `in_vc`, which won the switch, and commits what follows from it.
void depart(RouterState& s, const RouterParams& p, Flit* buffers, unsigned in_vc, Departures& out) {
  InputVc& vc = s.in[in_vc];
  const Flit flit = buffers[vc.front * p.port_vcs + in_vc];
  out.list[out.count++] = {flit, static_cast<std::uint8_t>(in_vc), vc.out_port, vc.out_vc};
  --vc.count;
  vc.front = vc.count == 0 ? std::uint8_t{0} : after(vc.front, p.depth);
  if (vc.out_port != kLocal && --s.credits[vc.out_vc] == 0) s.credited &= ~bit(vc.out_vc);
  if (vc.count == 0) s.nonempty &= ~bit(in_vc);
  if (!flit.tail) return;
  s.active &= ~bit(in_vc);
  s.free_out |= bit(vc.out_vc);
  if (vc.count != 0) await_vc(s, in_vc, buffers[vc.front * p.port_vcs + in_vc]);
}

// The three pointers of a granted flit move to behind it.
void move_switch_pointers(RouterState& s, const RouterParams& p, unsigned in_port, unsigned vc,
                          unsigned out_port) {
  s.sa_vc_pointer[in_port] = after(vc, p.vcs);
  s.sa_in_pointer[in_port] = after(out_port, kPorts);
  s.sa_out_pointer[out_port] = after(in_port, kPorts);
}

// The output port that input port `port` asks for, and the VC it would send: one of those with credit in
// `ready`, the port's part of the mask. False when none has credit.
bool choose_output(const RouterState& s, const RouterParams& p, unsigned port, std::uint64_t ready,
                   unsigned& output, unsigned& vc) {
  const InputVc* in = &s.in[port * p.vcs];
  if ((ready & (ready - 1)) == 0) {  // one VC: no choice
    vc = static_cast<unsigned>(std::countr_zero(ready));
    output = in[vc].out_port;
    return (s.credited >> in[vc].out_vc & 1) != 0;
  }
  std::uint16_t vcs[kPorts] = {};  // per output port: VCs with a flit for it
  unsigned outputs = 0;
  for (; ready != 0; ready &= ready - 1) {
    const auto candidate = static_cast<unsigned>(std::countr_zero(ready));
    if ((s.credited >> in[candidate].out_vc & 1) == 0) continue;
    outputs |= 1u << in[candidate].out_port;
    vcs[in[candidate].out_port] |= static_cast<std::uint16_t>(1u << candidate);
  }
  if (outputs == 0) return false;
  output = pick(outputs, s.sa_in_pointer[port]);
  vc = pick(vcs[output], s.sa_vc_pointer[port]);
  return true;
}

void allocate_switch(RouterState& s, const RouterParams& p, Flit* buffers, std::uint64_t ready,
                     Departures& out) {
  const std::uint64_t port_mask = bit(p.vcs) - 1;
  std::uint8_t chosen_vc[kPorts];
  std::uint8_t requests[kPorts];  // per output port in `wanted`: input ports that picked it
  unsigned wanted = 0;
  while (ready != 0) {
    const unsigned port = p.port_of[static_cast<unsigned>(std::countr_zero(ready))], base = port * p.vcs;
    unsigned output = 0, vc = 0;
    if (choose_output(s, p, port, ready >> base & port_mask, output, vc)) {
      chosen_vc[port] = static_cast<std::uint8_t>(vc);
      const auto others = (wanted >> output & 1) != 0 ? requests[output] : 0u;
      requests[output] = static_cast<std::uint8_t>(others | 1u << port);
      wanted |= 1u << output;
    }
    ready &= ~(port_mask << base);
  }
  for (; wanted != 0; wanted &= wanted - 1) {
    const auto output = static_cast<unsigned>(std::countr_zero(wanted));
    const unsigned winner = pick(requests[output], s.sa_out_pointer[output]);
    move_switch_pointers(s, p, winner, chosen_vc[winner], output);
    depart(s, p, buffers, winner * p.vcs + chosen_vc[winner], out);
  }
}

// VA over the input VCs `waiting` and the output VCs `free` of the old state. Returns the granted input VCs.
std::uint64_t allocate_vcs(RouterState& s, const RouterParams& p, std::uint64_t waiting, std::uint64_t free) {
  std::uint64_t requests[kPortVcsMax];  // per output VC in `wanted`: input VCs that picked it
  std::uint64_t wanted = 0, granted = 0;
  for (; waiting != 0; waiting &= waiting - 1) {
    const auto in_vc = static_cast<unsigned>(std::countr_zero(waiting));
    const InputVc& in = s.in[in_vc];
    const std::uint64_t candidates = free & (in.range.mask() << (in.out_port * p.vcs));
    if (candidates == 0) continue;
    const unsigned choice = pick(candidates, in.va_pointer);
    if ((wanted & bit(choice)) == 0) requests[choice] = 0;
    wanted |= bit(choice);
    requests[choice] |= bit(in_vc);
  }
  const unsigned size = kPorts * p.vcs;
  for (; wanted != 0; wanted &= wanted - 1) {
    const auto out_vc = static_cast<unsigned>(std::countr_zero(wanted));
    const unsigned winner = pick(requests[out_vc], s.va_pointer[out_vc]);
    s.va_pointer[out_vc] = after(winner, size);
    s.in[winner].va_pointer = after(out_vc, size);
    s.in[winner].out_vc = static_cast<std::uint8_t>(out_vc);
    s.free_out &= ~bit(out_vc);
    s.waiting &= ~bit(winner);
    granted |= bit(winner);
  }
  return granted;
}

}  // namespace

RouterParams::RouterParams(unsigned vcs_, unsigned depth_, unsigned va_cycles_)
    : vcs(vcs_), port_vcs(kPorts * vcs_), depth(depth_), va_cycles(va_cycles_) {
  for (unsigned vc = 0; vc < kPorts * vcs; ++vc) port_of[vc] = static_cast<std::uint8_t>(vc / vcs);
}

RouterState reset_router(const RouterParams& p) {
  RouterState s;
  const unsigned size = kPorts * p.vcs;
  s.free_out = s.credited = bit(size) - 1;
  for (unsigned vc = 0; vc < kLocal * p.vcs; ++vc) s.credits[vc] = static_cast<std::uint8_t>(p.depth);
  return s;
}

void receive_flit(RouterState& s, const RouterParams& p, Flit* buffers, unsigned in_vc, Flit flit) {
  InputVc& vc = s.in[in_vc];
  unsigned back = vc.front + vc.count;
  if (back >= p.depth) back -= p.depth;
  buffers[back * p.port_vcs + in_vc] = flit;
  ++vc.count;
  s.nonempty |= bit(in_vc);
  if (vc.count == 1 && flit.head) await_vc(s, in_vc, flit);
}

void step(RouterState& s, const RouterParams& p, Flit* buffers, Departures& out, std::uint64_t& granted) {
  const std::uint64_t waiting = s.waiting, free = s.free_out;  // old state, for VA
  const std::uint64_t ready = s.active & s.nonempty;
  out.count = 0;
  granted = 0;
  if (ready != 0) allocate_switch(s, p, buffers, ready, out);
  if (waiting != 0) granted = allocate_vcs(s, p, waiting, free);
  if (p.va_cycles == 1) s.active |= granted;
}

}  // namespace troupe::noc

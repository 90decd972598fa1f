#include "noc/multicast_routers.hpp"

#include <algorithm>
#include <array>

#include "noc/bits.hpp"

namespace troupe::noc {
namespace {

class MulticastRouters final : public Routers {
 public:
  MulticastRouters(const RouterParams& params, const Geometry& geometry, std::vector<Position> positions,
                   std::unique_ptr<Routers> unicast, const std::vector<MulticastRoute>& routes)
      : p_(params),
        geometry_(geometry),
        vcs_(params.multicast_vcs),
        positions_(std::move(positions)),
        unicast_(std::move(unicast)),
        routes_(routes),
        busy_(positions_.size() / 64 + 1),
        inputs_(positions_.size() * kPorts * vcs_),
        outputs_(inputs_.size(), Output{static_cast<std::uint8_t>(params.depth)}),
        ports_(positions_.size() * kPorts),
        rings_(inputs_.size() * params.depth) {}

  void receive_credits(std::span<const Channel> credits) override { unicast_->receive_credits(credits); }
  void receive_flits(std::span<const FlitAt> flits) override { unicast_->receive_flits(flits); }
  void receive_multicasts(std::span<const Channel> credits, std::span<const FlitAt> flits) override;
  Departures step(Cycle now, std::span<Claim> claims) override;
  RouterState state(std::uint32_t router) const override;
  std::uint64_t visits() const override { return visits_ + unicast_->visits(); }

 private:
  struct Branch {
    std::uint16_t ahead = 0;  // flits in the ring that it has sent
    std::uint8_t wanted = 0;  // output VCs it may take, a bit each
    std::uint8_t out = 0;     // its output VC; while held
    bool held = false;
    Cycle active_from = kNever;
  };
  struct Input {
    std::uint16_t first = 0, flits = 0;  // the ring: place of the oldest flit, flits in it
    std::uint8_t todo = 0;               // branches that have not sent the tail; 0: no packet in front
    std::array<Branch, kPorts> branch;
    std::array<std::uint8_t, kPorts> va_pointer{};  // over the output VCs of a port
  };
  struct Output {
    std::uint8_t credits = 0;  // of the local port, which sinks, always depth
    bool held = false;
    std::uint8_t va_pointer = 0;  // over the router's input VCs
  };
  struct OutputPort {
    std::uint8_t pointer = 0;  // SA, over the router's input VCs
    bool unicast_first = false;
    std::uint8_t chosen = 0;  // this cycle
  };

  std::size_t index(std::uint32_t router, unsigned port, unsigned vc) const {
    return (std::size_t{router} * kPorts + port) * vcs_ + vc;
  }
  std::size_t index(Channel c) const {
    const std::uint32_t port = RouterParams::multicast_router_port(c);
    return index(port / 8, port % 8, RouterParams::multicast_vc_of(c));
  }
  Input* inputs_of(std::uint32_t router) { return &inputs_[index(router, 0, 0)]; }
  Flit& place(std::size_t input, unsigned behind_first) {
    return rings_[input * p_.depth + (inputs_[input].first + behind_first) % p_.depth];
  }
  void open(std::uint32_t router, std::size_t input);
  void request_outputs(std::uint32_t router, Cycle now);
  void allocate_vcs(std::uint32_t router, Cycle now);
  void send(const Claim& claim);
  void free_place(std::uint32_t router, unsigned n);

  const RouterParams p_;
  const Geometry geometry_;
  const unsigned vcs_;  // per port
  const std::vector<Position> positions_;
  std::unique_ptr<Routers> unicast_;
  const std::vector<MulticastRoute>& routes_;
  std::vector<std::uint64_t> busy_;  // routers with a packet in front of an input VC, a bit each
  std::uint64_t visits_ = 0;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::vector<OutputPort> ports_;
  std::vector<Flit> rings_;
  // Of one cycle; kept for their storage.
  std::vector<Claim> claims_;
  std::vector<FlitAt> departed_;
  std::vector<Channel> places_;
};

void MulticastRouters::receive_multicasts(std::span<const Channel> credits, std::span<const FlitAt> flits) {
  for (const Channel c : credits) ++outputs_[index(c)].credits;
  for (const FlitAt& f : flits) {
    const std::size_t input = index(f.channel);
    Input& in = inputs_[input];
    place(input, in.flits) = f.flit;
    ++in.flits;
    if (in.todo == 0) open(RouterParams::multicast_router_port(f.channel) / 8, input);
  }
}

// The oldest flit, a head, is in front: its branches ask for output VCs from the next VA on.
void MulticastRouters::open(std::uint32_t router, std::size_t input) {
  Input& in = inputs_[input];
  const MulticastRoute& route = routes_[place(input, 0).packet()];
  const Branches to = branches(geometry_, positions_[router], route.source, route.to);
  in.todo = to.ports;
  for (unsigned port = 0; port < kPorts; ++port) {
    in.branch[port] = Branch{};
    in.branch[port].wanted = static_cast<std::uint8_t>(p_.multicast_wanted(to.half[port]));
  }
  busy_[router / 64] |= bit_of_word(router);
}

// SA, as far as this class goes: each output port picks a branch.
void MulticastRouters::request_outputs(std::uint32_t router, Cycle now) {
  std::array<std::uint64_t, kPorts> ready{};  // by output port: input VCs
  for (unsigned n = 0; n < kPorts * vcs_; ++n) {
    const Input& in = inputs_of(router)[n];
    for (unsigned todo = in.todo; todo != 0; todo &= todo - 1) {
      const unsigned port = first_bit(todo);
      const Branch& b = in.branch[port];
      if (b.active_from <= now && b.ahead < in.flits && outputs_[index(router, port, b.out)].credits != 0)
        ready[port] |= std::uint64_t{1} << n;
    }
  }
  for (unsigned port = 0; port < kPorts; ++port) {
    if (ready[port] == 0) continue;
    OutputPort& out = ports_[router * kPorts + port];
    out.chosen = static_cast<std::uint8_t>(pick(ready[port], out.pointer));
    claims_.push_back({router * 8 + port, !out.unicast_first});
  }
}

void MulticastRouters::allocate_vcs(std::uint32_t router, Cycle now) {
  for (unsigned port = 0; port < kPorts; ++port) {
    std::array<std::uint64_t, kMulticastVcsMax> requests{};  // by output VC: input VCs
    for (unsigned n = 0; n < kPorts * vcs_; ++n) {
      const Input& in = inputs_of(router)[n];
      if ((in.todo >> port & 1) == 0 || in.branch[port].held) continue;
      unsigned free = in.branch[port].wanted;
      for (unsigned vc = 0; vc < vcs_; ++vc)
        free &= ~(unsigned{outputs_[index(router, port, vc)].held} << vc);
      if (free != 0) requests[pick(free, in.va_pointer[port])] |= std::uint64_t{1} << n;
    }
    for (unsigned vc = 0; vc < vcs_; ++vc) {
      if (requests[vc] == 0) continue;
      Output& out = outputs_[index(router, port, vc)];
      const unsigned winner = pick(requests[vc], out.va_pointer);
      Input& in = inputs_of(router)[winner];
      out.va_pointer = static_cast<std::uint8_t>((winner + 1) % (kPorts * vcs_));
      in.va_pointer[port] = static_cast<std::uint8_t>((vc + 1) % vcs_);
      out.held = true;
      in.branch[port].held = true;
      in.branch[port].out = static_cast<std::uint8_t>(vc);
      in.branch[port].active_from = now + p_.va_cycles;
    }
  }
}

// A branch won its output port: its next flit leaves, and with it what follows from that.
void MulticastRouters::send(const Claim& claim) {
  const std::uint32_t router = claim.port / 8;
  const unsigned port = claim.port % 8;
  OutputPort& output = ports_[router * kPorts + port];
  const unsigned n = output.chosen;
  output.pointer = static_cast<std::uint8_t>((n + 1) % (kPorts * vcs_));
  const std::size_t input = index(router, 0, n);
  Input& in = inputs_[input];
  Branch& b = in.branch[port];
  const Flit flit = place(input, b.ahead);
  const std::size_t out = index(router, port, b.out);
  departed_.push_back({RouterParams::multicast_channel(claim.port, b.out), flit});
  ++b.ahead;
  if (port != kLocal) --outputs_[out].credits;
  if (flit.tail()) {
    outputs_[out].held = false;  // free from the next VA on: this cycle's is over
    in.todo = static_cast<std::uint8_t>(in.todo & ~(1u << port));
  }
  for (unsigned todo = in.todo; todo != 0; todo &= todo - 1)
    if (in.branch[first_bit(todo)].ahead == 0) return;
  free_place(router, n);
}

// All branches have sent the oldest flit.
void MulticastRouters::free_place(std::uint32_t router, unsigned n) {
  const std::size_t input = index(router, 0, n);
  Input& in = inputs_[input];
  in.first = static_cast<std::uint16_t>((in.first + 1u) % p_.depth);
  --in.flits;
  for (unsigned todo = in.todo; todo != 0; todo &= todo - 1) --in.branch[first_bit(todo)].ahead;
  places_.push_back(RouterParams::multicast_channel(router * 8 + n / vcs_, n % vcs_));
  if (in.todo == 0 && in.flits != 0) open(router, input);
}

Departures MulticastRouters::step(Cycle now, std::span<Claim>) {
  claims_.clear();
  for_each_bit(busy_, [&](std::uint32_t router) {
    ++visits_;
    request_outputs(router, now);
    allocate_vcs(router, now);
  });
  Departures departures = unicast_->step(now, claims_);
  if (claims_.empty()) return departures;

  departed_.clear();
  places_.clear();
  for (const Claim& claim : claims_) {
    if (claim.contested) ports_[claim.port / 8 * kPorts + claim.port % 8].unicast_first = claim.granted;
    if (claim.granted) send(claim);
  }
  for_each_bit(busy_, [&](std::uint32_t router) {
    const Input* first = inputs_of(router);
    const auto in_front = [](const Input& in) { return in.todo != 0; };
    if (std::none_of(first, first + kPorts * vcs_, in_front)) busy_[router / 64] ^= bit_of_word(router);
  });
  departures.multicast_flits = departed_;
  departures.multicast_places = places_;
  return departures;
}

RouterState MulticastRouters::state(std::uint32_t router) const {
  RouterState s = unicast_->state(router);
  for (unsigned n = 0; n < kPorts * vcs_; ++n) {
    const Input& in = inputs_[index(router, 0, n)];
    const Output& out = outputs_[index(router, 0, n)];
    RouterState::MulticastInputVc& i = s.multicast_in[n];
    i.flits = in.flits;
    i.branches = in.todo;
    i.va_pointer = in.va_pointer;
    for (unsigned todo = in.todo; todo != 0; todo &= todo - 1) {
      const unsigned port = first_bit(todo);
      i.ahead[port] = static_cast<std::uint8_t>(in.branch[port].ahead);
      if (!in.branch[port].held) continue;
      i.held = static_cast<std::uint8_t>(i.held | 1u << port);
      i.out_vc[port] = in.branch[port].out;
    }
    s.multicast_out[n] = {!out.held, out.credits, out.va_pointer};
  }
  for (unsigned port = 0; port < kPorts; ++port) {
    const OutputPort& out = ports_[router * kPorts + port];
    s.multicast_sa_pointer[port] = out.pointer;
    s.unicast_first = static_cast<std::uint8_t>(s.unicast_first | unsigned{out.unicast_first} << port);
  }
  return s;
}

}  // namespace

std::unique_ptr<Routers> make_multicast_routers(const RouterParams& params, const Geometry& geometry,
                                                std::vector<Position> positions,
                                                std::unique_ptr<Routers> unicast,
                                                const std::vector<MulticastRoute>& routes) {
  return std::make_unique<MulticastRouters>(params, geometry, std::move(positions), std::move(unicast),
                                            routes);
}

}  // namespace troupe::noc

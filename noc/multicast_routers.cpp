#include "noc/multicast_routers.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "noc/bits.hpp"

namespace troupe::noc {
namespace {

class MulticastRouters final : public Routers {
 public:
  MulticastRouters(const RouterParams& params, const Geometry& geometry, std::uint32_t routers,
                   std::unique_ptr<Routers> unicast, const std::vector<MulticastRoute>& routes)
      : p_(params),
        geometry_(geometry),
        vcs_(static_cast<unsigned>(std::popcount(params.multicast))),
        unicast_(std::move(unicast)),
        routes_(routes),
        busy_(routers / 64 + 1),
        inputs_(std::size_t{routers} * kPorts * vcs_),
        outputs_(inputs_.size(), Output{static_cast<std::uint8_t>(params.depth)}),
        ports_(std::size_t{routers} * kPorts),
        rings_(inputs_.size() * params.depth) {
    unsigned count = 0;
    for (unsigned vc = 0; vc < p_.vcs; ++vc)
      if (p_.is_multicast(vc)) vc_of_[count++] = static_cast<std::uint8_t>(vc);
  }

  void receive_credits(std::span<const Channel> credits) override;
  void receive_flits(std::span<const FlitAt> flits) override;
  Departures step(Cycle now, std::span<Claim> claims) override;
  RouterState state(std::uint32_t router) const override;

 private:
  struct Branch {
    std::uint16_t sent = 0;    // flits of the packet in front
    std::uint16_t wanted = 0;  // output VCs it may take, in bits of the class
    std::uint8_t out = 0;      // its output VC; while held
    bool held = false;
    Cycle active_from = kNever;
  };
  struct Input {
    std::uint16_t first = 0, flits = 0;  // the ring: place of the oldest flit, flits in it
    std::uint16_t freed = 0;             // flits of the packet in front that are gone from the ring
    std::uint8_t todo = 0;               // branches that have not sent the tail; 0: no packet in front
    std::array<Branch, kPorts> branch;
    std::array<std::uint8_t, kPorts> va_pointer{};  // over the output VCs of the class
  };
  struct Output {
    std::uint8_t credits = 0;  // of the local port, which sinks, always depth
    bool held = false;
    std::uint8_t va_pointer = 0;  // over the router's input VCs of the class
  };
  struct OutputPort {
    std::uint8_t pointer = 0;  // SA, over the router's input VCs of the class
    bool unicast_first = false;
    std::uint8_t chosen = 0;  // this cycle
  };

  // An input or output VC of the class: number of the router's port, then of the VC within the class.
  std::size_t index(std::uint32_t router, unsigned port, unsigned vc) const {
    return (std::size_t{router} * kPorts + port) * vcs_ + vc;
  }
  std::size_t index(Channel c) const {
    const unsigned below = p_.multicast & ((1u << p_.vc_of(c)) - 1);
    return index(p_.router_of(c), p_.port_of(c), static_cast<unsigned>(std::popcount(below)));
  }
  Input* inputs_of(std::uint32_t router) { return &inputs_[index(router, 0, 0)]; }
  Channel channel(std::uint32_t router, unsigned number) const {
    return p_.channel(router, number / vcs_, vc_of_[number % vcs_]);
  }
  Flit& place(std::size_t input, unsigned behind_first) {
    return rings_[input * p_.depth + (inputs_[input].first + behind_first) % p_.depth];
  }
  void open(std::uint32_t router, std::size_t input);
  void request_outputs(std::uint32_t router, Cycle now);
  void allocate_vcs(std::uint32_t router, Cycle now);
  void send(const Claim& claim);

  const RouterParams p_;
  const Geometry geometry_;
  const unsigned vcs_;  // of the class, per port
  std::array<std::uint8_t, kVcsMax> vc_of_{};
  std::unique_ptr<Routers> unicast_;
  const std::vector<MulticastRoute>& routes_;
  std::vector<std::uint64_t> busy_;  // routers with a packet in front of an input VC, a bit each
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::vector<OutputPort> ports_;
  std::vector<Flit> rings_;
  // Of one cycle; kept for their storage.
  std::vector<Claim> claims_;
  std::vector<FlitAt> others_flits_, departed_;
  std::vector<Channel> others_credits_, places_;
};

void MulticastRouters::receive_credits(std::span<const Channel> credits) {
  others_credits_.clear();
  for (const Channel c : credits)
    if (p_.is_multicast(p_.vc_of(c)))
      ++outputs_[index(c)].credits;
    else
      others_credits_.push_back(c);
  unicast_->receive_credits(others_credits_);
}

void MulticastRouters::receive_flits(std::span<const FlitAt> flits) {
  others_flits_.clear();
  for (const FlitAt& f : flits) {
    if (!p_.is_multicast(p_.vc_of(f.channel))) {
      others_flits_.push_back(f);
      continue;
    }
    const std::size_t input = index(f.channel);
    Input& in = inputs_[input];
    place(input, in.flits) = f.flit;
    ++in.flits;
    if (in.todo == 0) open(p_.router_of(f.channel), input);
  }
  unicast_->receive_flits(others_flits_);
}

// The oldest flit, a head, is in front: its branches ask for output VCs from the next VA on.
void MulticastRouters::open(std::uint32_t router, std::size_t input) {
  Input& in = inputs_[input];
  const MulticastRoute& route = routes_[place(input, 0).packet()];
  const Branches to =
      branches(geometry_, position(geometry_, static_cast<std::uint16_t>(router)), route.source, route.to);
  in.freed = 0;
  in.todo = to.ports;
  for (unsigned port = 0; port < kPorts; ++port) {
    in.branch[port] = Branch{};
    for (unsigned vc = 0; vc < vcs_; ++vc) {
      const bool upper = vc_of_[vc] >= p_.range_end();
      const bool fits =
          p_.range_end() == p_.vcs || to.half[port] == Half::any || upper == (to.half[port] == Half::upper);
      in.branch[port].wanted = static_cast<std::uint16_t>(in.branch[port].wanted | unsigned{fits} << vc);
    }
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
      if (b.active_from <= now && b.sent < in.freed + in.flits &&
          outputs_[index(router, port, b.out)].credits != 0)
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
    std::array<std::uint64_t, kVcsMax> requests{};  // by output VC: input VCs
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
  const Flit flit = place(input, b.sent - in.freed);
  const std::size_t out = index(router, port, b.out);
  departed_.push_back({p_.channel(router, port, vc_of_[b.out]), flit});
  ++b.sent;
  if (port != kLocal) --outputs_[out].credits;
  if (flit.tail()) {
    outputs_[out].held = false;  // free from the next VA on: this cycle's is over
    b.active_from = kNever;
    in.todo = static_cast<std::uint8_t>(in.todo & ~(1u << port));
  }
}

Departures MulticastRouters::step(Cycle now, std::span<Claim>) {
  claims_.clear();
  for_each_bit(busy_, [&](std::uint32_t router) {
    request_outputs(router, now);
    allocate_vcs(router, now);
  });
  const Departures unicasts = unicast_->step(now, claims_);
  if (claims_.empty()) return unicasts;

  departed_.assign(unicasts.flits.begin(), unicasts.flits.end());
  places_.assign(unicasts.places.begin(), unicasts.places.end());
  for (const Claim& claim : claims_) {
    if (claim.contested) ports_[claim.port / 8 * kPorts + claim.port % 8].unicast_first = claim.granted;
    if (claim.granted) send(claim);
  }
  // Places that all branches are done with, and packets that come to the front.
  for (const Claim& claim : claims_) {
    if (!claim.granted) continue;
    const std::uint32_t router = claim.port / 8;
    const unsigned n = ports_[router * kPorts + claim.port % 8].chosen;
    const std::size_t input = index(router, 0, n);
    Input& in = inputs_[input];
    std::uint16_t freed = in.todo == 0 ? in.branch[claim.port % 8].sent : std::uint16_t{0xffff};
    for (unsigned todo = in.todo; todo != 0; todo &= todo - 1)
      freed = std::min(freed, in.branch[first_bit(todo)].sent);
    for (; in.freed < freed; ++in.freed) {
      in.first = static_cast<std::uint16_t>((in.first + 1u) % p_.depth);
      --in.flits;
      places_.push_back(channel(router, n));
    }
    if (in.todo != 0) continue;
    in.freed = 0;
    in.branch.fill({});
    if (in.flits != 0) open(router, input);
  }
  for_each_bit(busy_, [&](std::uint32_t router) {
    const Input* first = inputs_of(router);
    const auto in_front = [](const Input& in) { return in.todo != 0; };
    if (std::none_of(first, first + kPorts * vcs_, in_front)) busy_[router / 64] ^= bit_of_word(router);
  });
  return {departed_, places_};
}

RouterState MulticastRouters::state(std::uint32_t router) const {
  RouterState s = unicast_->state(router);
  for (unsigned n = 0; n < kPorts * vcs_; ++n) {
    const std::size_t i = index(router, 0, n);
    const unsigned vc = n / vcs_ * p_.vcs + vc_of_[n % vcs_];
    s.in[vc].flits = inputs_[i].flits;
    s.out[vc].credits = outputs_[i].credits;
    s.out[vc].free = !outputs_[i].held;
  }
  return s;
}

}  // namespace

std::unique_ptr<Routers> make_multicast_routers(const RouterParams& params, const Geometry& geometry,
                                                std::uint32_t routers, std::unique_ptr<Routers> unicast,
                                                const std::vector<MulticastRoute>& routes) {
  return std::make_unique<MulticastRouters>(params, geometry, routers, std::move(unicast), routes);
}

}  // namespace troupe::noc

// How a cycle goes, over all routers at once. What has work stands in flat lists, so that each stage is one
// long loop of the same few instructions, and nothing is looked at that cannot move:
//
//   head arrives, or is in heads_  -> picks a VC      -> wanted_        -> each output VC grants one head
//   port in ready_ports_           -> picks an output -> wanted_ports_  -> each output port grants one input
//   port
//
// Requests of VA come first and its grants last, so that both see what the cycle began with. A head whose VCs
// are all held is parked until a tail frees one at its output port. An input port is in ready_ports_ while
// one of its VCs has a flit and may send it: holds an output VC, since va_cycles, with a credit.
#include "noc/router.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "noc/bits.hpp"
#include "noc/list.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

// kBits: of a VC's number; kPooled: there is a pool. Masks have a bit for each VC of eight ports, of which
// five are in use.
template <unsigned kBits, bool kPooled>
class Bank final : public Routers {
 public:
  Bank(const RouterParams& params, std::uint32_t routers);
  void receive_credits(std::span<const Channel> credits) override;
  void receive_flits(std::span<const FlitAt> flits) override;
  Departures step(Cycle now, std::span<Claim> claims) override;
  RouterState state(std::uint32_t router) const override;
  std::uint64_t visits() const override { return visits_; }

 private:
  static constexpr unsigned kStride = 1u << kBits, kChannels = 8 * kStride;
  static constexpr unsigned kPortMask = (1u << kStride) - 1;
  static constexpr unsigned kNobody = kChannels - 1;  // a bit of no VC: who holds a free output VC
  using Mask =
      std::conditional_t<kBits == 2, std::uint32_t, std::conditional_t<kBits == 3, std::uint64_t, Mask128>>;

  struct alignas(64) Router {
    Mask occupied = 0;                // input VCs with a flit
    Mask sendable = 0;                // input VCs that hold an output VC with a credit
    Mask free_out = 0;                // output VCs held by nobody
    Mask parked[kPorts] = {};         // by output port: input VCs that wait for a VC of it to come free
    std::uint8_t listed = 0;          // input ports in ready_ports_
    std::uint8_t sa_vc[kPorts] = {};  // the three pointers of SA
    std::uint8_t sa_in[kPorts] = {};
    std::uint8_t sa_out[kPorts] = {};
    std::uint8_t chosen[kPorts] = {};    // by input port: the VC it would send from
    std::uint8_t requests[kPorts] = {};  // by output port: input ports that picked it

    Mask ready() const { return occupied & sendable; }
  };
  struct Input {
    Flit front;                 // the oldest flit; the others are in the ring
    std::uint16_t wanted = 0;   // VCs of out_port that the head in front may take
    std::uint8_t out_port = 0;  // of the packet in front
    std::uint8_t out = 0;       // its output VC, in bits of a Mask; while held
    std::uint8_t next = 0;      // place in the ring of the flit behind the front
    std::uint8_t flits = 0;     // front included
    std::uint8_t pointer = 0;   // VA, over output VCs
  };
  struct Output {
    Mask requests = 0;         // input VCs that picked it
    std::uint8_t credits = 0;  // as LinkCredits::left; of the local port, which sinks, always depth
    std::uint8_t holder = kNobody;
    std::uint8_t pointer = 0;  // VA, over input VCs
  };

  // What the stages work on, with the arrays of all routers. Each stage has a copy of its own (see Writer).
  struct Work {
    Router* routers;
    Input* inputs;        // by channel
    Output* outputs;      // by channel
    std::uint16_t* pool;  // by router and output port: LinkCredits::pool
    Flit* flits;          // by place in the ring, channel
    std::size_t channels;
    unsigned ring_mask;  // places of a ring - 1: a power of two
    unsigned pool_per_vc;
    const std::uint16_t* wanted;  // by Flit::vc_key(): the VCs it may take

    Flit& place(Channel c, unsigned place) const { return flits[place * channels + c]; }
    bool has_credit(Channel out) const {
      const unsigned credits = outputs[out].credits;
      if constexpr (kPooled) return credits > pool_per_vc || (credits != 0 && pool[out / kStride] != 0);
      return credits != 0;
    }
    // Whether the holder of an output VC may send, after its credits or the pool changed.
    void refresh_sendable(Channel out) const {
      Router& r = routers[router_of(out)];
      const unsigned holder = outputs[out].holder;
      r.sendable = (r.sendable & ~bit(holder)) | Mask{has_credit(out)} << holder;
    }
    // The front of an input VC became a head flit that needs an output VC.
    void await_vc(Input& in) const {
      in.wanted = wanted[in.front.vc_key()];
      in.out_port = in.front.port();
    }
  };

  static Mask bit(unsigned n) { return Mask{1} << n; }
  static std::uint32_t router_of(Channel c) { return c / kChannels; }
  static unsigned vc_of(Channel c) { return c % kChannels; }  // over all ports
  static unsigned of_port(Mask mask, unsigned port) {
    return static_cast<unsigned>(mask >> (port * kStride)) & kPortMask;
  }
  static void list_if_ready(Router& r, Channel in, Writer<std::uint32_t>& ready_ports);
  static void activate(const Work& w, Channel in, Writer<std::uint32_t>& ready_ports);
  void activate_due(Cycle now);
  static void request_vc(const Work& w, Router& r, Channel in, Writer<Channel>& wanted);
  void request_vcs();
  void grant_vcs(Cycle now);
  void request_outputs();
  static unsigned choose_output(const Router& r, const Input* in, unsigned port, unsigned candidates,
                                unsigned& vc);
  void answer(std::span<Claim> claims);
  void grant_outputs();
  void spend_from_pool(Channel out);
  void request_for_parked();

  RouterParams p_;
  std::vector<Router> routers_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::vector<std::uint16_t> pool_;
  std::unique_ptr<Flit[]> flits_;
  std::array<std::uint16_t, Flit::kVcKeys> vcs_wanted_{};
  Work work_;

  List<Channel> heads_, heads_next_;    // input VCs that want an output VC and have waited before
  List<Channel> wanted_, wanted_next_;  // output VCs with requests
  List<Channel> freed_;                 // output VCs that came free while heads are parked for their port
  std::vector<List<Channel>> grants_;   // input VCs, by the cycle in which they become active; va_cycles > 1
  List<std::uint32_t> ready_ports_, ready_ports_next_;  // router * 8 + input port
  List<std::uint32_t> wanted_ports_;                    // router * 8 + output port
  List<FlitAt> departed_;
  List<Channel> places_;
  std::uint64_t visits_ = 0;
};

template <unsigned kBits, bool kPooled>
Bank<kBits, kPooled>::Bank(const RouterParams& params, std::uint32_t routers)
    : p_(params),
      routers_(routers),
      inputs_(std::size_t{routers} * kChannels),
      outputs_(std::size_t{routers} * kChannels),
      pool_(std::size_t{routers} * 8, static_cast<std::uint16_t>(params.pool)),
      flits_(std::make_unique_for_overwrite<Flit[]>(std::size_t{routers} * std::bit_ceil(params.depth) *
                                                    kChannels)),
      work_{routers_.data(),
            inputs_.data(),
            outputs_.data(),
            pool_.data(),
            flits_.get(),
            std::size_t{routers} * kChannels,
            std::bit_ceil(params.depth) - 1,
            p_.pool_per_vc,
            vcs_wanted_.data()},
      heads_(routers * kPorts * params.vcs),
      heads_next_(routers * kPorts * params.vcs),
      wanted_(routers * kPorts * params.vcs),
      wanted_next_(routers * kPorts * params.vcs),
      freed_(routers * kPorts),
      ready_ports_(routers * kPorts),
      ready_ports_next_(routers * kPorts),
      wanted_ports_(routers * kPorts),
      departed_(routers * kPorts),
      places_(routers * kPorts) {
  for (unsigned first = 0; first < kVcsMax; ++first)
    for (unsigned last = first; last < kVcsMax; ++last)
      for (const Half half : {Half::lower, Half::upper, Half::any}) {
        VcRange range;
        range.first = first & 15;
        range.last = last & 15;
        const Flit head = Flit::of_head(0, {0, 0}, range, packed({kLocal, half}), false);
        vcs_wanted_[head.vc_key()] = static_cast<std::uint16_t>(p_.wanted(range, half));
      }
  for (unsigned cycle = 0; p_.va_cycles > 1 && cycle < std::bit_ceil(p_.va_cycles + 1); ++cycle)
    grants_.emplace_back(routers * kPorts * params.vcs);
  for (std::uint32_t r = 0; r < routers; ++r)
    for (unsigned port = 0; port < kPorts; ++port)
      for (unsigned vc = 0; vc < p_.vcs; ++vc) {
        routers_[r].free_out |= bit(port * kStride + vc);
        outputs_[p_.channel(r, port, vc)].credits = static_cast<std::uint8_t>(p_.depth);
      }
}

// Puts the input port of `in` among the ready ones if that VC may send.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::list_if_ready(Router& r, Channel in, Writer<std::uint32_t>& ready_ports) {
  const unsigned port = vc_of(in) / kStride;
  const bool is_ready = (r.ready() >> vc_of(in) & 1) != 0;
  ready_ports.add(in / kStride, is_ready && (r.listed >> port & 1) == 0);
  r.listed = static_cast<std::uint8_t>(r.listed | unsigned{is_ready} << port);
}

template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::receive_credits(std::span<const Channel> credits) {
  const Work w = work_;
  auto ready_ports = ready_ports_.writer();
  for (const Channel c : credits) {
    Output& out = w.outputs[c];
    const bool to_pool = kPooled && out.credits < w.pool_per_vc;
    if (out.credits++ != 0 && !kPooled) continue;  // it had one before
    const bool pool_was_empty = to_pool && w.pool[c / kStride]++ == 0;
    const Channel port = c / kStride * kStride;
    const Channel first = pool_was_empty ? port : c, last = pool_was_empty ? port + kStride - 1 : c;
    for (Channel changed = first; changed <= last; ++changed) {
      w.refresh_sendable(changed);
      list_if_ready(w.routers[router_of(c)], c - vc_of(c) + w.outputs[changed].holder, ready_ports);
    }
  }
  ready_ports_.close(ready_ports);
}

template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::receive_flits(std::span<const FlitAt> flits) {
  const Work w = work_;
  auto wanted = wanted_.writer();
  auto ready_ports = ready_ports_.writer();
  for (const FlitAt& f : flits) {
    Input& in = w.inputs[f.channel];
    const unsigned before = in.flits++;
    if (before != 0) {
      w.place(f.channel, (in.next + before - 1) & w.ring_mask) = f.flit;
      continue;
    }
    in.front = f.flit;
    Router& r = w.routers[router_of(f.channel)];
    r.occupied |= bit(vc_of(f.channel));
    if (f.flit.head()) {
      w.await_vc(in);
      request_vc(w, r, f.channel, wanted);
    } else {
      list_if_ready(r, f.channel, ready_ports);
    }
  }
  wanted_.close(wanted);
  ready_ports_.close(ready_ports);
}

// A VA grant takes effect: the head in front of `in` may be sent, given a credit.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::activate(const Work& w, Channel in, Writer<std::uint32_t>& ready_ports) {
  Router& r = w.routers[router_of(in)];
  const Channel out = in - vc_of(in) + w.inputs[in].out;
  const unsigned port = vc_of(in) / kStride;
  const bool sendable = w.has_credit(out);
  w.outputs[out].holder = static_cast<std::uint8_t>(vc_of(in));
  r.sendable |= Mask{sendable} << vc_of(in);
  ready_ports.add(in / kStride, sendable && (r.listed >> port & 1) == 0);
  r.listed = static_cast<std::uint8_t>(r.listed | unsigned{sendable} << port);
}

template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::activate_due(Cycle now) {
  const Work w = work_;
  List<Channel>& due = grants_[now & (grants_.size() - 1)];
  auto ready_ports = ready_ports_.writer();
  for (const Channel in : due.span()) activate(w, in, ready_ports);
  due.clear();
  ready_ports_.close(ready_ports);
}

// VA, first half: a head picks one of the free VCs that it may take, or is parked.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::request_vc(const Work& w, Router& r, Channel c, Writer<Channel>& wanted) {
  const Input& in = w.inputs[c];
  const unsigned free = of_port(r.free_out, in.out_port) & in.wanted;
  if (free == 0) {
    r.parked[in.out_port] |= bit(vc_of(c));
    return;
  }
  const unsigned choice = pick(static_cast<Mask>(Mask{free} << (in.out_port * kStride)), in.pointer);
  const Channel chosen = c - vc_of(c) + choice;
  Output& out = w.outputs[chosen];
  wanted.add(chosen, out.requests == 0);
  out.requests |= bit(vc_of(c));
}

template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::request_vcs() {
  const Work w = work_;
  auto wanted = wanted_.writer();
  for (const Channel c : heads_.span()) request_vc(w, w.routers[router_of(c)], c, wanted);
  heads_.clear();
  wanted_.close(wanted);
}

// VA, second half: each output VC that was picked grants one head.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::grant_vcs(Cycle now) {
  const Work w = work_;
  const bool at_once = p_.va_cycles == 1;
  List<Channel>& grants = at_once ? wanted_ : grants_[(now + p_.va_cycles) & (grants_.size() - 1)];
  auto later = grants.writer();
  auto ready_ports = ready_ports_next_.writer();
  auto heads = heads_next_.writer();
  for (const Channel c : wanted_.span()) {
    Output& out = w.outputs[c];
    const Channel base = c - vc_of(c);
    const unsigned winner = pick(out.requests, out.pointer);
    Router& r = w.routers[router_of(c)];
    Mask& parked = r.parked[vc_of(c) / kStride];
    // Those that were parked stay so: no other VC of theirs is free.
    for (Mask losers = out.requests & ~bit(winner) & ~parked; losers != 0; losers &= losers - 1)
      heads.add(base + first_bit(losers));
    parked &= ~bit(winner);
    out.requests = 0;
    out.pointer = static_cast<std::uint8_t>(winner + 1);
    Input& in = w.inputs[base + winner];
    in.pointer = static_cast<std::uint8_t>(vc_of(c) + 1);
    in.out = static_cast<std::uint8_t>(vc_of(c));
    r.free_out ^= bit(vc_of(c));
    if (at_once)
      activate(w, base + winner, ready_ports);
    else
      later.add(base + winner);
  }
  if (!at_once) grants.close(later);
  wanted_.clear();
  ready_ports_next_.close(ready_ports);
  heads_next_.close(heads);
}

// SA, first half: each input port picks an output port and a VC for it.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::request_outputs() {
  const Work w = work_;
  auto wanted_ports = wanted_ports_.writer();
  for (const std::uint32_t p : ready_ports_.span()) {
    const unsigned port = p % 8;
    Router& r = w.routers[p / 8];
    const unsigned candidates = of_port(r.ready(), port);
    if (kPooled && candidates == 0) {  // the pool of its output ran dry since
      r.listed = static_cast<std::uint8_t>(r.listed & ~(1u << port));
      continue;
    }
    const Input* in = &w.inputs[p * kStride];
    unsigned vc = first_bit(candidates), output = in[vc].out_port;
    if ((candidates & (candidates - 1)) != 0) output = choose_output(r, in, port, candidates, vc);
    r.chosen[port] = static_cast<std::uint8_t>(vc);
    const unsigned requests = r.requests[output];
    wanted_ports.add(p - port + output, requests == 0);
    r.requests[output] = static_cast<std::uint8_t>(requests | 1u << port);
  }
  ready_ports_.clear();
  wanted_ports_.close(wanted_ports);
}

template <unsigned kBits, bool kPooled>
unsigned Bank<kBits, kPooled>::choose_output(const Router& r, const Input* in, unsigned port,
                                             unsigned candidates, unsigned& vc) {
  unsigned vcs[8] = {};  // by output port: VCs with a flit for it
  unsigned outputs = 0;
  for (; candidates != 0; candidates &= candidates - 1) {
    const unsigned output = in[first_bit(candidates)].out_port;
    outputs |= 1u << output;
    vcs[output] |= candidates & ~(candidates - 1);
  }
  const unsigned output = pick(outputs, r.sa_in[port]);
  vc = pick(vcs[output], r.sa_vc[port]);
  return output;
}

// Multicasts want some of the output ports. Where one gets a port that unicasts picked too, these go back to
// the ready ones.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::answer(std::span<Claim> claims) {
  auto ready_ports = ready_ports_next_.writer();
  for (Claim& claim : claims) {
    std::uint8_t& requests = routers_[claim.port / 8].requests[claim.port % 8];
    claim.contested = requests != 0;
    claim.granted = !claim.contested || claim.first;
    if (!claim.granted) continue;
    for (unsigned losers = requests; losers != 0; losers &= losers - 1)
      ready_ports.add((claim.port & ~7u) + first_bit(losers));
    requests = 0;
  }
  ready_ports_next_.close(ready_ports);
  const std::span<const std::uint32_t> wanted = wanted_ports_.span();
  wanted_ports_.clear();
  auto wanted_ports = wanted_ports_.writer();  // over what has been read
  for (const std::uint32_t p : wanted) wanted_ports.add(p, routers_[p / 8].requests[p % 8] != 0);
  wanted_ports_.close(wanted_ports);
}

// SA, second half: each output port that was picked grants one input port, whose three pointers move. Its
// flit leaves, and with it what follows from that.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::grant_outputs() {
  const Work w = work_;
  auto ready_ports = ready_ports_next_.writer();
  auto heads = heads_next_.writer();
  auto freed = freed_.writer();
  auto departed = departed_.writer();
  auto places = places_.writer();
  for (const std::uint32_t p : wanted_ports_.span()) {
    const unsigned output = p % 8;
    Router& r = w.routers[p / 8];
    const unsigned requests = r.requests[output], winner = pick(requests, r.sa_out[output]);
    for (unsigned losers = requests ^ 1u << winner; losers != 0; losers &= losers - 1)
      ready_ports.add(p - output + first_bit(losers));
    const unsigned vc = r.chosen[winner], in_vc = winner * kStride + vc;
    r.requests[output] = 0;
    r.sa_vc[winner] = static_cast<std::uint8_t>(vc + 1);
    r.sa_in[winner] = static_cast<std::uint8_t>(output + 1);
    r.sa_out[output] = static_cast<std::uint8_t>(winner + 1);

    const Channel c = (p - output) * kStride + in_vc;
    Input& in = w.inputs[c];
    const Channel out = (p - output) * kStride + in.out;
    const Flit flit = in.front;
    departed.add({out, flit});
    places.add(c);
    if (kPooled && output != kLocal) {
      spend_from_pool(out);
    } else {
      const unsigned credits = w.outputs[out].credits - unsigned{output != kLocal};
      w.outputs[out].credits = static_cast<std::uint8_t>(credits);
      r.sendable &= ~(Mask{credits == 0} << in_vc);
    }
    const bool more = --in.flits != 0;
    if (more) {
      in.front = w.place(c, in.next);
      in.next = static_cast<std::uint8_t>((in.next + 1u) & w.ring_mask);
    } else {
      in.next = 0;  // an empty ring starts anew, where it is in the cache
      r.occupied &= ~bit(in_vc);
    }
    if (flit.tail()) {  // its output VC is free from the next cycle on, the next packet wants one
      r.sendable &= ~bit(in_vc);
      r.free_out |= bit(in.out);
      w.outputs[out].holder = kNobody;
      if (more) {
        w.await_vc(in);
        heads.add(c);
      }
      freed.add(out, r.parked[output] != 0);
    }
    const bool again = of_port(r.ready(), winner) != 0;
    ready_ports.add(p - output + winner, again);
    r.listed = static_cast<std::uint8_t>((r.listed & ~(1u << winner)) | unsigned{again} << winner);
  }
  wanted_ports_.clear();
  ready_ports_next_.close(ready_ports);
  heads_next_.close(heads);
  freed_.close(freed);
  departed_.close(departed);
  places_.close(places);
}

template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::spend_from_pool(Channel out) {
  const Channel port = out / kStride * kStride;
  const bool pool_is_empty = outputs_[out].credits-- <= p_.pool_per_vc && --pool_[out / kStride] == 0;
  const Channel first = pool_is_empty ? port : out, last = pool_is_empty ? port + kStride - 1 : out;
  for (Channel changed = first; changed <= last; ++changed) work_.refresh_sendable(changed);
}

// Output VCs came free: in the next cycle those that are parked for one request it. As nothing else of theirs
// has come free meanwhile, it is what they pick. After the grants of this cycle, which end the waiting of
// some.
template <unsigned kBits, bool kPooled>
void Bank<kBits, kPooled>::request_for_parked() {
  const Work w = work_;
  auto wanted = wanted_next_.writer();
  for (const Channel out : freed_.span()) {
    const Channel base = out - vc_of(out);
    const unsigned vc = vc_of(out) % kStride;
    Mask requests = 0;
    for (Mask left = w.routers[router_of(out)].parked[vc_of(out) / kStride]; left != 0; left &= left - 1) {
      const unsigned in_vc = first_bit(left);
      requests |= Mask{w.inputs[base + in_vc].wanted >> vc & 1u} << in_vc;
    }
    w.outputs[out].requests = requests;
    wanted.add(out, requests != 0);
  }
  freed_.clear();
  wanted_next_.close(wanted);
}

template <unsigned kBits, bool kPooled>
Departures Bank<kBits, kPooled>::step(Cycle now, std::span<Claim> claims) {
  departed_.clear();
  places_.clear();
  if (p_.va_cycles > 1) activate_due(now);
  visits_ += heads_.size() + ready_ports_.size() + wanted_.size();
  request_vcs();
  request_outputs();
  if (!claims.empty()) answer(claims);
  grant_outputs();
  grant_vcs(now);
  request_for_parked();
  std::swap(heads_, heads_next_);
  std::swap(wanted_, wanted_next_);
  std::swap(ready_ports_, ready_ports_next_);
  return {departed_.span(), places_.span()};
}

template <unsigned kBits, bool kPooled>
RouterState Bank<kBits, kPooled>::state(std::uint32_t router) const {
  const Router& r = routers_[router];
  // Pointers stand behind what was granted last; behind the last one is the first.
  const auto number = [&](unsigned n) {
    return static_cast<std::uint8_t>((n / kStride * p_.vcs + std::min(n % kStride, p_.vcs)) %
                                     (kPorts * p_.vcs));
  };
  RouterState s;
  for (unsigned port = 0; port < kPorts; ++port) {
    for (unsigned vc = 0; vc < p_.vcs; ++vc) {
      const unsigned n = port * kStride + vc;
      const Input& in = inputs_[p_.channel(router, port, vc)];
      const Output& out = outputs_[p_.channel(router, port, vc)];
      RouterState::InputVc& i = s.in[port * p_.vcs + vc];
      i.flits = in.flits;
      i.waiting = in.flits != 0;  // unless it holds an output VC, below
      i.out_port = in.out_port;
      i.out_vc = number(in.out);
      i.va_pointer = number(in.pointer);
      s.out[port * p_.vcs + vc] = {(r.free_out & bit(n)) != 0, out.credits, number(out.pointer)};
    }
    s.sa_vc_pointer[port] = static_cast<std::uint8_t>(r.sa_vc[port] % p_.vcs);
    s.sa_in_pointer[port] = static_cast<std::uint8_t>(r.sa_in[port] % kPorts);
    s.sa_out_pointer[port] = static_cast<std::uint8_t>(r.sa_out[port] % kPorts);
    s.pool[port] = pool_[router * 8 + port];
  }
  for (unsigned vc = 0; vc < kPorts * kStride; ++vc) {
    const unsigned holder = outputs_[std::size_t{router} * kChannels + vc].holder;
    if (holder == kNobody) continue;
    s.in[number(holder)].active = true;
    s.in[number(holder)].waiting = false;
  }
  for (const List<Channel>& list : grants_)
    for (const Channel c : list.span())
      if (router_of(c) == router) s.in[number(vc_of(c))].waiting = false;
  return s;
}

template <bool kPooled>
std::unique_ptr<Routers> make_bank(const RouterParams& params, std::uint32_t routers) {
  if (params.vc_bits == 2) return std::make_unique<Bank<2, kPooled>>(params, routers);
  if (params.vc_bits == 3) return std::make_unique<Bank<3, kPooled>>(params, routers);
  return std::make_unique<Bank<4, kPooled>>(params, routers);
}

}  // namespace

void Routers::receive_multicasts(std::span<const Channel> credits, std::span<const FlitAt> flits) {
  CHECK(credits.empty() && flits.empty(), "these routers have no VCs for multicasts");
}

std::unique_ptr<Routers> make_routers(const RouterParams& params, std::uint32_t routers) {
  if (params.pool != 0) return make_bank<true>(params, routers);
  return make_bank<false>(params, routers);
}

}  // namespace troupe::noc

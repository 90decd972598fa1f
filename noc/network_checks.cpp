// What must hold between the steps of a network.
#include <algorithm>

#include "noc/bits.hpp"
#include "noc/network.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {

void Network::check_invariants() const {
  if (!inspected_) return;  // lockstep compares such routers with those that are
  std::uint64_t flits = 0;
  for (std::uint16_t t = 0; t < tiles_; ++t) {
    const RouterState router = routers_->state(t);
    for (unsigned vc = 0; vc < kPorts * params_.vcs; ++vc) flits += router.in[vc].flits;
    const Injector& injector = injectors_[t];
    for (const TrafficClass traffic : {kRequests, kReplies}) {
      for (std::uint32_t p = injector.first[traffic]; p != kNone; p = packets_[p].next)
        flits += packets_[p].flits;
      flits -= injector.sent[traffic];
    }
  }
  for (const List<FlitAt>& list : flits_) flits += list.size();
  for (const List<FlitAt>& list : arrivals_)
    for (const FlitAt& f : list.span()) flits += !f.flit.multicast();
  CHECK(flits == flits_pending_, "{} flits in the network, {} offered and not delivered", flits,
        flits_pending_);
  check_credits();
  check_multicast_credits();
}

// For each link and VC: credits + buffered + flits and credits on the link = depth. For each link: what its
// VCs have from the pool + what is left of it = pool.
void Network::check_credits() const {
  std::vector<std::uint16_t> on_link(params_.channel(tiles_, 0, 0), 0);  // by the receiving input VC
  for (const List<FlitAt>& list : flits_)
    for (const FlitAt& f : list.span()) ++on_link[f.channel];
  for (const List<Channel>& list : injector_credits_)
    for (const Channel c : list.span()) ++on_link[c];
  for (const List<Channel>& list : credits_)
    for (const Channel c : list.span()) ++on_link[links_[params_.router_port(c)].input + params_.vc_of(c)];
  std::vector<RouterState> states;
  for (std::uint16_t t = 0; t < tiles_; ++t) states.push_back(routers_->state(t));
  for (std::uint16_t t = 0; t < tiles_; ++t)
    for (unsigned port = 0; port < kPorts; ++port) {
      const Channel from = upstream_[t * 8u + port];
      if (port != kLocal && links_[params_.router_port(from)].input != params_.channel(t, port, 0)) continue;
      const RouterState& sender = states[params_.router_of(from)];
      const unsigned sender_port = params_.port_of(from);
      unsigned from_pool = port == kLocal ? injectors_[t].credits.pool : sender.pool[sender_port];
      for (unsigned vc = 0; vc < params_.vcs; ++vc) {
        const unsigned credits = port == kLocal ? injectors_[t].credits.left[vc]
                                                : sender.out[sender_port * params_.vcs + vc].credits;
        const unsigned places =
            credits + states[t].in[port * params_.vcs + vc].flits + on_link[params_.channel(t, port, vc)];
        CHECK(places == params_.depth, "router {} port {} VC {}: {} places of {}", t, port, vc, places,
              params_.depth);
        from_pool += params_.pool_per_vc - std::min(credits, params_.pool_per_vc);
      }
      CHECK(from_pool == params_.pool, "router {} port {}: {} places of the pool's {}", t, port, from_pool,
            params_.pool);
    }
}

// The same for the VCs of multicasts, which have no pool.
void Network::check_multicast_credits() const {
  const unsigned vcs = params_.multicast_vcs;
  std::vector<std::uint16_t> on_link(RouterParams::multicast_channel(tiles_ * 8u, 0), 0);
  for (const Multicasts& due : multicasts_) {
    for (const FlitAt& f : due.flits) ++on_link[f.channel];
    for (const Channel c : due.injector_credits) ++on_link[c];
    for (const Channel c : due.credits) {
      const Link& link = links_[RouterParams::multicast_router_port(c)];
      ++on_link[RouterParams::multicast_channel(params_.router_port(link.input),
                                                RouterParams::multicast_vc_of(c))];
    }
  }
  std::vector<RouterState> states;
  for (std::uint16_t t = 0; t < tiles_ && vcs != 0; ++t) states.push_back(routers_->state(t));
  for (std::uint16_t t = 0; t < tiles_ && vcs != 0; ++t)
    for (unsigned port = 0; port < kPorts; ++port) {
      const std::uint32_t from = params_.router_port(upstream_[t * 8u + port]);
      if (port != kLocal && params_.router_port(links_[from].input) != t * 8u + port) continue;
      for (unsigned vc = 0; vc < vcs; ++vc) {
        const unsigned credits = port == kLocal ? injectors_[t].multicast_credits[vc]
                                                : states[from / 8].multicast_out[from % 8 * vcs + vc].credits;
        const unsigned places = credits + states[t].multicast_in[port * vcs + vc].flits +
                                on_link[RouterParams::multicast_channel(t * 8u + port, vc)];
        CHECK(places == params_.depth, "router {} port {} multicast VC {}: {} places of {}", t, port, vc,
              places, params_.depth);
      }
    }
}

}  // namespace troupe::noc

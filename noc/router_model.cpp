#include "noc/router_model.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "noc/bits.hpp"

namespace troupe::noc {
namespace {

constexpr const char* kPortNames[kPorts] = {"east", "west", "south", "north", "local"};
constexpr const char* kHalfNames[] = {"lower half", "upper half", "any half"};

std::string vc_text(unsigned n, unsigned vcs) {
  return fmt::format("{} {}", kPortNames[n / vcs], n % vcs);
}

bool hop_counts(Flit flit) {
  return flit.head() && !flit.multicast();
}
Flit without_hop(Flit flit) {
  return hop_counts(flit) ? flit : flit.with_hop(0);
}

// In front of the router at `to`.
LinkFlit of_multicast(Flit flit, unsigned vc, const Geometry& geometry, Position to,
                      const std::vector<MulticastRoute>& routes) {
  LinkFlit link{.flit = flit, .vc = static_cast<std::uint8_t>(vc)};
  if (!flit.head()) return link;
  link.route = routes[flit.packet()];
  link.branches = branches(geometry, to, link.route.source, link.route.to);
  return link;
}

std::string flit_text(const LinkFlit& f) {
  const Flit flit = f.flit;
  std::string text = fmt::format("packet {}", flit.packet());
  if (hop_counts(flit)) {
    text += fmt::format(" head to ({},{}) by {}, {} of VCs {}..{}", flit.to().x, flit.to().y,
                        kPortNames[flit.port() % kPorts], kHalfNames[static_cast<unsigned>(flit.half()) % 3],
                        +flit.range().first, +flit.range().last);
  } else if (flit.head()) {
    const auto& [source, to] = f.route;
    text += fmt::format(" head from ({},{}) to {}x{} tiles at ({},{})", source.x, source.y, to.columns,
                        to.rows, to.corner.x, to.corner.y);
    for (unsigned port = 0; port < kPorts; ++port)
      if ((f.branches.ports >> port & 1) != 0)
        text += fmt::format(", {} {}", kPortNames[port],
                            kHalfNames[static_cast<unsigned>(f.branches.half[port]) % 3]);
  } else {
    text += fmt::format(" flit {}", flit.number());
  }
  return text + (flit.tail() ? " tail" : "");
}

}  // namespace

bool operator==(const LinkFlit& a, const LinkFlit& b) {
  if (a.vc != b.vc || without_hop(a.flit) != without_hop(b.flit)) return false;
  return !a.flit.head() || !a.flit.multicast() || (a.route == b.route && a.branches == b.branches);
}

bool operator==(const RouterPorts& a, const RouterPorts& b) {
  if (a.flits != b.flits || a.credits != b.credits || a.multicast_credits != b.multicast_credits)
    return false;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (a.has_flit(port) && a.flit[port] != b.flit[port]) return false;
    if (a.has_credit(port) && a.credit_vc[port] != b.credit_vc[port]) return false;
  }
  return true;
}

std::string RouterPorts::text() const {
  std::string text;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (has_flit(port))
      text +=
          fmt::format("  {:5} {}VC {}: {}\n", kPortNames[port],
                      flit[port].flit.multicast() ? "multicast " : "", flit[port].vc, flit_text(flit[port]));
    if (has_credit(port)) text += fmt::format("  {:5} VC {}: credit\n", kPortNames[port], credit_vc[port]);
    for (unsigned vc = 0; vc < kMulticastVcsMax; ++vc)
      if ((multicast_credits[port] >> vc & 1) != 0)
        text += fmt::format("  {:5} multicast VC {}: credit\n", kPortNames[port], vc);
  }
  return text;
}

namespace {

std::string multicast_text(const RouterState& s, const RouterParams& p) {
  const unsigned vcs = p.multicast_vcs;
  std::string text;
  for (unsigned n = 0; n < kPorts * vcs; ++n) {
    const RouterState::MulticastInputVc& in = s.multicast_in[n];
    if (in.flits == 0 && in.branches == 0) continue;
    text += fmt::format("  multicast {}: {} flits", vc_text(n, vcs), in.flits);
    for (unsigned port = 0; port < kPorts; ++port) {
      if ((in.branches >> port & 1) == 0) continue;
      if ((in.held >> port & 1) == 0)
        text += fmt::format(", wants {}", kPortNames[port]);
      else
        text +=
            fmt::format(", has {} {}, {} of them sent", kPortNames[port], in.out_vc[port], in.ahead[port]);
    }
    text += '\n';
  }
  text += "  multicast output VCs, credits (* held):";
  for (unsigned n = 0; n < kPorts * vcs; ++n)
    text += fmt::format(" {}{}", s.multicast_out[n].credits, s.multicast_out[n].free ? "" : "*");
  text += "\n  multicast VA pointers of input VCs by port:";
  for (unsigned n = 0; n < kPorts * vcs; ++n)
    text += fmt::format(" {}", fmt::join(s.multicast_in[n].va_pointer, "/"));
  text += "\n  multicast VA pointers of output VCs:";
  for (unsigned n = 0; n < kPorts * vcs; ++n) text += fmt::format(" {}", s.multicast_out[n].va_pointer);
  text += fmt::format("\n  multicast SA pointers by port: {}; unicasts have the turn at:",
                      fmt::join(s.multicast_sa_pointer, " "));
  for (unsigned port = 0; port < kPorts; ++port)
    if ((s.unicast_first >> port & 1) != 0) text += fmt::format(" {}", kPortNames[port]);
  return text + '\n';
}

}  // namespace

std::string router_text(const RouterState& s, const RouterParams& p) {
  std::string text;
  for (unsigned n = 0; n < kPorts * p.vcs; ++n) {
    const RouterState::InputVc& in = s.in[n];
    if (in.flits == 0 && !in.active) continue;
    text += fmt::format("  {}: {} flits", vc_text(n, p.vcs), in.flits);
    if (in.waiting) text += fmt::format(", wants {}", kPortNames[in.out_port % kPorts]);
    if (in.active) text += fmt::format(", has {}", vc_text(in.out_vc, p.vcs));
    text += '\n';
  }
  text += "  held output VCs:";
  for (unsigned n = 0; n < kPorts * p.vcs; ++n)
    if (!s.out[n].free) text += fmt::format(" {},", vc_text(n, p.vcs));
  text += "\n  credits:";
  for (unsigned n = 0; n < kLocal * p.vcs; ++n) text += fmt::format(" {}", s.out[n].credits);
  if (p.pool != 0) text += "; pools:";
  for (unsigned port = 0; port < kLocal && p.pool != 0; ++port) text += fmt::format(" {}", s.pool[port]);
  text += "\n  VA pointers of input VCs:";
  for (unsigned n = 0; n < kPorts * p.vcs; ++n) text += fmt::format(" {}", s.in[n].va_pointer);
  text += "\n  VA pointers of output VCs:";
  for (unsigned n = 0; n < kPorts * p.vcs; ++n) text += fmt::format(" {}", s.out[n].va_pointer);
  text += "\n  SA pointers by port, over VCs, outputs, inputs:";
  for (unsigned port = 0; port < kPorts; ++port)
    text += fmt::format(" {}/{}/{}", s.sa_vc_pointer[port], s.sa_in_pointer[port], s.sa_out_pointer[port]);
  return text + '\n' + (p.multicast_vcs != 0 ? multicast_text(s, p) : "");
}

ReferenceRouter::ReferenceRouter(const RouterParams& params, const Geometry& geometry, Position here)
    : params_(params), geometry_(geometry), here_(here), router_(make_routers(params, 1)) {
  if (params.multicast_vcs != 0)
    router_ = make_multicast_routers(params, geometry, {here}, std::move(router_), routes_);
  before_ = router_->state(0);
}

void ReferenceRouter::step(const RouterPorts& in, RouterPorts& out) {
  receive(in);
  before_ = router_->state(0);

  out = lt_;
  out.credits = st_.credits;
  out.credit_vc = st_.credit_vc;
  out.multicast_credits = st_.multicast_credits;
  lt_ = st_;
  st_.clear();
  put(router_->step(now_++));
}

void ReferenceRouter::receive(const RouterPorts& in) {
  std::vector<Channel> credits, multicast_credits;
  std::vector<FlitAt> flits, multicasts;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (in.has_credit(port)) credits.push_back(params_.channel(0, port, in.credit_vc[port]));
    for (unsigned vcs = in.multicast_credits[port]; vcs != 0; vcs &= vcs - 1)
      multicast_credits.push_back(RouterParams::multicast_channel(port, first_bit(vcs)));
    if (!in.has_flit(port)) continue;
    const auto& [flit, vc, route, there] = in.flit[port];
    if (!flit.multicast()) {
      flits.push_back({params_.channel(0, port, vc), flit});
      continue;
    }
    multicasts.push_back({RouterParams::multicast_channel(port, vc), flit});
    if (!flit.head()) continue;
    if (routes_.size() <= flit.packet()) routes_.resize(flit.packet() + std::size_t{1});
    routes_[flit.packet()] = route;
  }
  router_->receive_credits(credits);
  router_->receive_flits(flits);
  router_->receive_multicasts(multicast_credits, multicasts);
  buffered_ += flits.size() + multicasts.size();
}

void ReferenceRouter::put(const Departures& departures) {
  for (const FlitAt& f : departures.flits) {
    const auto port = static_cast<Port>(params_.port_of(f.channel));
    const Flit flit =
        f.flit.head()
            ? f.flit.with_hop(packed(route(geometry_, neighbour(geometry_, here_, port), f.flit.to())))
            : f.flit;
    st_.put_flit(port, {flit, static_cast<std::uint8_t>(params_.vc_of(f.channel))});
  }
  for (const Channel c : departures.places) st_.put_credit(params_.port_of(c), params_.vc_of(c));
  for (const FlitAt& f : departures.multicast_flits) {
    const auto port = static_cast<Port>(RouterParams::multicast_router_port(f.channel));
    st_.put_flit(port, of_multicast(f.flit, RouterParams::multicast_vc_of(f.channel), geometry_,
                                    neighbour(geometry_, here_, port), routes_));
  }
  for (const Channel c : departures.multicast_places)
    st_.put_multicast_credit(RouterParams::multicast_router_port(c), RouterParams::multicast_vc_of(c));
  buffered_ -= departures.places.size() + departures.multicast_places.size();
}

RouterFactory reference_routers() {
  return [](const RouterParams& params, const Geometry& geometry, Position here) {
    return std::make_unique<ReferenceRouter>(params, geometry, here);
  };
}

namespace {

class ModelRouters final : public Routers {
 public:
  ModelRouters(const RouterParams& params, const Geometry& geometry, const RouterFactory& factory,
               const std::vector<MulticastRoute>& routes)
      : p_(params), geometry_(geometry), routes_(routes) {
    for (unsigned tile = 0; tile < unsigned{geometry.width} * geometry.height; ++tile)
      routers_.push_back(
          {factory(params, geometry, position(geometry, static_cast<std::uint16_t>(tile))), RouterPorts{}});
  }

  Registers registers() const override { return {kFlitRegisters, kCreditRegisters}; }

  void receive_credits(std::span<const Channel> credits) override {
    for (const Channel c : credits) routers_[p_.router_of(c)].in.put_credit(p_.port_of(c), p_.vc_of(c));
  }
  void receive_flits(std::span<const FlitAt> flits) override {
    for (const FlitAt& f : flits)
      routers_[p_.router_of(f.channel)].in.put_flit(p_.port_of(f.channel),
                                                    {f.flit, static_cast<std::uint8_t>(p_.vc_of(f.channel))});
  }
  void receive_multicasts(std::span<const Channel> credits, std::span<const FlitAt> flits) override {
    for (const Channel c : credits) {
      const std::uint32_t port = RouterParams::multicast_router_port(c);
      routers_[port / 8].in.put_multicast_credit(port % 8, RouterParams::multicast_vc_of(c));
    }
    for (const FlitAt& f : flits) {
      const std::uint32_t port = RouterParams::multicast_router_port(f.channel);
      routers_[port / 8].in.put_flit(
          port % 8, of_multicast(f.flit, RouterParams::multicast_vc_of(f.channel), geometry_,
                                 position(geometry_, static_cast<std::uint16_t>(port / 8)), routes_));
    }
  }

  // They arbitrate between the classes by themselves: there are no claims.
  Departures step(Cycle, std::span<Claim>) override {
    flits_.clear();
    places_.clear();
    multicast_flits_.clear();
    multicast_places_.clear();
    for (std::uint32_t r = 0; r < routers_.size(); ++r) {
      Router& router = routers_[r];
      if (router.in.empty() && !router.model->busy()) continue;
      ++visits_;
      RouterPorts out;
      router.model->step(router.in, out);
      router.in.clear();
      put(r, out);
    }
    return {flits_, places_, multicast_flits_, multicast_places_};
  }

  RouterState state(std::uint32_t router) const override { return routers_[router].model->state(); }
  std::uint64_t visits() const override { return visits_; }

 private:
  struct Router {
    std::unique_ptr<RouterModel> model;
    RouterPorts in;  // what is due on its wires
  };
  void put(std::uint32_t router, const RouterPorts& out) {
    for (unsigned port = 0; port < kPorts; ++port) {
      const auto& [flit, vc, route, there] = out.flit[port];
      if (out.has_flit(port) && flit.multicast())
        multicast_flits_.push_back({RouterParams::multicast_channel(router * 8 + port, vc), flit});
      else if (out.has_flit(port))
        flits_.push_back({p_.channel(router, port, vc), flit});
      if (out.has_credit(port)) places_.push_back(p_.channel(router, port, out.credit_vc[port]));
      for (unsigned vcs = out.multicast_credits[port]; vcs != 0; vcs &= vcs - 1)
        multicast_places_.push_back(RouterParams::multicast_channel(router * 8 + port, first_bit(vcs)));
    }
  }

  RouterParams p_;
  Geometry geometry_;
  const std::vector<MulticastRoute>& routes_;
  std::vector<Router> routers_;
  std::vector<FlitAt> flits_, multicast_flits_;
  std::vector<Channel> places_, multicast_places_;
  std::uint64_t visits_ = 0;
};

}  // namespace

std::unique_ptr<Routers> make_model_routers(const RouterParams& params, const Geometry& geometry,
                                            const RouterFactory& factory,
                                            const std::vector<MulticastRoute>& routes) {
  return std::make_unique<ModelRouters>(params, geometry, factory, routes);
}

}  // namespace troupe::noc

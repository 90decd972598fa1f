#include "noc/router_model.hpp"

#include <fmt/core.h>

#include <vector>

namespace troupe::noc {
namespace {

constexpr const char* kPortNames[kPorts] = {"east", "west", "south", "north", "local"};
constexpr const char* kHalfNames[] = {"lower half", "upper half", "any half"};

std::string vc_text(unsigned n, const RouterParams& p) {
  return fmt::format("{} {}", kPortNames[n / p.vcs], n % p.vcs);
}

Flit without_hop(Flit flit) {
  return flit.head() ? flit : flit.with_hop(0);
}

}  // namespace

bool operator==(const LinkFlit& a, const LinkFlit& b) {
  return a.vc == b.vc && without_hop(a.flit) == without_hop(b.flit);
}

bool operator==(const RouterPorts& a, const RouterPorts& b) {
  if (a.flits != b.flits || a.credits != b.credits) return false;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (a.has_flit(port) && a.flit[port] != b.flit[port]) return false;
    if (a.has_credit(port) && a.credit_vc[port] != b.credit_vc[port]) return false;
  }
  return true;
}

std::string RouterPorts::text() const {
  std::string text;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (has_flit(port)) {
      const Flit f = flit[port].flit;
      text += fmt::format("  {:5} VC {}: packet {}", kPortNames[port], flit[port].vc, f.packet());
      text += f.head() ? fmt::format(" head to ({},{}) by {}, {} of VCs {}..{}", f.to().x, f.to().y,
                                     kPortNames[f.port() % kPorts],
                                     kHalfNames[static_cast<unsigned>(f.half()) % 3], +f.range().first,
                                     +f.range().last)
                       : fmt::format(" flit {}", f.number());
      text += f.tail() ? " tail\n" : "\n";
    }
    if (has_credit(port)) text += fmt::format("  {:5} VC {}: credit\n", kPortNames[port], credit_vc[port]);
  }
  return text;
}

std::string router_text(const RouterState& s, const RouterParams& p) {
  std::string text;
  for (unsigned n = 0; n < kPorts * p.vcs; ++n) {
    const RouterState::InputVc& in = s.in[n];
    if (in.flits == 0 && !in.active) continue;
    text += fmt::format("  {}: {} flits", vc_text(n, p), in.flits);
    if (in.waiting) text += fmt::format(", wants {}", kPortNames[in.out_port % kPorts]);
    if (in.active) text += fmt::format(", has {}", vc_text(in.out_vc, p));
    text += '\n';
  }
  text += "  held output VCs:";
  for (unsigned n = 0; n < kPorts * p.vcs; ++n)
    if (!s.out[n].free) text += fmt::format(" {},", vc_text(n, p));
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
  return text + '\n';
}

ReferenceRouter::ReferenceRouter(const RouterParams& params, const Geometry& geometry, Position here)
    : params_(params),
      geometry_(geometry),
      here_(here),
      router_(make_routers(params, 1)),
      before_(router_->state(0)) {}

void ReferenceRouter::step(const RouterPorts& in, RouterPorts& out) {
  std::vector<Channel> credits;
  std::vector<FlitAt> flits;
  for (unsigned port = 0; port < kPorts; ++port) {
    if (in.has_credit(port)) credits.push_back(params_.channel(0, port, in.credit_vc[port]));
    if (in.has_flit(port)) flits.push_back({params_.channel(0, port, in.flit[port].vc), in.flit[port].flit});
  }
  router_->receive_credits(credits);
  router_->receive_flits(flits);
  before_ = router_->state(0);

  out = lt_;
  out.credits = st_.credits;
  out.credit_vc = st_.credit_vc;
  lt_ = st_;
  st_.clear();
  const Departures departures = router_->step(now_++);
  for (const FlitAt& f : departures.flits) {
    const auto port = static_cast<Port>(params_.port_of(f.channel));
    const Flit flit =
        f.flit.head()
            ? f.flit.with_hop(packed(route(geometry_, neighbour(geometry_, here_, port), f.flit.to())))
            : f.flit;
    st_.put_flit(port, {flit, static_cast<std::uint8_t>(params_.vc_of(f.channel))});
  }
  for (const Channel c : departures.places) st_.put_credit(params_.port_of(c), params_.vc_of(c));

  buffered_ += flits.size() - departures.places.size();
}

RouterFactory reference_routers() {
  return [](const RouterParams& params, const Geometry& geometry, Position here) {
    return std::make_unique<ReferenceRouter>(params, geometry, here);
  };
}

namespace {

class ModelRouters final : public Routers {
 public:
  ModelRouters(const RouterParams& params, const Geometry& geometry, const RouterFactory& factory)
      : p_(params) {
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

  // Such routers know no multicasts: there are no claims.
  Departures step(Cycle, std::span<Claim>) override {
    flits_.clear();
    places_.clear();
    for (std::uint32_t r = 0; r < routers_.size(); ++r) {
      Router& router = routers_[r];
      if (router.in.empty() && !router.model->busy()) continue;
      RouterPorts out;
      router.model->step(router.in, out);
      router.in.clear();
      for (unsigned port = 0; port < kPorts; ++port) {
        if (out.has_flit(port))
          flits_.push_back({p_.channel(r, port, out.flit[port].vc), out.flit[port].flit});
        if (out.has_credit(port)) places_.push_back(p_.channel(r, port, out.credit_vc[port]));
      }
    }
    return {flits_, places_};
  }

  RouterState state(std::uint32_t router) const override { return routers_[router].model->state(); }

 private:
  struct Router {
    std::unique_ptr<RouterModel> model;
    RouterPorts in;  // what is due on its wires
  };
  RouterParams p_;
  std::vector<Router> routers_;
  std::vector<FlitAt> flits_;
  std::vector<Channel> places_;
};

}  // namespace

std::unique_ptr<Routers> make_model_routers(const RouterParams& params, const Geometry& geometry,
                                            const RouterFactory& factory) {
  return std::make_unique<ModelRouters>(params, geometry, factory);
}

}  // namespace troupe::noc

#include "noc/rtl/rtl_router.hpp"

#include <fmt/core.h>
#include <verilated.h>

#include <algorithm>

#include "Vrouter.h"
#include "Vrouter___024root.h"
#include "Vrouter_router_pkg.h"
#include "sim/base/check.hpp"

namespace troupe::noc {
namespace {

constexpr unsigned kVcs = Vrouter_router_pkg::VCS, kMulticastVcs = Vrouter_router_pkg::MULTICAST_VCS,
                   kDepth = Vrouter_router_pkg::DEPTH;
constexpr unsigned kPoolMax = 255;  // pool_t

void require(bool holds, const char* what, unsigned limit, unsigned found) {
  if (!holds)
    throw InputError(fmt::format("the RTL router has {} up to {}, this chip has {}", what, limit, found),
                     "raise the limit in noc/rtl/router_pkg.sv, or run with --noc model");
}

// tree_t, branches_t
std::uint32_t tree_of(const MulticastRoute& route) {
  return (route.to.rows - 1u) << 24 | (route.to.columns - 1u) << 16 | unsigned{route.source.y} << 8 |
         route.source.x;
}
std::uint16_t bits_of(const Branches& branches) {
  unsigned upper = 0;
  for (unsigned port = 0; port < kPorts; ++port)
    upper |= unsigned{branches.half[port] == Half::upper} << port;
  return static_cast<std::uint16_t>(upper << kPorts | branches.ports);
}
MulticastRoute route_of(std::uint32_t tree, Position corner) {
  const auto field = [=](unsigned low) { return static_cast<std::uint16_t>(tree >> low & 0xff); };
  return {
      .source = {field(0), field(8)},
      .to = {corner, static_cast<std::uint16_t>(field(16) + 1), static_cast<std::uint16_t>(field(24) + 1)}};
}
Branches branches_of(unsigned bits) {
  Branches branches;
  for (unsigned port = 0; port < kPorts; ++port)
    if ((bits >> port & 1) != 0)
      branches.add({static_cast<Port>(port), port == kLocal                       ? Half::any
                                             : (bits >> (kPorts + port) & 1) != 0 ? Half::upper
                                                                                  : Half::lower});
  return branches;
}

class RtlRouter final : public RouterModel {
 public:
  RtlRouter(const RouterParams& params, const Geometry& g, Position here)
      : params_(params), top_(std::make_unique<Vrouter>(&context_)) {
    top_->here_strap = static_cast<std::uint16_t>(here.y << 8 | here.x);
    top_->geometry_strap = std::uint32_t{g.topology == Topology::torus} << 19 |
                           static_cast<std::uint32_t>(g.routing) << 16 | (g.height - 1u) << 8 |
                           (g.width - 1u);
    top_->half_vcs_strap = static_cast<std::uint8_t>(params.vcs - params.range_end());
    top_->va_cycles_strap = static_cast<std::uint8_t>(params.va_cycles);
    top_->depth_strap = static_cast<std::uint8_t>(params.depth);
    top_->pool_per_vc_strap = static_cast<std::uint8_t>(params.pool_per_vc);
    top_->pool_strap = static_cast<std::uint8_t>(params.pool);
    top_->lower_multicasts_strap = static_cast<std::uint8_t>(params.multicast_wanted(Half::lower));
    top_->upper_multicasts_strap = static_cast<std::uint8_t>(params.multicast_wanted(Half::upper));
    top_->rst = 1;
    top_->eval();  // with the clock low: the first rise is an edge only after that
    clock();
    top_->rst = 0;
  }
  ~RtlRouter() override { top_->final(); }

  void step(const RouterPorts& in, RouterPorts& out) override {
    top_->in_valid = in.flits;
    top_->credit_in_valid = in.credits;
    for (unsigned port = 0; port < kPorts; ++port) {
      const LinkFlit& f = in.flit[port];
      top_->in_vc[port] = f.vc;
      top_->in_flit[port] = f.flit.bits();
      top_->credit_in_vc[port] = in.credit_vc[port];
      top_->credit_in_multicast[port] = in.multicast_credits[port];
      if (!f.flit.multicast() || !f.flit.head()) continue;
      top_->in_tree[port] = tree_of(f.route);
      top_->in_branches[port] = bits_of(f.branches);
    }
    clock();
    out.flits = top_->out_valid;
    out.credits = top_->credit_out_valid;
    for (unsigned port = 0; port < kPorts; ++port) {
      LinkFlit& f = out.flit[port];
      f = {Flit::of_bits(top_->out_flit[port]), top_->out_vc[port]};
      out.credit_vc[port] = top_->credit_out_vc[port];
      out.multicast_credits[port] = top_->credit_out_multicast[port];
      if (!f.flit.multicast() || !f.flit.head()) continue;
      f.route = route_of(top_->out_tree[port], f.flit.to());
      f.branches = branches_of(top_->out_branches[port]);
    }
  }

  bool busy() const override { return top_->busy != 0; }

  RouterState state() const override {
    const Vrouter___024root& r = *top_->rootp;
    RouterState s;
    for (unsigned port = 0; port < kPorts; ++port) {
      for (unsigned vc = 0; vc < params_.vcs; ++vc) {
        const unsigned n = port * kVcs + vc;
        const bool held = (r.router__DOT__held >> n & 1) != 0;
        RouterState::InputVc& in = s.in[port * params_.vcs + vc];
        in.flits = r.router__DOT__buffers__DOT__count[n];
        in.waiting = in.flits != 0 && !held;
        in.active = held && r.router__DOT__va_left[n] == 0;
        const Flit front =
            Flit::of_bits(r.router__DOT__buffers__DOT__flits[n][r.router__DOT__buffers__DOT__first[n]]);
        in.out_port = held ? r.router__DOT__held_port[n] : front.port();
        in.out_vc = number(r.router__DOT__held_vc[n]);
        in.va_pointer = number(r.router__DOT__va__DOT__in_pointer[n]);
        s.out[port * params_.vcs + vc] = {(r.router__DOT__free >> n & 1) != 0, r.router__DOT__credits[n],
                                          number(r.router__DOT__va__DOT__out_pointer[n])};
      }
      s.sa_vc_pointer[port] =
          static_cast<std::uint8_t>(r.router__DOT__sa__DOT__vc_pointer[port] % params_.vcs);
      s.sa_in_pointer[port] = r.router__DOT__sa__DOT__in_pointer[port];
      s.sa_out_pointer[port] = r.router__DOT__sa__DOT__out_pointer[port];
      s.pool[port] = r.router__DOT__pool_left[port];
    }
    add_multicasts(s);
    return s;
  }

 private:
  void add_multicasts(RouterState& s) const {
    const Vrouter___024root& r = *top_->rootp;
    const unsigned vcs = params_.multicast_vcs;
    for (unsigned port = 0; port < kPorts; ++port) {
      for (unsigned vc = 0; vc < vcs; ++vc) {
        const unsigned n = port * kMulticastVcs + vc;
        RouterState::MulticastInputVc& in = s.multicast_in[port * vcs + vc];
        in.flits = r.router__DOT__multicast_part__DOT__count[n];
        in.branches = r.router__DOT__multicast_part__DOT__todo[n];
        in.held = r.router__DOT__multicast_part__DOT__held[n];
        for (unsigned out = 0; out < kPorts; ++out) {
          in.out_vc[out] = r.router__DOT__multicast_part__DOT__out_vc[n][out];
          in.ahead[out] = r.router__DOT__multicast_part__DOT__ahead[n][out];
          in.va_pointer[out] = r.router__DOT__multicast_part__DOT__va__DOT__in_pointer[n][out] % vcs;
        }
        s.multicast_out[port * vcs + vc] = {
            (r.router__DOT__multicast_part__DOT__free >> n & 1) != 0,
            r.router__DOT__multicast_part__DOT__credits[n],
            number(r.router__DOT__multicast_part__DOT__va__DOT__out_pointer[n], kMulticastVcs, vcs)};
      }
      if (vcs != 0)
        s.multicast_sa_pointer[port] =
            number(r.router__DOT__multicast_part__DOT__sa_pointer[port], kMulticastVcs, vcs);
    }
    s.unicast_first = r.router__DOT__sa__DOT__unicast_first;
  }

  // A rising edge: the registers take over. The falling one lets the next rise be seen.
  void clock() {
    top_->clk = 1;
    top_->eval();
    top_->clk = 0;
    top_->eval();
  }

  // A VC or pointer over those that the RTL has -> over those that the chip has.
  static std::uint8_t number(unsigned rtl, unsigned rtl_vcs, unsigned vcs) {
    const unsigned n = rtl / rtl_vcs * vcs + std::min(rtl % rtl_vcs, vcs);
    return static_cast<std::uint8_t>(n % (kPorts * vcs));
  }
  std::uint8_t number(unsigned rtl) const { return number(rtl, kVcs, params_.vcs); }

  RouterParams params_;
  VerilatedContext context_;
  std::unique_ptr<Vrouter> top_;
};

}  // namespace

RouterFactory rtl_routers() {
  return [](const RouterParams& p, const Geometry& geometry, Position here) -> std::unique_ptr<RouterModel> {
    require(p.vcs <= kVcs, "virtual_channels for unicasts", kVcs, p.vcs);
    require(p.multicast_vcs <= kMulticastVcs, "multicast_channels", kMulticastVcs, p.multicast_vcs);
    require(p.depth <= kDepth, "vc_depth + pool_per_vc", kDepth, p.depth);
    require(p.pool <= kPoolMax, "pool", kPoolMax, p.pool);
    return std::make_unique<RtlRouter>(p, geometry, here);
  };
}

}  // namespace troupe::noc

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

constexpr unsigned kVcs = Vrouter_router_pkg::VCS, kDepth = Vrouter_router_pkg::DEPTH;
constexpr unsigned kPoolMax = 255;  // pool_t

void require(bool holds, const char* what, unsigned limit, unsigned found) {
  if (!holds)
    throw InputError(fmt::format("the RTL router has {} up to {}, this chip has {}", what, limit, found),
                     "raise the limit in noc/rtl/router_pkg.sv, or run with --noc model");
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
      top_->in_vc[port] = in.flit[port].vc;
      top_->in_flit[port] = in.flit[port].flit.bits();
      top_->credit_in_vc[port] = in.credit_vc[port];
    }
    clock();
    out.flits = top_->out_valid;
    out.credits = top_->credit_out_valid;
    for (unsigned port = 0; port < kPorts; ++port) {
      out.flit[port] = {Flit::of_bits(top_->out_flit[port]), top_->out_vc[port]};
      out.credit_vc[port] = top_->credit_out_vc[port];
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
    return s;
  }

 private:
  // A rising edge: the registers take over. The falling one lets the next rise be seen.
  void clock() {
    top_->clk = 1;
    top_->eval();
    top_->clk = 0;
    top_->eval();
  }

  // A VC or pointer over those that the RTL has -> over those that the chip has.
  std::uint8_t number(unsigned rtl) const {
    const unsigned n = rtl / kVcs * params_.vcs + std::min(rtl % kVcs, params_.vcs);
    return static_cast<std::uint8_t>(n % (kPorts * params_.vcs));
  }

  RouterParams params_;
  VerilatedContext context_;
  std::unique_ptr<Vrouter> top_;
};

}  // namespace

RouterFactory rtl_routers() {
  return [](const RouterParams& p, const Geometry& geometry, Position here) -> std::unique_ptr<RouterModel> {
    require(p.vcs <= kVcs, "virtual_channels for unicasts", kVcs, p.vcs);
    require(p.multicast_vcs == 0, "multicast_channels", 0, p.multicast_vcs);
    require(p.depth <= kDepth, "vc_depth + pool_per_vc", kDepth, p.depth);
    require(p.pool <= kPoolMax, "pool", kPoolMax, p.pool);
    return std::make_unique<RtlRouter>(p, geometry, here);
  };
}

}  // namespace troupe::noc

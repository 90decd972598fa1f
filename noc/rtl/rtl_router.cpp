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

// flit_t of router_pkg.sv: tail in bit 0, then head, route, vc_last, vc_first, to.y, to.x.
std::uint64_t packed(const LinkFlit& f) {
  return std::uint64_t{f.flit.tail} | std::uint64_t{f.flit.head} << 1 | std::uint64_t{f.flit.route} << 2 |
         std::uint64_t{f.flit.range.last} << 5 | std::uint64_t{f.flit.range.first} << 9 |
         std::uint64_t{f.to.y} << 13 | std::uint64_t{f.to.x} << 25;
}

LinkFlit unpacked(std::uint64_t bits, std::uint64_t payload, unsigned vc) {
  LinkFlit f;
  f.flit.packet = static_cast<std::uint32_t>(payload);
  f.flit.sequence = static_cast<std::uint16_t>(payload >> 32);
  f.flit.tail = (bits & 1) != 0;
  f.flit.head = (bits >> 1 & 1) != 0;
  f.flit.route = bits >> 2 & 7;
  f.flit.range.last = bits >> 5 & 15;
  f.flit.range.first = bits >> 9 & 15;
  f.to.y = static_cast<std::uint16_t>(bits >> 13 & 0xfff);
  f.to.x = static_cast<std::uint16_t>(bits >> 25 & 0xfff);
  f.vc = static_cast<std::uint8_t>(vc);
  return f;
}

// A pointer over the VCs that the RTL has -> over those that the chip has.
std::uint8_t pointer(unsigned rtl, const RouterParams& p) {
  const unsigned ours = rtl / kVcs * p.vcs + std::min(rtl % kVcs, p.vcs);
  return static_cast<std::uint8_t>(ours == p.port_vcs ? 0 : ours);
}

class RtlRouter final : public RouterModel {
 public:
  RtlRouter(const RouterParams& params, Position here)
      : params_(params), top_(std::make_unique<Vrouter>(&context_)) {
    top_->here = std::uint32_t{here.x} << 12 | here.y;
    top_->depth = static_cast<std::uint8_t>(params.depth);
    top_->va_cycles = static_cast<std::uint8_t>(params.va_cycles);
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
      if ((in.flits >> port & 1) != 0) {
        const LinkFlit& f = in.flit[port];
        top_->in_vc[port] = f.vc;
        top_->in_flit[port] = packed(f);
        top_->in_payload[port] = f.flit.packet | std::uint64_t{f.flit.sequence} << 32;
      }
      top_->credit_in_vc[port] = in.credit_vc[port];
    }
    clock();
    out.flits = top_->out_valid;
    out.credits = top_->credit_out_valid;
    for (unsigned port = 0; port < kPorts; ++port) {
      if ((out.flits >> port & 1) != 0)
        out.flit[port] = unpacked(top_->out_flit[port], top_->out_payload[port], top_->out_vc[port]);
      out.credit_vc[port] = top_->credit_out_vc[port];
    }
  }

  bool busy() const override { return top_->busy != 0; }

  // The registers, as the state of noc/router.hpp.
  std::string state_text() const override {
    const Vrouter___024root& r = *top_->rootp;
    RouterState s = reset_router(params_);
    s.active = s.nonempty = s.waiting = 0;
    for (unsigned port = 0; port < kPorts; ++port) {
      for (unsigned vc = 0; vc < params_.vcs; ++vc) {
        const unsigned ours = port * params_.vcs + vc, theirs = port * kVcs + vc;
        const std::uint64_t bit = std::uint64_t{1} << ours;
        s.in[ours].count = r.router__DOT__buffers__DOT__count[theirs];
        s.in[ours].va_pointer = pointer(r.router__DOT__va__DOT__in_pointer[theirs], params_);
        s.in[ours].out_vc = pointer(r.router__DOT__held_vc[theirs], params_);
        s.va_pointer[ours] = pointer(r.router__DOT__va__DOT__out_pointer[theirs], params_);
        s.credits[ours] = r.router__DOT__credits[theirs];
        if ((r.router__DOT__held >> theirs & 1) != 0)
          s.active |= bit;
        else if (s.in[ours].count != 0)
          s.waiting |= bit;
        if ((r.router__DOT__free >> theirs & 1) == 0) s.free_out &= ~bit;
      }
      s.sa_vc_pointer[port] =
          static_cast<std::uint8_t>(r.router__DOT__sa__DOT__vc_pointer[port] % params_.vcs);
      s.sa_in_pointer[port] = r.router__DOT__sa__DOT__in_pointer[port];
      s.sa_out_pointer[port] = r.router__DOT__sa__DOT__out_pointer[port];
    }
    return router_text(s, params_);
  }

 private:
  // A rising edge: the registers take over. The falling one lets the next rise be seen.
  void clock() {
    top_->clk = 1;
    top_->eval();
    top_->clk = 0;
    top_->eval();
  }

  RouterParams params_;
  VerilatedContext context_;
  std::unique_ptr<Vrouter> top_;
};

}  // namespace

RouterFactory rtl_routers() {
  return [](const RouterParams& params, Position here) -> std::unique_ptr<RouterModel> {
    if (params.vcs > kVcs || params.depth > kDepth)
      throw InputError(
          fmt::format("the RTL router has up to {} virtual channels of up to {} flits; this chip has "
                      "virtual_channels = {}, vc_depth = {}",
                      kVcs, kDepth, params.vcs, params.depth),
          "raise VCS or DEPTH in noc/rtl/router_pkg.sv, or run with --noc model");
    return std::make_unique<RtlRouter>(params, here);
  };
}

}  // namespace troupe::noc

#include "noc/router_model.hpp"

#include <fmt/core.h>

namespace troupe::noc {
namespace {

constexpr const char* kPortNames[kPorts] = {"east", "west", "south", "north", "local"};

// A set of VCs: "east 0 2, local 1".
std::string vcs_text(std::uint64_t set, const RouterParams& p) {
  std::string text;
  for (unsigned port = 0; port < kPorts; ++port) {
    const std::uint64_t of_port = set >> (port * p.vcs) & ((std::uint64_t{1} << p.vcs) - 1);
    if (of_port == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", kPortNames[port]);
    for (unsigned vc = 0; vc < p.vcs; ++vc)
      if ((of_port >> vc & 1) != 0) text += fmt::format(" {}", vc);
  }
  return text.empty() ? "none" : text;
}

std::string vc_text(unsigned port_vc, const RouterParams& p) {
  return fmt::format("{} {}", kPortNames[port_vc / p.vcs], port_vc % p.vcs);
}

}  // namespace

bool operator==(const LinkFlit& a, const LinkFlit& b) {
  const Flit &f = a.flit, &g = b.flit;
  if (a.vc != b.vc || f.packet != g.packet || f.sequence != g.sequence || f.head != g.head ||
      f.tail != g.tail)
    return false;
  return !f.head || (a.to == b.to && f.route == g.route && f.range == g.range);
}

bool operator==(const RouterPorts& a, const RouterPorts& b) {
  if (a.flits != b.flits || a.credits != b.credits) return false;
  for (unsigned port = 0; port < kPorts; ++port) {
    if ((a.flits >> port & 1) != 0 && a.flit[port] != b.flit[port]) return false;
    if ((a.credits >> port & 1) != 0 && a.credit_vc[port] != b.credit_vc[port]) return false;
  }
  return true;
}

std::string RouterPorts::text() const {
  std::string text;
  for (unsigned port = 0; port < kPorts; ++port) {
    if ((flits >> port & 1) != 0) {
      const auto& [f, at, vc] = flit[port];
      text += fmt::format("  {:5} VC {}: packet {} flit {}{}{}", kPortNames[port], vc, f.packet, f.sequence,
                          f.head ? " head" : "", f.tail ? " tail" : "");
      if (f.head)
        text += fmt::format(" to ({},{}) by {} on VCs {}..{}", at.x, at.y, kPortNames[f.route % kPorts],
                            +f.range.first, +f.range.last);
      text += '\n';
    }
    if ((credits >> port & 1) != 0)
      text += fmt::format("  {:5} VC {}: credit\n", kPortNames[port], credit_vc[port]);
  }
  return text;
}

std::string router_text(const RouterState& s, const RouterParams& p) {
  std::string text = fmt::format("  waiting: {}\n  output VCs held: {}\n", vcs_text(s.waiting, p),
                                 vcs_text(~s.free_out & ((std::uint64_t{1} << p.port_vcs) - 1), p));
  for (unsigned vc = 0; vc < p.port_vcs; ++vc) {
    if (s.in[vc].count == 0 && (s.active >> vc & 1) == 0) continue;
    text += fmt::format("  {}: {} flits", vc_text(vc, p), s.in[vc].count);
    if ((s.active >> vc & 1) != 0) text += fmt::format(", has {}", vc_text(s.in[vc].out_vc, p));
    text += '\n';
  }
  text += "  credits:";
  for (unsigned vc = 0; vc < kLocal * p.vcs; ++vc) text += fmt::format(" {}", s.credits[vc]);
  text += "\n  VA pointers of input VCs:";
  for (unsigned vc = 0; vc < p.port_vcs; ++vc) text += fmt::format(" {}", s.in[vc].va_pointer);
  text += "\n  VA pointers of output VCs:";
  for (unsigned vc = 0; vc < p.port_vcs; ++vc) text += fmt::format(" {}", s.va_pointer[vc]);
  text += "\n  SA pointers by port, over VCs, outputs, inputs:";
  for (unsigned port = 0; port < kPorts; ++port)
    text += fmt::format(" {}/{}/{}", s.sa_vc_pointer[port], s.sa_in_pointer[port], s.sa_out_pointer[port]);
  return text + '\n';
}

ReferenceRouter::ReferenceRouter(const RouterParams& params, Position here)
    : params_(params),
      here_(here),
      state_(reset_router(params)),
      before_(state_),
      buffers_(params.port_vcs * params.depth),
      to_(params.port_vcs) {}

void ReferenceRouter::step(const RouterPorts& in, RouterPorts& out) {
  if (granted_.size() == params_.va_cycles) {
    state_.active |= granted_.front();
    granted_.pop_front();
  }
  for (unsigned port = 0; port < kPorts; ++port) {
    if ((in.credits >> port & 1) != 0) receive_credit(state_, port * params_.vcs + in.credit_vc[port]);
    if ((in.flits >> port & 1) == 0) continue;
    const LinkFlit& f = in.flit[port];
    const unsigned vc = port * params_.vcs + f.vc;
    receive_flit(state_, params_, buffers_.data(), vc, f.flit);
    if (f.flit.head) to_[vc].push_back(f.to);
  }
  out = lt_;
  out.credits = st_.credits;
  out.credit_vc = st_.credit_vc;
  lt_ = st_;
  st_.clear();

  before_ = state_;
  Departures departures;
  std::uint64_t granted;
  noc::step(state_, params_, buffers_.data(), departures, granted);
  if (params_.va_cycles > 1) granted_.push_back(granted);
  for (unsigned i = 0; i < departures.count; ++i) {
    const Departure& d = departures.list[i];
    LinkFlit f{d.flit, to_[d.in_vc].front(), static_cast<std::uint8_t>(d.out_vc - d.out_port * params_.vcs)};
    if (f.flit.head) f.flit.route = route_xy(neighbour(here_, static_cast<Port>(d.out_port)), f.to);
    if (f.flit.tail) to_[d.in_vc].pop_front();
    st_.put_flit(d.out_port, f);
    const unsigned in_port = params_.port_of[d.in_vc];
    st_.put_credit(in_port, d.in_vc - in_port * params_.vcs);
  }
}

bool ReferenceRouter::busy() const {
  return state_.nonempty != 0 || st_.flits != 0 || lt_.flits != 0;
}

std::string ReferenceRouter::state_text() const {
  return router_text(before_, params_);
}

RouterFactory reference_routers() {
  return [](const RouterParams& params, Position here) {
    return std::make_unique<ReferenceRouter>(params, here);
  };
}

}  // namespace troupe::noc

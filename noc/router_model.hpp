// The seam at which another implementation of a router takes its place: ports, and a clock edge at a time.
//
// step() samples what is on the wires into the router in a cycle and gives what is on the wires out of it, as
// registers at both ends do. A flit that wins the switch in cycle s is on its link in s + kFlitRegisters, the
// credit for the place that it left in s + kCreditRegisters; whoever wires routers adds the rest of the
// delays.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "noc/flit.hpp"
#include "noc/multicast_routers.hpp"
#include "noc/router.hpp"
#include "noc/routing.hpp"

namespace troupe::noc {

inline constexpr unsigned kFlitRegisters = 2;  // ST and LT
inline constexpr unsigned kCreditRegisters = 1;

struct LinkFlit {
  Flit flit;            // a head's hop is the one at the router that it is going to
  std::uint8_t vc = 0;  // of its class
  // Of a multicast's head: where it comes from and goes to, and its branches at the router that it is going
  // to.
  MulticastRoute route{};
  Branches branches{};

  // What has no meaning does not matter: the hop of a body, the route of a unicast.
  friend bool operator==(const LinkFlit& a, const LinkFlit& b);
};

// The wires into a router, or out of it, in one cycle: at most one flit a port, one credit for a unicast, and
// one for each VC of multicasts, which give their places back each by itself.
struct RouterPorts {
  std::uint8_t flits = 0, credits = 0;  // ports that carry one, a bit each
  std::array<LinkFlit, kPorts> flit;
  std::array<std::uint8_t, kPorts> credit_vc{};          // the VC of the port that got a place
  std::array<std::uint8_t, kPorts> multicast_credits{};  // the VCs of the port that did, a bit each

  void put_flit(unsigned port, const LinkFlit& f) {
    flits = static_cast<std::uint8_t>(flits | 1u << port);
    flit[port] = f;
  }
  void put_credit(unsigned port, unsigned vc) {
    credits = static_cast<std::uint8_t>(credits | 1u << port);
    credit_vc[port] = static_cast<std::uint8_t>(vc);
  }
  void put_multicast_credit(unsigned port, unsigned vc) {
    multicast_credits[port] = static_cast<std::uint8_t>(multicast_credits[port] | 1u << vc);
  }
  bool has_flit(unsigned port) const { return (flits >> port & 1) != 0; }
  bool has_credit(unsigned port) const { return (credits >> port & 1) != 0; }
  bool empty() const {
    return flits == 0 && credits == 0 && multicast_credits == std::array<std::uint8_t, kPorts>{};
  }
  void clear() {
    flits = credits = 0;
    multicast_credits = {};
  }
  // Wires that carry nothing do not matter.
  friend bool operator==(const RouterPorts& a, const RouterPorts& b);
  std::string text() const;  // a line for each port that carries something
};

class RouterModel {
 public:
  virtual ~RouterModel() = default;
  virtual void step(const RouterPorts& in, RouterPorts& out) = 0;
  // False: with nothing on the wires in, step() changes nothing and gives nothing, so it may be left out.
  virtual bool busy() const = 0;
  // As the last step() found it: with what came in, before VA and SA.
  virtual RouterState state() const = 0;
};

// A state in words: what is buffered and held, credits, pointers.
std::string router_text(const RouterState& state, const RouterParams& params);

using RouterFactory =
    std::function<std::unique_ptr<RouterModel>(const RouterParams&, const Geometry&, Position here)>;

// noc/router.hpp behind the seam.
class ReferenceRouter final : public RouterModel {
 public:
  ReferenceRouter(const RouterParams& params, const Geometry& geometry, Position here);
  void step(const RouterPorts& in, RouterPorts& out) override;
  bool busy() const override { return buffered_ != 0 || !st_.empty() || lt_.flits != 0; }
  RouterState state() const override { return before_; }

 private:
  RouterParams params_;
  Geometry geometry_;
  Position here_;
  std::vector<MulticastRoute> routes_;  // by packet, as the wires in brought them
  std::unique_ptr<Routers> router_;
  RouterState before_;
  void receive(const RouterPorts& in);
  void put(const Departures& departures);
  std::size_t buffered_ = 0;  // flits in the buffers
  Cycle now_ = 0;
  RouterPorts st_, lt_;  // in ST and LT; credits in st_ only
};
RouterFactory reference_routers();

// All routers of a network made by a factory. Those that are idle and get nothing are not stepped. `routes`
// is by packet index and outlives the routers.
std::unique_ptr<Routers> make_model_routers(const RouterParams& params, const Geometry& geometry,
                                            const RouterFactory& factory,
                                            const std::vector<MulticastRoute>& routes);

}  // namespace troupe::noc

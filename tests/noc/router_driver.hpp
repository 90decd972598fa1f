// Random traffic around one router, and what any router must keep: the contract of noc/router_model.hpp.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <vector>

#include "noc/router_model.hpp"
#include "sim/base/rng.hpp"

namespace troupe::noc::testing {

struct DriverParams {
  double load = 0.5;       // chance that an input port sends in a cycle
  double drain = 1;        // chance that an output VC that owes credits gives one back in a cycle
  unsigned flits_max = 6;  // of a packet
  std::uint64_t seed = 1;
};

// A network that the RTL was made for: mesh or torus, any routing, private or pooled buffers, any delays,
// with and without multicasts.
NocParams random_network(Rng& rng);

// A router of such a network, on a small grid or one with up to 256 tiles in a row or column, and the traffic
// around it.
struct RandomRouter {
  NocParams noc;
  RouterParams params;
  Geometry geometry;
  Position here;
  DriverParams traffic;
};
RandomRouter random_router(std::uint64_t seed, double drain_min);

// Plays the routers around one at `here`: sends within its credits, gives credits back, and holds what comes
// out against what went in. A breach is a CHECK of doctest.
class RouterDriver {
 public:
  RouterDriver(const RouterParams& router, const Geometry& geometry, Position here,
               const DriverParams& params);

  // The wires into the router for the next step; with `sending` false no new packets.
  RouterPorts next(bool sending = true);
  // The wires out of it after that step.
  void take(const RouterPorts& out);

  // A multicast's flit counts for each of its branches.
  std::uint64_t flits_in() const { return in_; }
  std::uint64_t flits_out() const { return out_; }
  std::uint64_t multicast_flits_out() const { return multicast_out_; }

 private:
  // A unicast has one branch.
  struct Packet {
    bool multicast;
    MulticastRoute route;  // a unicast's has one tile
    VcRange range;
    Branches branches;
    unsigned flits, sent = 0;
    unsigned in_vc;
    std::array<unsigned, kPorts> received{}, out_vc{};  // by branch
    unsigned branches_left = 0;                         // that have not sent the tail
  };
  // The VCs of a port are numbered on: those of unicasts, then those of multicasts.
  unsigned vcs() const { return router_.vcs + router_.multicast_vcs; }
  unsigned number(unsigned port, const LinkFlit& f) const {
    return port * vcs() + (f.flit.multicast() ? router_.vcs : 0) + f.vc;
  }
  Packet make_packet(unsigned in_vc);
  MulticastRoute make_route();
  bool has_place(unsigned in_vc) const;
  LinkFlit send(unsigned in_vc);
  void take_credits(unsigned port, const RouterPorts& out);
  void take_head(unsigned port, const LinkFlit& f, const Packet& p);
  void give_credits(unsigned port, RouterPorts& in);

  RouterParams router_;
  Geometry geometry_;
  Position here_;
  DriverParams params_;
  Rng rng_;
  std::map<std::uint32_t, Packet> packets_;  // under way
  std::uint32_t next_packet_ = 0;
  std::vector<std::int64_t> sending_;             // by input VC: its packet, -1 none
  std::vector<std::int64_t> arriving_;            // by output VC: the packet that holds it, -1 none
  std::vector<std::deque<std::uint32_t>> order_;  // by input VC: packets that have not left
  std::vector<LinkCredits> places_;               // by input port: free ones that we know of
  std::vector<LinkCredits> beyond_;               // by output port: free ones behind it
  std::vector<unsigned> multicast_places_;        // by input VC; the same
  std::vector<unsigned> multicast_beyond_;        // by output VC
  std::uint64_t in_ = 0, out_ = 0, multicast_out_ = 0;
};

}  // namespace troupe::noc::testing

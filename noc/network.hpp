// One physical network: a mesh or torus of routers with an injector at every tile, stepped cycle by cycle.
//
// Between routers there are only delays: a flit that wins the switch at cycle s is in the next router's
// buffer at s + switch_alloc + ST + LT, its credit is back one router upstream at s + 2 + credit. The links
// between a router and its NIU have an LT of their own, here NT. Both lie in rings of flat arrays, one a
// cycle, so that routers may be stepped in any order and those without work are not looked at.
//
// A packet offered at cycle c without contention is in its first router's buffer at c + 1 + NT and with its
// last flit at the destination's NIU at  c + 1 + NT + (routers - 1) x (VA + SA + ST + LT) + VA + SA + ST + NT
// + flits - 1.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "noc/flit.hpp"
#include "noc/list.hpp"
#include "noc/multicast_routers.hpp"
#include "noc/router.hpp"
#include "noc/router_model.hpp"
#include "noc/routing.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/units.hpp"

namespace troupe::noc {

struct Delivery {
  std::uint32_t tag;   // as offered
  std::uint16_t tile;  // where it is now
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

class Network {
 public:
  // The network numbered `number` of `params.networks`. Throws InputError for parameters it cannot represent.
  // With `routers` they take the place of the bank of noc/router.hpp; no cycle changes.
  Network(const GridParams& grid, const NocParams& params, std::size_t number = 0,
          const RouterFactory& routers = {});

  // Queues a packet of `flits` >= 1 at the injector of `from`; it may leave in the next step. `tag` comes
  // back when its head enters and when its tail arrives. On a torus `vcs` lies in the lower half.
  void offer(std::uint16_t from, std::uint16_t to, unsigned flits, VcRange vcs, TrafficClass traffic,
             std::uint32_t tag);

  // The same to all tiles of a rectangle but `from` itself, at least one: a delivery for each. The packet is
  // not longer than router_params().depth.
  void offer_multicast(std::uint16_t from, const Rectangle& to, unsigned flits, VcRange vcs,
                       std::uint32_t tag);

  // One cycle. Those in which the network is idle cost nothing and may be left out.
  void step(Cycle now);
  bool idle() const { return flits_pending_ + multicasts_pending_ + credits_flying_ == 0; }

  // Of the last step: packets whose head was sent into the network (it reaches the router's local port
  // injector_cycles() later), and packets whose tail has reached the NIU of its destination in this cycle.
  // In order of tiles.
  std::span<const Delivery> entered() const { return entered_; }
  std::span<const Delivery> delivered() const { return delivered_; }
  // From the step that sends a flit to the cycle at which it is in the router's buffer.
  unsigned injector_cycles() const { return injector_cycles_; }
  // From the offer of a packet to its last flit at the NIU of its destination, without contention.
  unsigned alone_cycles(unsigned routers, unsigned flits) const {
    const unsigned inside = params_.va_cycles + routers_->registers().flit;
    return injector_cycles_ + (routers - 1) * (inside + flit_cycles_) + inside + delivery_cycles_ + flits - 1;
  }

  // Flits since construction: out of a router's port (kLocal: to the NIU), and from a tile's NIU.
  std::uint64_t flits_out(std::uint16_t tile, Port port) const { return links_[tile * 8u + port].flits; }
  std::uint64_t flits_injected(std::uint16_t tile) const { return injectors_[tile].flits; }
  std::uint64_t flit_hops() const;
  // How often steps have looked at a router or a port of it: never at what is idle.
  std::uint64_t router_visits() const { return routers_->visits(); }

  const Geometry& geometry() const { return geometry_; }
  Position position_of(std::uint16_t tile) const { return positions_[tile]; }
  const RouterParams& router_params() const { return params_; }
  RouterState router(std::uint16_t tile) const { return routers_->state(tile); }

  // What must hold between steps; CHECKs it. The debug build calls it after each step.
  void check_invariants() const;

 private:
  struct Packet {
    std::uint32_t tag;
    std::uint32_t next;    // in an injector's queue or the free list
    std::uint32_t serial;  // order of offers, for the debug build's order check
    std::uint16_t from, to, flits;
    std::uint16_t copies;  // of a multicast, not yet delivered
    VcRange vcs;
  };
  // The sending end of the link into a router's local port.
  struct alignas(64) Injector {
    explicit Injector(const RouterParams& p);
    // After credits.take() or give().
    void refresh_credited(const RouterParams& p, unsigned vc);
    void take_credit(const RouterParams& p, unsigned traffic, unsigned vc);
    void give_multicast_credit(unsigned vc);
    std::uint32_t first[kClasses] = {kNone, kNone, kNone}, last[kClasses] = {kNone, kNone, kNone};
    std::uint16_t sent[kClasses] = {};  // flits of the first packet
    std::uint8_t vc[kClasses] = {};     // of the packet being sent, else of the last one sent
    std::uint8_t last_class = kClasses - 1;
    std::uint16_t wanted[kClasses] = {};  // VCs that the first packet may take; 0: not looked up yet
    std::uint16_t held[2] = {};           // of packets being sent; of unicasts, of multicasts
    std::uint16_t credited[2] = {};       // with a credit; the same
    LinkCredits credits;
    std::array<std::uint8_t, kMulticastVcsMax> multicast_credits{};
    std::uint64_t flits = 0;  // since construction
  };
  // Where a flit that leaves through a port goes, and how the route from there on is looked up.
  struct Link {
    std::uint64_t flits = 0;   // since construction
    Channel input = 0;         // VC 0 of the next router's input port; not of the local port
    std::uint16_t column = 0;  // of the next router, in the tables of hops: 256 * x
    std::uint16_t row = 0;     // 256 * y
  };
  // What is somewhere in one cycle, of multicasts.
  struct Multicasts {
    std::vector<FlitAt> flits;              // in a router's buffer, by input VC
    std::vector<Channel> credits;           // at a router, by output VC
    std::vector<Channel> injector_credits;  // at an injector, by the local input VC
  };
  // What a route still has to do along each axis, by here * 256 + there. What comes first has the lower
  // number; the hop itself are the lower bits.
  struct Hops {
    // At the router behind `link`, for a head with this detail; for other flits a number without meaning.
    unsigned at(const Link& link, unsigned detail) const {
      return std::min(along_x[link.column + (detail & 0xff)], along_y[link.row + (detail >> 8)]);
    }
    const std::uint8_t* along_x = nullptr;
    const std::uint8_t* along_y = nullptr;
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  // In the tables of hops, above the hop: the axis that comes second, and a coordinate that is reached.
  static constexpr std::uint8_t kSecondAxis = 0x40, kThere = 0x80;

  std::uint32_t new_packet();  // a place in packets_, with anything in it
  void queue(std::uint32_t index, TrafficClass traffic);
  void free(std::uint32_t index);
  void build_links();
  void build_hops();
  template <class T>
  T& at(std::vector<T>& ring, Cycle cycle) const {
    return ring[cycle & (ring.size() - 1)];
  }
  void take_arrivals(Cycle now);
  void take_multicasts(Cycle now);
  void take_delivery(std::uint16_t tile, const FlitAt& flit);
  void inject(std::uint16_t tile, Cycle now, Writer<FlitAt>& sent);
  void send(std::uint16_t tile, unsigned traffic, Cycle now, Writer<FlitAt>& sent);
  template <unsigned kVcBits>
  void send_on(const Departures& departures, Cycle now);
  void send_multicasts_on(const Departures& departures, Cycle now);
  void check_credits() const;
  void check_multicast_credits() const;
  void check_order(const Packet& packet, std::uint16_t tile, unsigned vc);

  Geometry geometry_;
  RouterParams params_;
  std::uint16_t tiles_;
  unsigned flit_cycles_, delivery_cycles_, credit_cycles_,
      injector_credit_cycles_;  // behind the routers' step()
  unsigned injector_cycles_;
  bool inspected_;  // all that is in the routers shows in their states

  std::vector<MulticastRoute> multicast_routes_;  // by packet
  std::unique_ptr<Routers> routers_;
  std::vector<Link> links_;        // by router * 8 + output port
  std::vector<Channel> upstream_;  // by router * 8 + input port: VC 0 of the output port that feeds it
  std::array<std::vector<std::uint8_t>, 2> hop_tables_;  // along x, along y
  Hops hops_;
  std::vector<Position> positions_;       // by tile
  std::vector<std::uint64_t> injecting_;  // tiles with packets to send, a bit each
  std::vector<Injector> injectors_;
  std::vector<Packet> packets_;
  std::uint32_t free_packet_ = kNone;
  std::uint32_t serial_ = 0;

  // Rings by the cycle in which something is there, as long as a power of two, more than any delay.
  std::vector<List<FlitAt>> flits_;              // in a router's buffer, by input VC
  std::vector<List<Channel>> credits_;           // at a router, by output VC
  std::vector<List<Channel>> injector_credits_;  // at an injector, by the local input VC
  std::vector<List<FlitAt>> arrivals_;           // at an NIU, by the router's local output VC
  std::vector<Multicasts> multicasts_;  // as long as needs be for all delays; empty without VCs for them

  std::uint64_t flits_pending_ = 0;       // of unicasts: offered and not delivered
  std::uint64_t multicasts_pending_ = 0;  // the same of multicasts, times the tiles they go to
  std::uint64_t credits_flying_ = 0;
  // Flits that reach an NIU in this cycle, at most one a tile: a bit each, and the flit.
  std::vector<std::uint64_t> arrived_;
  std::vector<FlitAt> arrived_flits_;
  std::vector<Delivery> entered_, delivered_;
  std::vector<std::uint32_t> last_serial_;  // debug build: by (source, destination, VC)
};

}  // namespace troupe::noc

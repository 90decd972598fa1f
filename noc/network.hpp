// A mesh of routers with an injector at every tile, stepped cycle by cycle.
//
// Between routers there are only delays: a flit that wins the switch at cycle s is in the next router's
// buffer (or at the tile's NIU) at s + switch_alloc + ST + LT, its credit is back one router upstream at
// s + 2 + credit. Both travel on wheels of buckets, one a cycle, so that routers may be stepped in any order
// and those without work are not looked at.
//
// A packet offered at cycle c without contention is in its first router's buffer at c + 1 + LT and with its
// last flit at the destination's NIU at  c + 1 + LT + routers x (VA + SA + ST + LT) + flits - 1.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "noc/flit.hpp"
#include "noc/router.hpp"
#include "noc/router_model.hpp"
#include "noc/routing.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/units.hpp"

namespace troupe::noc {

// Packets of one class never overtake each other at the injector; requests never hold up replies.
inline constexpr unsigned kClasses = 2;
enum TrafficClass : std::uint8_t { kRequests = 0, kReplies = 1 };

struct Delivery {
  std::uint32_t tag;   // as offered
  std::uint16_t tile;  // where it is now
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

class Network {
 public:
  // Throws InputError for parameters it cannot represent. With `routers` they take the place of those of
  // noc/router.hpp; all else stays the network's.
  Network(const GridParams& grid, const NocParams& params, const RouterFactory& routers = {});

  // Queues a packet of `flits` >= 1 at the injector of `from`; it may leave in the next step. `tag` comes
  // back when its head enters and when its tail arrives.
  void offer(std::uint16_t from, std::uint16_t to, unsigned flits, VcRange vcs, TrafficClass traffic,
             std::uint32_t tag);

  // One cycle. Cycles in which the network is idle may be left out.
  void step(Cycle now);
  bool idle() const { return flits_pending_ == 0 && credits_flying_ == 0; }

  // Of the last step: packets whose head was sent into the network (it reaches the router's local port
  // injector_cycles() later), and packets whose tail has reached the NIU of its destination in this cycle.
  std::span<const Delivery> entered() const { return entered_; }
  std::span<const Delivery> delivered() const { return delivered_; }
  // From the step that sends a flit to the cycle at which it is in the router's buffer.
  unsigned injector_cycles() const { return injector_cycles_; }
  // What a router and the link behind it add to a head without contention.
  unsigned hop_cycles() const { return params_.va_cycles + flit_cycles_; }

  // Flits since construction: out of a router's port (kLocal: to the NIU), and from a tile's NIU.
  std::uint64_t flits_out(std::uint16_t tile, Port port) const { return flits_out_[tile * kPorts + port]; }
  std::uint64_t flits_injected(std::uint16_t tile) const { return injectors_[tile].flits; }
  std::uint64_t flit_hops() const;

  const GridParams& grid() const { return grid_; }
  const RouterParams& router_params() const { return params_; }

  // What must hold between steps; CHECKs it. The debug build calls it after each step.
  void check_invariants() const;

 private:
  struct Packet {
    Position to;
    std::uint16_t from, flits;
    VcRange vcs;
    std::uint32_t tag;
    std::uint32_t next;      // in an injector's queue or the free list
    std::uint32_t serial;    // order of offers, for the debug build's order check
    std::uint16_t received;  // flits at the destination
  };
  // The sending end of the link into a router's local port.
  struct Injector {
    std::uint32_t first[kClasses] = {kNone, kNone}, last[kClasses] = {kNone, kNone};
    std::uint16_t sent[kClasses] = {};  // flits of the first packet
    std::uint8_t vc[kClasses] = {};     // of the packet being sent, else of the last one sent
    std::uint8_t last_class = kClasses - 1;
    std::uint16_t held = 0;  // VCs of packets being sent
    std::uint8_t credits[kVcsMax] = {};
    std::uint64_t flits = 0;  // since construction
  };
  struct FlitOnLink {
    std::uint16_t router;
    std::uint8_t in_vc;
    Flit flit;
  };
  struct CreditOnLink {
    std::uint16_t router;
    std::uint8_t out_vc;
  };
  struct Activation {
    std::uint16_t router;
    std::uint64_t granted;
  };
  // A router of another implementation, with what is due on its wires.
  struct Model {
    std::unique_ptr<RouterModel> router;
    RouterPorts in;
  };
  // Buckets of a wheel, one a cycle; as many as a power of two, more than any delay.
  template <class T>
  struct Wheel {
    std::vector<std::vector<T>> buckets;
    void resize(unsigned delay_max) { buckets.resize(std::bit_ceil(delay_max + 1)); }
    std::vector<T>& at(Cycle cycle) { return buckets[cycle & (buckets.size() - 1)]; }
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::uint16_t kNoTile = 0xffff;

  std::uint16_t tile(Position at) const { return static_cast<std::uint16_t>(at.y * grid_.width + at.x); }
  Flit* buffers(std::uint16_t router) {
    return flits_.data() + router * kPorts * params_.vcs * params_.depth;
  }

  unsigned vc_of(unsigned port_vc) const { return port_vc - params_.port_of[port_vc] * params_.vcs; }

  void take_arrivals(Cycle now);
  void take_delivery(std::uint16_t tile, const Flit& flit, unsigned vc);
  void inject(std::uint16_t tile, Cycle now);
  bool choose_vc(Injector& injector, unsigned traffic, const Packet& packet);
  void send(std::uint16_t tile, unsigned traffic, Cycle now);
  void step_router(std::uint16_t tile, Cycle now);
  void step_model(std::uint16_t tile, Cycle now);
  RouterPorts& wires_into(std::uint16_t tile);
  void put_on_link(std::uint16_t tile, Port port, unsigned vc, const Flit& flit, Cycle at);
  void return_place(std::uint16_t tile, Port port, unsigned vc, Cycle left);
  void check_credits() const;
  void check_order(const Packet& packet, std::uint16_t tile, unsigned vc);

  GridParams grid_;
  RouterParams params_;
  unsigned flit_cycles_, credit_cycles_, injector_cycles_, injector_credit_cycles_;

  std::vector<RouterState> routers_;  // empty with models_
  std::vector<Model> models_;
  std::vector<Flit> flits_;               // buffers: router, input VC, place
  std::vector<std::uint64_t> busy_;       // routers with work, a bit each
  std::vector<std::uint64_t> injecting_;  // tiles with packets to send
  std::vector<Injector> injectors_;
  std::vector<Position> positions_;
  std::vector<std::uint16_t> beyond_;  // router x port: the neighbour, kNoTile; local: itself
  std::vector<Packet> packets_;
  std::uint32_t free_packet_ = kNone;
  std::uint32_t serial_ = 0;

  Wheel<FlitOnLink> flit_wheel_;      // to a router's buffer
  Wheel<FlitOnLink> delivery_wheel_;  // to a tile's NIU; in_vc = VC of the local output port
  Wheel<CreditOnLink> credit_wheel_;  // to a router's output VC; of its local port: to the tile's injector
  Wheel<Activation> activation_wheel_;

  std::uint64_t flits_pending_ = 0;  // offered and not delivered
  std::uint64_t credits_flying_ = 0;
  std::vector<std::uint64_t> flits_out_;
  std::vector<Delivery> entered_, delivered_;
  mutable std::vector<std::uint16_t> on_link_;  // scratch of check_credits
  std::vector<std::uint32_t> last_serial_;      // debug build: by (source, destination, VC)
};

}  // namespace troupe::noc

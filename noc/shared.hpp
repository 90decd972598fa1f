// What the NIUs of one fabric share: packets, what is due, the trace.
#pragma once

#include <vector>

#include "noc/calendar.hpp"
#include "noc/fabric.hpp"
#include "noc/packet.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/trace.hpp"

namespace troupe::noc {

struct Shared {
  const ChipParams params;
  TraceSink* const sink;
  PacketPool packets;
  Calendar offers;      // packets to hand to the network
  Calendar deliveries;  // packets to arrive at a tile, and timers
  std::vector<Woken> woken;
  bool stop_requested = false;

  void record(TileId tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
              std::uint64_t c) const {
    if (sink != nullptr) sink->record(tile, kind, cycle, a, b, c);
  }

  // Sends a packet whose doorbell (or cause) is at `now`: its first flit is in the router's local port
  // niu.inject cycles later. To its own tile it goes round inside the NIU.
  void send(std::uint32_t index, Cycle now) {
    const Packet& p = packets[index];
    if (p.source == p.destination && p.copies == 0)
      deliveries.add(now + (params.niu.inject + params.niu.eject).count, p.destination, index);
    else
      offers.add(now + params.niu.inject.count - injector_cycles(), p.source, index);
  }
  // From the offer of a packet to its first flit in the router's local port.
  std::uint64_t injector_cycles() const { return params.noc.niu_link.count + 1; }
};

}  // namespace troupe::noc

// Transactions among the tiles of a chip without cores: reads, writes, multicasts and atomics on the chip's
// networks, cycle by cycle, served by L1s and DRAM channels at their rates. No data moves.
//
//   doorbell at t -> head in the first router's local port             t + inject
//   request's tail at the target -> served                              + eject
//   L1 has the data, or the DRAM channel, which its tiles share         + l1.niu_read, or dram.latency and on
//   reply back by the same network -> complete                          as the request
//
// An NIU sends one reply packet after the other, each on any VC of the replies; requests go on the VC that
// they name. It has a few request initiators: each is taken from the doorbell until the packet's head enters
// the network. A multicast goes in packets no longer than its VC is deep, as the network wants them, and each
// receiver acknowledges the last one; a chip without channels for it sends single packets. A read's data is
// one packet; a DRAM read's starts so late that the channel, which is slower than a link, keeps up with it.
#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <span>
#include <vector>

#include "noc/network.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/noc_trace.hpp"
#include "sim/base/units.hpp"

namespace troupe::noc {

enum class TransferKind : std::uint8_t { read, write, multicast, atomic };

struct Transfer {
  TransferKind kind = TransferKind::read;
  std::uint8_t network = 0;
  std::int8_t vc = kNocTraceNoVc;  // of the request, among the VCs for requests
  bool dynamic_vc = false;         // any of them at each hop instead; such requests may overtake each other
  std::uint16_t from = 0;
  std::uint16_t to = 0;      // multicast: the corner of the rectangle with the least coordinates
  std::uint16_t to_end = 0;  // multicast: its other corner; core tiles in it but `from` are written to
  std::uint32_t bytes = 0;   // of a read, write or multicast
};

// What has happened to a transfer, by the number that start() gave it.
struct TransferEvent {
  std::uint32_t transfer;
  Cycle cycle;
};

class Transfers {
 public:
  // Without contention every packet takes what it takes alone, and channels and initiators are always free.
  Transfers(const ChipParams& chip, bool contention);

  // True when an initiator of this tile is free; start() needs one.
  bool can_start(std::uint16_t tile, std::uint8_t network) const;
  std::uint32_t start(const Transfer& transfer, Cycle now);

  // The cycle at which something happens next, at or after `now`; kNever when nothing is under way.
  Cycle next(Cycle now) const;
  // One cycle; those before next() may be left out.
  void step(Cycle now);

  // Of the last step: transfers whose request has wholly left its tile, and those that are complete.
  std::span<const TransferEvent> sent() const { return sent_; }
  std::span<const TransferEvent> completed() const { return completed_; }

 private:
  // On its way or about to be.
  enum class Role : std::uint8_t { request, part, last_part, reply };  // parts: of a multicast in the network
  struct Packet {
    std::uint32_t transfer;
    std::uint32_t bytes;   // that it carries
    std::uint16_t target;  // the tile that serves the transfer
    Role role;
  };
  struct State {
    Transfer transfer;
    unsigned entering = 0;  // requests not yet in the network
    unsigned replies = 0;   // not yet back
  };
  enum class Action : std::uint8_t { offer, serve, complete, sent };
  struct Due {
    Cycle cycle;
    std::uint64_t serial;  // order among those of one cycle
    Action action;
    std::uint32_t subject;  // packet; sent: transfer
    bool operator>(const Due& other) const {
      return cycle != other.cycle ? cycle > other.cycle : serial > other.serial;
    }
  };

  void at(Cycle cycle, Action action, std::uint32_t subject);
  void act(const Due& due);
  void offer(std::uint32_t packet, Cycle now);
  void serve(std::uint32_t packet, Cycle now);
  void enter(std::uint32_t packet, Cycle now);
  void take_network(std::uint8_t network, Cycle now);
  void add_packets(std::uint32_t number, const std::vector<std::uint16_t>& tiles);
  bool receives(const Transfer& transfer, std::uint16_t tile) const;
  std::vector<std::uint16_t> targets(const Transfer& transfer) const;
  VcRange channels(const Packet& packet) const;
  std::uint8_t& initiators(const Transfer& transfer);

  ChipParams chip_;
  bool contention_;
  std::vector<std::unique_ptr<Network>> networks_;  // each keeps its place: its parts refer to each other
  Cycle offer_cycles_;                              // doorbell, or data ready, to the offer of the packet
  std::uint64_t fractions_per_byte_;                // of DRAM, in cycles / 2^kFractionBits
  std::vector<std::uint16_t> channel_of_;           // tile -> DRAM channel
  std::vector<std::uint64_t> channel_free_;         // in such fractions, by channel
  std::vector<std::uint8_t> initiators_;            // taken, by network and tile
  std::vector<State> transfers_;
  std::vector<Packet> packets_;  // by the tag they have in the network
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::uint64_t serial_ = 0;
  std::vector<TransferEvent> sent_, completed_;
};

}  // namespace troupe::noc

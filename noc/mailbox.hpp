// A mailbox as its NIU sees it: a ring in L1 whose slots are, each at any time, one of
//
//   free         nobody's: the pool that credit requests are served from
//   outstanding  a credit for it is at a sender, or on its way there or back as a message
//   occupied     it holds a message that the core has not freed
//
// free + outstanding + occupied = slots, always. A static credit goes back to its sender when its message is
// freed; any other slot goes to the pool, and from there to the waiting tiles round robin.
#pragma once

#include <cstdint>
#include <vector>

#include "noc/endpoint.hpp"

namespace troupe::noc {

inline constexpr std::uint32_t kMailboxSlotsMax = 0xffff;

// Where an occupied slot's message came from.
struct Origin {
  std::uint64_t packet_id = 0;
  TileId tile = 0;
  bool static_credit = false;
};

// A credit request that waits for a slot: at most one a tile. A tile with a static edge waits for its own
// credit, any other for a slot of the pool.
struct Waiter {
  TileId tile;
  bool has_edge;
  std::uint64_t packet_id;
};

class Mailbox {
 public:
  void open(std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes, std::uint32_t generation,
            std::uint32_t tenant);
  void close() { open_ = false; }

  bool is_open() const { return open_; }
  std::uint32_t generation() const { return generation_; }
  std::uint32_t tenant() const { return tenant_; }
  std::uint32_t slots() const { return slots_; }
  std::uint32_t free() const { return free_; }
  std::uint32_t outstanding() const { return outstanding_; }
  std::uint32_t occupied() const { return occupied_; }
  std::uint32_t payload_max() const {
    return slot_bytes_ - static_cast<std::uint32_t>(sizeof(abi::MessageHeader));
  }

  // Slots of the pool for an edge; false when there are not that many.
  bool reserve(std::uint32_t credits);
  // A slot of the pool for `tile`, which then comes last in the round; false when there is none.
  bool grant(TileId tile);
  // A message that spends a credit takes the next slot; returns its L1 address.
  std::uint64_t append(const Origin& origin);
  // Frees the oldest occupied slot: a static credit becomes outstanding again, another slot free.
  // Precondition: occupied() > 0.
  Origin advance();

  // True when a message that came by a static credit of `tile` is not freed yet.
  bool occupied_by_edge(TileId tile) const;

  void wait(const Waiter& waiter);
  // Each takes a waiter off the list; false when there is none. The one with an edge from `tile`:
  bool take_edge_waiter(TileId tile, Waiter& waiter);
  // The next one in the round over tiles, for a slot of the pool:
  bool take_pool_waiter(Waiter& waiter);
  // Any, for a mailbox that closes:
  bool take_any_waiter(Waiter& waiter);

  std::uint32_t unseen = 0;  // messages since the last popped event; > 0: an event is queued

 private:
  bool open_ = false;
  std::uint64_t base_ = 0;
  std::uint32_t slots_ = 0, slot_bytes_ = 0, generation_ = 0, tenant_ = 0;
  std::uint32_t free_ = 0, outstanding_ = 0, occupied_ = 0;
  std::uint32_t head_ = 0, tail_ = 0;  // slot numbers
  std::vector<Origin> origins_;        // by slot
  std::vector<Waiter> waiters_;        // by tile
  TileId next_waiter_ = 0;
};

}  // namespace troupe::noc

// A mailbox as its NIU sees it: a ring in L1 whose slots are, each at any time, one of
//
//   free         nobody's: the pool that credit requests are served from
//   outstanding  a credit for it is at a sender, or on its way there or back as a message
//   occupied     it holds a message that the core has not freed
//
// free + outstanding + occupied = slots, always. A static credit goes back to its sender when its message is
// freed. A slot of the pool goes to the waiting tiles round robin; when none waits, back to the tile whose
// message it held: a tile that has asked once is a holder, and what it was granted stays in its hand. So
// while one tile waits, slots may lie idle at another. They are recalled: one recall for each waiter that
// none is under way for, of holders round robin, of each at most once since it last got a credit.
#pragma once

#include <cstdint>
#include <vector>

#include "noc/endpoint.hpp"

namespace troupe::noc {

inline constexpr std::uint32_t kMailboxSlotsMax = 0xffff;

using Policy = abi::niu::MailboxPolicy;

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

// A tile that was granted slots of the pool.
struct Holder {
  TileId tile;
  bool keeps = true;          // has a row for them: its freed messages' credits go back to it
  bool recalled = false;      // a recall is under way
  bool dry = false;           // was recalled since it last got a credit
  bool promised = false;      // dry, but it may have one left that was promised to its core
  std::uint32_t credits = 0;  // outstanding ones
};

class Mailbox {
 public:
  void open(Policy policy, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
            std::uint32_t generation, std::uint32_t tenant);
  void close() { open_ = false; }

  bool is_open() const { return open_; }
  Policy policy() const { return policy_; }
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
  // A freed slot goes back to `tile` without its asking; false when it keeps none or there is no free slot.
  bool give_back(TileId tile);
  // A message that spends a credit takes the next slot; returns its L1 address.
  std::uint64_t append(const Origin& origin);
  // Frees the oldest occupied slot: a static credit becomes outstanding again, another slot free.
  // Precondition: occupied() > 0.
  Origin advance();
  // Credits of the pool that `tile` had are free again.
  void take_back(TileId tile, std::uint32_t credits);
  // `tile` has no row for this mailbox any more.
  void forget(TileId tile);

  // True when a message that came by a static credit of `tile` is not freed yet.
  bool occupied_by_edge(TileId tile) const;

  void wait(const Waiter& waiter);
  // Each takes a waiter off the list; false when there is none. The one with an edge from `tile`:
  bool take_edge_waiter(TileId tile, Waiter& waiter);
  // The next one in the round over tiles, for a slot of the pool:
  bool take_pool_waiter(Waiter& waiter);
  // Any, for a mailbox that closes:
  bool take_any_waiter(Waiter& waiter);

  // A waiter is left without a recall, and `tile` is who is recalled for it.
  bool recall(TileId& tile);
  // The same for a credit that is on its way to `tile`: it may carry the recall along.
  bool recall_granted(TileId tile);
  // `tile` has answered, with a credit or without; `promised`: it has one left that its core was told of.
  void recall_answered(TileId tile, std::uint32_t credits, bool promised);
  // Policy refuse: no recall is under way, so whoever still waits gets no slot.
  bool refuses() const { return policy_ == Policy::refuse && pool_waiters_ != 0 && recalls_ == 0; }

  const std::vector<Holder>& holders() const { return holders_; }  // by tile

  std::uint32_t unseen = 0;  // messages since the last popped event; > 0: an event is queued

 private:
  std::vector<Holder>::iterator holder(TileId tile);
  void credit(Holder& holder);
  void set_recalled(Holder& holder, bool recalled);
  void settle(std::vector<Holder>::iterator holder);
  bool may_recall(const Holder& holder) const;

  bool open_ = false;
  Policy policy_ = Policy::block;
  std::uint64_t base_ = 0;
  std::uint32_t slots_ = 0, slot_bytes_ = 0, generation_ = 0, tenant_ = 0;
  std::uint32_t free_ = 0, outstanding_ = 0, occupied_ = 0;
  std::uint32_t head_ = 0, tail_ = 0;  // slot numbers
  std::vector<Origin> origins_;        // by slot
  std::vector<Waiter> waiters_;        // by tile
  std::vector<Holder> holders_;        // by tile
  std::uint32_t pool_waiters_ = 0;     // of waiters_, those without an edge
  std::uint32_t recalls_ = 0;          // holders with `recalled`
  TileId next_waiter_ = 0, next_recall_ = 0;
};

}  // namespace troupe::noc

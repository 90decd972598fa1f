// Overflow::spill. A message goes to DRAM by a posted write right from where it lies: the NIU captures it at
// the doorbell, so that its ring slot is free at once. Where the NIU is busy or DRAM full it stays where it
// is, and so do its senders. Batches come back in their order as the actor takes messages; requests of one
// tile to another keep their order, so a batch is never read before it was written.
#include "runtime/device/spill.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime/device/runtime.hpp"

namespace troupe::device {

std::uint16_t SpillPages::take(Heap& heap) {
  if (!next_) {
    if (count_ == 0) return kNone;
    next_ = static_cast<std::uint16_t*>(heap.allocate(count_ * sizeof(std::uint16_t)));
    if (!next_) return kNone;
  }
  std::uint16_t page = free_;
  if (page != kNone) {
    free_ = next_[page];
  } else {
    if (used_ == count_) return kNone;
    page = static_cast<std::uint16_t>(used_++);
  }
  next_[page] = kNone;
  return page;
}

// False: no memory.
bool Runtime::add_spill(Actor& actor) {
  Side* side = side_of(actor);
  void* memory = side ? heap.allocate(sizeof(Spill)) : nullptr;
  if (!memory) return false;
  auto* spill = new (memory) Spill();
  spill->actor = &actor;
  spill->first_page = spill->last_page = SpillPages::kNone;
  side->spill = spill;
  return true;
}

// The NIU put messages into the ring.
void Runtime::arrived(Spill& s, std::uint32_t count) {
  s.in_ring += count;
  take_in(s);
  refill(s);
}

// Those of the ring, and one that waited for the way to DRAM.
void Runtime::take_in(Spill& s) {
  Actor& a = *s.actor;
  if (Item* late = s.late) {
    if (has_room(s)) {
      push_item(a, *late);
    } else {
      if (!store(s, late->header)) return stick(s);
      release_item(*late);
    }
    s.late = nullptr;
  }
  for (; s.in_ring != 0; --s.in_ring) {
    const auto& header = *reinterpret_cast<const abi::MessageHeader*>(a.ring + a.next);
    if (!make_item(s, header) && !store(s, header)) return stick(s);
    a.next = a.next + a.slot_bytes == a.ring_bytes ? 0 : a.next + a.slot_bytes;
    a.oldest = a.next;
    niu_store(niu::kMailboxAdvance, a.address().slot());
  }
  while (!s.is_stuck() && unquiet_ != 0 && admit_sender(a)) {
  }
}

// For an item, and no other message is to be received before.
bool Runtime::has_room(const Spill& s) const {
  return !s.has_stored() && s.actor->item_count < s.actor->slots;
}

// False: that message has to wait for others, for room or for memory.
bool Runtime::make_item(Spill& s, const abi::MessageHeader& header) {
  if (!has_room(s)) return false;
  Item* item = new_item(header.bytes);
  if (!item) return false;
  item->header = header;
  std::memcpy(item->payload(), &header + 1, header.bytes);
  push_item(*s.actor, *item);
  return true;
}

// From an actor of this core. Precondition: room_for().
void Runtime::spill_item(Actor& a, Item& item) {
  Spill& s = *a.side->spill;
  if (has_room(s)) return push_item(a, item);
  if (store(s, item.header)) {
    release_item(item);
  } else {
    s.late = &item;
    stick(s);
  }
  refill(s);
}

// Writes a message to DRAM. False: the NIU is busy, or no page free.
bool Runtime::store(Spill& s, const abi::MessageHeader& message) {
  const std::uint32_t slot_bytes = s.actor->slot_bytes;
  if (s.last_page == SpillPages::kNone || s.last_offset == SpillPages::kBytes) {
    const std::uint16_t page = spill_pages_.take(heap);
    if (page == SpillPages::kNone) {
      if (!s.is_full) ++s.full;
      s.is_full = true;
      return false;
    }
    s.is_full = false;
    if (s.last_page == SpillPages::kNone) {
      s.first_page = page;
      s.first_offset = 0;
    } else {
      spill_pages_.set_next(s.last_page, page);
    }
    s.last_page = page;
    s.last_offset = 0;
  }
  niu_store(niu::kTarget, spill_pages_.location(s.last_page, s.last_offset).bits);
  niu_store(niu::kLocal, reinterpret_cast<std::uint64_t>(&message));
  niu_store(niu::kLength, sizeof message + message.bytes);
  const std::int64_t id = niu_doorbell(niu::Command::write);
  if (id == static_cast<std::int64_t>(niu::DoorbellError::busy)) return false;
  if (id < 0) fault("a mailbox cannot spill");
  transactions_[id] = {0, Transaction::Kind::spill};
  s.last_offset += slot_bytes;
  ++s.stored;
  ++s.spilled;
  return true;
}

// Turns what was read back into items, and reads on where the actor needs more: it has few, or waits for one
// that it has not seen.
void Runtime::refill(Spill& s) {
  if (s.is_reading) return;
  Actor& a = *s.actor;
  for (; s.batch_left != 0; --s.batch_left) {
    const auto& header = *reinterpret_cast<const abi::MessageHeader*>(s.batch + s.batch_next);
    Item* item = new_item(header.bytes);
    if (!item) return stick(s);
    item->header = header;
    std::memcpy(item->payload(), &header + 1, header.bytes);
    push_item(a, *item);
    s.batch_next += a.slot_bytes;
  }
  if (s.batch) {
    heap.release(s.batch, s.batch_bytes);
    s.batch = nullptr;
  }
  if (s.stored != 0 && (a.item_count * 2 <= a.slots || a.view.state == abi::ActorState::receive))
    read_back(s);
}

void Runtime::want_more() {
  item_taken(*current->side->spill);
}

// There is room for the next ones.
void Runtime::item_taken(Spill& s) {
  refill(s);
  if (s.is_stuck()) take_in(s);
}

// The oldest messages of a page, as many as one request brings.
void Runtime::read_back(Spill& s) {
  const std::uint32_t slot_bytes = s.actor->slot_bytes;
  const std::uint32_t in_page = (SpillPages::kBytes - s.first_offset) / slot_bytes;
  std::uint32_t count =
      std::min({s.stored, in_page, static_cast<std::uint32_t>(kTransferBytes) / slot_bytes});
  auto* batch = static_cast<std::byte*>(heap.allocate(std::size_t{count} * slot_bytes));
  if (!batch) {
    count = 1;
    batch = static_cast<std::byte*>(heap.allocate(slot_bytes));
    if (!batch) return stick(s);
  }
  s.batch = batch;
  s.batch_bytes = count * slot_bytes;
  s.batch_next = 0;
  s.batch_left = count;
  s.prepare(s.actor, spill_pages_.location(s.first_page, s.first_offset).bits, batch, 0, 0, 0);
  s.owner = Operation::Owner::spill;
  s.command = niu::Command::read;
  s.left = s.batch_bytes;
  s.in_flight = 0;
  s.is_reading = true;
  s.first_offset += s.batch_bytes;
  s.stored -= count;
  if (begin(static_cast<Transfer&>(s))) was_read(s);
}

// The batch is here.
void Runtime::was_read(Spill& s) {
  s.is_reading = false;
  if (!s.actor) {  // that ended meanwhile
    heap.release(s.batch, s.batch_bytes);
    heap.release(&s, sizeof(Spill));
    return;
  }
  if (s.status != abi::Status::ok) fault("a mailbox cannot read what it spilled");
  release_pages(s);
  refill(s);
  retry_spills();
}

// Those that hold no message any more.
void Runtime::release_pages(Spill& s) {
  while (s.first_page != SpillPages::kNone && (s.stored == 0 || s.first_offset == SpillPages::kBytes)) {
    const std::uint16_t page = s.first_page;
    s.first_page = spill_pages_.next(page);
    s.first_offset = 0;
    spill_pages_.release(page);
  }
  if (s.first_page == SpillPages::kNone) s.last_page = SpillPages::kNone;
}

// Notes that it is to be tried again.
void Runtime::stick(Spill& s) {
  if (s.is_listed) return;
  s.is_listed = true;
  s.next_stuck = nullptr;
  Spill** link = &stuck_spills_;
  while (*link) link = &(*link)->next_stuck;
  *link = &s;
}

// An id of the NIU, a page or memory may have come free.
void Runtime::retry_spills() {
  Spill* last = stuck_spills_;
  if (!last) return;
  while (last->next_stuck) last = last->next_stuck;
  for (bool more = true; more && stuck_spills_;) {
    Spill& s = *stuck_spills_;
    more = &s != last;
    stuck_spills_ = s.next_stuck;
    s.is_listed = false;
    take_in(s);
    refill(s);
  }
}

// The actor is no more. A read under way still writes into its batch.
void Runtime::end_spill(Spill& s) {
  s.stored = 0;
  release_pages(s);
  if (s.late) release_item(*s.late);
  if (s.is_listed) {
    Spill** link = &stuck_spills_;
    while (*link != &s) link = &(*link)->next_stuck;
    *link = s.next_stuck;
  }
  if (s.place == Operation::Place::transaction_line) {
    transaction_line_.remove(s);
    left_line(s);
    s.is_reading = false;
  }
  if (s.is_reading) {
    s.actor = nullptr;
    return;
  }
  if (s.batch) heap.release(s.batch, s.batch_bytes);
  heap.release(&s, sizeof(Spill));
}

}  // namespace troupe::device

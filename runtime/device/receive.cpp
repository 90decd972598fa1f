// Mailboxes as their actors see them: the ring that the NIU fills, and the items that came another way.
//
// The NIU frees ring slots in order only. A message that is received out of turn, or released before an older
// one, is marked in its header until the slots before it are free.
#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/device/runtime.hpp"

namespace troupe::device {

namespace {

constexpr std::uint32_t kReleased = 0xffffffff;  // in MessageHeader::bytes: received, and done with
constexpr std::uint32_t kTaken = 0x80000000;     // ... received out of turn

abi::MessageHeader& header_at(const Actor& a, std::uint32_t offset) {
  return *reinterpret_cast<abi::MessageHeader*>(a.ring + offset);
}
std::uint32_t after(const Actor& a, std::uint32_t offset) {
  return offset + a.slot_bytes == a.ring_bytes ? 0 : offset + a.slot_bytes;
}
// The slot `distance` messages behind a.next.
std::uint32_t slot_of(const Actor& a, std::uint32_t distance) {
  const std::uint32_t offset = a.next + distance * a.slot_bytes;
  return offset >= a.ring_bytes ? offset - a.ring_bytes : offset;
}
bool is_taken(const abi::MessageHeader& header) {
  return (header.bytes & kTaken) != 0;
}

// The item is older than the oldest ring message not received.
bool comes_first(const Actor& a, const Item& item) {
  return a.in_ring() == 0 ||
         static_cast<std::int32_t>(item.ring_position - (a.ring_arrived - a.in_ring())) <= 0;
}

}  // namespace

// Places that were received out of turn become received in turn.
void Runtime::skip_taken(Actor& a) {
  while (a.span != a.in_ring() && is_taken(header_at(a, a.next))) {
    a.next = after(a, a.next);
    --a.span;
    ++a.held;
  }
  free_oldest(a);
}

void Runtime::free_oldest(Actor& a) {
  while (a.held != 0 && header_at(a, a.oldest).bytes == kReleased) {
    header_at(a, a.oldest).bytes = 0;
    a.oldest = after(a, a.oldest);
    --a.held;
    niu_store(niu::kMailboxAdvance, a.address().slot());
  }
}

abi::MessageHeader* Runtime::receive_slowly() {
  Actor& a = *current;
  if (a.items.first && a.item_count != 0 && comes_first(a, *a.items.first)) {
    Item* item = a.items.pop();
    --a.item_count;
    --a.messages;
    own(*item);
    item_freed(a);
    return &item->header;
  }
  skip_taken(a);
  auto& header = header_at(a, a.next);
  a.next = after(a, a.next);
  --a.messages;
  --a.span;
  ++a.held;
  skip_taken(a);
  return &header;
}

void Runtime::release_slowly(abi::MessageHeader* message) {
  Actor& a = *current;
  if (Item* item = item_of(a, message)) return release_owned(*item);
  message->bytes = kReleased;
  free_oldest(a);
}

MessageRun Runtime::receive_run() {
  Actor& a = *current;
  if (a.item_count != 0 || a.span != a.messages) {
    auto* message = reinterpret_cast<std::byte*>(receive_slowly());
    return {message, message + a.slot_bytes, a.slot_bytes};
  }
  const std::uint32_t bytes = std::min(a.span * std::uint32_t{a.slot_bytes}, a.ring_bytes - a.next);
  const std::uint32_t count = bytes >> std::countr_zero(a.slot_bytes);
  MessageRun run{a.ring + a.next, a.ring + a.next + bytes, a.slot_bytes};
  a.next = a.next + bytes == a.ring_bytes ? 0 : a.next + bytes;
  a.messages -= count;
  a.span = static_cast<std::uint16_t>(a.span - count);
  a.held = static_cast<std::uint16_t>(a.held + count);
  return run;
}

void Runtime::release(const MessageRun& run) {
  Actor& a = *current;
  if (run.first != a.ring + a.oldest) {
    for (std::byte* at = run.first; at != run.end; at += run.distance)
      release_slowly(reinterpret_cast<abi::MessageHeader*>(at));
    return;
  }
  const auto count = static_cast<std::uint64_t>(run.end - run.first) >> std::countr_zero(run.distance);
  niu_store(niu::kMailboxAdvance, a.address().slot() | (count - 1) << 32);
  a.held = static_cast<std::uint16_t>(a.held - count);
  a.oldest = run.end == a.ring + a.ring_bytes ? 0 : static_cast<std::uint32_t>(run.end - a.ring);
  free_oldest(a);
}

abi::MessageHeader* Runtime::next_unseen(Cursor& cursor) {
  Actor& a = *current;
  const std::uint32_t first = a.ring_arrived - a.span;  // number of the message at a.next
  for (; cursor.ring != a.ring_arrived; ++cursor.ring) {
    if (a.span == a.in_ring()) break;  // none was taken out of turn
    if (!is_taken(header_at(a, slot_of(a, cursor.ring - first)))) break;
  }
  Item* item = cursor.item ? cursor.item->next : a.items.first;
  const bool in_ring = cursor.ring != a.ring_arrived;
  if (item && (!in_ring || static_cast<std::int32_t>(item->ring_position - cursor.ring) <= 0)) {
    cursor.before_item = cursor.item;
    cursor.item = item;
    return &item->header;
  }
  if (!in_ring) return nullptr;
  return &header_at(a, slot_of(a, cursor.ring++ - first));
}

void Runtime::take(Cursor& cursor, abi::MessageHeader* message) {
  Actor& a = *current;
  if (item_of(a, message)) {
    Item* item = a.items.take_after(cursor.before_item);
    cursor.item = cursor.before_item;
    --a.item_count;
    --a.messages;
    own(*item);
    item_freed(a);
    return;
  }
  --a.messages;
  if (message == &header_at(a, a.next)) {
    a.next = after(a, a.next);
    --a.span;
    ++a.held;
  } else {
    message->bytes |= kTaken;
  }
  skip_taken(a);
}

Item* Runtime::new_item(std::uint64_t payload_bytes) {
  auto* item = static_cast<Item*>(heap.allocate(sizeof(Item) + payload_bytes));
  if (item) item->allocated = static_cast<std::uint32_t>(sizeof(Item) + payload_bytes);
  return item;
}

// False: there is none, and `status` says what becomes of the message.
bool Runtime::room_for(Actor& a, abi::Status& status) {
  if (a.item_count < a.item_slots) [[likely]]
    return true;
  switch (a.overflow) {
    case Overflow::block:
      status = abi::Status::pending;
      return false;
    case Overflow::fail:
      status = abi::Status::full;
      return false;
    case Overflow::drop_new:
      ++side_of(a)->dropped;
      status = abi::Status::ok;
      return false;
    case Overflow::drop_old: {
      ++side_of(a)->dropped;
      --a.item_count;
      --a.messages;
      release_item(*a.items.pop());
      return true;
    }
    case Overflow::spill:
      status = abi::Status::pending;
      return !a.side->spill->is_stuck();
  }
  return false;
}

// A place for a message of `bytes` in a mailbox of this core. Null: none, and `status` says what becomes of
// the message; pending: its sender waits.
Item* Runtime::prepare_local(abi::Address to, std::uint32_t bytes, abi::Status& status) {
  Actor* actor = find(to);
  status = !actor                                                   ? abi::Status::stale
           : bytes + sizeof(abi::MessageHeader) > actor->slot_bytes ? abi::Status::range
                                                                    : abi::Status::ok;
  if (status != abi::Status::ok) {
    niu_store(niu::kPass, niu::pass(to.slot(), bytes, status));
    return nullptr;
  }
  if (!room_for(*actor, status)) return nullptr;
  Item* item = new_item(bytes);
  status = item ? abi::Status::ok : abi::Status::full;
  if (item) item->receiver = actor;
  return item;
}

void Runtime::deliver_local(Item& item) {
  deliver(*item.receiver, item);
}

abi::Status Runtime::send_local(abi::Address to, const void* payload, std::uint64_t length,
                                abi::Address from) {
  const auto bytes = static_cast<std::uint32_t>(length);
  abi::Status status;
  Item* item = prepare_local(to, bytes, status);
  if (!item) return status;
  item->header = {bytes, static_cast<std::uint32_t>(length >> 32), from.bits};
  std::memcpy(item->payload(), payload, bytes);
  deliver_local(*item);
  return status;
}

abi::Status Runtime::send_local(abi::Address to, Item& item, abi::Address from) {
  Actor* actor = find(to);
  if (!actor) return abi::Status::stale;
  if (item.header.bytes + sizeof(abi::MessageHeader) > actor->slot_bytes) return abi::Status::range;
  abi::Status status = abi::Status::ok;
  if (!room_for(*actor, status)) return status;
  disown(item);
  item.header.sender = from.bits;
  deliver(*actor, item);
  return abi::Status::ok;
}

void Runtime::deliver(Actor& a, Item& item) {
  niu_store(niu::kPass, niu::pass(a.address().slot(), item.header.bytes, abi::Status::ok));
  if (a.item_slots == 0) [[unlikely]]
    return spill_item(a, item);
  push_item(a, item);
}

// Mailboxes that drop keep nothing in their rings, or a message that nobody receives would hold up all
// senders: what comes becomes an item at once, by the mailbox's rule. Without memory it stays, and so do its
// senders.
void Runtime::absorb(Actor& a, std::uint32_t count) {
  if (a.overflow == Overflow::spill) return arrived(*a.side->spill, count);
  a.messages += count;
  a.span = static_cast<std::uint16_t>(a.span + count);
  a.ring_arrived += count;
  while (a.in_ring() != 0) {
    auto& header = header_at(a, a.next);
    abi::Status status = abi::Status::ok;
    if (room_for(a, status)) {
      Item* item = new_item(header.bytes);
      if (!item) break;
      item->header = header;
      std::memcpy(item->payload(), &header + 1, header.bytes);
      item->ring_position = a.ring_arrived;
      a.items.push(*item);
      ++a.item_count;
      ++a.item_arrived;
      ++a.messages;
    }
    a.next = after(a, a.next);
    a.oldest = a.next;
    --a.messages;
    --a.span;
    niu_store(niu::kMailboxAdvance, a.address().slot());
  }
  if (a.messages != 0 && a.view.state == abi::ActorState::receive) make_ready(a);
}

// A sender of this core may wait for the place.
void Runtime::item_freed(Actor& a) {
  if (a.item_slots == 0) [[unlikely]]
    item_taken(*a.side->spill);
  else if (unquiet_ != 0) [[unlikely]]
    admit_sender(a);
}

// The next one that waits for a place in that mailbox of this core. False: nobody does.
bool Runtime::admit_sender(Actor& a) {
  Line& line = credit_line(a.view.address);
  Operation* before = nullptr;
  for (Operation* o = line.first; o; before = o, o = o->next) {
    if (o->target != a.view.address) continue;
    line.take_after(before);
    left_line(*o);
    if (attempt_local(*o)) ended(*o);
    return true;
  }
  return false;
}

// --- Memory that belongs to an actor.

void Runtime::own(Item& item) {
  Item*& first = current->owned;
  item.previous = nullptr;
  item.next = first;
  if (first) first->previous = &item;
  first = &item;
}

void Runtime::disown(Item& item) {
  (item.previous ? item.previous->next : current->owned) = item.next;
  if (item.next) item.next->previous = item.previous;
}

Item* Runtime::allocate_owned(std::size_t payload_bytes) {
  Item* item = new_item(payload_bytes);
  if (!item) return nullptr;
  if (current)
    own(*item);
  else
    item->previous = item;  // nobody's
  return item;
}

void Runtime::release_owned(Item& item) {
  if (item.previous != &item) disown(item);
  release_item(item);
}

Item* Runtime::keep(abi::MessageHeader* message) {
  Actor& a = *current;
  if (Item* item = item_of(a, message)) return item;
  Item* item = allocate_owned(message->bytes & ~kTaken);
  if (!item) return nullptr;
  item->header = *message;
  item->header.bytes &= ~kTaken;
  std::memcpy(item->payload(), message + 1, item->header.bytes);
  release(message);
  return item;
}

}  // namespace troupe::device

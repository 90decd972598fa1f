// What the runtime knows of one actor beside its coroutine frame.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "runtime/abi/manifest.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/exit_reason.hpp"
#include "runtime/device/operation.hpp"

namespace troupe::device {

// A message that did not come through the ring: from an actor of this core, back from a spill, or a signal.
// The same block holds a Buffer, which can so become a message without a copy; `previous` is in use while an
// actor owns it.
struct alignas(16) Item {
  Item* next;
  union {
    Item* previous;   // in the list of what an actor owns
    Actor* receiver;  // until it is delivered
  };
  std::uint32_t allocated;      // bytes of the block
  std::uint32_t ring_position;  // ring messages that arrived before it
  std::uint32_t item_position;  // signals: items that arrived before it
  std::uint32_t reserved;
  abi::MessageHeader header;

  std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1); }
  static Item* of(void* payload) { return static_cast<Item*>(payload) - 1; }
};
static_assert(sizeof(Item) == 48 && offsetof(Item, header) == 32);

// First in, first out.
struct ItemQueue {
  Item* first = nullptr;
  Item* last = nullptr;

  void push(Item& item) {
    item.next = nullptr;
    (first ? last->next : first) = &item;
    last = &item;
  }
  Item* pop() { return take_after(nullptr); }
  // Takes the one after `before` out; nullptr: the first.
  Item* take_after(Item* before) {
    Item*& link = before ? before->next : first;
    Item* taken = link;
    link = taken->next;
    if (last == taken) last = before;
    return taken;
  }
};

// What a full mailbox does with one more message.
enum class Overflow : std::uint8_t {
  block,     // its sender waits
  fail,      // its sender is told Status::full
  drop_new,  // the receiver's runtime drops and counts the message
  drop_old,  // ... the oldest one that was not received
  spill,     // ... puts it into DRAM, and back when there is room
};

// How one actor is tied to another: it is told of the other's end, or the other of its, or both.
struct Tie {
  enum class Kind : std::uint8_t {
    link,     // both ways
    watches,  // this actor monitors `other`
    watched,  // `other` monitors this actor
  };
  Tie* next;
  std::uint64_t other;      // abi::Address
  std::uint64_t reference;  // of a monitor
  Kind kind;
};

struct Spill;

// MessageOrDown messages at equal distances.
struct MessageRun {
  std::byte* first;
  std::byte* end;
  std::uint32_t distance;  // bytes
};

// A place among the messages of a mailbox: behind `item` and the ring messages before the `ring`th to arrive.
struct Cursor {
  Item* before_item;  // the one before `item`
  Item* item;
  std::uint32_t ring;
};

// What only some actors need; made on demand.
struct Side {
  Tie* ties = nullptr;
  ItemQueue signals;               // DOWN and EXIT, not received yet
  Spill* spill = nullptr;          // of a mailbox with Overflow::spill
  std::uint64_t down_mailbox = 0;  // the last mailbox that did not take a message; the next send there tells
  std::uint64_t budget = 0;        // cycles that it may run without waiting; 0: any
  std::uint32_t dropped = 0;       // messages that its mailbox dropped
  abi::Status down_status = abi::Status::ok;
  bool traps_exits = false;
  bool hears_starts = false;  // a supervisor: started() of its children is told to it
};

// In the frame of an actor that waits for a message: where a sender of the same core may put it. Its type is
// the mailbox's.
struct alignas(16) Landing {
  std::uint64_t delivered;
  std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1); }
};
static_assert(sizeof(Landing) == 16);

// A deadline of a waiting actor, in the frame that waits.
struct Timer {
  Timer* next;
  std::uint64_t deadline;  // cycle
  Actor* actor;
  bool passed;
};

struct Actor {
  abi::ActorView view;  // first, since the host finds them so
  Actor* next_ready;
  std::coroutine_handle<> frame;   // the behaviour
  std::coroutine_handle<> resume;  // what suspended, or runs: the behaviour, or a task it awaits

  std::uint32_t messages;  // that wait: in the ring and as items
  std::uint16_t slots;     // of the ring
  std::uint16_t slot_bytes;
  // The ring. Offsets in bytes; from `oldest` on `held` slots are received but not free yet, from `next` on
  // `span` ones hold messages, some of which may have been received out of turn.
  std::byte* ring;
  std::uint32_t ring_bytes;
  std::uint32_t next, oldest;
  std::uint16_t held, span;
  std::uint32_t ring_arrived;
  // Messages that did not come through the ring.
  std::uint32_t item_arrived, item_count;
  std::uint16_t item_slots;  // items that it takes; 0: Overflow::spill, whose rule is spill.cpp's
  ItemQueue items;

  std::uint32_t frame_bytes;  // of the behaviour
  Overflow overflow;
  bool root, owns_ring;
  bool killed;  // it is no more, but replies that write into its frame are still to come
  Item* owned;  // its Buffers, what it has from `new`, and items it has received and not released
  Side* side;
  union {
    Operation* operation;  // that it waits for, in states credit and reply
    Timer* timer;          // the deadline of its wait, in the other states; null: none
  };
  Landing* landing;    // where it waits for a message that may be put right there; null: nowhere
  std::uint64_t mark;  // niu_registers.hpp

  abi::Address address() const { return {view.address}; }
  std::uint32_t in_ring() const { return messages - item_count; }
};

// How a behaviour starts: with the manifest's arguments, or with those of a spawn, packed 8-byte aligned.
struct Start {
  const abi::BootArgument* manifest = nullptr;
  const std::byte* packed = nullptr;
};
// Entry of a behaviour: builds its frame, suspended at the start. Null when there is no memory for it.
using Entry = std::coroutine_handle<> (*)(const Start&);

// What a mailbox looks like to whoever creates an actor.
struct MailboxShape {
  std::uint16_t slots;  // 0: none
  std::uint16_t slot_bytes;
  Overflow overflow;
};

// Payload of SystemType::spawn, with the packed arguments behind it, and of ::spawned.
struct SpawnRequest {
  std::uint64_t entry;
  std::uint64_t reply_to;   // abi::Address of the asking core's runtime
  std::uint64_t cookie;     // comes back in the reply
  std::uint64_t parent;     // abi::Address of the spawner, for a link or monitor
  std::uint64_t reference;  // of the monitor
  MailboxShape mailbox;
  std::uint32_t ties;  // kSpawn... below
};
inline constexpr std::uint32_t kSpawnLink = 1, kSpawnMonitor = 2;
inline constexpr std::size_t kSpawnArgumentBytes =
    abi::kRuntimeSlotBytes - sizeof(abi::MessageHeader) - sizeof(SpawnRequest);
struct SpawnReply {
  std::uint64_t cookie;
  std::uint64_t address;  // 0: no memory, no slot
};

// A spawn on another core, in the frame of the actor that awaits it; the cookie is its address.
struct RemoteSpawn : Operation {
  abi::Address result;
  std::uint64_t reference;
  std::uint32_t ties;
};

// What an actor is told of another one's end.
struct Signal {
  ExitReason reason;
  std::uint64_t from;       // abi::Address of the actor that ended
  std::uint64_t reference;  // DOWN: of the monitor; EXIT: 0; a start: kStartReference
};

inline constexpr std::uint64_t kStartReference = ~std::uint64_t{0};

// Between runtimes, about two actors; the type in the header says what.
struct Control {
  std::uint64_t to, from;   // abi::Addresses of the actors
  std::uint64_t reference;  // of a monitor
  ExitReason reason;
};

}  // namespace troupe::device

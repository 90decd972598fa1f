// Registers of the network interface (NIU), as the tile's own core sees them at memory_map's kNiuBase.
//
// Aligned 8-byte integer loads and stores only (4-byte where a register says so); anything else is a precise
// access fault. A load costs niu.register_access cycles, a store issues and goes on. Every access is a
// point at which inbound data becomes visible: what arrived before this cycle is in L1 after it.
//
// Sending. Store kTarget, kLocal, kLength (and kSender, kOperand where they apply; all keep their value),
// then *load* kDoorbell + 8 * Command: the request leaves at the cycle of that load, its payload is captured
// then, and the load returns a transaction id (0 .. transactions-1) or a DoorbellError. Every request gets
// exactly one reply; it frees the id, at once when it ends silently, else when its Event is popped.
//
// Receiving. Inbound messages are appended to mailbox rings in L1 by hardware. kEvent returns the next Event
// or 0, kWait the same but stalls the core until there is one.
//
// Credits. A message takes a credit of its mailbox along: one of a static edge, or one that a request
// (Command::credit) was granted. When the receiver frees the message, the credit comes back to this tile by
// itself and without an Event, and is in hand for the next message: so ask only when a doorbell returned
// no_credit. Granted credits that lie idle here may be recalled for another tile that waits, or given up when
// more than niu.credit_rows mailboxes have some here (the least recently used goes); the next doorbell then
// returns no_credit again. A credit that an Event told of is promised: it stays until it is used, or until
// the core loads kEvent or kWait again after the load that popped that Event (after a message's doorbell
// returned busy: after the load that popped `ready`). So ring the doorbell before the next Event.
#pragma once

#include <cstdint>

#include "runtime/abi/address.hpp"

namespace troupe::abi::niu {

// Identity and time (read only).
inline constexpr std::uint64_t kTile = 0x000;    // chip << 12 | tile
inline constexpr std::uint64_t kTenant = 0x008;  // tenant of this tile

// Transmit.
inline constexpr std::uint64_t kTarget = 0x040;   // abi::Address (message, credit) or abi::Location
inline constexpr std::uint64_t kLocal = 0x048;    // L1 address of the payload, or where a read lands
inline constexpr std::uint64_t kLength = 0x050;   // bytes | message type << 32
inline constexpr std::uint64_t kSender = 0x058;   // abi::Address put into the header; its tile must be ours
inline constexpr std::uint64_t kOperand = 0x060;  // atomic operand; compare-swap: the new value
inline constexpr std::uint64_t kCompare = 0x068;  // compare-swap: the expected value
inline constexpr std::uint64_t kNetwork = 0x070;  // network that requests take, and so their replies; one
                                                  // that is not there: a fault. Credits always take network 0
inline constexpr std::uint64_t kRectangle = 0x078;  // multicast: columns | rows << 32, from kTarget's tile on
inline constexpr std::uint64_t kDoorbell = 0x080;   // + 8 * Command

enum class Command : std::uint64_t {
  message = 0,  // append to mailbox kTarget. OK ends silently; otherwise an Event `down`
  credit = 1,   // ask for one credit of mailbox kTarget. Event `credit` when granted, `down` when not OK.
                // Takes no id, for it may wait long: returns kCreditTransaction. While one is under way
                // for a mailbox, a further one joins it: one credit, one Event. A credit that lies idle here
                // is granted at once, without a packet. A credit that comes back
                // meanwhile has an Event too
  write = 2,    // posted write. OK ends silently, otherwise an Event `done`
  write_acked = 3,  // Event `done`
  read = 4,         // DRAM tiles only; lands at kLocal. Event `done`
  atomic_add = 5,   // 8 bytes, DRAM or semaphore. Event `done`, old value in kEventValue
  atomic_swap = 6,
  compare_swap = 7,
  multicast = 8,  // acked write of the same bytes to kTarget's offset in the L1 of each tile of kRectangle
                  // but this one, columns to the east and rows to the south of kTarget's tile. Event `done`
                  // when all have answered, with the highest Status of them
};
inline constexpr Command kCommandLast = Command::multicast;

inline constexpr std::uint8_t kCreditTransaction = 0xff;

// What a doorbell returns when nothing was sent. All are negative.
enum class DoorbellError : std::int64_t {
  no_credit = -1,  // no credit for that mailbox here: ask with Command::credit, wait for its Event
  busy = -2,       // no free transaction id, or credit requests for niu.mailboxes mailboxes are under way:
                   // wait for an Event `ready`
  range = -3,      // payload outside L1, longer than packet_payload_max, or a misaligned atomic
  invalid = -4,    // target 0, of another chip or tile that is not there, or a kSender that is not ours; a
                   // kRectangle that leaves the grid or holds no other tile; no multicasts on this chip
};

// Events. An event is one 64-bit word: kind 8 | detail, least significant first. 0 is "none".
inline constexpr std::uint64_t kEvent = 0x100;         // load: pop, 0 when there is none
inline constexpr std::uint64_t kWait = 0x108;          // load: pop, the core waits until there is one
inline constexpr std::uint64_t kEventAddress = 0x110;  // load: mailbox Address of the last popped down/credit
inline constexpr std::uint64_t kEventValue = 0x118;    // load: old value of the last popped atomic `done`
inline constexpr std::uint64_t kTimer = 0x120;         // load/store: cycle of the deadline, 0 = off

enum class EventKind : std::uint8_t {
  none = 0,
  message = 1,  // bits 8-23 slot, 24-47 messages newly arrived there since the last such event
  credit = 2,   // one or more credits for kEventAddress; bits 8-23 how many. Granted on request, or come back
                // after a doorbell returned no_credit
  down = 3,   // kEventAddress did not take a message or a credit request; bits 8-15 Status, 16-23 transaction
  done = 4,   // bits 8-15 Status, 16-23 transaction
  timer = 5,  // kTimer reached; it is off now
  ready = 6,  // an id or a place for a request came free after a doorbell returned busy
};
constexpr EventKind event_kind(std::uint64_t e) {
  return static_cast<EventKind>(e & 0xff);
}
constexpr std::uint32_t event_slot(std::uint64_t e) {
  return static_cast<std::uint32_t>(e >> 8 & 0xffff);
}
constexpr std::uint32_t event_count(std::uint64_t e) {
  return static_cast<std::uint32_t>(e >> 24 & 0xffffff);
}
constexpr std::uint32_t event_credits(std::uint64_t e) {
  return static_cast<std::uint32_t>(e >> 8 & 0xffff);
}
constexpr std::uint32_t event_status(std::uint64_t e) {
  return static_cast<std::uint32_t>(e >> 8 & 0xff);
}
constexpr std::uint32_t event_transaction(std::uint64_t e) {
  return static_cast<std::uint32_t>(e >> 16 & 0xff);
}

// Mailboxes of this tile. Store kMailbox = slot first; it keeps its value.
inline constexpr std::uint64_t kMailbox = 0x140;       // slot that the registers below speak of
inline constexpr std::uint64_t kMailboxBase = 0x148;   // store: L1 address of the ring, 16-byte aligned
inline constexpr std::uint64_t kMailboxShape = 0x150;  // store: mailbox_shape()
inline constexpr std::uint64_t kMailboxOpen =
    0x158;  // load: opens; the generation, or a negative DoorbellError
inline constexpr std::uint64_t kMailboxClose =
    0x160;  // load: closes; later messages get STALE; 0, or DoorbellError
inline constexpr std::uint64_t kMailboxAdvance =
    0x168;  // store: slot | (n - 1) << 32; frees the slots of its n oldest messages (head + n)

// What a credit request gets that finds no slot.
enum class MailboxPolicy : std::uint8_t {
  block = 0,   // waits for one
  refuse = 1,  // Event `down` with Status::full, once no other tile has given back an idle credit
  watch = 2,  // no slots and no ring (kMailboxBase is ignored): waits until the mailbox closes (STALE) or its
              // core dies (DEAD)
};
inline constexpr MailboxPolicy kMailboxPolicyLast = MailboxPolicy::watch;

// slot_bytes: 64..8192, a power of two. A watch has neither slots nor slot_bytes.
constexpr std::uint64_t mailbox_shape(std::uint32_t slots, std::uint32_t slot_bytes,
                                      MailboxPolicy policy = MailboxPolicy::block) {
  return slots | std::uint64_t{slot_bytes & 0xffffff} << 32 | static_cast<std::uint64_t>(policy) << 56;
}

// Own semaphores.
inline constexpr std::uint64_t kSemaphore = 0x800;  // + 8 * n: load, store

// Which actor runs: for the trace, the report and a trap's message. 0 = none (the runtime itself).
inline constexpr std::uint64_t kMark = 0x180;  // store
// A message between two actors of this core, which needs no network: for the trace and the report. The sender
// is the actor that runs.
inline constexpr std::uint64_t kPass = 0x188;  // store: pass()
constexpr std::uint64_t pass(std::uint64_t slot, std::uint64_t bytes, Status status) {
  return slot | bytes << 16 | static_cast<std::uint64_t>(status) << 48;
}
// Mark word: entry 24 | slot 16 | generation 24. `entry` is the L1 address of the behaviour's entry.
constexpr std::uint64_t mark(std::uint64_t entry, std::uint64_t slot, std::uint64_t generation) {
  return (entry & 0xffffff) << 40 | (slot & 0xffff) << 24 | (generation & 0xffffff);
}

}  // namespace troupe::abi::niu

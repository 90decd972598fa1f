// Operations: requests to the NIU, or to another actor of the core, that may have to wait.
#pragma once

#include <cstdint>

#include "runtime/abi/address.hpp"
#include "runtime/device/niu.hpp"

namespace troupe::device {

struct Actor;

// One request. It lives in the frame of the coroutine that awaits it, on the stack of a blocking print, or on
// the heap as a control message of the runtime; it stays in place until it has ended, or until its actor is
// killed. Trivial, so that an awaiter whose fast path succeeds never fills it in.
struct Operation {
  enum class Owner : std::uint8_t {
    actor,     // `actor` becomes ready at the end
    blocking,  // the owner watches `status`
    control,   // the runtime's: freed at the end
    spill,     // a batch of a mailbox's spilled messages: they become items
  };
  // Only the first in line for a mailbox asks for its credit.
  enum class Ask : std::uint8_t { not_first, to_be_sent, sent };
  // Where it stands.
  enum class Place : std::uint8_t { none, credit_line, transaction_line };

  Operation* next;  // in the line it stands in
  Actor* actor;
  std::uint64_t target;  // abi::Address or abi::Location
  std::uint64_t local;   // L1 address of the payload, or where a read lands
  std::uint64_t length;  // bytes | message type << 32
  std::uint64_t sender;  // abi::Address, messages only
  niu::Command command;
  abi::Status status;
  Owner owner;
  Ask ask;
  Place place;
  bool awaits_reply;  // a message whose delivery does not end it: a spawn on another core

  void prepare(Actor* for_actor, std::uint64_t to, const void* payload, std::uint64_t bytes,
               std::uint32_t type, std::uint64_t from) {
    next = nullptr;
    actor = for_actor;
    target = to;
    local = reinterpret_cast<std::uint64_t>(payload);
    length = bytes | std::uint64_t{type} << 32;
    sender = from;
    command = niu::Command::message;
    status = abi::Status::pending;
    owner = Owner::actor;
    ask = Ask::not_first;
    place = Place::none;
    awaits_reply = false;
  }
  std::uint32_t bytes() const { return static_cast<std::uint32_t>(length); }
  std::uint32_t type() const { return static_cast<std::uint32_t>(length >> 32); }
};

// Reads, writes and atomics. Longer ones leave as several requests, each at most kTransferBytes.
struct Transfer : Operation {
  std::uint64_t left;       // bytes not yet requested
  std::uint32_t in_flight;  // requests without their reply
  std::uint64_t operand, compare;
  std::uint64_t rectangle;  // multicasts: columns | rows << 32
  std::uint64_t value;      // atomics: what was there before
};

inline constexpr std::uint64_t kTransferBytes = 8192;
// One transfer leaves half of the NIU's 16 transactions to the other actors of its core.
inline constexpr std::uint32_t kTransferRequests = 8;

// A first-in, first-out line of operations.
struct Line {
  Operation* first = nullptr;
  Operation* last = nullptr;

  void push(Operation& operation) {
    operation.next = nullptr;
    (last ? last->next : first) = &operation;
    last = &operation;
  }
  // Takes the element after `before` out; nullptr: the first.
  Operation* take_after(Operation* before) {
    Operation*& link = before ? before->next : first;
    Operation* taken = link;
    link = taken->next;
    if (last == taken) last = before;
    taken->next = nullptr;
    return taken;
  }
  // False when it does not stand here.
  bool remove(const Operation& operation) {
    Operation* before = nullptr;
    for (Operation* o = first; o; before = o, o = o->next) {
      if (o != &operation) continue;
      take_after(before);
      return true;
    }
    return false;
  }
};

}  // namespace troupe::device

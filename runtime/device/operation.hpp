// Operations: requests to the NIU that may have to wait for a credit, a transaction or an answer.
#pragma once

#include <cstdint>

#include "runtime/abi/address.hpp"
#include "runtime/device/niu.hpp"

namespace troupe::device {

struct Actor;

// One request. It lives in the frame of the coroutine that awaits it, on the stack of a blocking print, or on
// the heap as an answer of the runtime's own mailbox; it stays in place until it has ended.
struct Operation {
  enum class Owner : std::uint8_t {
    actor,     // `actor` becomes ready at the end
    blocking,  // the owner watches `status`
    answer,    // the runtime's: freed at the end
  };
  // Only the first in line for a mailbox asks for its credit.
  enum class Ask : std::uint8_t { not_first, to_be_sent, sent };

  Operation* next = nullptr;  // in the line it stands in
  Actor* actor = nullptr;
  std::uint64_t target = 0;  // abi::Address or abi::Location
  std::uint64_t local = 0;   // L1 address of the payload, or where a read lands
  std::uint64_t length = 0;  // bytes | message type << 32
  std::uint64_t sender = 0;  // abi::Address, messages only
  niu::Command command = niu::Command::message;
  abi::Status status = abi::Status::pending;
  Owner owner = Owner::actor;
  Ask ask = Ask::not_first;
  bool awaits_reply = false;  // a message whose delivery does not end it: a spawn on another core
  bool in_transaction_line = false;
};

// Reads, writes and atomics. Longer ones leave as several requests, each at most kTransferBytes.
struct Transfer : Operation {
  std::uint64_t left = 0;       // bytes not yet requested
  std::uint32_t in_flight = 0;  // requests without their reply
  std::uint64_t operand = 0, compare = 0;
  std::uint64_t value = 0;  // atomics: what was there before
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
};

}  // namespace troupe::device

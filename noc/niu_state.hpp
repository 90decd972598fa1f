// State of an NIU, and the steps its parts share. Included by the files that implement Niu, and Fabric.
#pragma once

#include <deque>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "noc/mailbox.hpp"
#include "noc/niu.hpp"
#include "noc/shared.hpp"

namespace troupe::noc {

// An outstanding request. The id comes free with a silent OK, or when the event of the reply is popped.
struct Transaction {
  bool used = false;
  Command command = Command::message;
  std::uint64_t target = 0;
  std::uint64_t local = 0;  // read: where the reply lands
  bool static_credit = false;
  std::uint32_t credits = 0;            // leave: that came to the mailbox's lost row since
  std::uint32_t replies = 1;            // to come
  abi::Status worst = abi::Status::ok;  // of those that came
};

// What this tile may send to one mailbox: a row of the table of credits. A row without an edge is a line of
// the request table while it is pinned, and of the table of niu.credit_rows lines else.
struct HeldCredits {
  std::uint32_t edges = 0;                      // static credits there are, here or not
  std::uint32_t from_edges = 0, from_pool = 0;  // here now: static ones; granted on request
  std::uint32_t refused = 0;    // doorbells without a credit that no credit event has answered yet
  std::uint32_t announced = 0;  // credits of the queued credit event; > 0: it is queued
  std::uint32_t told = 0;       // credits of popped events, promised to the core until it pops again
  bool asked = false;           // a credit request is under way, or its `down` not popped
  bool recalled = false;        // to be answered once a credit lies idle or none is left
  bool gone = false;            // there is no such mailbox any more
  bool idle = false;            // in State::idle, at `place`
  std::list<std::uint64_t>::iterator place{};

  bool has_idle() const { return from_pool > announced + told; }
  bool pinned() const { return edges + announced + told != 0 || asked; }
};

// The credit that a message takes along.
struct SpentCredit {
  bool is_static = false;
  bool answers_recall = false;  // it was the last one, and others wait
};

struct QueuedEvent {
  abi::niu::EventKind kind;
  std::uint8_t transaction = kNoTransaction;
  abi::Status status = abi::Status::ok;
  std::uint64_t address = 0;  // down, credit: the mailbox; message: its slot number
  std::uint64_t value = 0;    // done of an atomic
};

// Inbound bytes on their way into L1: visible at the next access.
struct Landing {
  std::uint64_t address, bytes;
  Cycle arrived;
};

struct Niu::State {
  TileId tile;
  std::uint32_t tenant = 0;
  bool killed = false;
  std::uint64_t running = 0;  // address of the actor that the core marked; 0 = none

  Memory* l1 = nullptr;
  LandingObserver* observer = nullptr;
  Endpoint* endpoint = nullptr;
  MessageConsumer* consumer = nullptr;

  // Registers.
  std::uint64_t target = 0, local = 0, length = 0, sender = 0, operand = 0, compare = 0, rectangle = 0;
  std::uint8_t network = 0;  // that requests take
  std::uint64_t mailbox = 0, mailbox_base = 0, mailbox_shape = 0;
  std::uint64_t event_address = 0, event_value = 0;

  std::uint64_t packets_sent = 0;  // numbers the packet ids
  std::vector<Transaction> transactions;
  bool refused_busy = false;  // a doorbell found no free id since the last ready event
  bool ready_queued = false;
  std::unordered_map<std::uint64_t, HeldCredits> held;  // by mailbox address; never iterated by the model
  std::uint64_t rows = 0;                               // of `held`, those without an edge
  std::list<std::uint64_t> idle;                        // rows that may go, least recently used first
  std::vector<std::uint64_t> told;                      // rows with promises that the next pop ends
  std::vector<std::uint64_t> recalled;                  // rows with a recall to answer

  std::vector<std::unique_ptr<Mailbox>> mailboxes;  // by slot, as far as ever opened
  std::vector<std::uint64_t> semaphores;            // empty until the first use

  std::deque<QueuedEvent> events;
  bool waiting = false;
  Cycle waiting_since = 0;
  Cycle timer = 0;  // deadline, 0 = off
  bool timer_queued = false;
  // The deadline passed, and neither was a new one set nor the Event popped: the interrupt is pending.
  Cycle timer_passed = 0;  // that deadline; 0: none

  std::vector<Landing> landings;
  std::vector<std::byte> landing_bytes;  // of all landings, one after the other

  NiuCounters counters;

  Mailbox* open_mailbox(std::uint32_t slot) {
    return slot < mailboxes.size() && mailboxes[slot] != nullptr && mailboxes[slot]->is_open()
               ? mailboxes[slot].get()
               : nullptr;
  }
  // Null when it is closed, or open with another generation.
  Mailbox* open_mailbox(abi::Address address) {
    Mailbox* mailbox = open_mailbox(address.slot());
    return mailbox != nullptr && mailbox->generation() == address.generation() ? mailbox : nullptr;
  }
  Transaction* unused_transaction() {
    for (Transaction& t : transactions)
      if (!t.used) return &t;
    return nullptr;
  }
};

}  // namespace troupe::noc

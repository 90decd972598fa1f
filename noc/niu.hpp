// The network interface (NIU) of a tile: registers for its core, mailboxes, credits and the guard for
// everything that comes in. runtime/abi/niu_registers.hpp is its specification.
#pragma once

#include <cstdint>
#include <memory>

#include "noc/endpoint.hpp"
#include "sim/base/memory.hpp"

namespace troupe::noc {

struct Shared;  // what all NIUs of a fabric share (noc/shared.hpp)
enum class CreditStep : std::uint8_t;
struct HeldCredits;
struct SpentCredit;
struct Packet;
struct Origin;
struct Rectangle;
struct Waiter;

// Result of a register access.
struct Access {
  enum class Kind : std::uint8_t {
    done,   // `value` is what the load returns; the core goes on after niu.register_access cycles
    waits,  // kWait without an event: the core sleeps until Fabric::woken names its tile
    fault,  // no such register, wrong size or alignment: a precise access fault of the core
  };
  Kind kind = Kind::done;
  std::uint64_t value = 0;
};

struct NiuCounters {
  std::uint64_t requests = 0;  // sent, all kinds
  std::uint64_t messages_sent = 0;
  std::uint64_t message_bytes_sent = 0;
  std::uint64_t messages_received = 0;  // appended to a mailbox
  std::uint64_t message_bytes_received = 0;
};

class Niu {
 public:
  ~Niu();
  Niu(const Niu&) = delete;
  Niu& operator=(const Niu&) = delete;

  // Core side. `offset` counts from abi::kNiuBase; `now` is the issue cycle, never less than at the last
  // access. All that arrived up to `now` is in L1 when the call returns.
  Access load(std::uint64_t offset, unsigned bytes, Cycle now);
  Access store(std::uint64_t offset, unsigned bytes, std::uint64_t value, Cycle now);
  bool waiting() const;
  // Ends a wait that Fabric::woken reported: the value of the kWait load, as if issued at `now`.
  std::uint64_t finish_wait(Cycle now);
  Cycle timer_deadline() const;  // kNever = off

  // System side, untimed, for the loader.
  void set_tenant(std::uint32_t tenant);
  std::uint32_t tenant() const;
  // Opens a mailbox of the tile's tenant, or of `tenant`. False when the slot does not exist or is open,
  // the generation is 0 or the last one's, or the ring is not a legal one inside L1. A consumer's mailbox has
  // no ring (base 0).
  bool open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                    std::uint32_t generation);
  bool open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                    std::uint32_t generation, std::uint32_t tenant,
                    abi::niu::MailboxPolicy policy = abi::niu::MailboxPolicy::block);
  abi::Address mailbox_address(std::uint32_t slot) const;  // 0: not open
  // The core died: from now on every request here gets DEAD. What it sent before stays under way.
  void kill(Cycle now);
  bool killed() const;

  const NiuCounters& counters() const;
  // Messages in open mailboxes that their core has not freed, and credits held here for `mailbox`.
  std::uint64_t occupied_slots() const;
  std::uint32_t credits(abi::Address mailbox) const;
  // Mailboxes with a row here: with credits in hand or a request under way, static edges apart.
  std::uint64_t credit_rows() const;

 private:
  friend class Fabric;
  Niu(Shared& shared, TileId tile);
  struct State;

  // Core side (niu.cpp, doorbell.cpp).
  void make_visible();
  Access load_register(std::uint64_t offset, Cycle now);
  Access store_register(std::uint64_t offset, std::uint64_t value, Cycle now);
  std::int64_t doorbell(Command command, Cycle now);
  std::int64_t check_doorbell(Command command) const;
  bool take_transaction(Command command, std::uint8_t& transaction);
  void send_request(Command command, std::uint8_t transaction, const SpentCredit& spent, Cycle now);
  Rectangle rectangle() const;
  void send_multicast(std::uint8_t transaction, Cycle now);
  Packet& new_request(Command command, std::uint8_t transaction, std::uint32_t& index);
  std::int64_t open_own_mailbox();
  std::int64_t close_own_mailbox(Cycle now);
  bool advance_mailbox(std::uint64_t value, Cycle now);
  std::uint64_t pop_event(Cycle now);
  void push_event(abi::niu::EventKind kind, Cycle now, std::uint64_t address, std::uint8_t transaction,
                  abi::Status status, std::uint64_t value);
  void free_transaction(std::uint8_t transaction, Cycle now);
  void announce_ready(Cycle now);

  // Credits in hand (held_credits.cpp).
  bool ask_in_hand(Cycle now);
  bool ask_row(std::uint64_t mailbox);
  bool spend_credit(SpentCredit& spent, Cycle now);
  void take_credit(const Packet& packet, bool announce, Cycle now);
  void take_credit_packet(const Packet& packet, Cycle now);
  void credit_answered(std::uint64_t mailbox, Cycle now);
  void lose_mailbox(std::uint64_t mailbox, Cycle now);
  void promise(std::uint64_t mailbox, HeldCredits& held, std::uint32_t credits);
  void keep_for_retry(std::uint64_t mailbox);
  void end_promises(Cycle now);
  void settle(std::uint64_t mailbox, Cycle now);
  void answer_recall(std::uint64_t mailbox, HeldCredits& held, bool at_once, Cycle now);
  void erase_row(std::uint64_t mailbox, Cycle now);
  void recall_row(std::uint64_t mailbox, HeldCredits& held);
  void evict(Cycle now);
  void left(const Packet& packet, Cycle now);
  void send_left(CreditStep step, std::uint8_t transaction, std::uint64_t mailbox, std::uint32_t credits,
                 Cycle now);

  // Network side (inbound.cpp).
  void arrive(std::uint32_t packet, Cycle now);
  void timer_due(Cycle now);
  void serve(std::uint32_t packet, Cycle now);
  abi::Status check_mailbox(const Packet& packet);
  abi::Status serve_message(const Packet& packet, Cycle now);
  void serve_multicast(std::uint32_t packet, Cycle now);
  abi::Status serve_core(Packet& packet, Cycle now);
  void send_reply(std::uint32_t packet, abi::Status status, Cycle ready);
  void take_reply(std::uint32_t packet, Cycle now);
  void land(std::uint64_t address, const void* bytes, std::uint64_t count, Cycle now);

  // Slots of own mailboxes (grants.cpp).
  abi::Status serve_credit(Packet& packet, Cycle now);
  abi::Status serve_left(Packet& packet, Cycle now);
  void take_recalled(const Packet& packet, Cycle now);
  void freed(std::uint32_t slot, const Origin& origin, Cycle now);
  void release(std::uint32_t slot, const Origin& origin, Cycle now);
  void grant_waiting(std::uint32_t slot, Cycle now);
  Packet& new_credit(TileId to, std::uint64_t mailbox, std::uint32_t& index);
  void answer_waiter(std::uint32_t slot, const Waiter& waiter, abi::Status status, Cycle now);
  void send_credit(CreditStep step, std::uint32_t slot, const Origin& to, Cycle now);
  void dismiss_waiters(std::uint32_t slot, abi::Status status, Cycle now);

  Shared& shared_;
  std::unique_ptr<State> state_;
};

}  // namespace troupe::noc

// The actor runtime of one core: its actors, their run queue, and the operations that wait for the NIU.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "runtime/abi/manifest.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/actor.hpp"
#include "runtime/device/heap.hpp"
#include "runtime/device/operation.hpp"
#include "runtime/device/slots.hpp"

namespace troupe::device {

// Cooperative: run_ready() resumes actors until none is ready, then one event of the NIU makes some ready
// again. Events never resume an actor, they only end its wait; so a blocking call may handle events too.
class Runtime {
 public:
  void start(const abi::BootBlock& boot);
  void run_ready();
  void handle(std::uint64_t event);
  [[noreturn]] void run();

  // Begins an operation. True when it has ended already; `status` says how.
  bool begin(Operation& operation);
  bool begin(Transfer& transfer);
  // Sends and handles events until it has ended, for callers that cannot suspend.
  void send_blocking(Operation& operation);

  // Creates an actor on this core; slots = 0: it has no mailbox. 0 when memory or mailbox slots ran out.
  abi::Address create(Entry entry, std::uint32_t slots, std::uint32_t slot_bytes, const std::byte* arguments);

  // Notes that the running actor waits: for what, where, and what to resume.
  void suspend(std::coroutine_handle<> handle, abi::ActorState state, std::uint64_t waits_for,
               std::uint64_t pc);
  // The running actor goes to the end of the run queue.
  void yield(std::coroutine_handle<> handle, std::uint64_t pc);

  // The mailbox of the running actor. receive() returns the oldest message not received yet; release() frees
  // its ring slot once those before it are free as well. Precondition of receive(): available > 0.
  abi::MessageHeader* receive();
  void release(abi::MessageHeader* message);

  Actor* current = nullptr;  // null in the scheduler itself
  Heap heap;
  const abi::BootBlock& boot() const { return *boot_; }
  bool has_ready() const { return ready_first_ != nullptr; }
  // Of the heap, without the slot table, which never shrinks.
  std::uint64_t bytes_used() const { return heap.bytes_used() - slots_.bytes(); }
  std::uint32_t live_actors() const { return live_; }
  std::uint64_t down_count() const { return down_count_; }
  std::uint32_t next_core();  // round robin over the lease, from this core on

  // Tile of a core of the lease, and the mailbox of that core's runtime.
  abi::Address runtime_of(std::uint32_t core) const;
  bool is_own_tile(abi::Address address) const { return (address.bits >> 40) == tile_; }

 private:
  // What an id of the NIU stands for.
  struct Transaction {
    enum class Kind : std::uint8_t { none, message, credit, transfer } kind = Kind::none;
    std::uint64_t value = 0;  // message: the sender's Address; transfer: its Transfer
  };
  static constexpr unsigned kBuckets = 64;
  Line& credit_line(std::uint64_t mailbox) {
    return credit_lines_[(mailbox >> 24 ^ mailbox >> 40 ^ mailbox) % kBuckets];
  }

  void start_static(const abi::BootActor& boot);
  Actor* new_actor(std::uint64_t entry, std::uint64_t address);
  void adopt(Actor& actor);
  void end(Actor& actor);
  void make_ready(Actor& actor);

  // These return true when the operation has ended; ended() then tells its owner, unless that is the caller.
  bool attempt(Operation& operation);
  bool attempt_message(Operation& message);
  bool attempt_transfer(Transfer& transfer);
  bool refused(Operation& message, std::int64_t error);
  void wait_for_transaction(Operation& operation);
  bool wait_for_credit(Operation& message);
  bool ask_for_credit(Operation& first);
  void ended(Operation& operation);

  void on_message(std::uint32_t slot, std::uint32_t count);
  void on_credit(std::uint64_t mailbox, std::uint32_t count);
  void on_down(std::uint64_t mailbox, abi::Status status, std::uint32_t transaction);
  void on_done(std::uint32_t transaction, abi::Status status);
  void on_ready();
  void send_asks(Line& line);
  void fail_credit_line(std::uint64_t mailbox, abi::Status status);

  void serve(const abi::MessageHeader& message);
  void serve_spawn(const SpawnRequest& request);
  struct Answer : Operation {
    SpawnReply payload;
  };
  void release_answer(Answer& answer);

  const abi::BootBlock* boot_ = nullptr;
  std::uint64_t tile_ = 0;  // chip << 12 | tile
  Slots slots_;
  Actor* ready_first_ = nullptr;
  Actor* ready_last_ = nullptr;
  std::uint32_t live_ = 0;
  bool finished_ = false;  // the root actor returned
  // Answers that stay available when the heap is full, so that a spawner learns of its failure.
  static constexpr unsigned kSpareAnswers = 32;
  std::byte* spare_answers_ = nullptr;
  std::uint32_t spare_free_ = 0;    // one bit each
  std::uint32_t runtime_next_ = 0;  // ring index of the runtime's own mailbox
  std::uint32_t next_core_ = 0;
  std::uint32_t ringless_ = 0;  // generation of the last actor without a mailbox
  std::uint64_t down_count_ = 0;
  Line credit_lines_[kBuckets];   // operations without a credit, by mailbox
  Line transaction_line_;         // operations without a transaction id
  bool asks_to_be_sent_ = false;  // some credit requests found no transaction id
  Transaction transactions_[256];
};

// The runtime of the core that executes the call.
#if defined(__riscv)
extern Runtime core_runtime;
inline Runtime& runtime() {
  return core_runtime;
}
#else
Runtime& runtime();  // a host test says which of its cores runs
#endif

// Ends the program with a trap and this message: a program broke a rule of the runtime.
[[noreturn]] void fault(const char* message);

}  // namespace troupe::device

// First ActorView of the core, for the host.
extern "C" troupe::abi::ActorView* troupe_actors;

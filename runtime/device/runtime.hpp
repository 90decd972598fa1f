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
#include "runtime/device/spill.hpp"

namespace troupe::device {

// Cooperative: actors run until they wait; when none is ready, the next event of the NIU makes some ready
// again. Events never resume an actor, they only end its wait; so a blocking call may handle events too.
//
// All that touches more than the running actor's own data is in functions of this class that are not inline:
// a time budget that runs out inside one takes effect behind it (boot.cpp).
class Runtime {
 public:
  void start(const abi::BootBlock& boot);
  // Actors that are ready, at most kTurns of them: then it is time to look for events.
  void run_ready();
  void handle(std::uint64_t event);
  [[noreturn]] void run();

  // --- Sending. Each returns true when it has ended; `status` says how.
  // A message to an actor of another core that goes at once, or not at all (false; nothing has changed).
  bool send_remote_now(abi::Address to, const void* payload, std::uint64_t length) {
    niu_store(niu::kTarget, to.bits);
    niu_store(niu::kLocal, reinterpret_cast<std::uint64_t>(payload));
    niu_store(niu::kLength, length);
    niu_store(niu::kSender, current->view.address);
    const std::int64_t id = niu_doorbell(niu::Command::message);
    if (id < 0) [[unlikely]]
      return false;
    transactions_[id] = {current->view.address, Transaction::Kind::message};
    return true;
  }
  // A message to an actor of this core: a place for its payload, and off. Null: `status` says why not;
  // pending: its mailbox is full.
  Item* prepare_local(abi::Address to, std::uint32_t bytes, abi::Status& status);
  void deliver_local(Item& item);
  // Both at once.
  abi::Status send_local(abi::Address to, const void* payload, std::uint64_t length, abi::Address from);
  // The same with the block of a Buffer, which then is the receiver's.
  abi::Status send_local(abi::Address to, Item& item, abi::Address from);
  // Begins an operation whatever it takes.
  bool begin(Operation& operation);
  bool begin(Transfer& transfer);
  // Sends and handles events until it has ended, for callers that cannot suspend.
  void send_blocking(Operation& operation);
  // True: no operation waits, no message was refused and no time budget interrupts, so that a send need not
  // look for any of them.
  bool is_quiet() const { return unquiet_ == 0; }
  // What an earlier send of the running actor to `mailbox` came to, if that was bad; once.
  bool take_down(std::uint64_t mailbox, abi::Status& status);

  // --- Actors.
  Actor* find(abi::Address address) const { return slots_.find(address); }
  void make_ready(Actor& actor) {
    actor.view.state = abi::ActorState::ready;
    actor.landing = nullptr;
    actor.next_ready = nullptr;
    *ready_tail_ = &actor;
    ready_tail_ = &actor.next_ready;
  }
  // Creates one on this core. 0 when memory or mailbox slots ran out.
  abi::Address create(Entry entry, MailboxShape mailbox, const std::byte* arguments);
  // The same with ties to a parent of this core or another. The arguments stand behind the request.
  abi::Address create_tied(const SpawnRequest& request);
  // Whom to resume now that the running actor waits: the next one that is ready, or nobody, and so the
  // scheduler goes on. Going from actor to actor by such jumps saves the way through it.
  std::coroutine_handle<> next_to_run() {
    Actor* const next = ready_first_;
    if (!next || --turns_left_ <= 0) return std::noop_coroutine();
    switch_to(*next);
    return next->resume;
  }
  // Notes that the running actor waits: for what, where, and what to resume.
  void suspend(std::coroutine_handle<> handle, abi::ActorState state, std::uint64_t waits_for,
               std::uint64_t pc) {
    current->resume = handle;
    current->view.state = state;
    current->view.waits_for = waits_for;
    current->view.pc = pc;
  }
  // The running actor goes to the end of the run queue.
  void yield(std::coroutine_handle<> handle, std::uint64_t pc);
  // The wait that has just been noted ends at the latest at timer.deadline.
  void wait_until(Timer& timer);
  void cancel(Timer& timer);
  // Ends the running actor when it next waits or returns.
  void quit(const ExitReason& reason);
  // The running actor trapped, or ran out of its budget: its stack is gone.
  void abandon_current(const ExitReason& reason);

  // --- The mailbox of the running actor; receive.cpp.
  // The oldest message not received yet; release() frees its place. Precondition: messages != 0.
  abi::MessageHeader* receive() {
    Actor& a = *current;
    if (a.item_count != 0 || a.span != a.messages) [[unlikely]]
      return receive_slowly();
    auto* message = reinterpret_cast<abi::MessageHeader*>(a.ring + a.next);
    a.next = a.next + a.slot_bytes == a.ring_bytes ? 0 : a.next + a.slot_bytes;
    --a.messages;
    --a.span;
    ++a.held;
    return message;
  }
  void release(abi::MessageHeader* message) {
    Actor& a = *current;
    if (a.held == 1 && reinterpret_cast<std::byte*>(message) == a.ring + a.oldest) [[likely]] {
      a.oldest = a.next;
      a.held = 0;
      niu_store(niu::kMailboxAdvance, a.address().slot());
      return;
    }
    release_slowly(message);
  }
  // Messages that lie one behind the other in the ring, all there are up to its end; or one alone, where the
  // oldest is no such. Precondition: messages != 0.
  MessageRun receive_run();
  void release(const MessageRun& run);
  // For a receive that chooses: the messages not received yet, oldest first, from a cursor on; null: no more.
  // take() receives the one that next_unseen() returned last.
  Cursor first_unseen() const { return {nullptr, nullptr, current->ring_arrived - current->span}; }
  Cursor end_of_messages() const { return {nullptr, current->items.last, current->ring_arrived}; }
  abi::MessageHeader* next_unseen(Cursor& cursor);
  void take(Cursor& cursor, abi::MessageHeader* message);
  // The next DOWN or EXIT whose earlier messages were all received, or, with `any_order`, the next one.
  bool take_signal(Signal& signal, bool any_order);
  bool has_signal(bool any_order) const;
  bool has_signals() const { return current->side && current->side->signals.first; }
  const Spill* spill_of_current() const { return current->side ? current->side->spill : nullptr; }
  // The running actor waits in a receive that may have seen all there is in L1.
  void want_more();
  // A received message becomes a Buffer's block: without a copy if it came from this core. Null: no memory.
  Item* keep(abi::MessageHeader* message);

  // --- Links and monitors; ties.cpp. `reference` names a monitor; its DOWN says it again. False or 0: there
  // is no memory.
  bool link(abi::Address other);
  void unlink(abi::Address other);
  std::uint64_t monitor(abi::Address other);
  void demonitor(std::uint64_t reference);
  bool trap_exits(bool traps);
  bool set_budget(std::uint64_t cycles);
  // The actor that the running one has been linked to for longest: its parent, if that has spawned it linked.
  abi::Address oldest_link() const;
  // Tells it that the running actor is ready, if it asked to hear that.
  void tell_started();
  bool hear_starts();
  // From now on the runtime learns of the death of that tile's core.
  void watch_core(std::uint64_t tile);
  bool watches_core(std::uint64_t tile) const {
    return watched_ && (watched_[tile % (64 * kTileWords) / 64] >> tile % 64 & 1) != 0;
  }
  // Tells `other` to end; killed: whether it wants or not.
  void stop(abi::Address other, const ExitReason& reason);
  std::uint64_t next_reference() { return tile_ << 40 | ++references_; }
  // Type of the signal that take_signal() took: down or exited.
  abi::SystemType signal_type() const { return signal_type_; }
  // The timer interrupted the running actor: true when its budget is used up, else the timer is armed anew.
  bool budget_is_over();

  // --- Memory of the running actor, given back when it ends, however it ends. Null: there is none.
  Item* allocate_owned(std::size_t payload_bytes);
  void release_owned(Item& item);
  void own(Item& item);
  void disown(Item& item);
  void* allocate_frame(std::size_t bytes) {
    last_frame_bytes = static_cast<std::uint32_t>(bytes);
    return heap.allocate(bytes);
  }

  Actor* current = nullptr;                                   // null in the scheduler itself
  std::uint32_t last_frame_bytes = 0, last_message_type = 0;  // of the frame and behaviour begun last
  Overflow last_overflow = Overflow::block;
  Heap heap;
  const abi::BootBlock& boot() const { return *boot_; }
  bool has_ready() const { return ready_first_ != nullptr; }
  // Of the heap, without the tables of slots and pages, which never shrink.
  std::uint64_t bytes_used() const { return heap.bytes_used() - slots_.bytes() - spill_pages_.table_bytes(); }
  std::uint32_t live_actors() const { return slots_.taken(); }
  std::uint64_t down_count() const { return down_count_; }
  // Round robin over the lease, from this core on.
  std::uint32_t next_core() {
    const std::uint32_t core = next_core_;
    next_core_ = core + 1 == boot_->core_count ? 0 : core + 1;
    return core;
  }

  // Tile of a core of the lease, and the mailbox of that core's runtime.
  abi::Address runtime_of(std::uint32_t core) const {
    const auto* tiles = reinterpret_cast<const std::uint16_t*>(boot_->core_tiles);
    return {tile_ >> 12 << 52 | std::uint64_t{tiles[core]} << 40 | (boot_->runtime_address & 0xffffffffff)};
  }
  bool is_own_tile(abi::Address address) const { return (address.bits >> 40) == tile_; }

 private:
  // What an id of the NIU stands for.
  struct Transaction {
    enum class Kind : std::uint8_t { none, message, transfer, spill };
    std::uint64_t value;  // message: the sender's Address; transfer: its Transfer
    Kind kind;
  };
  static constexpr unsigned kBuckets = 64;
  static constexpr std::int32_t kTurns = 16;
  Line& credit_line(std::uint64_t mailbox) {
    return credit_lines_[(mailbox >> 24 ^ mailbox >> 40 ^ mailbox) % kBuckets];
  }

  // runtime.cpp
  void start_static(const abi::BootActor& boot);
  Actor* new_actor(std::uint64_t entry);
  std::int64_t open_mailbox(Actor& actor, std::uint32_t slot, MailboxShape mailbox);
  void adopt(Actor& actor, std::uint32_t slot);
  void end(Actor& actor, const ExitReason& reason);
  void kill(Actor& actor, const ExitReason& reason);
  void dispose(Actor& actor);
  void finish(const ExitReason& reason);
  void start_budget();
  void stop_budget();
  void release_frames(Actor& actor);
  void switch_to(Actor& actor) {
    ready_first_ = actor.next_ready;
    if (!ready_first_) ready_tail_ = &ready_first_;
    current = &actor;
    niu_store(niu::kMark, actor.mark);
  }
  bool is_ready(const Actor& actor) const;
  bool begun(const Operation& operation, bool has_ended);
  void unready(Actor& actor);
  void run_current();
  Actor* land(std::uint64_t event);
  // operations.cpp. These return true when the operation has ended; ended() then tells its owner, unless
  // that is the caller.
  bool attempt(Operation& operation);
  bool attempt_message(Operation& message);
  bool attempt_local(Operation& message);
  bool attempt_transfer(Transfer& transfer);
  bool refused(Operation& message, std::int64_t error);
  void wait_in(Line& line, Operation& operation, Operation::Place place);
  void left_line(Operation& operation);
  void wait_for_transaction(Operation& operation);
  bool wait_for_credit(Operation& message);
  bool ask_for_credit(Operation& first);
  void ended(Operation& operation);
  void withdraw(Operation& operation);

  void on_message(std::uint32_t slot, std::uint32_t count);
  void on_credit(std::uint64_t mailbox, std::uint32_t count);
  void on_down(std::uint64_t mailbox, abi::Status status, std::uint32_t transaction);
  void on_done(std::uint32_t transaction, abi::Status status);
  void on_ready();
  void on_timer();
  void send_asks(Line& line);
  void fail_credit_line(std::uint64_t mailbox, abi::Status status);
  void note_down(Actor& actor, std::uint64_t mailbox, abi::Status status);

  // receive.cpp
  abi::MessageHeader* receive_slowly();
  void release_slowly(abi::MessageHeader* message);
  void free_oldest(Actor& actor);
  void skip_taken(Actor& actor);
  Item* item_of(Actor& actor, abi::MessageHeader* message) const {
    auto* at = reinterpret_cast<std::byte*>(message);
    return at >= actor.ring && at < actor.ring + actor.ring_bytes ? nullptr
                                                                  : Item::of(at + sizeof(abi::MessageHeader));
  }
  void deliver(Actor& actor, Item& item);
  bool room_for(Actor& actor, abi::Status& status);
  void push_item(Actor& a, Item& item) {
    item.ring_position = a.ring_arrived;
    a.items.push(item);
    ++a.item_count;
    ++a.item_arrived;
    ++a.messages;
    if (a.view.state == abi::ActorState::receive) make_ready(a);
  }
  void item_freed(Actor& actor);
  bool admit_sender(Actor& actor);
  Item* new_item(std::uint64_t payload_bytes);
  void release_item(Item& item) { heap.release(&item, item.allocated); }
  void absorb(Actor& actor, std::uint32_t count);
  // spill.cpp
  bool add_spill(Actor& actor);
  void arrived(Spill& spill, std::uint32_t count);
  void take_in(Spill& spill);
  bool make_item(Spill& spill, const abi::MessageHeader& header);
  void spill_item(Actor& actor, Item& item);
  bool store(Spill& spill, const abi::MessageHeader& message);
  bool has_room(const Spill& spill) const;
  void refill(Spill& spill);
  void item_taken(Spill& spill);
  void read_back(Spill& spill);
  void was_read(Spill& spill);
  void release_pages(Spill& spill);
  void stick(Spill& spill);
  void retry_spills();
  void end_spill(Spill& spill);

  // ties.cpp
  Side* side_of(Actor& actor);
  void end_side(Actor& actor, const ExitReason& reason);
  void tie_parent(const RemoteSpawn& spawn);
  Tie* add_tie(Actor& actor, Tie::Kind kind, std::uint64_t other, std::uint64_t reference);
  bool remove_tie(Actor& actor, Tie::Kind kind, std::uint64_t other, std::uint64_t reference);
  bool has_tie(const Actor& actor, Tie::Kind kind, std::uint64_t other) const;
  void tell(abi::SystemType type, const Control& control);
  void serve_control(abi::SystemType type, const Control& control);
  void need(const void* memory);
  void defer(abi::SystemType type, const Control& control);
  void deliver_deferred();
  void take_end(abi::SystemType type, const Control& control);
  void exit_signal(Actor& actor, std::uint64_t from, const ExitReason& reason, bool can_be_trapped);
  void signal(Actor& actor, abi::SystemType type, const Signal& signal);
  bool is_watched(const Actor& actor) const;
  void report_crash(const Actor& actor, const ExitReason& reason);
  std::uint64_t watch_mailbox(std::uint64_t tile) const;
  void ask_for_watches();
  void core_died(std::uint64_t tile);

  void serve(const abi::MessageHeader& message);
  void serve_spawn(const SpawnRequest& request);
  struct ControlMessage : Operation {
    std::byte payload[sizeof(Control) > sizeof(SpawnReply) ? sizeof(Control) : sizeof(SpawnReply)];
  };
  bool send_system_now(abi::Address to, abi::SystemType type, const void* payload, std::uint64_t bytes);
  void queue_system(abi::Address to, abi::SystemType type, const void* payload, std::uint64_t bytes);
  void send_system(abi::Address to, abi::SystemType type, const void* payload, std::uint64_t bytes);
  void release_control(ControlMessage& message);

  const abi::BootBlock* boot_ = nullptr;
  std::uint64_t tile_ = 0;  // chip << 12 | tile
  Slots slots_;
  Actor* ready_first_ = nullptr;
  Actor** ready_tail_ = &ready_first_;
  std::uint32_t unquiet_ = 0;    // operations in lines, actors with a down_mailbox, and 1 for budgets
  std::int32_t turns_left_ = 0;  // until the scheduler goes on: to look for events, or because of doomed_
  bool doomed_ = false;          // the running actor ends as soon as it waits, with this reason
  ExitReason doom_;
  bool finished_ = false;  // the root actor ended
  // Control messages that can be sent also when the heap is full, so that a spawner learns of its failure.
  static constexpr unsigned kSpareControls = 32;
  std::byte* spare_controls_ = nullptr;
  std::uint32_t spare_free_ = 0;    // one bit each
  std::uint32_t runtime_next_ = 0;  // ring index of the runtime's own mailbox
  std::uint32_t next_core_ = 0;
  std::uint32_t ringless_ = 0;  // generation of the last actor without a mailbox
  std::uint64_t references_ = 0;
  std::uint64_t down_count_ = 0;
  Timer* timers_ = nullptr;  // earliest first
  SpillPages spill_pages_;
  Spill* stuck_spills_ = nullptr;
  ItemQueue deferred_;  // signals from other cores that wait until the messages before them are in
  // Tiles whose cores' deaths matter here: one bit each, then one bit each for the NIU having been asked.
  static constexpr std::size_t kTileWords = (1 << 12) / 64;
  std::uint64_t* watched_ = nullptr;
  bool watches_to_be_asked_ = false;
  abi::SystemType signal_type_ = abi::SystemType::down;
  std::uint64_t budget_end_ = 0;  // cycle; 0: none is armed
  bool draining_ = false;
  bool asks_to_be_sent_ = false;  // some credit requests found no transaction id
  bool budgets_ = false;          // some actor has a budget
  bool creating_ = false;         // the code of a behaviour runs that makes its frame, for create()
  Line credit_lines_[kBuckets];   // operations without a credit, by mailbox
  Line transaction_line_;         // operations without a transaction id
  Transaction transactions_[256] = {};
};

// The runtime of the core that executes the call.
#if defined(__riscv)
extern Runtime core_runtime;
// Register tp points to it (start.S), which saves forming its address at each use.
inline Runtime& runtime() {
  return *static_cast<Runtime*>(__builtin_thread_pointer());
}
#else
Runtime& runtime();  // a host test says which of its cores runs
#endif

// Ends the program with a trap and this message: a program broke a rule of the runtime.
[[noreturn]] void fault(const char* message);

// Where the inlining coroutine stands, for the host's report of who waits where.
inline std::uint64_t here() {
#if defined(__riscv)
  std::uint64_t pc;
  asm volatile("auipc %0, 0" : "=r"(pc));
  return pc;
#else
  return reinterpret_cast<std::uint64_t>(__builtin_return_address(0));
#endif
}

// Whether the tile's timer interrupts what runs.
inline void enable_timer_interrupt([[maybe_unused]] bool enable) {
#if defined(__riscv)
  constexpr std::uint64_t kMachineTimer = 1 << 7;
  if (enable)
    asm volatile("csrs mie, %0" ::"r"(kMachineTimer));
  else
    asm volatile("csrc mie, %0" ::"r"(kMachineTimer));
#endif
}

// Global time in cycles.
#if defined(__riscv)
inline std::uint64_t cycle_now() {
  std::uint64_t now;
  asm volatile("rdcycle %0" : "=r"(now));
  return now;
}
#else
std::uint64_t cycle_now();
#endif

}  // namespace troupe::device

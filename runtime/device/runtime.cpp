// Actors: how they begin, run, wait and end. What waits for the NIU is in operations.cpp, mailboxes in
// receive.cpp and spill.cpp, links and monitors in ties.cpp.
#include "runtime/device/runtime.hpp"

#include <type_traits>

#include "runtime/device/coroutine.hpp"
#include "runtime/device/host_port.hpp"

namespace troupe::device {

void Runtime::start(const abi::BootBlock& boot) {
  boot_ = &boot;
  tile_ = niu_load(niu::kTile);
  next_core_ = boot.core_index;
  heap.start(boot.heap, boot.heap_end);
  spill_pages_.start({boot.spill}, boot.spill_bytes);

  spare_controls_ = static_cast<std::byte*>(heap.allocate(kSpareControls * sizeof(ControlMessage)));
  if (!spare_controls_ || !slots_.start(heap, static_cast<std::uint32_t>(boot.first_free_slot)))
    fault("no memory to start");
  spare_free_ = 0xffffffff;
  niu_store(niu::kMailbox, abi::kWatchSlot);
  niu_store(niu::kMailboxShape, niu::mailbox_shape(0, 0, niu::MailboxPolicy::watch));
  if (static_cast<std::int64_t>(niu_load(niu::kMailboxOpen)) < 0) fault("no mailbox slot to be watched at");

  const auto* actors = reinterpret_cast<const abi::BootActor*>(boot.actors);
  for (std::uint32_t i = 0; i < boot.actor_count; ++i) start_static(actors[i]);
}

// All zero: a new actor has nothing, and its mailbox is empty.
inline Actor* Runtime::new_actor(std::uint64_t entry) {
  static_assert(std::is_trivially_copyable_v<Actor>);
  void* memory = heap.allocate(sizeof(Actor));
  if (!memory) return nullptr;
  zero(memory, sizeof(Actor));
  auto* actor = static_cast<Actor*>(memory);
  actor->view.entry = entry;
  return actor;
}

inline void Runtime::adopt(Actor& actor, std::uint32_t slot) {
  actor.frame_bytes = last_frame_bytes;
  actor.view.message_type = last_message_type;
  actor.resume = actor.frame;
  actor.mark = actor.view.entry << 40 | (actor.view.address & 0xffffffffff);  // niu::mark()
  slots_.bind(slot, actor.address(), &actor);
  make_ready(actor);
}

void Runtime::start_static(const abi::BootActor& boot) {
  Actor* actor = new_actor(boot.entry);
  if (!actor) fault("no memory for a static actor");
  actor->view.address = boot.address;
  actor->ring = reinterpret_cast<std::byte*>(boot.ring);
  actor->slots = actor->item_slots = static_cast<std::uint16_t>(boot.slots);
  actor->slot_bytes = static_cast<std::uint16_t>(boot.slot_bytes);
  actor->ring_bytes = boot.slots * boot.slot_bytes;
  actor->root = boot.root != 0;
  last_overflow = Overflow::block;
  actor->frame = reinterpret_cast<Entry>(boot.entry)(
      Start{.manifest = reinterpret_cast<const abi::BootArgument*>(boot.arguments)});
  if (!actor->frame) fault("no memory for the frame of a static actor");
  // The NIU's part of a policy is the graph's, which has credits for its edges.
  if (actor->slots != 0 && last_overflow >= Overflow::drop_new) actor->overflow = last_overflow;
  if (actor->overflow == Overflow::spill) {
    actor->item_slots = 0;
    if (!add_spill(*actor)) fault("no memory for a static mailbox");
  }
  adopt(*actor, actor->address().slot());
}

// Gives the actor its ring, and a generation for its address; negative when that is not possible.
std::int64_t Runtime::open_mailbox(Actor& actor, std::uint32_t slot, MailboxShape mailbox) {
  const std::uint32_t bytes = std::uint32_t{mailbox.slots} * mailbox.slot_bytes;
  if (mailbox.overflow == Overflow::spill && !add_spill(actor)) return -1;
  void* ring = heap.allocate(bytes);
  if (!ring) return -1;
  niu_store(niu::kMailbox, slot);
  niu_store(niu::kMailboxBase, reinterpret_cast<std::uint64_t>(ring));
  niu_store(niu::kMailboxShape,
            niu::mailbox_shape(
                mailbox.slots, mailbox.slot_bytes,
                mailbox.overflow == Overflow::fail ? niu::MailboxPolicy::refuse : niu::MailboxPolicy::block));
  const auto generation = static_cast<std::int64_t>(niu_load(niu::kMailboxOpen));
  if (generation < 0) {
    heap.release(ring, bytes);
    return -1;
  }
  actor.ring = static_cast<std::byte*>(ring);
  actor.ring_bytes = bytes;
  actor.slots = mailbox.slots;
  actor.item_slots = mailbox.overflow == Overflow::spill ? 0 : mailbox.slots;
  actor.slot_bytes = mailbox.slot_bytes;
  actor.overflow = mailbox.overflow;
  actor.owns_ring = true;
  return generation;
}

abi::Address Runtime::create(Entry entry, MailboxShape mailbox, const std::byte* arguments) {
  const std::uint32_t slot = slots_.take();
  if (slot == 0) return {};
  // Without a ring never a generation of the NIU's for that slot: those count up from 1.
  const std::int64_t ringless = 0x800000 | (++ringless_ & 0x7fffff);
  Actor* actor = new_actor(reinterpret_cast<std::uint64_t>(entry));
  creating_ = true;
  if (actor) actor->frame = entry(Start{.packed = arguments});
  creating_ = false;
  if (actor && actor->frame) [[likely]] {
    const std::int64_t generation = mailbox.slots != 0 ? open_mailbox(*actor, slot, mailbox) : ringless;
    if (generation >= 0) [[likely]] {
      actor->view.address = tile_ << 40 | std::uint64_t{slot} << 24 | static_cast<std::uint64_t>(generation);
      adopt(*actor, slot);
      return actor->address();
    }
    actor->frame.destroy();
  }
  if (actor && actor->side) end_side(*actor, {});
  if (actor) heap.release(actor, sizeof(Actor));
  slots_.release(slot);
  return {};
}

// The actor is no more: nobody reaches it, those it is tied to are told. Its frames go now or, where a
// transfer may still write into them, with the last reply.
void Runtime::end(Actor& actor, const ExitReason& reason) {
  const bool root = actor.root, returned = reason.kind == ExitKind::normal && actor.frame.done();
  if (returned) {
    actor.frame.destroy();
    actor.frame = nullptr;
  }
  const std::uint32_t slot = actor.address().slot();
  if (actor.slots != 0) {
    niu_store(niu::kMailbox, slot);
    niu_load(niu::kMailboxClose);
    if (actor.owns_ring) heap.release(actor.ring, actor.ring_bytes);
    while (actor.items.first) release_item(*actor.items.pop());
    if (unquiet_ != 0) fail_credit_line(actor.view.address, abi::Status::stale);
  }
  slots_.release(slot);
  while (actor.owned) {
    Item* item = actor.owned;
    actor.owned = item->next;
    release_item(*item);
  }
  if (actor.side) end_side(actor, reason);
  if (!actor.killed) dispose(actor);
  if (stuck_spills_) [[unlikely]]
    retry_spills();
  if (root) {
    finished_ = true;
    finish(reason);
  }
}

void Runtime::dispose(Actor& actor) {
  if (actor.frame) release_frames(actor);
  heap.release(&actor, sizeof(Actor));
}

// Without running destructors: the actor may have stopped anywhere. What it owned goes with its Side.
void Runtime::release_frames(Actor& actor) {
  auto at = actor.resume;
  while (at != actor.frame) {
    const auto& promise = std::coroutine_handle<TaskPromise>::from_address(at.address()).promise();
    const auto caller = promise.caller;
    heap.release(at.address(), promise.frame_bytes);
    at = caller;
  }
  heap.release(at.address(), actor.frame_bytes);
}

// What an actor that is killed waits for goes on without it.
void Runtime::kill(Actor& actor, const ExitReason& reason) {
  switch (actor.view.state) {
    case abi::ActorState::ready:
      unready(actor);
      break;
    case abi::ActorState::receive:
    case abi::ActorState::signal:
    case abi::ActorState::sleep:
      if (actor.timer) cancel(*actor.timer);
      break;
    case abi::ActorState::credit:
    case abi::ActorState::reply:
      withdraw(*actor.operation);
      break;
    case abi::ActorState::done:
      break;
  }
  actor.view.state = abi::ActorState::done;
  end(actor, reason);
}

bool Runtime::is_ready(const Actor& actor) const {
  for (const Actor* ready = ready_first_; ready; ready = ready->next_ready) {
    if (ready == &actor) return true;
  }
  return false;
}

void Runtime::unready(Actor& actor) {
  Actor** link = &ready_first_;
  while (*link != &actor) link = &(*link)->next_ready;
  *link = actor.next_ready;
  if (ready_tail_ == &actor.next_ready) ready_tail_ = link;
}

void Runtime::quit(const ExitReason& reason) {
  doomed_ = true;
  doom_ = reason;
  turns_left_ = 0;
}

// Called on a fresh stack: nothing of the actor's own is on it.
void Runtime::abandon_current(const ExitReason& reason) {
  stop_budget();
  creating_ = false;
  Actor& actor = *current;
  report_crash(actor, reason);
  current = nullptr;
  doomed_ = false;
  actor.view.state = abi::ActorState::done;
  end(actor, reason);
}

void Runtime::run_ready() {
  turns_left_ = budgets_ ? 1 : kTurns;
  for (std::int32_t rounds = kTurns; ready_first_ && rounds != 0 && turns_left_ > 0 && !finished_; --rounds) {
    switch_to(*ready_first_);
    run_current();
  }
  niu_store(niu::kMark, 0);
}

// Until the scheduler is to go on; others may have run since.
inline void Runtime::run_current() {
  if (budgets_) [[unlikely]]
    start_budget();
  current->resume.resume();
  if (budgets_) [[unlikely]]
    stop_budget();
  Actor& actor = *current;
  current = nullptr;
  if (actor.frame.done()) {
    end(actor, {});
  } else if (doomed_) [[unlikely]] {
    kill(actor, doom_);
  }
  if (doomed_ || budgets_) [[unlikely]] {
    doomed_ = false;
    turns_left_ = 1;
  }
}

// The short way of a message to an actor that waits for it, while nobody else is ready: out of the ring right
// to where it waits. Null: the event is of another kind, or something is in the way.
inline Actor* Runtime::land(std::uint64_t event) {
  constexpr std::uint64_t kOneMessage = 1 << 24 | static_cast<std::uint64_t>(niu::EventKind::message);
  if ((event & 0xffffffffff0000ff) != kOneMessage) return nullptr;
  Actor* actor = slots_.actor(niu::event_slot(event));
  if (!actor || !actor->landing || (actor->held | actor->span) != 0) return nullptr;
  const auto* header = reinterpret_cast<const abi::MessageHeader*>(actor->ring + actor->next);
  if (header->type != actor->view.message_type) return nullptr;
  copy_payload(actor->landing->payload(), header + 1, header->bytes);
  actor->landing->delivered = 1;
  actor->landing = nullptr;
  const std::uint32_t next =
      actor->next + actor->slot_bytes == actor->ring_bytes ? 0 : actor->next + actor->slot_bytes;
  actor->next = actor->oldest = next;
  ++actor->ring_arrived;
  niu_store(niu::kMailboxAdvance, niu::event_slot(event));
  actor->view.state = abi::ActorState::ready;
  return actor;
}

void Runtime::run() {
  for (;;) {
    run_ready();
    if (finished_) park();
    if (!ready_first_) {
      const std::uint64_t event = niu_load(niu::kWait);
      if (Actor* actor = land(event)) [[likely]] {
        current = actor;
        niu_store(niu::kMark, actor->mark);
        turns_left_ = budgets_ ? 1 : kTurns;
        run_current();
      } else {
        handle(event);
      }
      continue;
    }
    for (std::int32_t left = kTurns; left != 0; --left) {
      const std::uint64_t event = niu_load(niu::kEvent);
      if (event == 0) break;
      handle(event);
    }
  }
}

void Runtime::yield(std::coroutine_handle<> handle, std::uint64_t pc) {
  suspend(handle, abi::ActorState::ready, 0, pc);
  make_ready(*current);
}

}  // namespace troupe::device

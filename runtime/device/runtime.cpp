// Actors: how they begin, run, wait and end. Operations and events are in operations.cpp.
#include "runtime/device/runtime.hpp"

#include <new>

#include "runtime/device/host_port.hpp"

troupe::abi::ActorView* troupe_actors = nullptr;

namespace troupe::device {

void Runtime::start(const abi::BootBlock& boot) {
  boot_ = &boot;
  tile_ = niu_load(niu::kTile);
  next_core_ = boot.core_index;
  heap.start(boot.heap, boot.heap_end);

  spare_answers_ = static_cast<std::byte*>(heap.allocate(kSpareAnswers * sizeof(Answer)));
  if (!spare_answers_ || !slots_.start(heap, static_cast<std::uint32_t>(boot.first_free_slot)))
    fault("no memory to start");
  spare_free_ = 0xffffffff;

  const auto* actors = reinterpret_cast<const abi::BootActor*>(boot.actors);
  for (std::uint32_t i = 0; i < boot.actor_count; ++i) start_static(actors[i]);
}

Actor* Runtime::new_actor(std::uint64_t entry, std::uint64_t address) {
  void* memory = heap.allocate(sizeof(Actor));
  if (!memory) return nullptr;
  Actor* actor = new (memory) Actor;
  actor->view.entry = entry;
  actor->view.address = address;
  return actor;
}

void Runtime::start_static(const abi::BootActor& boot) {
  Actor* actor = new_actor(boot.entry, boot.address);
  if (!actor) fault("no memory for a static actor");
  actor->ring = reinterpret_cast<std::byte*>(boot.ring);
  actor->slots = boot.slots;
  actor->slot_bytes = boot.slot_bytes;
  actor->root = boot.root != 0;
  actor->frame = reinterpret_cast<Entry>(boot.entry)(
      Start{.manifest = reinterpret_cast<const abi::BootArgument*>(boot.arguments)});
  if (!actor->frame) fault("no memory for the frame of a static actor");
  slots_.bind(actor->address().slot(), actor);
  adopt(*actor);
}

abi::Address Runtime::create(Entry entry, std::uint32_t slots, std::uint32_t slot_bytes,
                             const std::byte* arguments) {
  const std::uint32_t slot = slots_.take();
  if (slot == 0) return {};
  const std::size_t ring_bytes = std::size_t{slots} * slot_bytes;
  std::byte* ring = nullptr;
  std::int64_t generation = -1;
  Actor* actor = new_actor(reinterpret_cast<std::uint64_t>(entry), 0);
  if (actor && ring_bytes != 0) ring = static_cast<std::byte*>(heap.allocate(ring_bytes));
  if (actor && (ring || ring_bytes == 0)) actor->frame = entry(Start{.packed = arguments});
  if (actor && actor->frame) {
    if (ring_bytes != 0) {
      niu_store(niu::kMailbox, slot);
      niu_store(niu::kMailboxBase, reinterpret_cast<std::uint64_t>(ring));
      niu_store(niu::kMailboxShape, slots | std::uint64_t{slot_bytes} << 32);
      generation = static_cast<std::int64_t>(niu_load(niu::kMailboxOpen));
    } else {
      // Never a generation of the NIU's for that slot: those count up from 1.
      generation = 0x800000 | (++ringless_ & 0x7fffff);
    }
  }
  if (generation < 0) {
    if (actor && actor->frame) actor->frame.destroy();
    if (ring) heap.release(ring, ring_bytes);
    if (actor) heap.release(actor, sizeof(Actor));
    slots_.release(slot);
    return {};
  }
  actor->view.address = tile_ << 40 | std::uint64_t{slot} << 24 | static_cast<std::uint64_t>(generation);
  actor->ring = ring;
  actor->slots = slots;
  actor->slot_bytes = slot_bytes;
  actor->owns_ring = ring != nullptr;
  slots_.bind(slot, actor);
  adopt(*actor);
  return actor->address();
}

void Runtime::adopt(Actor& actor) {
  actor.resume = actor.frame;
  actor.view.next = reinterpret_cast<std::uint64_t>(troupe_actors);
  if (troupe_actors) reinterpret_cast<Actor*>(troupe_actors)->previous = &actor;
  troupe_actors = &actor.view;
  ++live_;
  make_ready(actor);
}

void Runtime::end(Actor& actor) {
  const bool root = actor.root;
  const std::uint32_t slot = actor.address().slot();
  actor.view.state = abi::ActorState::done;
  actor.frame.destroy();
  if (actor.slots != 0) {
    niu_store(niu::kMailbox, slot);
    niu_load(niu::kMailboxClose);
    if (actor.owns_ring) heap.release(actor.ring, std::size_t{actor.slots} * actor.slot_bytes);
  }
  slots_.release(slot);
  Actor* next = reinterpret_cast<Actor*>(actor.view.next);
  if (next) next->previous = actor.previous;
  if (actor.previous) {
    actor.previous->view.next = actor.view.next;
  } else {
    troupe_actors = next ? &next->view : nullptr;
  }
  heap.release(&actor, sizeof(Actor));
  --live_;
  if (root) {
    finished_ = true;
    send_exit(*this, 0);
  }
}

void Runtime::make_ready(Actor& actor) {
  actor.view.state = abi::ActorState::ready;
  actor.view.waits_for = 0;
  actor.next_ready = nullptr;
  (ready_last_ ? ready_last_->next_ready : ready_first_) = &actor;
  ready_last_ = &actor;
}

// One round: those that are ready now. What becomes ready meanwhile comes after the next event, so that
// actors which only yield cannot keep events out.
void Runtime::run_ready() {
  Actor* const last = ready_last_;
  while (ready_first_ && !finished_) {
    Actor* actor = ready_first_;
    ready_first_ = actor->next_ready;
    if (!ready_first_) ready_last_ = nullptr;
    const bool was_last = actor == last;

    current = actor;
    actor->view.state = abi::ActorState::running;
    niu_store(niu::kMark, actor->view.entry << 40 | (actor->view.address & 0xffffffffff));
    actor->resume.resume();
    niu_store(niu::kMark, 0);
    current = nullptr;
    if (actor->frame.done()) end(*actor);
    if (was_last) return;
  }
}

void Runtime::run() {
  while (!finished_) {
    run_ready();
    const std::uint64_t event = niu_load(ready_first_ ? niu::kEvent : niu::kWait);
    if (event != 0) handle(event);
  }
  park();
}

void Runtime::suspend(std::coroutine_handle<> handle, abi::ActorState state, std::uint64_t waits_for,
                      std::uint64_t pc) {
  current->resume = handle;
  current->view.state = state;
  current->view.waits_for = waits_for;
  current->view.pc = pc;
}

void Runtime::yield(std::coroutine_handle<> handle, std::uint64_t pc) {
  suspend(handle, abi::ActorState::ready, 0, pc);
  make_ready(*current);
}

abi::MessageHeader* Runtime::receive() {
  Actor& actor = *current;
  auto* message =
      reinterpret_cast<abi::MessageHeader*>(actor.ring + std::size_t{actor.next} * actor.slot_bytes);
  actor.next = actor.next + 1 == actor.slots ? 0 : actor.next + 1;
  --actor.available;
  return message;
}

// The NIU frees slots in order only, so a message released before an older one is marked in its header.
void Runtime::release(abi::MessageHeader* message) {
  constexpr std::uint32_t kReleased = 0xffffffff;
  Actor& actor = *current;
  message->bytes = kReleased;
  const std::uint64_t slot = actor.address().slot();
  for (;;) {
    auto* oldest =
        reinterpret_cast<abi::MessageHeader*>(actor.ring + std::size_t{actor.oldest} * actor.slot_bytes);
    if (oldest->bytes != kReleased) return;
    oldest->bytes = 0;
    actor.oldest = actor.oldest + 1 == actor.slots ? 0 : actor.oldest + 1;
    niu_store(niu::kMailboxAdvance, slot);
    if (actor.oldest == actor.next) return;
  }
}

std::uint32_t Runtime::next_core() {
  const std::uint32_t core = next_core_;
  next_core_ = next_core_ + 1 == boot_->core_count ? 0 : next_core_ + 1;
  return core;
}

abi::Address Runtime::runtime_of(std::uint32_t core) const {
  const auto* tiles = reinterpret_cast<const std::uint16_t*>(boot_->core_tiles);
  return abi::Address::make(tile_ >> 12, tiles[core], abi::kRuntimeSlot,
                            abi::Address{boot_->runtime_address}.generation());
}

}  // namespace troupe::device

// Links, monitors, exits and timers: how actors learn of each other's end, also of that of a whole core.
//
// A tie stands in the Side of both actors. Between cores it is made and told by control messages of their
// runtimes, which go the way of the actors' messages and so keep their order: whoever is told of an end has
// got all that was sent before. The death of a core ends the credit requests that wait at its watch mailbox.
#include <bit>
#include <cstring>
#include <new>

#include "runtime/device/host_port.hpp"
#include "runtime/device/runtime.hpp"

namespace troupe::device {

namespace {
constexpr std::uint32_t kSignalBytes =
    sizeof(Item) + sizeof(Signal);  // a constant size, and so a fixed class of the heap
}  // namespace

Side* Runtime::side_of(Actor& actor) {
  if (!actor.side) {
    void* memory = heap.allocate(sizeof(Side));
    if (memory) actor.side = new (memory) Side;
  }
  return actor.side;
}

Tie* Runtime::add_tie(Actor& actor, Tie::Kind kind, std::uint64_t other, std::uint64_t reference) {
  Side* side = side_of(actor);
  void* memory = side ? heap.allocate(sizeof(Tie)) : nullptr;
  if (!memory) return nullptr;
  auto* tie = new (memory) Tie{side->ties, other, reference, kind};
  side->ties = tie;
  return tie;
}

// References name monitors; a link is named by its other end.
bool Runtime::remove_tie(Actor& actor, Tie::Kind kind, std::uint64_t other, std::uint64_t reference) {
  if (!actor.side) return false;
  for (Tie** link = &actor.side->ties; *link; link = &(*link)->next) {
    Tie* tie = *link;
    if (tie->kind != kind || tie->reference != reference || (other != 0 && tie->other != other)) continue;
    *link = tie->next;
    heap.release(tie, sizeof(Tie));
    return true;
  }
  return false;
}

bool Runtime::has_tie(const Actor& actor, Tie::Kind kind, std::uint64_t other) const {
  for (const Tie* tie = actor.side ? actor.side->ties : nullptr; tie; tie = tie->next) {
    if (tie->kind == kind && tie->other == other) return true;
  }
  return false;
}

bool Runtime::link(abi::Address other) {
  if (other.bits == current->view.address || has_tie(*current, Tie::Kind::link, other.bits)) return true;
  if (!add_tie(*current, Tie::Kind::link, other.bits, 0)) return false;
  const Control control{other.bits, current->view.address, 0, {}};
  if (!is_own_tile(other)) watch_core(other.bits >> 40);
  tell(abi::SystemType::link, control);
  return true;
}

void Runtime::unlink(abi::Address other) {
  if (remove_tie(*current, Tie::Kind::link, other.bits, 0))
    tell(abi::SystemType::unlink, {other.bits, current->view.address, 0, {}});
}

std::uint64_t Runtime::monitor(abi::Address other) {
  const std::uint64_t reference = next_reference();
  if (!add_tie(*current, Tie::Kind::watches, other.bits, reference)) return 0;
  if (!is_own_tile(other)) watch_core(other.bits >> 40);
  tell(abi::SystemType::monitor, {other.bits, current->view.address, reference, {}});
  return reference;
}

// A DOWN that has come already, or is on its way, is not received any more.
void Runtime::demonitor(std::uint64_t reference) {
  Side* side = current->side;
  if (!side) return;
  for (Tie** link = &side->ties; *link; link = &(*link)->next) {
    Tie* tie = *link;
    if (tie->kind != Tie::Kind::watches || tie->reference != reference) continue;
    const Control control{tie->other, current->view.address, reference, {}};
    *link = tie->next;
    heap.release(tie, sizeof(Tie));
    return tell(abi::SystemType::demonitor, control);
  }
  Item* before = nullptr;
  for (Item* item = side->signals.first; item; before = item, item = item->next) {
    if (reinterpret_cast<const Signal*>(item->payload())->reference != reference) continue;
    return release_item(*side->signals.take_after(before));
  }
}

bool Runtime::trap_exits(bool traps) {
  Side* side = side_of(*current);
  if (side) side->traps_exits = traps;
  return side != nullptr;
}

bool Runtime::hear_starts() {
  Side* side = side_of(*current);
  if (side) side->hears_starts = true;
  return side != nullptr;
}

// Ties are pushed in front.
abi::Address Runtime::oldest_link() const {
  abi::Address oldest;
  for (const Tie* tie = current->side ? current->side->ties : nullptr; tie; tie = tie->next) {
    if (tie->kind == Tie::Kind::link) oldest = {tie->other};
  }
  return oldest;
}

void Runtime::tell_started() {
  const abi::Address parent = oldest_link();
  if (parent) tell(abi::SystemType::started, {parent.bits, current->view.address, 0, {}});
}

bool Runtime::set_budget(std::uint64_t cycles) {
  Side* side = side_of(*current);
  if (!side) return false;
  side->budget = cycles;
  if (!budgets_) ++unquiet_;
  budgets_ = true;
  turns_left_ = 0;
  start_budget();
  return true;
}

void Runtime::stop(abi::Address other, const ExitReason& reason) {
  tell(abi::SystemType::stop, {other.bits, current ? current->view.address : 0, 0, reason});
}

// To the runtime of the actor that it is about.
void Runtime::tell(abi::SystemType type, const Control& control) {
  const abi::Address to{control.to};
  if (is_own_tile(to)) return serve_control(type, control);
  send_system(abi::Address::make(to.chip(), to.tile(), abi::kRuntimeSlot,
                                 abi::Address{boot_->runtime_address}.generation()),
              type, &control, sizeof control);
}

// A control message about an actor of this core.
void Runtime::serve_control(abi::SystemType type, const Control& c) {
  if (type >= abi::SystemType::stop) return is_own_tile({c.from}) ? take_end(type, c) : defer(type, c);
  Actor* actor = find({c.to});
  const ExitReason no_actor{ExitKind::no_actor, 0, 0, 0};
  switch (type) {
    case abi::SystemType::link:
      if (!actor) return tell(abi::SystemType::exited, {c.from, c.to, 0, no_actor});
      if (!is_own_tile({c.from})) watch_core(c.from >> 40);
      if (!has_tie(*actor, Tie::Kind::link, c.from)) need(add_tie(*actor, Tie::Kind::link, c.from, 0));
      return;
    case abi::SystemType::unlink:
      if (actor) remove_tie(*actor, Tie::Kind::link, c.from, 0);
      return;
    case abi::SystemType::monitor:
      if (!actor) return tell(abi::SystemType::down, {c.from, c.to, c.reference, no_actor});
      need(add_tie(*actor, Tie::Kind::watched, c.from, c.reference));
      return;
    case abi::SystemType::demonitor:
      if (actor) remove_tie(*actor, Tie::Kind::watched, c.from, c.reference);
      return;
    default:
      return;
  }
}

void Runtime::need(const void* memory) {
  if (!memory) fault("no memory for a link or a monitor");
}

// --- Ends of others, as they are told.

// What came from another core waits until the messages that were sent before it are in: they are at the NIU
// already, behind an event that is yet to be taken.
void Runtime::defer(abi::SystemType type, const Control& control) {
  Item* item = new_item(sizeof control);
  need(item);
  item->header = {sizeof control, static_cast<std::uint32_t>(type), control.from};
  std::memcpy(item->payload(), &control, sizeof control);
  deferred_.push(*item);
}

void Runtime::deliver_deferred() {
  constexpr unsigned kEventsMax = 256;  // of the tables of an NIU; what comes later was sent later
  draining_ = true;
  for (unsigned left = kEventsMax; left != 0; --left) {
    const std::uint64_t event = niu_load(niu::kEvent);
    if (event == 0) break;
    handle(event);
  }
  draining_ = false;
  while (deferred_.first) {
    Item* item = deferred_.pop();
    Control control;
    std::memcpy(&control, item->payload(), sizeof control);
    const auto type = static_cast<abi::SystemType>(item->header.type);
    release_item(*item);
    take_end(type, control);
  }
}

// `c.from` ended, and `c.to` is tied to it, unless it undid that meanwhile; or it is ready; or asks `c.to` to
// end.
void Runtime::take_end(abi::SystemType type, const Control& c) {
  Actor* actor = find({c.to});
  if (!actor) return;
  if (type == abi::SystemType::stop) {
    exit_signal(*actor, c.from, c.reason, c.reason.kind != ExitKind::killed);
  } else if (type == abi::SystemType::started) {
    if (actor->side && actor->side->hears_starts) signal(*actor, type, {c.reason, c.from, kStartReference});
  } else if (type == abi::SystemType::exited) {
    if (remove_tie(*actor, Tie::Kind::link, c.from, 0)) exit_signal(*actor, c.from, c.reason, true);
  } else if (remove_tie(*actor, Tie::Kind::watches, 0, c.reference)) {
    signal(*actor, abi::SystemType::down, {c.reason, c.from, c.reference});
  }
}

// An exit signal as in Erlang: kill() ends in any case, while the end of a linked actor that was killed can
// be trapped like others; a normal one does nothing, unless the actor traps exits; every other one ends an
// actor that does not trap exits.
void Runtime::exit_signal(Actor& actor, std::uint64_t from, const ExitReason& reason, bool can_be_trapped) {
  const bool traps = actor.side && actor.side->traps_exits;
  if (traps && can_be_trapped) return signal(actor, abi::SystemType::exited, {reason, from, 0});
  if (reason.kind == ExitKind::normal) return;
  if (&actor != current) return kill(actor, reason);
  quit(reason);
}

void Runtime::signal(Actor& actor, abi::SystemType type, const Signal& signal) {
  auto* item = side_of(actor) ? static_cast<Item*>(heap.allocate(kSignalBytes)) : nullptr;
  need(item);
  item->allocated = kSignalBytes;
  item->header = {sizeof signal, static_cast<std::uint32_t>(type), signal.from};
  item->ring_position = actor.ring_arrived;
  item->item_position = actor.item_arrived + (actor.side->spill ? actor.side->spill->waiting() : 0);
  *reinterpret_cast<Signal*>(item->payload()) = signal;
  actor.side->signals.push(*item);
  if (actor.view.state == abi::ActorState::receive || actor.view.state == abi::ActorState::signal)
    make_ready(actor);
}

bool Runtime::has_signal(bool any_order) const {
  const Actor& a = *current;
  const Item* item = a.side ? a.side->signals.first : nullptr;
  if (!item || any_order) return item != nullptr;
  const auto before_ring = static_cast<std::int32_t>(item->ring_position - (a.ring_arrived - a.in_ring()));
  const auto before_items = static_cast<std::int32_t>(item->item_position - (a.item_arrived - a.item_count));
  return before_ring <= 0 && before_items <= 0;
}

bool Runtime::take_signal(Signal& signal, bool any_order) {
  if (!has_signal(any_order)) return false;
  Item* item = current->side->signals.pop();
  signal_type_ = static_cast<abi::SystemType>(item->header.type);
  signal = *reinterpret_cast<const Signal*>(item->payload());
  heap.release(item, kSignalBytes);
  return true;
}

// --- The end of an actor of this core.

bool Runtime::is_watched(const Actor& actor) const {
  for (const Tie* tie = actor.side ? actor.side->ties : nullptr; tie; tie = tie->next) {
    if (tie->kind != Tie::Kind::watches) return true;
  }
  return false;
}

// Tells those it is tied to, and gives its Side back.
void Runtime::end_side(Actor& actor, const ExitReason& reason) {
  Side* side = actor.side;
  if (side->down_mailbox != 0) --unquiet_;
  actor.side = nullptr;
  if (side->spill) end_spill(*side->spill);
  while (side->signals.first) release_item(*side->signals.pop());
  for (Tie* tie = side->ties; tie;) {
    const Tie t = *tie;
    heap.release(tie, sizeof(Tie));
    tie = t.next;
    switch (t.kind) {
      case Tie::Kind::link:
        tell(abi::SystemType::exited, {t.other, actor.view.address, 0, reason});
        break;
      case Tie::Kind::watched:
        tell(abi::SystemType::down, {t.other, actor.view.address, t.reference, reason});
        break;
      case Tie::Kind::watches:
        tell(abi::SystemType::demonitor, {t.other, actor.view.address, t.reference, {}});
        break;
    }
  }
  heap.release(side, sizeof(Side));
}

abi::Address Runtime::create_tied(const SpawnRequest& request) {
  const abi::Address child = create(reinterpret_cast<Entry>(request.entry), request.mailbox,
                                    reinterpret_cast<const std::byte*>(&request + 1));
  if (!child || request.ties == 0) return child;
  Actor& actor = *find(child);
  const bool own = is_own_tile({request.parent});
  if ((request.ties & kSpawnLink) != 0) {
    need(add_tie(actor, Tie::Kind::link, request.parent, 0));
    if (own) need(add_tie(*current, Tie::Kind::link, child.bits, 0));
  }
  if ((request.ties & kSpawnMonitor) != 0) {
    need(add_tie(actor, Tie::Kind::watched, request.parent, request.reference));
    if (own) need(add_tie(*current, Tie::Kind::watches, child.bits, request.reference));
  }
  if (!own) watch_core(request.parent >> 40);
  return child;
}

// The spawner's side, when the child is known. The child may be no more by now: the word of it is behind.
void Runtime::tie_parent(const RemoteSpawn& spawn) {
  Actor& parent = *spawn.actor;
  if (parent.killed) {
    if ((spawn.ties & kSpawnLink) != 0)
      tell(abi::SystemType::exited, {spawn.result.bits, spawn.sender, 0, {ExitKind::killed, 0, 0, 0}});
    return;
  }
  watch_core(spawn.result.bits >> 40);
  if ((spawn.ties & kSpawnLink) != 0) need(add_tie(parent, Tie::Kind::link, spawn.result.bits, 0));
  if ((spawn.ties & kSpawnMonitor) != 0)
    need(add_tie(parent, Tie::Kind::watches, spawn.result.bits, spawn.reference));
}

// The root actor has ended, and with it the program.
void Runtime::finish(const ExitReason& reason) {
  switch (reason.kind) {
    case ExitKind::normal:
    case ExitKind::shutdown:
      return send_exit(*this, 0);
    case ExitKind::error:
      return send_exit(*this, reason.code == 0 ? 1 : reason.code);
    default:
      return send_exit(*this, 1);
  }
}

// A trap that nobody is told of ends the program, as an unhandled one; another is told to people, too.
void Runtime::report_crash(const Actor& actor, const ExitReason& reason) {
  const std::uint64_t cause = reason.kind == ExitKind::time_budget ? abi::kTimeBudgetCause : reason.code;
  const abi::TrapPayload payload{cause, reason.pc, reason.value, actor.mark};
  const bool fatal = actor.root || !is_watched(actor);
  send_crash(*this, fatal, payload);
  if (fatal) park();
}

// --- Dead cores.

void Runtime::watch_core(std::uint64_t tile) {
  if (!watched_) {
    watched_ = static_cast<std::uint64_t*>(heap.allocate(2 * kTileWords * 8));
    need(watched_);
    std::memset(watched_, 0, 2 * kTileWords * 8);
  }
  const std::uint64_t t = tile % (64 * kTileWords), bit = std::uint64_t{1} << t % 64;
  if ((watched_[t / 64] & bit) != 0) return;
  watched_[t / 64] |= bit;
  ask_for_watches();
}

// Of the NIU; it may have no room for a request, and tells when it has again.
void Runtime::ask_for_watches() {
  watches_to_be_asked_ = false;
  for (std::size_t word = 0; word < kTileWords; ++word) {
    for (std::uint64_t left = watched_[word] & ~watched_[kTileWords + word]; left != 0; left &= left - 1) {
      const auto tile = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
      niu_store(niu::kTarget, watch_mailbox(tile_ >> 12 << 12 | tile));
      if (niu_doorbell(niu::Command::credit) < 0) {
        watches_to_be_asked_ = true;
        return;
      }
      watched_[kTileWords + word] |= left & -left;
    }
  }
}

std::uint64_t Runtime::watch_mailbox(std::uint64_t tile) const {
  return tile << 40 | std::uint64_t{abi::kWatchSlot} << 24 |
         abi::Address{boot_->runtime_address}.generation();
}

// All ties to its actors end, as if each had been told.
void Runtime::core_died(std::uint64_t tile) {
  const ExitReason reason{ExitKind::core_death, 0, 0, 0};
  // A later tie to one of its actors asks again, and is told at once.
  const std::uint64_t t = tile % (64 * kTileWords), bit = std::uint64_t{1} << t % 64;
  watched_[t / 64] &= ~bit;
  watched_[kTileWords + t / 64] &= ~bit;
  for (std::uint32_t slot = 0; slot < slots_.capacity(); ++slot) {
    // A spawn that had arrived there is not answered any more.
    Actor* at = slots_.actor(slot);
    if (!at || at->view.state != abi::ActorState::reply || !at->operation->awaits_reply) continue;
    if (at->operation->target >> 40 != tile || at->operation->place != Operation::Place::none) continue;
    at->operation->status = abi::Status::dead;
    ended(*at->operation);
  }
  for (;;) {
    Control control{};
    auto type = abi::SystemType::down;
    for (std::uint32_t slot = 0; slot < slots_.capacity() && control.to == 0; ++slot) {
      const Actor* at = slots_.actor(slot);
      if (!at) continue;
      const Actor& actor = *at;
      for (const Tie* tie = actor.side ? actor.side->ties : nullptr; tie; tie = tie->next) {
        if (tie->other >> 40 != tile) continue;
        if (tie->kind == Tie::Kind::watched) continue;
        type = tie->kind == Tie::Kind::link ? abi::SystemType::exited : abi::SystemType::down;
        control = {actor.view.address, tie->other, tie->reference, reason};
        break;
      }
    }
    if (control.to == 0) return;
    take_end(type, control);
  }
}

// --- Deadlines.

namespace {
constexpr std::uint64_t kPostponedCycles = 100;  // as in start.S
}

void Runtime::wait_until(Timer& timer) {
  timer.actor = current;
  timer.passed = false;
  Timer** link = &timers_;
  while (*link && (*link)->deadline <= timer.deadline) link = &(*link)->next;
  timer.next = *link;
  *link = &timer;
  current->timer = &timer;
  if (timers_ == &timer && budget_end_ == 0) niu_store(niu::kTimer, timer.deadline);
}

void Runtime::cancel(Timer& timer) {
  Timer** link = &timers_;
  while (*link && *link != &timer) link = &(*link)->next;
  if (!*link) return;
  *link = timer.next;
  timer.actor->timer = nullptr;
}

void Runtime::on_timer() {
  const std::uint64_t now = cycle_now();
  while (timers_ && timers_->deadline <= now) {
    Timer& timer = *timers_;
    timers_ = timer.next;
    timer.passed = true;
    timer.actor->timer = nullptr;
    const auto state = timer.actor->view.state;
    if (state == abi::ActorState::receive || state == abi::ActorState::signal ||
        state == abi::ActorState::sleep)
      make_ready(*timer.actor);
  }
  if (budget_end_ != 0)  // the running actor called what takes events
    niu_store(niu::kTimer, budget_end_ > now ? budget_end_ : now + kPostponedCycles);
  else if (timers_)
    niu_store(niu::kTimer, timers_->deadline);
}

// A budget is armed for one turn of its actor. Where the actor's deadline comes before, it interrupts as
// well, and the trap handler arms again.
void Runtime::start_budget() {
  const std::uint64_t cycles = current->side ? current->side->budget : 0;
  if (cycles == 0) return;
  budget_end_ = cycle_now() + cycles;
  niu_store(niu::kTimer, budget_end_);
  enable_timer_interrupt(true);
}

// Not in the middle of what the runtime does for the actor: making a frame for it, or putting it to wait.
// It is back in the runtime soon, or the next interrupt finds it.
bool Runtime::budget_is_over() {
  const std::uint64_t now = cycle_now();
  const bool waits = creating_ || current->view.state != abi::ActorState::ready || is_ready(*current);
  if (now >= budget_end_ && !waits) return true;
  niu_store(niu::kTimer, now >= budget_end_ ? now + kPostponedCycles : budget_end_);
  return false;
}

void Runtime::stop_budget() {
  if (budget_end_ == 0) return;
  enable_timer_interrupt(false);
  budget_end_ = 0;
  niu_store(niu::kTimer, timers_ ? timers_->deadline : 0);
}

}  // namespace troupe::device

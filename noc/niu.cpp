// The registers of an NIU, apart from the doorbell (doorbell.cpp); what comes in is in inbound.cpp.
#include "noc/niu.hpp"

#include <algorithm>
#include <bit>

#include "noc/niu_state.hpp"
#include "runtime/abi/memory_map.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {

namespace reg = abi::niu;
using reg::DoorbellError;

namespace {

constexpr Access done(std::uint64_t value) {
  return {Access::Kind::done, value};
}
constexpr Access kFault{Access::Kind::fault, 0};
constexpr Access kWaits{Access::Kind::waits, 0};

constexpr std::uint64_t as_register(std::int64_t value) {
  return static_cast<std::uint64_t>(value);
}

// A ring that hardware can fill: the shape is legal and, where there is an L1, it lies inside. A watch has
// none.
DoorbellError check_ring(const Memory* l1, Policy policy, std::uint64_t base, std::uint64_t slots,
                         std::uint64_t slot_bytes) {
  if (policy > reg::kMailboxPolicyLast) return DoorbellError::invalid;
  if (policy == Policy::watch) return DoorbellError{};
  if (slots == 0 || slots > kMailboxSlotsMax || slot_bytes < abi::kSlotBytesMin ||
      slot_bytes > abi::kSlotBytesMax || !std::has_single_bit(slot_bytes) || base % 16 != 0)
    return DoorbellError::invalid;
  if (l1 != nullptr && (base < abi::kFaultEnd || !l1->contains(base, slots * slot_bytes)))
    return DoorbellError::range;
  return DoorbellError{};
}

}  // namespace

Niu::Niu(Shared& shared, TileId tile) : shared_(shared), state_(std::make_unique<State>()) {
  state_->tile = tile;
  state_->transactions.resize(shared.params.niu.transactions);
}
Niu::~Niu() = default;

Access Niu::load(std::uint64_t offset, unsigned bytes, Cycle now) {
  make_visible();
  if (bytes != 8 || offset % 8 != 0) return kFault;
  return load_register(offset, now);
}

Access Niu::store(std::uint64_t offset, unsigned bytes, std::uint64_t value, Cycle now) {
  make_visible();
  if (bytes != 8 || offset % 8 != 0) return kFault;
  return store_register(offset, value, now);
}

// What has landed since the last access is in L1 from here on.
void Niu::make_visible() {
  State& s = *state_;
  if (s.landings.empty()) return;
  const std::byte* from = s.landing_bytes.data();
  for (const Landing& l : s.landings) {
    s.l1->write(l.address, {from, l.bytes});
    from += l.bytes;
    if (s.observer != nullptr) s.observer->landed(s.tile, l.address, l.bytes, l.arrived);
  }
  s.landings.clear();
  s.landing_bytes.clear();
}

Access Niu::load_register(std::uint64_t offset, Cycle now) {
  State& s = *state_;
  if (offset >= reg::kDoorbell &&
      offset <= reg::kDoorbell + 8 * static_cast<std::uint64_t>(reg::kCommandLast))
    return done(as_register(doorbell(static_cast<Command>((offset - reg::kDoorbell) / 8), now)));
  if (offset >= reg::kSemaphore && (offset - reg::kSemaphore) / 8 < shared_.params.niu.semaphores) {
    const std::uint64_t n = (offset - reg::kSemaphore) / 8;
    return done(s.semaphores.empty() ? 0 : s.semaphores[n]);
  }
  switch (offset) {
    case reg::kTile:
      return done(s.tile);
    case reg::kTenant:
      return done(s.tenant);
    case reg::kTarget:
      return done(s.target);
    case reg::kLocal:
      return done(s.local);
    case reg::kLength:
      return done(s.length);
    case reg::kSender:
      return done(s.sender);
    case reg::kOperand:
      return done(s.operand);
    case reg::kCompare:
      return done(s.compare);
    case reg::kRectangle:
      return done(s.rectangle);
    case reg::kNetwork:
      return done(s.network);
    case reg::kEvent:
      end_promises(now);
      return done(s.events.empty() ? 0 : pop_event(now));
    case reg::kWait:
      end_promises(now);
      if (!s.events.empty()) return done(pop_event(now));
      s.waiting = true;
      s.waiting_since = now;
      return kWaits;
    case reg::kEventAddress:
      return done(s.event_address);
    case reg::kEventValue:
      return done(s.event_value);
    case reg::kTimer:
      return done(s.timer);
    case reg::kMailbox:
      return done(s.mailbox);
    case reg::kMailboxOpen:
      return done(as_register(open_own_mailbox()));
    case reg::kMailboxClose:
      return done(as_register(close_own_mailbox(now)));
    default:
      return kFault;
  }
}

Access Niu::store_register(std::uint64_t offset, std::uint64_t value, Cycle now) {
  State& s = *state_;
  if (offset >= reg::kSemaphore && (offset - reg::kSemaphore) / 8 < shared_.params.niu.semaphores) {
    s.semaphores.resize(shared_.params.niu.semaphores);
    s.semaphores[(offset - reg::kSemaphore) / 8] = value;
    return done(0);
  }
  switch (offset) {
    case reg::kTarget:
      s.target = value;
      return done(0);
    case reg::kLocal:
      s.local = value;
      return done(0);
    case reg::kLength:
      s.length = value;
      return done(0);
    case reg::kSender:
      s.sender = value;
      return done(0);
    case reg::kOperand:
      s.operand = value;
      return done(0);
    case reg::kCompare:
      s.compare = value;
      return done(0);
    case reg::kRectangle:
      s.rectangle = value;
      return done(0);
    case reg::kNetwork:
      if (value >= shared_.params.noc.networks.size()) return kFault;
      s.network = static_cast<std::uint8_t>(value);
      return done(0);
    case reg::kMailbox:
      s.mailbox = value;
      return done(0);
    case reg::kMailboxBase:
      s.mailbox_base = value;
      return done(0);
    case reg::kMailboxShape:
      s.mailbox_shape = value;
      return done(0);
    case reg::kMailboxAdvance:
      return advance_mailbox(value, now) ? done(0) : kFault;
    case reg::kTimer:
      s.timer = value;
      s.timer_passed = 0;
      if (value != 0 && value <= now)
        timer_due(now);
      else if (value != 0)
        shared_.deliveries.add(value, s.tile, 0, true);
      return done(0);
    case reg::kMark: {
      const auto slot = static_cast<std::uint32_t>(value >> 24 & 0xffff);
      s.running = value == 0 ? 0 : abi::Address::make(0, s.tile, slot, value & 0xffffff).bits;
      shared_.record(s.tile, EventKind::dispatch, now, s.running, value >> 40, 0);
      return done(0);
    }
    case reg::kPass: {
      const auto slot = static_cast<std::uint32_t>(value & 0xffff);
      const Mailbox* mailbox = s.open_mailbox(slot);
      const auto to = abi::Address::make(0, s.tile, slot, mailbox == nullptr ? 0 : mailbox->generation());
      shared_.record(s.tile, EventKind::pass, now, s.running, to.bits,
                     (value >> 16 & 0xffffffff) | value >> 48 << 32);
      return done(0);
    }
    default:
      return kFault;
  }
}

bool Niu::waiting() const {
  return state_->waiting;
}

std::uint64_t Niu::finish_wait(Cycle now) {
  State& s = *state_;
  CHECK(s.waiting && !s.events.empty(), "tile {} cycle {}: no wait has ended", s.tile, now);
  s.waiting = false;
  make_visible();
  shared_.record(s.tile, EventKind::wait, now, s.waiting_since, 0, 0);
  return pop_event(now);
}

Cycle Niu::timer_deadline() const {
  if (state_->timer_passed != 0) return state_->timer_passed;
  return state_->timer == 0 ? kNever : state_->timer;
}

// A deadline passed: the store that set it, or the calendar, says so. An entry of a timer that was set anew
// or turned off since finds another deadline and does nothing.
void Niu::timer_due(Cycle now) {
  State& s = *state_;
  if (s.timer == 0 || s.timer > now) return;
  s.timer_passed = s.timer;
  s.timer = 0;
  if (s.timer_queued) return;
  s.timer_queued = true;
  push_event(reg::EventKind::timer, now, 0, kNoTransaction, abi::Status::ok, 0);
}

// Events are bounded by tables: one per open mailbox (message), per mailbox with a request or an edge here
// (credit, down), per transaction id (down, done), one timer, one ready.
void Niu::push_event(reg::EventKind kind, Cycle now, std::uint64_t address, std::uint8_t transaction,
                     abi::Status status, std::uint64_t value) {
  State& s = *state_;
  if (s.killed) return;
  if (s.waiting && s.events.empty()) shared_.woken.push_back({s.tile, now});
  s.events.push_back({kind, transaction, status, address, value});
}

std::uint64_t Niu::pop_event(Cycle now) {
  State& s = *state_;
  const QueuedEvent e = s.events.front();
  s.events.pop_front();
  auto word = static_cast<std::uint64_t>(e.kind);
  switch (e.kind) {
    case reg::EventKind::message: {
      Mailbox& mailbox = *s.mailboxes[e.address];
      word |= e.address << 8 | std::uint64_t{mailbox.unseen} << 24;
      mailbox.unseen = 0;
      break;
    }
    case reg::EventKind::credit: {
      HeldCredits& held = s.held[e.address];
      word |= std::uint64_t{std::min(held.announced, 0xffffu)} << 8;
      promise(e.address, held, held.announced);
      held.announced = 0;
      s.event_address = e.address;
      break;
    }
    case reg::EventKind::down:
    case reg::EventKind::done:
      word |= static_cast<std::uint64_t>(e.status) << 8 | std::uint64_t{e.transaction} << 16;
      if (e.kind == reg::EventKind::down)
        s.event_address = e.address;
      else
        s.event_value = e.value;
      if (e.transaction == kNoTransaction)
        credit_answered(e.address, now);
      else
        free_transaction(e.transaction, now);
      break;
    case reg::EventKind::timer:
      s.timer_queued = false;
      s.timer_passed = 0;
      break;
    case reg::EventKind::ready:
      s.ready_queued = false;
      break;
    case reg::EventKind::none:
      break;
  }
  return word;
}

void Niu::free_transaction(std::uint8_t transaction, Cycle now) {
  State& s = *state_;
  s.transactions[transaction] = Transaction{};
  announce_ready(now);
  evict(now);
}

void Niu::announce_ready(Cycle now) {
  State& s = *state_;
  if (!s.refused_busy) return;
  s.refused_busy = false;
  s.ready_queued = true;
  push_event(reg::EventKind::ready, now, 0, kNoTransaction, abi::Status::ok, 0);
}

std::int64_t Niu::open_own_mailbox() {
  const State& s = *state_;
  const auto slots = static_cast<std::uint32_t>(s.mailbox_shape),
             slot_bytes = static_cast<std::uint32_t>(s.mailbox_shape >> 32 & 0xffffff);
  const auto policy = static_cast<Policy>(s.mailbox_shape >> 56);
  if (s.mailbox >= shared_.params.niu.mailboxes) return static_cast<std::int64_t>(DoorbellError::invalid);
  const auto error = check_ring(s.l1, policy, s.mailbox_base, slots, slot_bytes);
  if (error != DoorbellError{}) return static_cast<std::int64_t>(error);
  const auto slot = static_cast<std::uint32_t>(s.mailbox);
  std::uint32_t generation = 1;
  if (slot < s.mailboxes.size() && s.mailboxes[slot] != nullptr)
    generation = (s.mailboxes[slot]->generation() + 1) & 0xffffff;
  if (generation == 0) generation = 1;
  if (!open_mailbox(slot, s.mailbox_base, slots, slot_bytes, generation, s.tenant, policy))
    return static_cast<std::int64_t>(DoorbellError::invalid);
  return generation;
}

std::int64_t Niu::close_own_mailbox(Cycle now) {
  State& s = *state_;
  const auto slot = static_cast<std::uint32_t>(std::min<std::uint64_t>(s.mailbox, ~std::uint32_t{0}));
  Mailbox* mailbox = s.open_mailbox(slot);
  if (mailbox == nullptr) return static_cast<std::int64_t>(DoorbellError::invalid);
  mailbox->close();
  if (mailbox->unseen != 0) {
    mailbox->unseen = 0;
    std::erase_if(s.events, [&](const QueuedEvent& e) {
      return e.kind == reg::EventKind::message && e.address == slot;
    });
  }
  dismiss_waiters(slot, abi::Status::stale, now);
  return 0;
}

// False when there are not as many messages to free: the core's access faults.
bool Niu::advance_mailbox(std::uint64_t value, Cycle now) {
  const auto slot = static_cast<std::uint32_t>(value);
  const std::uint64_t count = (value >> 32) + 1;
  Mailbox* mailbox = state_->open_mailbox(slot);
  if (mailbox == nullptr || mailbox->occupied() < count) return false;
  for (std::uint64_t i = 0; i < count; ++i) freed(slot, mailbox->advance(), now);
  return true;
}

void Niu::set_tenant(std::uint32_t tenant) {
  state_->tenant = tenant;
}
std::uint32_t Niu::tenant() const {
  return state_->tenant;
}

bool Niu::open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                       std::uint32_t generation) {
  return open_mailbox(slot, base, slots, slot_bytes, generation, state_->tenant);
}

bool Niu::open_mailbox(std::uint32_t slot, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                       std::uint32_t generation, std::uint32_t tenant, Policy policy) {
  State& s = *state_;
  if (slot >= shared_.params.niu.mailboxes || s.killed || generation == 0 || generation > 0xffffff)
    return false;
  if (check_ring(s.l1, policy, base, slots, slot_bytes) != DoorbellError{} || s.open_mailbox(slot) != nullptr)
    return false;
  if (slot >= s.mailboxes.size()) s.mailboxes.resize(slot + 1);
  if (s.mailboxes[slot] == nullptr) s.mailboxes[slot] = std::make_unique<Mailbox>();
  // Credits of an earlier opening may still be about; they must not fit this one.
  if (s.mailboxes[slot]->generation() == generation) return false;
  s.mailboxes[slot]->open(policy, base, policy == Policy::watch ? 0 : slots, slot_bytes, generation, tenant);
  return true;
}

abi::Address Niu::mailbox_address(std::uint32_t slot) const {
  const Mailbox* mailbox = state_->open_mailbox(slot);
  return mailbox == nullptr ? abi::Address{}
                            : abi::Address::make(0, state_->tile, slot, mailbox->generation());
}

void Niu::kill(Cycle now) {
  State& s = *state_;
  if (s.killed) return;
  s.killed = true;
  s.waiting = false;
  s.timer = s.timer_passed = 0;
  s.events.clear();
  for (const std::uint64_t mailbox : std::vector(s.recalled)) settle(mailbox, now);  // promises are over
  for (std::uint32_t slot = 0; slot < s.mailboxes.size(); ++slot) {
    Mailbox* mailbox = s.open_mailbox(slot);
    if (mailbox == nullptr) continue;
    mailbox->close();
    dismiss_waiters(slot, abi::Status::dead, now);
  }
  shared_.record(s.tile, EventKind::kill, now, 0, 0, 0);
}
bool Niu::killed() const {
  return state_->killed;
}

const NiuCounters& Niu::counters() const {
  return state_->counters;
}

std::uint64_t Niu::occupied_slots() const {
  std::uint64_t sum = 0;
  for (const auto& mailbox : state_->mailboxes)
    if (mailbox != nullptr && mailbox->is_open()) sum += mailbox->occupied();
  return sum;
}

std::uint32_t Niu::credits(abi::Address mailbox) const {
  const auto held = state_->held.find(mailbox.bits);
  return held == state_->held.end() ? 0 : held->second.from_edges + held->second.from_pool;
}

std::uint64_t Niu::credit_rows() const {
  return state_->rows;
}

}  // namespace troupe::noc

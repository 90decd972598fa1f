#include "tests/runtime/device/fake_chip.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/device/host_port.hpp"
#include "sim/base/check.hpp"

using namespace troupe;
using namespace troupe::test;
namespace niu = troupe::abi::niu;
using niu::Command;
using niu::DoorbellError;
using niu::EventKind;

namespace {
FakeChip* chip = nullptr;
constexpr std::uint32_t kCreditTransaction = 255;
}  // namespace

// What the device's code is linked against here.
namespace troupe::device {
std::uint64_t niu_load(std::uint64_t offset) {
  return chip->load(offset);
}
void niu_store(std::uint64_t offset, std::uint64_t value) {
  chip->store(offset, value);
}
Runtime& runtime() {
  return chip->running();
}
std::uint64_t cycle_now() {
  return chip->clock();
}
void fault(const char* message) {
  std::fprintf(stderr, "runtime: %s\n", message);
  std::abort();
}
void park() {
  std::abort();
}
}  // namespace troupe::device

FakeChip::FakeChip(const FakeParams& params)
    : params_(params), rng_(params.seed), cores_(params.cores), network_(params.cores) {
  CHECK(chip == nullptr);
  chip = this;
  troupe_actors = {};
  dram_bytes.resize(kDramBytes + params.cores * params.spill_bytes);
  for (std::uint32_t i = 0; i < params.cores; ++i) tiles_.push_back(static_cast<std::uint16_t>(i + 1));
  for (std::uint32_t i = 0; i < params.cores; ++i) {
    Core& core = cores_[i];
    core.runtime = std::make_unique<device::Runtime>();
    core.heap.resize(params.heap_bytes);
    core.ring.resize(abi::kRuntimeSlots * abi::kRuntimeSlotBytes);
    core.transaction_used.resize(params.transactions);
    Mailbox& own = core.mailboxes[0];
    own = {.open = true,
           .generation = 1,
           .slots = abi::kRuntimeSlots,
           .slot_bytes = abi::kRuntimeSlotBytes,
           .base = reinterpret_cast<std::uint64_t>(core.ring.data()),
           .waiters = {}};
    core.boot.version = abi::kManifestVersion;
    core.boot.core_index = i;
    core.boot.core_count = params.cores;
    core.boot.core_tiles = reinterpret_cast<std::uint64_t>(tiles_.data());
    core.boot.host_address = abi::Address::make(0, kHostTile, 0, 1).bits;
    core.boot.runtime_address = abi::Address::make(0, tiles_[i], 0, 1).bits;
    core.boot.runtime_ring = own.base;
    core.boot.runtime_slots = own.slots;
    core.boot.runtime_slot_bytes = own.slot_bytes;
    core.boot.first_free_slot = abi::kFirstActorSlot + (i == 0 ? 1 : 0);
    core.boot.heap = reinterpret_cast<std::uint64_t>(core.heap.data());
    core.boot.heap_end = core.boot.heap + params.heap_bytes;
    core.boot.spill = dram().plus(kDramBytes + i * params.spill_bytes).bits;
    core.boot.spill_bytes = params.spill_bytes;
  }
}

FakeChip::~FakeChip() {
  chip = nullptr;
}

void FakeChip::start(device::Entry first, std::uint32_t slots, std::vector<abi::BootArgument> arguments,
                     bool root) {
  arguments_ = std::move(arguments);
  root_ring_.resize(slots * 64);
  root_ = {abi::Address::make(0, tiles_[0], abi::kFirstActorSlot, 1).bits,
           reinterpret_cast<std::uint64_t>(first),
           reinterpret_cast<std::uint64_t>(root_ring_.data()),
           slots,
           64,
           reinterpret_cast<std::uint64_t>(arguments_.data()),
           static_cast<std::uint32_t>(arguments_.size()),
           root};
  if (slots != 0) {
    cores_[0].mailboxes[abi::kFirstActorSlot] = {
        .open = true, .generation = 1, .slots = slots, .slot_bytes = 64, .base = root_.ring, .waiters = {}};
  }
  cores_[0].boot.actor_count = 1;
  cores_[0].boot.actors = reinterpret_cast<std::uint64_t>(&root_);
  for (running_ = 0; running_ < params_.cores; ++running_) running().start(cores_[running_].boot);
  run();
}

// One random step at a time: a core that handles an event or runs its ready actors, or one packet's delivery.
// Each takes a cycle; when nothing moves any more, time goes on to the next deadline.
void FakeChip::run() {
  for (unsigned idle = 0; idle < 64;) {
    ++clock_;
    if (idle == 63 && pass_time()) idle = 0;
    const std::uint64_t pick = rng_.below(params_.cores + 1);
    if (pick == params_.cores) {
      step_network();
      continue;
    }
    bool moved = false;
    for (const auto& queue : network_) moved |= !queue.empty();
    running_ = static_cast<std::uint32_t>(pick);
    Core& core = cores_[pick];
    if (!core.dead) {
      const bool ready = core.runtime->has_ready();
      core.runtime->run_ready();
      const std::uint64_t event = pop_event(core);
      if (event != 0) core.runtime->handle(event);
      moved |= ready || event != 0;
    }
    idle = moved ? 0 : idle + 1;
  }
}

// False: no core has a deadline.
bool FakeChip::pass_time() {
  Core* next = nullptr;
  for (Core& core : cores_)
    if (!core.dead && core.timer != 0 && (next == nullptr || core.timer < next->timer)) next = &core;
  if (next == nullptr) return false;
  clock_ = std::max(clock_, next->timer);
  next->timer = 0;
  next->events.push_back({.kind = EventKind::timer});
  return true;
}

void FakeChip::kill(std::uint32_t core) {
  cores_[core].dead = true;
  for (auto& [slot, mailbox] : cores_[core].mailboxes) {
    while (!mailbox.waiters.empty()) {
      const abi::Address address = abi::Address::make(0, tiles_[core], slot, mailbox.generation);
      cores_[mailbox.waiters.front()].events.push_back({.kind = EventKind::down,
                                                        .address = address.bits,
                                                        .transaction = kCreditTransaction,
                                                        .status = abi::Status::dead});
      mailbox.waiters.pop_front();
    }
  }
  end_promises(cores_[core]);
}

std::uint64_t FakeChip::load(std::uint64_t offset) {
  Core& core = cores_[running_];
  if (offset >= niu::kDoorbell && offset < niu::kDoorbell + 64)
    return static_cast<std::uint64_t>(doorbell(static_cast<Command>((offset - niu::kDoorbell) / 8)));
  switch (offset) {
    case niu::kTile:
      return tiles_[running_];
    case niu::kEvent:
      return pop_event(core);
    case niu::kWait:
      while (core.events.empty()) step_network();
      return pop_event(core);
    case niu::kEventAddress:
      return core.event_address;
    case niu::kEventValue:
      return core.event_value;
    case niu::kMailboxOpen:
      return static_cast<std::uint64_t>(open(core));
    case niu::kMailboxClose:
      close(core);
      return 0;
    default:
      CHECK(false, "load of register {:#x}", offset);
  }
  return 0;
}

void FakeChip::store(std::uint64_t offset, std::uint64_t value) {
  Core& core = cores_[running_];
  if (offset == niu::kTimer) {
    core.timer = value;
    return;
  }
  if (offset == niu::kMailboxAdvance) {
    for (std::uint64_t left = (value >> 32) + 1; left != 0; --left)
      advance(core, static_cast<std::uint32_t>(value));
    return;
  }
  core.registers[offset] = value;
}

std::int64_t FakeChip::doorbell(Command command) {
  Core& core = cores_[running_];
  Packet p;
  p.command = command;
  p.from = running_;
  p.target = core.registers[niu::kTarget];
  p.local = core.registers[niu::kLocal];
  p.bytes = core.registers[niu::kLength] & 0xffffffff;
  p.type = static_cast<std::uint32_t>(core.registers[niu::kLength] >> 32);
  p.sender = core.registers[niu::kSender];
  p.operand = core.registers[niu::kOperand];
  p.compare = core.registers[niu::kCompare];
  if (p.target == 0) return static_cast<std::int64_t>(DoorbellError::invalid);
  if (p.bytes > 8192) return static_cast<std::int64_t>(DoorbellError::range);
  if (command == Command::credit) {
    p.transaction = kCreditTransaction;
    Held& held = core.credits[p.target];
    if (held.asked) return kCreditTransaction;
    if (held.here > held.announced + held.told) {
      announce(core, p.target);
      return kCreditTransaction;
    }
    held.asked = true;
    network_[running_].push_back(p);
    return kCreditTransaction;
  }
  std::uint32_t id = 0;
  while (id < params_.transactions && core.transaction_used[id]) ++id;
  if (id == params_.transactions) {
    core.refused_busy = true;
    ++refused_busy;
    return static_cast<std::int64_t>(DoorbellError::busy);
  }
  if (command == Command::message) {
    if (abi::Address{p.target}.tile() != kHostTile) {
      Held& held = core.credits[p.target];
      if (held.here == 0) {
        ++refused_credit;
        held.refused = true;
        return static_cast<std::int64_t>(DoorbellError::no_credit);
      }
      --held.here;
      if (held.told != 0) --held.told;
    }
  }
  if (command == Command::message || command == Command::write || command == Command::write_acked) {
    const auto* from = reinterpret_cast<const std::byte*>(p.local);
    p.payload.assign(from, from + p.bytes);
  }
  core.transaction_used[id] = true;
  p.transaction = id;
  network_[running_].push_back(std::move(p));
  return id;
}

std::uint64_t FakeChip::pop_event(Core& core) {
  if (!core.refused_busy) end_promises(core);
  if (core.events.empty()) return 0;
  const Event e = core.events.front();
  core.events.pop_front();
  const auto kind = static_cast<std::uint64_t>(e.kind);
  switch (e.kind) {
    case EventKind::message: {
      Mailbox& mailbox = core.mailboxes[static_cast<std::uint32_t>(e.address)];
      const std::uint64_t count = mailbox.unseen;
      mailbox.unseen = 0;
      return kind | e.address << 8 | count << 24;
    }
    case EventKind::credit:
      core.event_address = e.address;
      core.credits[e.address].announced -= e.count;
      core.credits[e.address].told += e.count;
      return kind | std::uint64_t{e.count} << 8;
    case EventKind::ready:
    case EventKind::timer:
      return kind;
    default:
      core.event_address = e.address;
      core.event_value = e.value;
      if (e.transaction == kCreditTransaction) core.credits[e.address].asked = false;
      free_transaction(core, e.transaction);
      return kind | static_cast<std::uint64_t>(e.status) << 8 | std::uint64_t{e.transaction} << 16;
  }
}

std::int64_t FakeChip::open(Core& core) {
  const auto slot = static_cast<std::uint32_t>(core.registers[niu::kMailbox]);
  if (slot >= params_.mailboxes) return static_cast<std::int64_t>(DoorbellError::invalid);
  Mailbox& mailbox = core.mailboxes[slot];
  CHECK(!mailbox.open, "slot {} is open", slot);
  const std::uint32_t generation = mailbox.generation + 1;
  const std::uint64_t shape = core.registers[niu::kMailboxShape];
  mailbox = {.open = true,
             .generation = generation,
             .slots = static_cast<std::uint32_t>(shape),
             .slot_bytes = static_cast<std::uint32_t>(shape >> 32 & 0xffffff),
             .policy = static_cast<niu::MailboxPolicy>(shape >> 56),
             .base = core.registers[niu::kMailboxBase],
             .waiters = {}};
  CHECK((mailbox.policy == niu::MailboxPolicy::watch) == (mailbox.slots == 0));
  CHECK((mailbox.slots == 0 || (mailbox.slot_bytes >= 64 && mailbox.base % 16 == 0)));
  return generation;
}

void FakeChip::close(Core& core) {
  const auto slot = static_cast<std::uint32_t>(core.registers[niu::kMailbox]);
  Mailbox& mailbox = core.mailboxes[slot];
  CHECK(mailbox.open);
  mailbox.open = false;
  mailbox.unseen = 0;
  std::erase_if(core.events,
                [&](const Event& e) { return e.kind == EventKind::message && e.address == slot; });
  for (const std::uint32_t waiter : mailbox.waiters) {
    cores_[waiter].events.push_back(
        {.kind = EventKind::down,
         .address = abi::Address::make(0, tiles_[running_], slot, mailbox.generation).bits,
         .transaction = kCreditTransaction,
         .status = abi::Status::stale});
  }
  mailbox.waiters.clear();
}

void FakeChip::advance(Core& core, std::uint32_t slot) {
  Mailbox& mailbox = core.mailboxes[slot];
  CHECK(mailbox.open && mailbox.occupied > 0, "slot {} has no message to free", slot);
  --mailbox.occupied;
  const std::uint32_t from = mailbox.origins.front();
  mailbox.origins.pop_front();
  if (!mailbox.waiters.empty()) return grant(core, slot);
  ++mailbox.outstanding;
  credit(cores_[from], abi::Address::make(0, tiles_[running_], slot, mailbox.generation).bits, false);
}

void FakeChip::grant(Core& owner, std::uint32_t slot) {
  Mailbox& mailbox = owner.mailboxes[slot];
  const auto tile = tiles_[static_cast<std::size_t>(&owner - cores_.data())];
  const std::uint64_t address = abi::Address::make(0, tile, slot, mailbox.generation).bits;
  while (!mailbox.waiters.empty()) {
    const std::uint32_t waiter = mailbox.waiters.front();
    if (mailbox.occupied + mailbox.outstanding < mailbox.slots)
      ++mailbox.outstanding;
    else if (!recall(address, waiter))
      return;
    mailbox.waiters.pop_front();
    credit(cores_[waiter], address, true);
  }
}

// Takes a credit that lies idle at another core.
bool FakeChip::recall(std::uint64_t mailbox, std::uint32_t for_core) {
  for (std::uint32_t core = 0; core < params_.cores; ++core) {
    const auto row = cores_[core].credits.find(mailbox);
    if (core == for_core || row == cores_[core].credits.end()) continue;
    Held& held = row->second;
    if (held.here == 0 || (!cores_[core].dead && held.here <= held.announced + held.told)) continue;
    --held.here;
    return true;
  }
  return false;
}

void FakeChip::credit(Core& to, std::uint64_t mailbox, bool granted) {
  Held& held = to.credits[mailbox];
  ++held.here;
  if (!granted && !held.refused && !held.asked) return;
  if (granted) held.asked = false;
  held.refused = false;
  announce(to, mailbox);
}

void FakeChip::announce(Core& to, std::uint64_t mailbox) {
  ++to.credits[mailbox].announced;
  to.events.push_back({.kind = EventKind::credit, .address = mailbox, .count = 1});
}

// The core takes its next event, or died: what it was told of and has not used may go to others.
void FakeChip::end_promises(Core& core) {
  for (auto& [address, held] : core.credits) {
    if (held.told == 0 && !core.dead) continue;
    held.told = 0;
    const abi::Address mailbox{address};
    if (held.here != 0 && find(mailbox)) grant(cores_[mailbox.tile() - 1], mailbox.slot());
  }
}

FakeChip::Mailbox* FakeChip::find(abi::Address address) {
  if (address.tile() == 0 || address.tile() > params_.cores) return nullptr;
  auto& mailboxes = cores_[address.tile() - 1].mailboxes;
  const auto found = mailboxes.find(address.slot());
  if (found == mailboxes.end() || !found->second.open || found->second.generation != address.generation())
    return nullptr;
  return &found->second;
}

// Delivers the oldest packet of a random core.
void FakeChip::step_network() {
  const std::uint64_t first = rng_.below(params_.cores);
  for (std::uint64_t i = 0; i < params_.cores; ++i) {
    auto& queue = network_[(first + i) % params_.cores];
    if (queue.empty()) continue;
    const Packet packet = std::move(queue.front());
    queue.pop_front();
    deliver(packet);
    return;
  }
}

void FakeChip::deliver(const Packet& p) {
  const abi::Address address{p.target};
  if (address.tile() == kDramTile) return serve_dram(p);
  if (p.command == Command::message) return reply(p, serve_message(p));
  CHECK(p.command == Command::credit, "command {} to a core", static_cast<int>(p.command));
  Mailbox* mailbox = find(address);
  Core& sender = cores_[p.from];
  const bool dead = address.tile() >= 1 && address.tile() <= params_.cores && cores_[address.tile() - 1].dead;
  if (dead || mailbox == nullptr) {
    sender.events.push_back({.kind = EventKind::down,
                             .address = p.target,
                             .transaction = kCreditTransaction,
                             .status = dead ? abi::Status::dead : abi::Status::stale});
    return;
  }
  mailbox->waiters.push_back(p.from);
  grant(cores_[address.tile() - 1], address.slot());
  if (mailbox->policy != niu::MailboxPolicy::refuse || mailbox->waiters.empty()) return;
  mailbox->waiters.pop_back();
  sender.events.push_back({.kind = EventKind::down,
                           .address = p.target,
                           .transaction = kCreditTransaction,
                           .status = abi::Status::full});
}

abi::Status FakeChip::serve_message(const Packet& p) {
  const abi::Address address{p.target};
  if (address.tile() == kHostTile) {
    if (p.type == static_cast<std::uint32_t>(abi::SystemType::print))
      printed.append(reinterpret_cast<const char*>(p.payload.data()), p.payload.size());
    if (p.type == static_cast<std::uint32_t>(abi::SystemType::exit)) {
      abi::ExitPayload exit;
      std::memcpy(&exit, p.payload.data(), sizeof exit);
      exit_code = exit.code;
    }
    return abi::Status::ok;
  }
  if (address.tile() >= 1 && address.tile() <= params_.cores && cores_[address.tile() - 1].dead)
    return abi::Status::dead;
  Mailbox* mailbox = find(address);
  if (mailbox == nullptr) return abi::Status::stale;
  if (p.bytes + sizeof(abi::MessageHeader) > mailbox->slot_bytes) {
    ++cores_[p.from].credits[p.target].here;
    return abi::Status::range;
  }
  CHECK(mailbox->outstanding > 0);
  mailbox->origins.push_back(p.from);
  --mailbox->outstanding;
  ++mailbox->occupied;
  auto* slot =
      reinterpret_cast<std::byte*>(mailbox->base + std::uint64_t{mailbox->tail} * mailbox->slot_bytes);
  mailbox->tail = (mailbox->tail + 1) % mailbox->slots;
  const abi::MessageHeader header{static_cast<std::uint32_t>(p.bytes), p.type, p.sender};
  std::memcpy(slot, &header, sizeof header);
  if (!p.payload.empty()) std::memcpy(slot + sizeof header, p.payload.data(), p.payload.size());
  if (mailbox->unseen++ == 0)
    cores_[address.tile() - 1].events.push_back({.kind = EventKind::message, .address = address.slot()});
  return abi::Status::ok;
}

void FakeChip::serve_dram(const Packet& p) {
  const std::uint64_t offset = abi::Location{p.target}.offset();
  if (offset > dram_bytes.size() || p.bytes > dram_bytes.size() - offset) return reply(p, abi::Status::range);
  std::byte* at = dram_bytes.data() + offset;
  std::uint64_t old = 0;
  if (p.command == Command::read) {
    std::memcpy(reinterpret_cast<void*>(p.local), at, p.bytes);
  } else if (p.command == Command::write || p.command == Command::write_acked) {
    std::memcpy(at, p.payload.data(), p.bytes);
  } else {
    std::memcpy(&old, at, 8);
    const std::uint64_t value = p.command == Command::atomic_add    ? old + p.operand
                                : p.command == Command::atomic_swap ? p.operand
                                : old == p.compare                  ? p.operand
                                                                    : old;
    std::memcpy(at, &value, 8);
  }
  reply(p, abi::Status::ok, old);
}

// An id comes free with a silent OK, or when the event of its reply is popped.
void FakeChip::reply(const Packet& p, abi::Status status, std::uint64_t value) {
  Core& core = cores_[p.from];
  if (p.command != Command::message && (p.command != Command::write || status != abi::Status::ok)) {
    core.events.push_back(
        {.kind = EventKind::done, .value = value, .transaction = p.transaction, .status = status});
  } else if (status != abi::Status::ok) {
    core.events.push_back(
        {.kind = EventKind::down, .address = p.target, .transaction = p.transaction, .status = status});
  } else {
    free_transaction(core, p.transaction);
  }
}

void FakeChip::free_transaction(Core& core, std::uint32_t transaction) {
  if (transaction != kCreditTransaction) core.transaction_used[transaction] = false;
  if (!core.refused_busy) return;
  core.refused_busy = false;
  core.events.push_back({.kind = EventKind::ready});
}

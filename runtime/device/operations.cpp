// Operations and events of the runtime.
//
// An operation that cannot leave at once stands in one of two kinds of line. Without a credit (or, on this
// core, without a place in the mailbox) it stands in the line of its mailbox's bucket; the first one for a
// mailbox has asked for a credit, and each credit that comes sends the first and lets the next ask. Without a
// transaction id it stands in the one transaction line, which `ready` drains. A new operation goes behind
// those that wait already, so that messages of one core to one mailbox leave in the order of their sends.
#include <bit>
#include <cstring>
#include <new>

#include "runtime/device/runtime.hpp"

namespace troupe::device {

namespace {

// The first operation for `mailbox` in a line: `before` is its predecessor.
struct Found {
  Operation* operation = nullptr;
  Operation* before = nullptr;
};
Found find_first(const Line& line, std::uint64_t mailbox) {
  Operation* before = nullptr;
  for (Operation* o = line.first; o; before = o, o = o->next) {
    if (o->target == mailbox) return {o, before};
  }
  return {};
}

bool is_message(const Operation& o) {
  return o.command == niu::Command::message;
}

constexpr auto kNoCredit = static_cast<std::int64_t>(niu::DoorbellError::no_credit);
constexpr auto kBusy = static_cast<std::int64_t>(niu::DoorbellError::busy);
constexpr auto kRange = static_cast<std::int64_t>(niu::DoorbellError::range);

}  // namespace

bool Runtime::begin(Operation& message) {
  if (find_first(credit_line(message.target), message.target).operation) {
    wait_in(credit_line(message.target), message, Operation::Place::credit_line);
    return begun(message, false);
  }
  return begun(message, is_own_tile({message.target}) ? attempt_local(message) : attempt(message));
}

bool Runtime::begin(Transfer& transfer) {
  return begun(transfer, attempt(transfer));
}

// From here on, not only when it has suspended, its actor does not end for its time budget: the operation may
// stand in a line.
bool Runtime::begun(const Operation& operation, bool has_ended) {
  if (!has_ended && operation.owner == Operation::Owner::actor && operation.actor == current && current)
    current->view.state = abi::ActorState::credit;
  return has_ended;
}

void Runtime::send_blocking(Operation& message) {
  message.owner = Operation::Owner::blocking;
  if (begin(message)) return;
  while (message.status == abi::Status::pending) handle(niu_load(niu::kWait));
}

bool Runtime::attempt(Operation& operation) {
  if (transaction_line_.first) {
    wait_for_transaction(operation);
    return false;
  }
  return is_message(operation) ? attempt_message(operation)
                               : attempt_transfer(static_cast<Transfer&>(operation));
}

bool Runtime::attempt_message(Operation& message) {
  niu_store(niu::kTarget, message.target);
  niu_store(niu::kLocal, message.local);
  niu_store(niu::kLength, message.length);
  niu_store(niu::kSender, message.sender);
  const std::int64_t id = niu_doorbell(niu::Command::message);
  if (id < 0) return refused(message, id);
  transactions_[id] = {message.sender, Transaction::Kind::message};
  if (message.awaits_reply) return false;
  message.status = abi::Status::ok;
  return true;
}

// A message to a full mailbox of this core waits until its owner has received one.
bool Runtime::attempt_local(Operation& message) {
  const abi::Status status = send_local({message.target}, reinterpret_cast<const void*>(message.local),
                                        message.length, {message.sender});
  if (status == abi::Status::pending) {
    wait_in(credit_line(message.target), message, Operation::Place::credit_line);
    return false;
  }
  message.status = status;
  return true;
}

// The doorbell sent nothing.
bool Runtime::refused(Operation& message, std::int64_t error) {
  if (error == kNoCredit) return wait_for_credit(message);
  if (error == kBusy) {
    wait_for_transaction(message);
    return false;
  }
  message.status = error == kRange ? abi::Status::range : abi::Status::stale;
  return true;
}

bool Runtime::attempt_transfer(Transfer& t) {
  while (t.left != 0 && t.in_flight < kTransferRequests) {
    const std::uint64_t bytes = t.left < kTransferBytes ? t.left : kTransferBytes;
    niu_store(niu::kTarget, t.target);
    niu_store(niu::kLocal, t.local);
    niu_store(niu::kLength, bytes);
    if (t.command == niu::Command::multicast) {
      niu_store(niu::kRectangle, t.rectangle);
    } else if (t.command >= niu::Command::atomic_add) {
      niu_store(niu::kOperand, t.operand);
      niu_store(niu::kCompare, t.compare);
    }
    const std::int64_t id = niu_doorbell(t.command);
    if (id == kBusy) {
      wait_for_transaction(t);
      return false;
    }
    if (id < 0) {
      t.status = abi::Status::range;
      t.left = 0;
      break;
    }
    transactions_[id] = {reinterpret_cast<std::uint64_t>(&t), Transaction::Kind::transfer};
    ++t.in_flight;
    t.target += bytes;
    t.local += bytes;
    t.left -= bytes;
  }
  if (t.left != 0 || t.in_flight != 0) return false;
  if (t.status == abi::Status::pending) t.status = abi::Status::ok;
  return true;
}

void Runtime::wait_in(Line& line, Operation& operation, Operation::Place place) {
  operation.place = place;
  operation.ask = Operation::Ask::not_first;
  ++unquiet_;
  line.push(operation);
}

void Runtime::left_line(Operation& operation) {
  operation.place = Operation::Place::none;
  --unquiet_;
}

void Runtime::wait_for_transaction(Operation& operation) {
  wait_in(transaction_line_, operation, Operation::Place::transaction_line);
}

bool Runtime::wait_for_credit(Operation& message) {
  Line& line = credit_line(message.target);
  const bool first = !find_first(line, message.target).operation;
  wait_in(line, message, Operation::Place::credit_line);
  return first && ask_for_credit(message);
}

// True: the mailbox is none; the operation has ended and left its line.
bool Runtime::ask_for_credit(Operation& first) {
  niu_store(niu::kTarget, first.target);
  const std::int64_t id = niu_doorbell(niu::Command::credit);
  if (id >= 0) {
    first.ask = Operation::Ask::sent;
    return false;
  }
  if (id == kBusy) {
    first.ask = Operation::Ask::to_be_sent;
    asks_to_be_sent_ = true;
    return false;
  }
  credit_line(first.target).remove(first);
  left_line(first);
  first.status = abi::Status::stale;
  return true;
}

void Runtime::ended(Operation& operation) {
  switch (operation.owner) {
    case Operation::Owner::blocking:
      return;
    case Operation::Owner::spill:
      return was_read(static_cast<Spill&>(operation));
    case Operation::Owner::control:
      release_control(static_cast<ControlMessage&>(operation));
      return;
    case Operation::Owner::actor:
      if (operation.actor->killed)
        dispose(*operation.actor);
      else
        make_ready(*operation.actor);
  }
}

// Its actor is killed. What is under way must come to its end first, for it writes into the actor's frames.
void Runtime::withdraw(Operation& operation) {
  if (operation.place == Operation::Place::credit_line) {
    Line& line = credit_line(operation.target);
    line.remove(operation);
    left_line(operation);
    // The next one in line has to ask; a credit that comes for nobody stays here for the next send.
    Operation* next = find_first(line, operation.target).operation;
    if (next && operation.ask != Operation::Ask::not_first && !is_own_tile({next->target}) &&
        ask_for_credit(*next))
      ended(*next);
    return;
  }
  const bool transfer = !is_message(operation);
  if (operation.place == Operation::Place::transaction_line) {
    transaction_line_.remove(operation);
    left_line(operation);
    if (!transfer) return;
  }
  if (transfer) {
    auto& t = static_cast<Transfer&>(operation);
    t.left = 0;
    operation.actor->killed = t.in_flight != 0;
  } else {
    operation.actor->killed = operation.awaits_reply;
  }
}

// To another core's runtime, by the runtime itself. False: not at once.
inline bool Runtime::send_system_now(abi::Address to, abi::SystemType type, const void* payload,
                                     std::uint64_t bytes) {
  if (unquiet_ != 0 && (transaction_line_.first || find_first(credit_line(to.bits), to.bits).operation))
    return false;
  niu_store(niu::kTarget, to.bits);
  niu_store(niu::kLocal, reinterpret_cast<std::uint64_t>(payload));
  niu_store(niu::kLength, bytes | std::uint64_t{static_cast<std::uint32_t>(type)} << 32);
  niu_store(niu::kSender, boot_->runtime_address);
  const std::int64_t id = niu_doorbell(niu::Command::message);
  if (id < 0) return false;
  transactions_[id] = {boot_->runtime_address, Transaction::Kind::message};
  return true;
}

inline void Runtime::serve_spawn(const SpawnRequest& request) {
  const abi::Address child = request.ties != 0
                                 ? create_tied(request)
                                 : create(reinterpret_cast<Entry>(request.entry), request.mailbox,
                                          reinterpret_cast<const std::byte*>(&request + 1));
  const SpawnReply reply{request.cookie, child.bits};
  if (!send_system_now({request.reply_to}, abi::SystemType::spawned, &reply, sizeof reply))
    queue_system({request.reply_to}, abi::SystemType::spawned, &reply, sizeof reply);
}

inline void Runtime::serve(const abi::MessageHeader& message) {
  const void* payload = &message + 1;
  const auto type = static_cast<abi::SystemType>(message.type);
  switch (type) {
    case abi::SystemType::spawn:
      return serve_spawn(*static_cast<const SpawnRequest*>(payload));
    case abi::SystemType::spawned: {
      const auto& reply = *static_cast<const SpawnReply*>(payload);
      auto& spawn = *reinterpret_cast<RemoteSpawn*>(reply.cookie);
      spawn.result = {reply.address};
      spawn.status = abi::Status::ok;
      if (spawn.ties != 0 && spawn.result) tie_parent(spawn);
      return ended(spawn);
    }
    default:
      return serve_control(type, *static_cast<const Control*>(payload));
  }
}

inline void Runtime::on_message(std::uint32_t slot, std::uint32_t count) {
  if (slot != abi::kRuntimeSlot) [[likely]] {
    Actor* actor = slots_.actor(slot);
    if (!actor) return;  // it ended after the message came
    if (actor->overflow >= Overflow::drop_new) [[unlikely]]
      return absorb(*actor, count);
    actor->messages += count;
    actor->span = static_cast<std::uint16_t>(actor->span + count);
    actor->ring_arrived += count;
    if (actor->view.state == abi::ActorState::receive) make_ready(*actor);
    return;
  }
  for (; count != 0; --count) {
    serve(*reinterpret_cast<const abi::MessageHeader*>(boot_->runtime_ring + std::uint64_t{runtime_next_} *
                                                                                 boot_->runtime_slot_bytes));
    runtime_next_ = runtime_next_ + 1 == boot_->runtime_slots ? 0 : runtime_next_ + 1;
    niu_store(niu::kMailboxAdvance, abi::kRuntimeSlot);
  }
}

void Runtime::handle(std::uint64_t event) {
  if (niu::event_kind(event) == niu::EventKind::message) [[likely]] {
    on_message(niu::event_slot(event), niu::event_count(event));
    if (deferred_.first && !draining_) [[unlikely]]
      deliver_deferred();
    return;
  }
  switch (niu::event_kind(event)) {
    case niu::EventKind::credit:
      on_credit(niu_load(niu::kEventAddress), niu::event_credits(event));
      break;
    case niu::EventKind::down:
      on_down(niu_load(niu::kEventAddress), static_cast<abi::Status>(niu::event_status(event)),
              niu::event_transaction(event));
      break;
    case niu::EventKind::done:
      on_done(niu::event_transaction(event), static_cast<abi::Status>(niu::event_status(event)));
      break;
    case niu::EventKind::ready:
      on_ready();
      break;
    case niu::EventKind::timer:
      on_timer();
      break;
    case niu::EventKind::message:
    case niu::EventKind::none:
      break;
  }
  if (deferred_.first && !draining_) [[unlikely]]
    deliver_deferred();
}

void Runtime::on_credit(std::uint64_t mailbox, std::uint32_t count) {
  Line& line = credit_line(mailbox);
  for (; count != 0; --count) {
    const Found found = find_first(line, mailbox);
    if (!found.operation) return;
    line.take_after(found.before);
    left_line(*found.operation);
    if (attempt(*found.operation)) ended(*found.operation);
  }
  // The next one in line asks; one whose mailbox turns out to be none ends, and so on.
  for (;;) {
    Operation* first = find_first(line, mailbox).operation;
    if (!first || first->ask != Operation::Ask::not_first) return;
    if (!ask_for_credit(*first)) return;
    ended(*first);
  }
}

// A message or a credit request came to nothing.
void Runtime::on_down(std::uint64_t mailbox, abi::Status status, std::uint32_t transaction) {
  ++down_count_;
  if (transaction == niu::kCreditTransaction) {
    if (abi::Address{mailbox}.slot() == abi::kWatchSlot) return core_died(mailbox >> 40);
    return fail_credit_line(mailbox, status);
  }
  const abi::Address sender{transactions_[transaction].value};
  if (Actor* actor = find(sender)) {
    Operation* operation = actor->view.state == abi::ActorState::reply ? actor->operation : nullptr;
    if (operation && operation->awaits_reply && operation->target == mailbox) {
      operation->status = status;
      ended(*operation);
    } else {
      note_down(*actor, mailbox, status);
    }
  }
  // A message too long says nothing about the mailbox; every other reason holds for those in line, too.
  if (status != abi::Status::range) fail_credit_line(mailbox, status);
}

void Runtime::note_down(Actor& actor, std::uint64_t mailbox, abi::Status status) {
  Side* side = side_of(actor);
  if (!side) return;  // no memory: the counter has it
  if (side->down_mailbox == 0) ++unquiet_;
  side->down_mailbox = mailbox;
  side->down_status = status;
}

bool Runtime::take_down(std::uint64_t mailbox, abi::Status& status) {
  Side* side = current->side;
  if (!side || side->down_mailbox != mailbox) return false;
  side->down_mailbox = 0;
  --unquiet_;
  status = side->down_status;
  return true;
}

void Runtime::fail_credit_line(std::uint64_t mailbox, abi::Status status) {
  Line& line = credit_line(mailbox);
  for (;;) {
    const Found found = find_first(line, mailbox);
    if (!found.operation) return;
    line.take_after(found.before);
    left_line(*found.operation);
    found.operation->status = status;
    ended(*found.operation);
    if (status == abi::Status::full) break;  // that holds for the first one only
  }
  for (;;) {
    Operation* first = find_first(line, mailbox).operation;
    if (!first || first->ask != Operation::Ask::not_first || is_own_tile({mailbox})) return;
    if (!ask_for_credit(*first)) return;
    ended(*first);
  }
}

void Runtime::on_done(std::uint32_t transaction, abi::Status status) {
  if (transactions_[transaction].kind == Transaction::Kind::spill) fault("a spilled message was lost");
  if (transactions_[transaction].kind != Transaction::Kind::transfer) return;
  Transfer& t = *reinterpret_cast<Transfer*>(transactions_[transaction].value);
  transactions_[transaction] = {};
  --t.in_flight;
  if (status != abi::Status::ok) {
    t.status = status;
    t.left = 0;
  } else if (t.command >= niu::Command::atomic_add && t.command <= niu::Command::compare_swap) {
    t.value = niu_load(niu::kEventValue);
  }
  if (t.place == Operation::Place::none && attempt_transfer(t)) ended(t);
}

void Runtime::on_ready() {
  if (asks_to_be_sent_) {
    asks_to_be_sent_ = false;
    for (Line& line : credit_lines_) send_asks(line);
  }
  if (watches_to_be_asked_) ask_for_watches();
  // Whoever still finds no transaction id goes back to the front of the line.
  Line waiting = transaction_line_;
  transaction_line_ = {};
  while (waiting.first && !transaction_line_.first) {
    Operation& operation = *waiting.take_after(nullptr);
    left_line(operation);
    if (attempt(operation)) ended(operation);
  }
  if (waiting.first) {
    transaction_line_.last->next = waiting.first;
    transaction_line_.last = waiting.last;
  }
  retry_spills();
}

void Runtime::send_asks(Line& line) {
  while (!asks_to_be_sent_) {
    Operation* o = line.first;
    while (o && o->ask != Operation::Ask::to_be_sent) o = o->next;
    if (!o) return;
    if (ask_for_credit(*o)) {
      const std::uint64_t mailbox = o->target;
      const abi::Status status = o->status;
      ended(*o);
      fail_credit_line(mailbox, status);
    }
  }
}

void Runtime::send_system(abi::Address to, abi::SystemType type, const void* payload, std::uint64_t bytes) {
  if (!send_system_now(to, type, payload, bytes)) queue_system(to, type, payload, bytes);
}

// From a copy that waits in line.
void Runtime::queue_system(abi::Address to, abi::SystemType type, const void* payload, std::uint64_t bytes) {
  void* memory = heap.allocate(sizeof(ControlMessage));
  if (!memory) {
    if (spare_free_ == 0) fault("no memory for the runtime's own messages");
    const int index = std::countr_zero(spare_free_);
    spare_free_ &= spare_free_ - 1;
    memory = spare_controls_ + static_cast<std::size_t>(index) * sizeof(ControlMessage);
  }
  auto& message = *new (memory) ControlMessage;
  std::memcpy(message.payload, payload, bytes);
  message.prepare(nullptr, to.bits, message.payload, bytes, static_cast<std::uint32_t>(type),
                  boot_->runtime_address);
  message.owner = Operation::Owner::control;
  if (begin(message)) release_control(message);
}

void Runtime::release_control(ControlMessage& message) {
  const std::uint64_t offset =
      reinterpret_cast<std::uint64_t>(&message) - reinterpret_cast<std::uint64_t>(spare_controls_);
  if (offset < kSpareControls * sizeof(ControlMessage)) {
    spare_free_ |= 1u << (offset / sizeof(ControlMessage));
  } else {
    heap.release(&message, sizeof(ControlMessage));
  }
}

}  // namespace troupe::device

// Operations and events of the runtime.
//
// An operation that cannot leave at once stands in one of two kinds of line. Without a credit it stands in
// the line of its mailbox's bucket; the first one for a mailbox has asked for a credit, and each credit that
// comes sends the first and lets the next ask. Without a transaction id it stands in the one transaction
// line, which `ready` drains. A new operation goes behind those that wait already, so that messages of one
// core to one mailbox leave in the order of their sends.
#include <bit>
#include <new>

#include "runtime/device/runtime.hpp"

namespace troupe::device {

namespace {

// The first operation for `mailbox` in a line: `before` is its predecessor.
struct Found {
  Operation* operation = nullptr;
  Operation* before = nullptr;
};
Found find(const Line& line, std::uint64_t mailbox) {
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
  if (current && message.actor == current && current->down_mailbox == message.target) {
    current->down_mailbox = 0;
    message.status = current->down_status;
    return true;
  }
  Line& line = credit_line(message.target);
  if (line.first && find(line, message.target).operation) {
    line.push(message);
    return false;
  }
  return attempt(message);
}

bool Runtime::begin(Transfer& transfer) {
  return attempt(transfer);
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
  transactions_[id] = {Transaction::Kind::message, message.sender};
  if (message.awaits_reply) return false;
  message.status = abi::Status::ok;
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
    if (t.command >= niu::Command::atomic_add) {
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
    transactions_[id] = {Transaction::Kind::transfer, reinterpret_cast<std::uint64_t>(&t)};
    ++t.in_flight;
    t.target += bytes;
    t.local += bytes;
    t.left -= bytes;
  }
  if (t.left != 0 || t.in_flight != 0) return false;
  if (t.status == abi::Status::pending) t.status = abi::Status::ok;
  return true;
}

void Runtime::wait_for_transaction(Operation& operation) {
  operation.in_transaction_line = true;
  transaction_line_.push(operation);
}

bool Runtime::wait_for_credit(Operation& message) {
  Line& line = credit_line(message.target);
  const bool first = !find(line, message.target).operation;
  message.ask = Operation::Ask::not_first;
  line.push(message);
  return first && ask_for_credit(message);
}

// True: the mailbox is none; the operation has ended and left its line.
bool Runtime::ask_for_credit(Operation& first) {
  niu_store(niu::kTarget, first.target);
  const std::int64_t id = niu_doorbell(niu::Command::credit);
  if (id >= 0) {
    transactions_[id] = {Transaction::Kind::credit, first.target};
    first.ask = Operation::Ask::sent;
    return false;
  }
  if (id == kBusy) {
    first.ask = Operation::Ask::to_be_sent;
    asks_to_be_sent_ = true;
    return false;
  }
  Line& line = credit_line(first.target);
  line.take_after(find(line, first.target).before);
  first.status = abi::Status::stale;
  return true;
}

void Runtime::ended(Operation& operation) {
  switch (operation.owner) {
    case Operation::Owner::blocking:
      return;
    case Operation::Owner::answer:
      release_answer(static_cast<Answer&>(operation));
      return;
    case Operation::Owner::actor:
      operation.actor->awaited_reply = nullptr;
      make_ready(*operation.actor);
  }
}

void Runtime::handle(std::uint64_t event) {
  switch (niu::event_kind(event)) {
    case niu::EventKind::message:
      return on_message(niu::event_slot(event), niu::event_count(event));
    case niu::EventKind::credit:
      return on_credit(niu_load(niu::kEventAddress), niu::event_credits(event));
    case niu::EventKind::down:
      return on_down(niu_load(niu::kEventAddress), static_cast<abi::Status>(niu::event_status(event)),
                     niu::event_transaction(event));
    case niu::EventKind::done:
      return on_done(niu::event_transaction(event), static_cast<abi::Status>(niu::event_status(event)));
    case niu::EventKind::ready:
      return on_ready();
    case niu::EventKind::none:
    case niu::EventKind::timer:
      return;
  }
}

void Runtime::on_message(std::uint32_t slot, std::uint32_t count) {
  if (slot != abi::kRuntimeSlot) {
    Actor* actor = slots_.actor(slot);
    if (!actor) return;  // it ended after the message came
    actor->available += count;
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

void Runtime::on_credit(std::uint64_t mailbox, std::uint32_t count) {
  Line& line = credit_line(mailbox);
  for (; count != 0; --count) {
    const Found found = find(line, mailbox);
    if (!found.operation) return;
    line.take_after(found.before);
    if (attempt(*found.operation)) ended(*found.operation);
  }
  // The next one in line asks; one whose mailbox turns out to be none ends, and so on.
  for (;;) {
    Operation* first = find(line, mailbox).operation;
    if (!first || first->ask != Operation::Ask::not_first) return;
    if (!ask_for_credit(*first)) return;
    ended(*first);
  }
}

void Runtime::on_down(std::uint64_t mailbox, abi::Status status, std::uint32_t transaction) {
  ++down_count_;
  const Transaction t = transactions_[transaction];
  if (t.kind == Transaction::Kind::message) {
    const abi::Address sender{t.value};
    Actor* actor = slots_.actor(sender.slot());
    if (actor && actor->address() == sender) {
      Operation* reply = actor->awaited_reply;
      if (reply && reply->target == mailbox) {
        reply->status = status;
        ended(*reply);
      } else {
        actor->down_mailbox = mailbox;
        actor->down_status = status;
      }
    }
  }
  // A message too long says nothing about the mailbox; every other reason holds for those in line, too.
  if (status != abi::Status::range || t.kind == Transaction::Kind::credit) fail_credit_line(mailbox, status);
}

void Runtime::fail_credit_line(std::uint64_t mailbox, abi::Status status) {
  Line& line = credit_line(mailbox);
  for (;;) {
    const Found found = find(line, mailbox);
    if (!found.operation) return;
    line.take_after(found.before);
    found.operation->status = status;
    ended(*found.operation);
  }
}

void Runtime::on_done(std::uint32_t transaction, abi::Status status) {
  if (transactions_[transaction].kind != Transaction::Kind::transfer) return;
  Transfer& t = *reinterpret_cast<Transfer*>(transactions_[transaction].value);
  transactions_[transaction] = {};
  --t.in_flight;
  if (status != abi::Status::ok) {
    t.status = status;
    t.left = 0;
  } else if (t.command >= niu::Command::atomic_add) {
    t.value = niu_load(niu::kEventValue);
  }
  if (!t.in_transaction_line && attempt_transfer(t)) ended(t);
}

void Runtime::on_ready() {
  if (asks_to_be_sent_) {
    asks_to_be_sent_ = false;
    for (Line& line : credit_lines_) send_asks(line);
  }
  // Whoever still finds no transaction id goes back to the front of the line.
  Line waiting = transaction_line_;
  transaction_line_ = {};
  while (waiting.first && !transaction_line_.first) {
    Operation& operation = *waiting.take_after(nullptr);
    operation.in_transaction_line = false;
    if (attempt(operation)) ended(operation);
  }
  if (waiting.first) {
    transaction_line_.last->next = waiting.first;
    transaction_line_.last = waiting.last;
  }
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

void Runtime::serve(const abi::MessageHeader& message) {
  const void* payload = &message + 1;
  if (message.type == static_cast<std::uint32_t>(abi::SystemType::spawn)) {
    serve_spawn(*static_cast<const SpawnRequest*>(payload));
  } else if (message.type == static_cast<std::uint32_t>(abi::SystemType::spawned)) {
    const auto& reply = *static_cast<const SpawnReply*>(payload);
    auto& spawn = *reinterpret_cast<RemoteSpawn*>(reply.cookie);
    spawn.result = {reply.address};
    spawn.status = abi::Status::ok;
    ended(spawn);
  }
}

void Runtime::serve_spawn(const SpawnRequest& request) {
  void* memory = heap.allocate(sizeof(Answer));
  if (!memory) {
    if (spare_free_ == 0) fault("too many spawns failed at once: no memory for their answers");
    const int index = std::countr_zero(spare_free_);
    spare_free_ &= spare_free_ - 1;
    memory = spare_answers_ + index * sizeof(Answer);
  }
  Answer& answer = *new (memory) Answer;
  const abi::Address child = create(reinterpret_cast<Entry>(request.entry), request.slots, request.slot_bytes,
                                    reinterpret_cast<const std::byte*>(&request + 1));
  answer.payload = {request.cookie, child.bits};
  answer.owner = Operation::Owner::answer;
  answer.target = request.reply_to;
  answer.local = reinterpret_cast<std::uint64_t>(&answer.payload);
  answer.length = sizeof(SpawnReply) | std::uint64_t{static_cast<std::uint32_t>(abi::SystemType::spawned)}
                                           << 32;
  answer.sender = boot_->runtime_address;
  if (begin(answer)) release_answer(answer);
}

void Runtime::release_answer(Answer& answer) {
  const std::uint64_t offset =
      reinterpret_cast<std::uint64_t>(&answer) - reinterpret_cast<std::uint64_t>(spare_answers_);
  if (offset < kSpareAnswers * sizeof(Answer)) {
    spare_free_ |= 1u << (offset / sizeof(Answer));
  } else {
    heap.release(&answer, sizeof(Answer));
  }
}

}  // namespace troupe::device

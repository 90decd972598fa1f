// Credits in a tile's hand, for messages to other tiles' mailboxes: a row a mailbox.
//
// A row comes with a request and stays when that is answered, so that credits of freed messages find it. It
// is pinned while the core counts on it: a request is under way, or an event told of a credit. Of those that
// are not, niu.credit_rows stay. The least recently used one leaves: a request brings the mailbox its
// credits, and the request's transaction catches credits that are still on their way here.
//
// A recall finds a row, or its `leave` is under way and answers it: see noc/README.md.
#include <utility>

#include "noc/niu.hpp"
#include "noc/niu_state.hpp"

namespace troupe::noc {

using abi::Status;
using CoreEvent = abi::niu::EventKind;

// A tile has one request per mailbox under way, and another one joins it. Nor is one sent while a credit of
// the pool lies idle here: it is what the core is told of.
bool Niu::ask_in_hand(Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(s.target);
  if (row == s.held.end()) return false;
  HeldCredits& held = row->second;
  if (held.asked) return true;
  if (!held.has_idle()) return false;
  if (held.announced++ == 0) push_event(CoreEvent::credit, now, s.target, kNoTransaction, Status::ok, 0);
  settle(s.target, now);
  return true;
}

// A row for a request; false when there is no place for one.
bool Niu::ask_row(std::uint64_t mailbox) {
  State& s = *state_;
  auto row = s.held.find(mailbox);
  if (row == s.held.end()) {
    if (s.rows == shared_.params.niu.mailboxes + shared_.params.niu.credit_rows) return false;
    ++s.rows;
    row = s.held.try_emplace(mailbox).first;
  }
  HeldCredits& held = row->second;
  held.asked = true;
  if (held.idle) s.idle.erase(held.place);
  held.idle = false;
  return true;
}

// Takes a credit for mailbox kTarget, one of a static edge first. Remembers when there is none.
bool Niu::spend_credit(SpentCredit& spent, Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(s.target);
  if (row == s.held.end()) return false;  // only a credit request can bring one, and tells of it
  HeldCredits& held = row->second;
  if (held.from_edges + held.from_pool == 0) {
    ++held.refused;
    return false;
  }
  spent.is_static = held.from_edges != 0;
  --(spent.is_static ? held.from_edges : held.from_pool);
  if (spent.is_static) return true;
  if (held.told != 0) --held.told;
  if (held.recalled && held.from_pool == 0) {
    spent.answers_recall = true;
    held.recalled = false;
    std::erase(s.recalled, s.target);
  }
  if (held.idle) s.idle.splice(s.idle.end(), s.idle, held.place);
  settle(s.target, now);
  return true;
}

// Whatever comes in about credits that is no request.
void Niu::take_credit_packet(const Packet& p, Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(p.target);
  switch (p.step) {
    case CreditStep::ask:
      shared_.record(s.tile, EventKind::reply, now, p.id, static_cast<std::uint64_t>(p.status), 0);
      if (p.status == Status::ok) {
        row->second.gone = false;
        take_credit(p, true, now);
        if (p.recall) recall_row(p.target, row->second);
      } else {
        push_event(CoreEvent::down, now, p.target, kNoTransaction, p.status, 0);
        if (p.status == Status::stale || p.status == Status::dead) lose_mailbox(p.target, now);
      }
      if (p.status == Status::ok || s.killed) credit_answered(p.target, now);
      return;
    case CreditStep::back:
      return take_credit(p, false, now);
    case CreditStep::recall:
      if (row == s.held.end()) return;
      recall_row(p.target, row->second);
      return settle(p.target, now);
    case CreditStep::recall_now:
      if (row != s.held.end()) answer_recall(p.target, row->second, true, now);
      return;
    case CreditStep::recalled:
    case CreditStep::promised:
      return take_recalled(p, now);
    case CreditStep::leave:
    case CreditStep::left:
      shared_.record(s.tile, EventKind::reply, now, p.id, static_cast<std::uint64_t>(p.status), 0);
      return left(p, now);
  }
}

// A credit came: granted on request (always told), or back by itself (told when someone was refused, or
// asks). Without a row, the request that gave it up brings the credit back too; else its mailbox is gone.
void Niu::take_credit(const Packet& p, bool announce, Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(p.target);
  if (row == s.held.end()) {
    for (Transaction& t : s.transactions)
      if (t.used && t.command == Command::credit && t.target == p.target) {
        t.credits += p.credits;
        return;
      }
    return;
  }
  HeldCredits& held = row->second;
  if (held.gone) return;
  (p.static_credit ? held.from_edges : held.from_pool) += p.credits;
  if (p.credits != 0) shared_.record(s.tile, EventKind::credit, now, 0, p.target, p.credits);
  if (held.asked && !p.static_credit) announce = true;
  if (held.refused != 0) {
    --held.refused;
    announce = true;
  }
  if (announce && !s.killed && held.announced++ == 0)
    push_event(CoreEvent::credit, now, p.target, kNoTransaction, Status::ok, 0);
  settle(p.target, now);
}

// The credit request for `mailbox` is over.
void Niu::credit_answered(std::uint64_t mailbox, Cycle now) {
  state_->held.at(mailbox).asked = false;
  announce_ready(now);
  settle(mailbox, now);
}

// A reply said that there is no such mailbox: its credits are worth nothing.
void Niu::lose_mailbox(std::uint64_t mailbox, Cycle now) {
  const auto row = state_->held.find(mailbox);
  if (row == state_->held.end() || row->second.edges != 0) return;
  row->second.gone = true;
  row->second.from_pool = row->second.refused = 0;
  settle(mailbox, now);
}

// The core was told of credits, and has until its next pop to use them.
void Niu::promise(std::uint64_t mailbox, HeldCredits& held, std::uint32_t credits) {
  if (held.edges != 0) return;
  held.told += credits;
  state_->told.push_back(mailbox);
}

// A message found no transaction id: its credit stays here until `ready` has been popped.
void Niu::keep_for_retry(std::uint64_t mailbox) {
  const auto row = state_->held.find(mailbox);
  if (row != state_->held.end() && row->second.from_pool != 0 && row->second.told == 0)
    promise(mailbox, row->second, 1);
}

void Niu::end_promises(Cycle now) {
  State& s = *state_;
  if (s.told.empty() || s.refused_busy || s.ready_queued) return;
  const std::vector<std::uint64_t> rows = std::move(s.told);
  s.told.clear();
  for (const std::uint64_t mailbox : rows) {
    const auto row = s.held.find(mailbox);
    if (row == s.held.end()) continue;
    row->second.told = 0;
    settle(mailbox, now);
  }
}

// A row changed: a recall may have its answer, the row may be pinned, or may go. What the core asks for and
// was told of, but did not use, goes back as if it were recalled, so that the request does not wait for it.
void Niu::settle(std::uint64_t mailbox, Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(mailbox);
  if (row == s.held.end() || row->second.edges != 0) return;
  HeldCredits& held = row->second;
  if (held.recalled || (held.asked && held.has_idle())) answer_recall(mailbox, held, false, now);
  if (held.pinned()) {
    if (held.idle) s.idle.erase(held.place);
    held.idle = false;
    return;
  }
  if (held.gone) return erase_row(mailbox, now);
  if (!held.idle) held.place = s.idle.insert(s.idle.end(), mailbox);
  held.idle = true;
  evict(now);
}

void Niu::recall_row(std::uint64_t mailbox, HeldCredits& held) {
  if (!held.recalled) state_->recalled.push_back(mailbox);
  held.recalled = true;
}

// Gives a credit that lies idle, or says that there is none. While all that are left are promised to the core
// it waits, unless `at_once`.
void Niu::answer_recall(std::uint64_t mailbox, HeldCredits& held, bool at_once, Cycle now) {
  State& s = *state_;
  const bool gives = s.killed ? held.from_pool != 0 : held.has_idle();
  if (!gives && held.from_pool != 0 && !at_once) return;
  if (held.recalled) std::erase(s.recalled, mailbox);
  held.recalled = false;
  if (gives) --held.from_pool;
  std::uint32_t index;
  Packet& p = new_credit(static_cast<TileId>(abi::Address{mailbox}.tile()), mailbox, index);
  p.step = !gives && held.from_pool != 0 ? CreditStep::promised : CreditStep::recalled;
  p.credits = gives ? 1 : 0;
  shared_.send(index, now);
}

void Niu::erase_row(std::uint64_t mailbox, Cycle now) {
  State& s = *state_;
  const auto row = s.held.find(mailbox);
  if (row->second.idle) s.idle.erase(row->second.place);
  if (row->second.recalled) std::erase(s.recalled, mailbox);
  s.held.erase(row);
  --s.rows;
  announce_ready(now);
}

// Rows over the limit leave, each with a transaction id. Without a free one they stay until there is.
void Niu::evict(Cycle now) {
  State& s = *state_;
  while (s.idle.size() > shared_.params.niu.credit_rows) {
    Transaction* t = s.unused_transaction();
    if (t == nullptr) return;
    const std::uint64_t mailbox = s.idle.front();
    *t = {.used = true, .command = Command::credit, .target = mailbox};
    const std::uint32_t credits = s.held.at(mailbox).from_pool;
    erase_row(mailbox, now);
    send_left(CreditStep::leave, static_cast<std::uint8_t>(t - s.transactions.data()), mailbox, credits, now);
  }
}

void Niu::send_left(CreditStep step, std::uint8_t transaction, std::uint64_t mailbox, std::uint32_t credits,
                    Cycle now) {
  State& s = *state_;
  const std::uint32_t index = shared_.packets.take();
  Packet& p = shared_.packets[index];
  p.id = std::uint64_t{s.tile} << 40 | ++s.packets_sent;
  p.source = s.tile;
  p.destination = static_cast<TileId>(abi::Address{mailbox}.tile());
  p.command = Command::credit;
  p.step = step;
  p.credits = credits;
  p.transaction = transaction;
  p.tenant = s.tenant;
  p.target = mailbox;
  ++s.counters.requests;
  shared_.record(s.tile, EventKind::send, now, p.id, p.target,
                 static_cast<std::uint64_t>(Command::credit) << 32);
  shared_.send(index, now);
}

// The mailbox has its credits back. Any that came here meanwhile follow, with the same transaction id.
void Niu::left(const Packet& p, Cycle now) {
  Transaction& t = state_->transactions[p.transaction];
  const std::uint32_t credits = std::exchange(t.credits, 0);
  if (p.status == Status::ok && credits != 0)
    return send_left(CreditStep::left, p.transaction, p.target, credits, now);
  free_transaction(p.transaction, now);
}

}  // namespace troupe::noc

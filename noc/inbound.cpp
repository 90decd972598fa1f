// What comes into an NIU: requests, which it serves and answers, and replies.
#include <algorithm>
#include <cstring>

#include "noc/niu.hpp"
#include "noc/niu_state.hpp"
#include "runtime/abi/memory_map.hpp"
#include "sim/base/check.hpp"

namespace troupe::noc {

using abi::Status;
using CoreEvent = abi::niu::EventKind;

namespace {

bool is_write(Command c) {
  return c == Command::write || c == Command::write_acked || c == Command::multicast;
}

// Old value in, new value out.
std::uint64_t atomic_result(const Packet& p, std::uint64_t old) {
  switch (p.command) {
    case Command::atomic_add:
      return old + p.operand;
    case Command::atomic_swap:
      return p.operand;
    default:
      return old == p.compare ? p.operand : old;
  }
}

}  // namespace

void Niu::arrive(std::uint32_t index, Cycle now) {
  const Packet& p = shared_.packets[index];
  if (p.reply) return take_reply(index, now);
  shared_.record(state_->tile, EventKind::arrive, now, p.id, p.source,
                 p.bytes | static_cast<std::uint64_t>(p.command) << 32);
  serve(index, now);
}

// Every request gets exactly one reply, except that a credit request may have to wait for it.
void Niu::serve(std::uint32_t index, Cycle now) {
  State& s = *state_;
  Packet& p = shared_.packets[index];
  if (p.command == Command::multicast) return serve_multicast(index, now);
  if (s.killed) return send_reply(index, Status::dead, now);
  switch (p.command) {
    case Command::message:
      return send_reply(index, serve_message(p, now), now);
    case Command::credit: {
      const Status status = serve_credit(p);  // pending: the reply comes when there is a slot
      if (status != Status::pending) return send_reply(index, status, now);
      shared_.packets.release(index);
      return;
    }
    default:
      break;
  }
  if (s.endpoint == nullptr) return send_reply(index, serve_core(p), now);
  if (abi::Location{p.target}.is_semaphore()) return send_reply(index, Status::refused, now);
  std::vector<std::byte> answer;
  const Served served = s.endpoint->serve(
      {p.command, p.source, p.tenant, abi::Location{p.target}, p.bytes, p.operand, p.compare, p.payload}, now,
      answer);
  CHECK(served.ready >= now, "tile {} cycle {}: an endpoint was ready at {}", s.tile, now, served.ready);
  p.payload.clear();
  if (served.status == Status::ok && p.command == Command::read) {
    CHECK(answer.size() == p.bytes, "tile {}: a read of {} bytes got {}", s.tile, p.bytes, answer.size());
    p.payload = std::move(answer);
  } else if (served.status == Status::ok && !is_write(p.command)) {
    CHECK(answer.size() == sizeof p.operand, "tile {}: an atomic's old value has {} bytes", s.tile,
          answer.size());
    std::memcpy(&p.operand, answer.data(), sizeof p.operand);
  }
  send_reply(index, served.status, served.ready);
}

// The packet is that of all its tiles; each answers with a packet of its own, and the last one releases it.
// Only L1 takes multicasts.
void Niu::serve_multicast(std::uint32_t index, Cycle now) {
  State& s = *state_;
  Packet& p = shared_.packets[index];
  const Status status = s.killed ? Status::dead : serve_core(p);
  const std::uint32_t answer = shared_.packets.take();
  Packet& reply = shared_.packets[answer];
  reply.id = p.id;
  reply.source = p.source;
  reply.command = p.command;
  reply.transaction = p.transaction;
  reply.tenant = p.tenant;
  reply.network = p.network;
  send_reply(answer, status, now);
  if (--p.copies == 0) shared_.packets.release(index);
}

// The guard of a mailbox: its generation first, then its tenant.
Status Niu::check_mailbox(const Packet& p) {
  const abi::Address address{p.target};
  const Mailbox* mailbox = state_->open_mailbox(address.slot());
  if (mailbox == nullptr || mailbox->generation() != address.generation()) return Status::stale;
  return mailbox->tenant() == p.tenant ? Status::ok : Status::refused;
}

Status Niu::serve_message(const Packet& p, Cycle now) {
  State& s = *state_;
  if (const Status status = check_mailbox(p); status != Status::ok) return status;
  const std::uint32_t slot = abi::Address{p.target}.slot();
  Mailbox& mailbox = *s.mailboxes[slot];
  if (p.bytes > mailbox.payload_max()) return Status::range;  // the sender keeps its credit

  const abi::MessageHeader header{static_cast<std::uint32_t>(p.bytes), p.type, p.sender};
  const std::uint64_t address = mailbox.append({p.id, p.source, p.static_credit});
  ++s.counters.messages_received;
  s.counters.message_bytes_received += p.bytes;
  shared_.record(s.tile, EventKind::mailbox, now, p.id, p.target, p.bytes | p.sender << 24);
  if (s.consumer != nullptr) {
    s.consumer->consume(s.tile, slot, header, p.payload, now);
    freed(slot, mailbox.advance(), now);
    return Status::ok;
  }
  land(address, &header, sizeof header);
  land(address + sizeof header, p.payload.data(), p.bytes);
  if (mailbox.unseen++ == 0) push_event(CoreEvent::message, now, slot, kNoTransaction, Status::ok, 0);
  return Status::ok;
}

// A credit, or a place among the waiting tiles (pending). A tile with a static edge lives on the edge's
// credits: one of the pool, come on top when its own was back already, might never be used and never be given
// back. When none of its messages is here, its credits are back or on their way, ahead of this reply.
Status Niu::serve_credit(Packet& p) {
  if (const Status status = check_mailbox(p); status != Status::ok) return status;
  Mailbox& mailbox = *state_->mailboxes[abi::Address{p.target}.slot()];
  if (p.static_credit && !mailbox.occupied_by_edge(p.source)) return Status::ok;
  if (!p.static_credit && mailbox.grant(p.source)) {
    p.credits = 1;
    return Status::ok;
  }
  mailbox.wait({p.source, p.static_credit, p.id});
  return Status::pending;
}

// Bytes and semaphores of a core tile: its tenant may write L1, and do atomics on semaphores.
Status Niu::serve_core(Packet& p) {
  State& s = *state_;
  const abi::Location location{p.target};
  if (s.l1 == nullptr || p.tenant != s.tenant || p.command == Command::read) return Status::refused;
  if (is_write(p.command)) {
    if (location.is_semaphore()) return Status::refused;
    if (location.offset() < abi::kFaultEnd || !s.l1->contains(location.offset(), p.bytes))
      return Status::range;
    land(location.offset(), p.payload.data(), p.bytes);
    return Status::ok;
  }
  if (!location.is_semaphore()) return Status::refused;
  const std::uint64_t n = location.offset() / 8;
  if (n >= shared_.params.niu.semaphores) return Status::range;
  s.semaphores.resize(shared_.params.niu.semaphores);
  const std::uint64_t old = s.semaphores[n];
  s.semaphores[n] = atomic_result(p, old);
  p.operand = old;
  return Status::ok;
}

// Turns a request into its reply. `ready` is when the reply is at this NIU.
void Niu::send_reply(std::uint32_t index, Status status, Cycle ready) {
  Packet& p = shared_.packets[index];
  p.reply = true;
  p.status = status;
  p.destination = p.source;
  p.source = state_->tile;
  if (p.command != Command::read || status != Status::ok) p.payload.clear();
  shared_.send(index, ready);
}

void Niu::take_reply(std::uint32_t index, Cycle now) {
  State& s = *state_;
  const Packet& p = shared_.packets[index];
  const bool returned = p.command == Command::credit && p.status == Status::pending;  // nobody asked for it
  if (!returned) shared_.record(s.tile, EventKind::reply, now, p.id, static_cast<std::uint64_t>(p.status), 0);
  if (p.command == Command::credit) {
    const bool granted = returned || p.status == Status::ok;
    if (granted) take_credit(p, !returned, now);
    if (!granted) push_event(CoreEvent::down, now, p.target, kNoTransaction, p.status, 0);
    if (!returned && (granted || s.killed)) credit_answered(p.target, now);
  } else {
    Transaction& of = s.transactions[p.transaction];
    CHECK(of.used && of.replies != 0, "tile {} cycle {}: a reply to no request", s.tile, now);
    of.worst = std::max(of.worst, p.status);
    if (--of.replies != 0) return shared_.packets.release(index);
    const Transaction t = of;
    const bool ok = t.worst == Status::ok;
    if (p.command == Command::message && p.status == Status::range) {
      HeldCredits& held = s.held[p.target];  // the message took no slot: its credit is still ours
      ++(t.static_credit ? held.from_edges : held.from_pool);
    }
    if (p.command == Command::read && ok && !s.killed) land(t.local, p.payload.data(), p.bytes);
    if (s.killed || (ok && (p.command == Command::message || p.command == Command::write)))
      free_transaction(p.transaction, now);
    else if (p.command == Command::message)
      push_event(CoreEvent::down, now, p.target, p.transaction, p.status, 0);
    else
      push_event(CoreEvent::done, now, 0, p.transaction, t.worst, ok ? p.operand : 0);
  }
  shared_.packets.release(index);
}

// A credit came: granted on request (always told), or back from a static edge (told when someone was
// refused).
void Niu::take_credit(const Packet& p, bool announce, Cycle now) {
  State& s = *state_;
  HeldCredits& held = s.held[p.target];
  (p.static_credit ? held.from_edges : held.from_pool) += p.credits;
  if (p.credits != 0) shared_.record(s.tile, EventKind::credit, now, 0, p.target, p.credits);
  if (held.refused != 0) {
    --held.refused;
    announce = true;
  }
  if (announce && held.announced++ == 0)
    push_event(CoreEvent::credit, now, p.target, kNoTransaction, Status::ok, 0);
}

// A slot was freed: its credit goes back along its edge, or to whoever waits for one of the pool.
void Niu::freed(std::uint32_t slot, const Origin& origin, Cycle now) {
  State& s = *state_;
  Mailbox& mailbox = *s.mailboxes[slot];
  shared_.record(s.tile, EventKind::receive, now, origin.packet_id, mailbox_address(slot).bits, 0);
  if (!origin.static_credit) return grant_waiting(slot, now);
  Waiter waiter;
  if (mailbox.take_edge_waiter(origin.tile, waiter)) return answer_waiter(slot, waiter, Status::ok, now);
  // Nobody asked: the credit goes back by itself. Status pending tells it from the reply to a request.
  answer_waiter(slot, {origin.tile, true, origin.packet_id}, Status::pending, now);
}

void Niu::grant_waiting(std::uint32_t slot, Cycle now) {
  Mailbox& mailbox = *state_->mailboxes[slot];
  Waiter waiter;
  while (mailbox.free() != 0 && mailbox.take_pool_waiter(waiter)) {
    mailbox.grant(waiter.tile);
    answer_waiter(slot, waiter, Status::ok, now);
  }
}

void Niu::answer_waiter(std::uint32_t slot, const Waiter& waiter, Status status, Cycle now) {
  const std::uint32_t index = shared_.packets.take();
  Packet& p = shared_.packets[index];
  p.id = waiter.packet_id;
  p.source = state_->tile;
  p.destination = waiter.tile;
  p.command = Command::credit;
  p.reply = true;
  p.static_credit = waiter.has_edge;
  p.credits = status == Status::ok || status == Status::pending ? 1 : 0;
  p.status = status;
  p.target = abi::Address::make(0, state_->tile, slot, state_->mailboxes[slot]->generation()).bits;
  shared_.send(index, now);
}

// A mailbox closed: whoever waits for it is told why.
void Niu::dismiss_waiters(std::uint32_t slot, Status status, Cycle now) {
  Waiter waiter;
  while (state_->mailboxes[slot]->take_any_waiter(waiter)) answer_waiter(slot, waiter, status, now);
}

// Bytes for L1, visible at the core's next access.
void Niu::land(std::uint64_t address, const void* bytes, std::uint64_t count) {
  State& s = *state_;
  if (count == 0 || s.l1 == nullptr || s.killed) return;
  const auto* from = static_cast<const std::byte*>(bytes);
  s.landing_bytes.insert(s.landing_bytes.end(), from, from + count);
  s.landings.push_back({address, count});
}

}  // namespace troupe::noc

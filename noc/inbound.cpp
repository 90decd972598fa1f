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
      const Status status = serve_credit(p, now);  // pending: the reply comes when there is a slot
      if (status != Status::pending) return send_reply(index, status, now);
      shared_.packets.release(index);
      return;
    }
    default:
      break;
  }
  if (s.endpoint == nullptr) return send_reply(index, serve_core(p, now), now);
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
  const Status status = s.killed ? Status::dead : serve_core(p, now);
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
  const Mailbox* mailbox = state_->open_mailbox(abi::Address{p.target});
  if (mailbox == nullptr) return Status::stale;
  return mailbox->tenant() == p.tenant ? Status::ok : Status::refused;
}

Status Niu::serve_message(const Packet& p, Cycle now) {
  State& s = *state_;
  const Status status = check_mailbox(p);
  if (status == Status::stale) return status;
  const std::uint32_t slot = abi::Address{p.target}.slot();
  Mailbox& mailbox = *s.mailboxes[slot];
  if (p.recall) mailbox.recall_answered(p.source, 0, false);
  if (status != Status::ok || p.bytes > mailbox.payload_max()) {
    if (!p.static_credit) {  // the slot that it did not take goes where a freed one would
      mailbox.take_back(p.source, 1);
      release(slot, {p.id, p.source, false}, now);
    }
    return status != Status::ok ? status : Status::range;  // RANGE brings a static credit back
  }

  const abi::MessageHeader header{static_cast<std::uint32_t>(p.bytes), p.type, p.sender};
  const std::uint64_t address = mailbox.append({p.id, p.source, p.static_credit});
  if (!p.static_credit) grant_waiting(slot, now);  // one that was recalled may have nothing left
  ++s.counters.messages_received;
  s.counters.message_bytes_received += p.bytes;
  shared_.record(s.tile, EventKind::mailbox, now, p.id, p.target, p.bytes | p.sender << 24);
  if (s.consumer != nullptr) {
    s.consumer->consume(s.tile, slot, header, p.payload, now);
    freed(slot, mailbox.advance(), now);
    return Status::ok;
  }
  land(address, &header, sizeof header, now);
  land(address + sizeof header, p.payload.data(), p.bytes, now);
  if (mailbox.unseen++ == 0) push_event(CoreEvent::message, now, slot, kNoTransaction, Status::ok, 0);
  return Status::ok;
}

// Bytes and semaphores of a core tile: its tenant may write L1, and do atomics on semaphores.
Status Niu::serve_core(Packet& p, Cycle now) {
  State& s = *state_;
  const abi::Location location{p.target};
  if (s.l1 == nullptr || p.tenant != s.tenant || p.command == Command::read) return Status::refused;
  if (is_write(p.command)) {
    if (location.is_semaphore()) return Status::refused;
    if (location.offset() < abi::kFaultEnd || !s.l1->contains(location.offset(), p.bytes))
      return Status::range;
    land(location.offset(), p.payload.data(), p.bytes, now);
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
  if (p.command == Command::credit) {
    take_credit_packet(p, now);
  } else {
    shared_.record(s.tile, EventKind::reply, now, p.id, static_cast<std::uint64_t>(p.status), 0);
    Transaction& of = s.transactions[p.transaction];
    CHECK(of.used && of.replies != 0, "tile {} cycle {}: a reply to no request", s.tile, now);
    of.worst = std::max(of.worst, p.status);
    if (--of.replies != 0) return shared_.packets.release(index);
    const Transaction t = of;
    const bool ok = t.worst == Status::ok;
    if (p.command == Command::message && p.status == Status::range && t.static_credit)
      ++s.held[p.target].from_edges;  // the message took no slot: its credit is still ours
    if (p.command == Command::message && (p.status == Status::stale || p.status == Status::dead))
      lose_mailbox(p.target, now);
    if (p.command == Command::read && ok && !s.killed) land(t.local, p.payload.data(), p.bytes, now);
    if (s.killed || (ok && (p.command == Command::message || p.command == Command::write)))
      free_transaction(p.transaction, now);
    else if (p.command == Command::message)
      push_event(CoreEvent::down, now, p.target, p.transaction, p.status, 0);
    else
      push_event(CoreEvent::done, now, 0, p.transaction, t.worst, ok ? p.operand : 0);
  }
  shared_.packets.release(index);
}

// Bytes for L1, visible at the core's next access.
void Niu::land(std::uint64_t address, const void* bytes, std::uint64_t count, Cycle now) {
  State& s = *state_;
  if (count == 0 || s.l1 == nullptr || s.killed) return;
  const auto* from = static_cast<const std::byte*>(bytes);
  s.landing_bytes.insert(s.landing_bytes.end(), from, from + count);
  s.landings.push_back({address, count, now});
}

}  // namespace troupe::noc

// Slots of a tile's own mailboxes: who gets those that are free, and how idle ones come back.
#include <utility>

#include "noc/niu.hpp"
#include "noc/niu_state.hpp"

namespace troupe::noc {

using abi::Status;

// A credit, or a place among the waiting tiles (pending). A tile with a static edge lives on the edge's
// credits: one of the pool, come on top when its own was back already, might never be used and never be given
// back. When none of its messages is here, its credits are back or on their way, ahead of this reply.
Status Niu::serve_credit(Packet& p, Cycle now) {
  if (p.step != CreditStep::ask) return serve_left(p, now);
  if (const Status status = check_mailbox(p); status != Status::ok) return status;
  const std::uint32_t slot = abi::Address{p.target}.slot();
  Mailbox& mailbox = *state_->mailboxes[slot];
  if (p.static_credit) {
    if (!mailbox.occupied_by_edge(p.source)) return Status::ok;
    if (mailbox.policy() == Policy::refuse) return Status::full;
  } else if (mailbox.grant(p.source)) {
    p.credits = 1;
    return Status::ok;
  }
  mailbox.wait({p.source, p.static_credit, p.id});
  grant_waiting(slot, now);
  return Status::pending;
}

// Credits of a tile that has no row for them any more. Their guard is the generation alone: whoever has a
// credit was granted it.
Status Niu::serve_left(Packet& p, Cycle now) {
  const abi::Address address{p.target};
  const std::uint32_t credits = std::exchange(p.credits, 0);  // the reply brings none back
  Mailbox* mailbox = state_->open_mailbox(address);
  if (mailbox == nullptr) return Status::stale;
  if (credits != 0) shared_.record(state_->tile, EventKind::credit, now, 0, p.target, credits);
  mailbox->take_back(p.source, credits);
  if (p.step == CreditStep::leave) mailbox->forget(p.source);
  grant_waiting(address.slot(), now);
  return Status::ok;
}

void Niu::take_recalled(const Packet& p, Cycle now) {
  const abi::Address address{p.target};
  Mailbox* mailbox = state_->open_mailbox(address);
  if (mailbox == nullptr) return;
  if (p.credits != 0) shared_.record(state_->tile, EventKind::credit, now, 0, p.target, p.credits);
  mailbox->recall_answered(p.source, p.credits, p.step == CreditStep::promised);
  grant_waiting(address.slot(), now);
}

void Niu::freed(std::uint32_t slot, const Origin& origin, Cycle now) {
  shared_.record(state_->tile, EventKind::receive, now, origin.packet_id, mailbox_address(slot).bits, 0);
  release(slot, origin, now);
}

// A slot came free: its credit goes back along its edge, or to whoever waits for one of the pool, or, by
// itself, to whose message it was.
void Niu::release(std::uint32_t slot, const Origin& origin, Cycle now) {
  Mailbox& mailbox = *state_->mailboxes[slot];
  if (origin.static_credit) {
    Waiter waiter;
    if (mailbox.take_edge_waiter(origin.tile, waiter)) return answer_waiter(slot, waiter, Status::ok, now);
    return send_credit(CreditStep::back, slot, origin, now);
  }
  grant_waiting(slot, now);
  if (mailbox.give_back(origin.tile)) send_credit(CreditStep::back, slot, origin, now);
}

// Something changed for those who wait for a slot of the pool. Grants free ones, recalls idle ones, and
// refuses whoever can get none where that is the policy.
void Niu::grant_waiting(std::uint32_t slot, Cycle now) {
  Mailbox& mailbox = *state_->mailboxes[slot];
  Waiter waiter;
  while (mailbox.free() != 0 && mailbox.take_pool_waiter(waiter)) {
    mailbox.grant(waiter.tile);
    answer_waiter(slot, waiter, Status::ok, now);
  }
  const CreditStep step = mailbox.policy() == Policy::refuse ? CreditStep::recall_now : CreditStep::recall;
  for (Origin holder; mailbox.recall(holder.tile);) send_credit(step, slot, holder, now);
  while (mailbox.refuses() && mailbox.take_pool_waiter(waiter))
    answer_waiter(slot, waiter, Status::full, now);
}

// Of the reply class, about credits of a mailbox: the caller says which and how many.
Packet& Niu::new_credit(TileId to, std::uint64_t mailbox, std::uint32_t& index) {
  index = shared_.packets.take();
  Packet& p = shared_.packets[index];
  p.source = state_->tile;
  p.destination = to;
  p.command = Command::credit;
  p.reply = true;
  p.target = mailbox;
  return p;
}

void Niu::answer_waiter(std::uint32_t slot, const Waiter& waiter, Status status, Cycle now) {
  Mailbox& mailbox = *state_->mailboxes[slot];
  std::uint32_t index;
  Packet& p =
      new_credit(waiter.tile, abi::Address::make(0, state_->tile, slot, mailbox.generation()).bits, index);
  p.id = waiter.packet_id;
  p.static_credit = waiter.has_edge;
  p.credits = status == Status::ok ? 1 : 0;
  p.recall = status == Status::ok && !waiter.has_edge && mailbox.recall_granted(waiter.tile);
  p.status = status;
  shared_.send(index, now);
}

// A credit that nobody asked for, or a recall of one.
void Niu::send_credit(CreditStep step, std::uint32_t slot, const Origin& to, Cycle now) {
  std::uint32_t index;
  Packet& p = new_credit(to.tile, mailbox_address(slot).bits, index);
  p.id = to.packet_id;
  p.step = step;
  p.static_credit = to.static_credit;
  p.credits = step == CreditStep::back ? 1 : 0;
  shared_.send(index, now);
}

// A mailbox closed: whoever waits for it is told why.
void Niu::dismiss_waiters(std::uint32_t slot, Status status, Cycle now) {
  Waiter waiter;
  while (state_->mailboxes[slot]->take_any_waiter(waiter)) answer_waiter(slot, waiter, status, now);
}

}  // namespace troupe::noc

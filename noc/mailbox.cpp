#include "noc/mailbox.hpp"

#include <algorithm>

#include "sim/base/check.hpp"

namespace troupe::noc {

void Mailbox::open(Policy policy, std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                   std::uint32_t generation, std::uint32_t tenant) {
  *this = Mailbox{};
  open_ = true;
  policy_ = policy;
  base_ = base;
  slots_ = free_ = slots;
  slot_bytes_ = slot_bytes;
  generation_ = generation;
  tenant_ = tenant;
  origins_.resize(slots);
}

bool Mailbox::reserve(std::uint32_t credits) {
  if (credits > free_) return false;
  free_ -= credits;
  outstanding_ += credits;
  return true;
}

bool Mailbox::grant(TileId tile) {
  if (!reserve(1)) return false;
  next_waiter_ = static_cast<TileId>(tile + 1);
  auto place = std::lower_bound(holders_.begin(), holders_.end(), tile,
                                [](const Holder& h, TileId t) { return h.tile < t; });
  if (place == holders_.end() || place->tile != tile) place = holders_.insert(place, Holder{.tile = tile});
  place->keeps = true;
  credit(*place);
  return true;
}

bool Mailbox::give_back(TileId tile) {
  const auto place = holder(tile);
  if (place == holders_.end() || !place->keeps || !reserve(1)) return false;
  credit(*place);
  return true;
}

void Mailbox::credit(Holder& holder) {
  ++holder.credits;
  holder.dry = holder.promised = false;
}

std::uint64_t Mailbox::append(const Origin& origin) {
  CHECK(outstanding_ > 0 && occupied_ < slots_,
        "a message without a credit: {} outstanding, {} of {} slots occupied", outstanding_, occupied_,
        slots_);
  if (!origin.static_credit) {
    take_back(origin.tile, 1);
    --free_;
  } else {
    --outstanding_;
  }
  ++occupied_;
  const std::uint32_t slot = tail_;
  origins_[slot] = origin;
  tail_ = tail_ + 1 == slots_ ? 0 : tail_ + 1;
  return base_ + std::uint64_t{slot} * slot_bytes_;
}

Origin Mailbox::advance() {
  CHECK(occupied_ > 0);
  --occupied_;
  const Origin origin = origins_[head_];
  head_ = head_ + 1 == slots_ ? 0 : head_ + 1;
  ++(origin.static_credit ? outstanding_ : free_);
  return origin;
}

void Mailbox::take_back(TileId tile, std::uint32_t credits) {
  if (credits == 0) return;
  const auto place = holder(tile);
  CHECK(place != holders_.end() && place->credits >= credits && outstanding_ >= credits,
        "tile {} gives {} credits that it has not", tile, credits);
  place->credits -= credits;
  outstanding_ -= credits;
  free_ += credits;
  settle(place);
}

void Mailbox::forget(TileId tile) {
  const auto place = holder(tile);
  if (place == holders_.end()) return;
  place->keeps = false;
  set_recalled(*place, false);
  settle(place);
}

std::vector<Holder>::iterator Mailbox::holder(TileId tile) {
  const auto place = std::lower_bound(holders_.begin(), holders_.end(), tile,
                                      [](const Holder& h, TileId t) { return h.tile < t; });
  return place == holders_.end() || place->tile == tile ? place : holders_.end();
}

// A tile without a row is forgotten once its last credit is back.
void Mailbox::settle(std::vector<Holder>::iterator holder) {
  if (holder->credits == 0 && !holder->keeps) holders_.erase(holder);
}

bool Mailbox::occupied_by_edge(TileId tile) const {
  for (std::uint32_t i = 0, slot = head_; i < occupied_; ++i, slot = slot + 1 == slots_ ? 0 : slot + 1)
    if (origins_[slot].static_credit && origins_[slot].tile == tile) return true;
  return false;
}

void Mailbox::wait(const Waiter& waiter) {
  const auto place = std::lower_bound(waiters_.begin(), waiters_.end(), waiter.tile,
                                      [](const Waiter& w, TileId tile) { return w.tile < tile; });
  CHECK(place == waiters_.end() || place->tile != waiter.tile, "tile {} waits twice", waiter.tile);
  waiters_.insert(place, waiter);
  if (waiter.has_edge || pool_waiters_++ != 0) return;
  for (Holder& h : holders_)  // a new round: promises of the last one may be over
    if (h.promised) h.dry = h.promised = false;
}

bool Mailbox::take_edge_waiter(TileId tile, Waiter& waiter) {
  const auto place = std::find_if(waiters_.begin(), waiters_.end(),
                                  [&](const Waiter& w) { return w.has_edge && w.tile == tile; });
  if (place == waiters_.end()) return false;
  waiter = *place;
  waiters_.erase(place);
  return true;
}

bool Mailbox::take_pool_waiter(Waiter& waiter) {
  if (pool_waiters_ == 0) return false;
  auto place = std::find_if(waiters_.begin(), waiters_.end(),
                            [&](const Waiter& w) { return !w.has_edge && w.tile >= next_waiter_; });
  if (place == waiters_.end())
    place = std::find_if(waiters_.begin(), waiters_.end(), [](const Waiter& w) { return !w.has_edge; });
  waiter = *place;
  waiters_.erase(place);
  --pool_waiters_;
  return true;
}

bool Mailbox::take_any_waiter(Waiter& waiter) {
  if (waiters_.empty()) return false;
  waiter = waiters_.front();
  waiters_.erase(waiters_.begin());
  if (!waiter.has_edge) --pool_waiters_;
  return true;
}

// The only waiter is not recalled for itself: a tile that asks gives back by itself what lies idle.
bool Mailbox::may_recall(const Holder& h) const {
  if (!h.keeps || h.credits == 0 || h.recalled || h.dry) return false;
  return pool_waiters_ > 1 || std::none_of(waiters_.begin(), waiters_.end(),
                                           [&](const Waiter& w) { return !w.has_edge && w.tile == h.tile; });
}

bool Mailbox::recall(TileId& tile) {
  if (pool_waiters_ <= recalls_) return false;
  const auto may = [&](const Holder& h) { return may_recall(h); };
  const auto middle = std::lower_bound(holders_.begin(), holders_.end(), next_recall_,
                                       [](const Holder& h, TileId t) { return h.tile < t; });
  auto place = std::find_if(middle, holders_.end(), may);
  if (place == holders_.end()) {
    place = std::find_if(holders_.begin(), middle, may);
    if (place == middle) return false;
  }
  tile = place->tile;
  next_recall_ = static_cast<TileId>(tile + 1);
  set_recalled(*place, true);
  place->dry = true;
  return true;
}

bool Mailbox::recall_granted(TileId tile) {
  const auto place = holder(tile);
  if (pool_waiters_ <= recalls_ || place->recalled) return false;
  place->dry = true;
  place->promised = policy_ == Policy::refuse;  // it will be used: this round does not wait for it
  if (place->promised) return false;
  set_recalled(*place, true);
  return true;
}

void Mailbox::recall_answered(TileId tile, std::uint32_t credits, bool promised) {
  const auto place = holder(tile);
  if (place == holders_.end()) return;
  set_recalled(*place, false);
  if (credits != 0) place->dry = false;
  place->promised = promised && place->dry;
  take_back(tile, credits);
}

void Mailbox::set_recalled(Holder& holder, bool recalled) {
  if (holder.recalled == recalled) return;
  holder.recalled = recalled;
  recalls_ = recalled ? recalls_ + 1 : recalls_ - 1;
}

}  // namespace troupe::noc

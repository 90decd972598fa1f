#include "noc/mailbox.hpp"

#include <algorithm>

#include "sim/base/check.hpp"

namespace troupe::noc {

void Mailbox::open(std::uint64_t base, std::uint32_t slots, std::uint32_t slot_bytes,
                   std::uint32_t generation, std::uint32_t tenant) {
  *this = Mailbox{};
  open_ = true;
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
  return true;
}

std::uint64_t Mailbox::append(const Origin& origin) {
  CHECK(outstanding_ > 0 && occupied_ < slots_,
        "a message without a credit: {} outstanding, {} of {} slots occupied", outstanding_, occupied_,
        slots_);
  --outstanding_;
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

void Mailbox::wait(const Waiter& waiter) {
  const auto place = std::lower_bound(waiters_.begin(), waiters_.end(), waiter.tile,
                                      [](const Waiter& w, TileId tile) { return w.tile < tile; });
  CHECK(place == waiters_.end() || place->tile != waiter.tile, "tile {} waits twice", waiter.tile);
  waiters_.insert(place, waiter);
}

bool Mailbox::occupied_by_edge(TileId tile) const {
  for (std::uint32_t i = 0, slot = head_; i < occupied_; ++i, slot = slot + 1 == slots_ ? 0 : slot + 1)
    if (origins_[slot].static_credit && origins_[slot].tile == tile) return true;
  return false;
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
  auto place = std::find_if(waiters_.begin(), waiters_.end(),
                            [&](const Waiter& w) { return !w.has_edge && w.tile >= next_waiter_; });
  if (place == waiters_.end())
    place = std::find_if(waiters_.begin(), waiters_.end(), [](const Waiter& w) { return !w.has_edge; });
  if (place == waiters_.end()) return false;
  waiter = *place;
  waiters_.erase(place);
  return true;
}

bool Mailbox::take_any_waiter(Waiter& waiter) {
  if (waiters_.empty()) return false;
  waiter = waiters_.front();
  waiters_.erase(waiters_.begin());
  return true;
}

}  // namespace troupe::noc

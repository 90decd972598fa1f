#include "runtime/device/slots.hpp"

namespace troupe::device {

bool Slots::start(Heap& heap, std::uint32_t first_free) {
  heap_ = &heap;
  std::uint32_t capacity = 64;
  while (capacity <= first_free) capacity *= 2;
  if (!grow(capacity)) return false;
  next_ = first_free;
  for (std::uint32_t slot = 0; slot < first_free; ++slot) entries_[slot] = kFree;
  return true;
}

bool Slots::grow(std::uint32_t capacity) {
  auto* entries = static_cast<std::uint64_t*>(heap_->allocate(capacity * sizeof(std::uint64_t)));
  if (!entries) return false;
  for (std::uint32_t slot = 0; slot < next_; ++slot) entries[slot] = entries_[slot];
  if (entries_) heap_->release(entries_, capacity_ * sizeof(std::uint64_t));
  entries_ = entries;
  capacity_ = capacity;
  return true;
}

std::uint32_t Slots::take() {
  if (free_first_ != 0) {
    const std::uint32_t slot = free_first_;
    free_first_ = static_cast<std::uint32_t>(entries_[slot] >> 1);
    entries_[slot] = 0;
    return slot;
  }
  if (next_ == kLimit || (next_ == capacity_ && !grow(2 * capacity_))) return 0;
  entries_[next_] = 0;
  return next_++;
}

void Slots::release(std::uint32_t slot) {
  entries_[slot] = std::uint64_t{free_first_} << 1 | kFree;
  free_first_ = slot;
}

}  // namespace troupe::device

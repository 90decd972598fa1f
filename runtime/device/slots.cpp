#include "runtime/device/slots.hpp"

troupe::abi::ActorTable troupe_actors = {};

namespace troupe::device {

bool Slots::start(Heap& heap, std::uint32_t first_free) {
  heap_ = &heap;
  std::uint32_t capacity = 64;
  while (capacity <= first_free) capacity *= 2;
  if (!grow(capacity)) return false;
  next_ = first_free;
  return true;
}

bool Slots::grow(std::uint32_t capacity) {
  auto* table = static_cast<abi::ActorSlot*>(heap_->allocate(capacity * sizeof(abi::ActorSlot)));
  if (!table) return false;
  for (std::uint32_t slot = 0; slot < capacity; ++slot)
    table[slot] = slot < next_ ? table_[slot] : abi::ActorSlot{};
  if (table_) heap_->release(table_, bytes());
  table_ = table;
  mask_ = capacity - 1;
  troupe_actors = view();
  return true;
}

std::uint32_t Slots::taken() const {
  std::uint32_t count = 0;
  for (std::uint32_t slot = 0; slot < next_; ++slot) count += table_[slot].address != 0;
  return count;
}

std::uint32_t Slots::take_new() {
  if (next_ == kLimit || (next_ == capacity() && !grow(2 * capacity()))) return 0;
  return next_++;
}

}  // namespace troupe::device

#include "runtime/device/heap.hpp"

#include <bit>

namespace troupe::device {

void Heap::start(std::uint64_t begin, std::uint64_t end) {
  next_ = (begin + 15) & ~std::uint64_t{15};
  end_ = end > next_ ? end : next_;
}

Heap::Class Heap::class_of(std::size_t bytes) {
  if (bytes <= kSmall) {
    const std::size_t units = bytes == 0 ? 1 : (bytes + 15) / 16;
    return {static_cast<unsigned>(units - 1), units * 16};
  }
  // 2^order < bytes <= 2^(order+1), cut into four steps.
  const unsigned order = static_cast<unsigned>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = std::size_t{1} << (order - 2);
  const std::size_t steps = (bytes - (std::size_t{1} << order) + step - 1) / step;
  return {32 + (order - 9) * 4 + static_cast<unsigned>(steps) - 1, (std::size_t{1} << order) + steps * step};
}

void* Heap::allocate(std::size_t bytes) {
  const Class c = class_of(bytes);
  if (c.index >= kClasses) return nullptr;
  if (Free* block = free_[c.index]) {
    free_[c.index] = block->next;
    used_ += c.bytes;
    return block;
  }
  if (c.bytes > end_ - next_) return nullptr;
  void* block = reinterpret_cast<void*>(next_);
  next_ += c.bytes;
  used_ += c.bytes;
  return block;
}

void Heap::release(void* block, std::size_t bytes) {
  const Class c = class_of(bytes);
  Free* entry = static_cast<Free*>(block);
  entry->next = free_[c.index];
  free_[c.index] = entry;
  used_ -= c.bytes;
}

}  // namespace troupe::device

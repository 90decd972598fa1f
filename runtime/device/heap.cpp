#include "runtime/device/heap.hpp"

namespace troupe::device {

void Heap::start(std::uint64_t begin, std::uint64_t end) {
  next_ = begin_ = (begin + 15) & ~std::uint64_t{15};
  end_ = end > next_ ? end : next_;
}

void* Heap::carve(Class c) {
  if (c.bytes > end_ - next_) return nullptr;
  void* block = reinterpret_cast<void*>(next_);
  next_ += c.bytes;
  return block;
}

constexpr std::size_t Heap::bytes_of(unsigned index) {
  if (index < 32) return (index + 1) * 16;
  const std::size_t first = kSmall << (index - 32) / 4;
  return first + first / 4 * ((index - 32) % 4 + 1);
}

std::uint64_t Heap::bytes_used() const {
  std::uint64_t used = next_ - begin_;
  for (unsigned index = 0; index < kClasses; ++index) {
    for (const Free* block = free_[index]; block; block = block->next) used -= bytes_of(index);
  }
  return used;
}

}  // namespace troupe::device

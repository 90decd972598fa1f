// The heap of one core: size classes with free lists over a region of L1, for frames, rings and buffers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace troupe::device {

// Blocks are 16-byte aligned and carry no header: whoever releases one says its size. Released blocks go to
// the list of their class and are never merged, so that allocation takes a few instructions, always the same;
// the price is that a region once cut into one size serves that size only.
class Heap {
 public:
  void start(std::uint64_t begin, std::uint64_t end);

  // nullptr when there is no room. Inline, so that the class of a constant size is a constant.
  void* allocate(std::size_t bytes) {
    const Class c = class_of(bytes);
    if (c.index >= kClasses) return nullptr;
    Free* block = free_[c.index];
    if (!block) return carve(c);
    free_[c.index] = block->next;
    return block;
  }
  void release(void* block, std::size_t bytes) {
    const Class c = class_of(bytes);
    Free* entry = static_cast<Free*>(block);
    entry->next = free_[c.index];
    free_[c.index] = entry;
  }

  // Allocated now, rounded up to classes. Walks the free lists.
  std::uint64_t bytes_used() const;
  std::uint64_t bytes_free() const { return end_ - next_; }  // never allocated yet

 private:
  struct Free {
    Free* next;
  };
  // Multiples of 16 up to 512; above, four classes to each doubling, up to 2 MiB.
  static constexpr std::size_t kSmall = 512;
  static constexpr unsigned kClasses = 32 + 4 * 12;
  struct Class {
    unsigned index;
    std::size_t bytes;
  };
  static constexpr Class class_of(std::size_t bytes) {
    if (bytes <= kSmall) {
      const std::size_t units = bytes == 0 ? 1 : (bytes + 15) / 16;
      return {static_cast<unsigned>(units - 1), units * 16};
    }
    return large_class(bytes);
  }
  // 2^order < bytes <= 2^(order+1), cut into four steps.
  static constexpr Class large_class(std::size_t bytes) {
    const unsigned order = static_cast<unsigned>(std::bit_width(bytes - 1)) - 1;
    const std::size_t step = std::size_t{1} << (order - 2);
    const std::size_t steps = (bytes - (std::size_t{1} << order) + step - 1) / step;
    return {32 + (order - 9) * 4 + static_cast<unsigned>(steps) - 1,
            (std::size_t{1} << order) + steps * step};
  }
  static constexpr std::size_t bytes_of(unsigned index);
  // A block that was never allocated before.
  void* carve(Class c);

  std::uint64_t begin_ = 0, next_ = 0, end_ = 0;
  Free* free_[kClasses] = {};
};

}  // namespace troupe::device

// The heap of one core: size classes with free lists over a region of L1, for frames, rings and buffers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe::device {

// Blocks are 16-byte aligned and carry no header: whoever releases one says its size. Released blocks go to
// the list of their class and are never merged, so that allocation takes a few instructions, always the same;
// the price is that a region once cut into one size serves that size only.
class Heap {
 public:
  void start(std::uint64_t begin, std::uint64_t end);

  // nullptr when there is no room.
  void* allocate(std::size_t bytes);
  void release(void* block, std::size_t bytes);

  std::uint64_t bytes_used() const { return used_; }         // allocated now, rounded up to classes
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
  static Class class_of(std::size_t bytes);

  std::uint64_t next_ = 0, end_ = 0, used_ = 0;
  Free* free_[kClasses] = {};
};

}  // namespace troupe::device

// The mailbox slots a runtime hands out, and which actor has which.
#pragma once

#include <cstdint>

#include "runtime/device/heap.hpp"

namespace troupe::device {

struct Actor;

// A table that grows with the highest slot in use. Freed slots are reused, the last freed first.
class Slots {
 public:
  // Slots below `first_free` are the host's: bind() takes them, take() never returns them.
  bool start(Heap& heap, std::uint32_t first_free);

  // A free slot, or 0 (the runtime's own, never free) when memory or the address format ran out.
  std::uint32_t take();
  void bind(std::uint32_t slot, Actor* actor) { entries_[slot] = reinterpret_cast<std::uint64_t>(actor); }
  void release(std::uint32_t slot);

  // nullptr: no actor has that slot.
  Actor* actor(std::uint32_t slot) const {
    if (slot >= next_ || (entries_[slot] & kFree) != 0) return nullptr;
    return reinterpret_cast<Actor*>(entries_[slot]);
  }

  std::uint64_t bytes() const { return capacity_ * sizeof(std::uint64_t); }

 private:
  static constexpr std::uint64_t kFree = 1;  // entry: next free slot << 1 | kFree, else the actor's address
  static constexpr std::uint32_t kLimit = 1u << 16;
  bool grow(std::uint32_t capacity);

  Heap* heap_ = nullptr;
  std::uint64_t* entries_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t next_ = 0;        // slots from here on were never used
  std::uint32_t free_first_ = 0;  // 0: none
};

}  // namespace troupe::device

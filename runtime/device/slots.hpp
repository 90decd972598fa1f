// The mailbox slots a runtime hands out, and which actor has which.
#pragma once

#include <cstdint>

#include "runtime/abi/address.hpp"
#include "runtime/abi/manifest.hpp"
#include "runtime/device/heap.hpp"

namespace troupe::device {

struct Actor;

// A table that grows with the highest slot in use. Freed slots are reused, the last freed first.
class Slots {
 public:
  // Slots below `first_free` are the host's: bind() takes them, take() never returns them.
  bool start(Heap& heap, std::uint32_t first_free);

  // A free slot, or 0 (the runtime's own, never free) when memory or the address format ran out.
  std::uint32_t take() {
    const std::uint32_t slot = free_first_;
    if (slot == 0) [[unlikely]]
      return take_new();
    free_first_ = static_cast<std::uint32_t>(table_[slot].view);
    return slot;
  }
  void bind(std::uint32_t slot, abi::Address address, Actor* actor) {
    table_[slot] = {address.bits, reinterpret_cast<std::uint64_t>(actor)};
  }
  void release(std::uint32_t slot) {
    table_[slot] = {0, free_first_};
    free_first_ = slot;
  }

  // nullptr: no actor has that address. A slot beyond the table is another one's within, which has another
  // address.
  Actor* find(abi::Address address) const {
    const abi::ActorSlot& entry = table_[address.slot() & mask_];
    return entry.address == address.bits ? reinterpret_cast<Actor*>(entry.view) : nullptr;
  }
  // nullptr: no actor has that slot.
  Actor* actor(std::uint32_t slot) const {
    const abi::ActorSlot& entry = table_[slot & mask_];
    return entry.address != 0 ? reinterpret_cast<Actor*>(entry.view) : nullptr;
  }
  // How many actors there are. Walks the table.
  std::uint32_t taken() const;
  std::uint32_t capacity() const { return mask_ + 1; }

  std::uint64_t bytes() const { return std::uint64_t{capacity()} * sizeof(abi::ActorSlot); }
  abi::ActorTable view() const { return {reinterpret_cast<std::uint64_t>(table_), capacity()}; }

 private:
  static constexpr std::uint32_t kLimit = 1u << 16;
  bool grow(std::uint32_t capacity);
  std::uint32_t take_new();

  // A free slot has address 0, and the next free one in `view`.
  abi::ActorSlot* table_ = nullptr;
  std::uint32_t mask_ = 0;        // capacity - 1; the capacity is a power of two
  std::uint32_t next_ = 0;        // slots from here on were never used
  std::uint32_t free_first_ = 0;  // 0: none
  Heap* heap_ = nullptr;
};

}  // namespace troupe::device

// The table of this core, for the host.
extern "C" troupe::abi::ActorTable troupe_actors;

// Byte memory of a tile: one lazily committed host mapping, so that a chip costs what its programs touch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "sim/base/units.hpp"

namespace troupe {

// Zero-filled memory of `size` bytes; host pages appear at first touch. Movable, not copyable.
class Memory {
 public:
  Memory() = default;
  explicit Memory(Bytes size);
  Memory(Memory&& other) noexcept;
  Memory& operator=(Memory&& other) noexcept;
  ~Memory();

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::uint64_t size() const { return size_; }

  // True when [offset, offset + bytes) lies inside. Never overflows.
  bool contains(std::uint64_t offset, std::uint64_t bytes) const {
    return offset <= size_ && bytes <= size_ - offset;
  }
  // Precondition for all below: contains(offset, bytes).
  std::span<const std::byte> view(std::uint64_t offset, std::uint64_t bytes) const {
    return {data_ + offset, bytes};
  }
  void write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (!bytes.empty()) std::memcpy(data_ + offset, bytes.data(), bytes.size());
  }
  std::uint64_t load64(std::uint64_t offset) const {
    std::uint64_t v;
    std::memcpy(&v, data_ + offset, sizeof v);
    return v;
  }
  void store64(std::uint64_t offset, std::uint64_t v) { std::memcpy(data_ + offset, &v, sizeof v); }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace troupe

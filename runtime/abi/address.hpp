// Addresses: what names a mailbox, and what names bytes or a semaphore on another tile.
// Freestanding: shared by the machine (noc), the host (loader), the compiler and on-core code.
#pragma once

#include <cstdint>

namespace troupe::abi {

// A mailbox: chip 12 | tile 12 | slot 16 | generation 24, most significant first. 0 is invalid. The
// generation changes whenever the slot is reused, so that a stale address reaches nothing.
struct Address {
  std::uint64_t bits = 0;

  static constexpr Address make(std::uint64_t chip, std::uint64_t tile, std::uint64_t slot,
                                std::uint64_t generation) {
    return {(chip & 0xfff) << 52 | (tile & 0xfff) << 40 | (slot & 0xffff) << 24 | (generation & 0xffffff)};
  }
  constexpr std::uint32_t chip() const { return static_cast<std::uint32_t>(bits >> 52); }
  constexpr std::uint32_t tile() const { return static_cast<std::uint32_t>(bits >> 40 & 0xfff); }
  constexpr std::uint32_t slot() const { return static_cast<std::uint32_t>(bits >> 24 & 0xffff); }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(bits & 0xffffff); }
  constexpr explicit operator bool() const { return bits != 0; }
  friend constexpr bool operator==(Address, Address) = default;
};

// Bytes on a tile: chip 12 | tile 12 | semaphore 1 | offset 39. On a DRAM tile the offset is a DRAM address;
// on a core tile it is an L1 address (write only) or, with the semaphore bit, 8 x a semaphore's number.
struct Location {
  std::uint64_t bits = 0;

  static constexpr std::uint64_t kSemaphore = std::uint64_t{1} << 39;

  static constexpr Location make(std::uint64_t chip, std::uint64_t tile, std::uint64_t offset) {
    return {(chip & 0xfff) << 52 | (tile & 0xfff) << 40 | (offset & 0xffffffffff)};
  }
  constexpr std::uint32_t chip() const { return static_cast<std::uint32_t>(bits >> 52); }
  constexpr std::uint32_t tile() const { return static_cast<std::uint32_t>(bits >> 40 & 0xfff); }
  constexpr bool is_semaphore() const { return (bits & kSemaphore) != 0; }
  constexpr std::uint64_t offset() const { return bits & (kSemaphore - 1); }
  constexpr Location plus(std::uint64_t bytes) const { return {bits + bytes}; }
};

// Outcome of a request, carried by its one reply.
enum class Status : std::uint8_t {
  ok = 0,
  stale = 1,    // no mailbox of that slot and generation
  refused = 2,  // another tenant's, or a kind of access that tile does not serve
  range = 3,    // outside the memory there is, or longer than a slot
  dead = 4,     // the tile's core was killed
  full = 5,     // no slot free, and the mailbox's policy is to say so
  pending = 7,  // not a reply: the transaction is still under way
};

}  // namespace troupe::abi

// How a leased core's L1 is laid out behind the image: boot block, its records, rings, heap. The loader
// builds it, the compiler asks beforehand whether it fits. Freestanding.
#pragma once

#include <cstdint>

#include "runtime/abi/manifest.hpp"

namespace troupe::abi {

inline constexpr std::uint64_t kHeapBytesMin = 16 * 1024;  // a core with less cannot run coroutines
inline constexpr std::uint64_t kRuntimeRingBytes = std::uint64_t{kRuntimeSlots} * kRuntimeSlotBytes;
inline constexpr std::uint64_t kCoreAlignment = 64;  // of the boot block, the rings and the heap

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

// L1 address of the boot block: at or behind symbol __image_end.
constexpr std::uint64_t boot_block_address(std::uint64_t image_end) {
  return align_up(image_end, kCoreAlignment);
}

// L1 address of the first ring (the runtime's own) on a core with that many static actors and arguments; the
// rings of its actors follow, then the heap.
constexpr std::uint64_t rings_address(std::uint64_t image_end, std::uint64_t actors, std::uint64_t arguments,
                                      std::uint64_t cores) {
  return align_up(boot_block_address(image_end) + sizeof(BootBlock) + actors * sizeof(BootActor) +
                      arguments * sizeof(BootArgument) + cores * sizeof(std::uint16_t),
                  kCoreAlignment);
}

}  // namespace troupe::abi

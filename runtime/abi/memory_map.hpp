// The memory map of a core tile (design section 2) and where an image puts its parts. Freestanding.
#pragma once

#include <cstdint>

namespace troupe::abi {

inline constexpr std::uint64_t kFaultEnd = 0x1000;   // [0, 4 KiB) faults: null pointers and stack overflow
inline constexpr std::uint64_t kStackTop = 0x9000;   // 32 KiB of stack above the fault, growing down
inline constexpr std::uint64_t kImageBase = 0xA000;  // text, read-only data, data, bss; then the boot block;
                                                     // then the rings of static mailboxes; then the heap
inline constexpr std::uint64_t kTrapStackTop = 0xA000;  // 4 KiB for the trap handler, above the main stack
inline constexpr std::uint64_t kNiuBase = 0x40000000;   // NIU and tile registers
inline constexpr std::uint64_t kNiuBytes = 0x1000;

inline constexpr std::uint64_t kBareBase = 0x80000000;  // RAM of `troupe run --bare`

}  // namespace troupe::abi

// A core's access to its network interface: the two functions through which all on-core code reaches
// hardware. A host test links its own versions, and so runs the real runtime over a fake NIU.
#pragma once

#include <cstdint>

#include "runtime/abi/memory_map.hpp"
#include "runtime/abi/niu_registers.hpp"

namespace troupe::device {

namespace niu = abi::niu;

// Every access makes inbound data visible and captures outbound data, so no other access to memory may move
// across it: hence the barriers.
#if defined(__riscv)
inline std::uint64_t niu_load(std::uint64_t offset) {
  asm volatile("" ::: "memory");
  const std::uint64_t value = *reinterpret_cast<volatile std::uint64_t*>(abi::kNiuBase + offset);
  asm volatile("" ::: "memory");
  return value;
}
inline void niu_store(std::uint64_t offset, std::uint64_t value) {
  asm volatile("" ::: "memory");
  *reinterpret_cast<volatile std::uint64_t*>(abi::kNiuBase + offset) = value;
  asm volatile("" ::: "memory");
}
#else
std::uint64_t niu_load(std::uint64_t offset);
void niu_store(std::uint64_t offset, std::uint64_t value);
#endif

// Rings the doorbell of `command`: a transaction id, or a negative DoorbellError.
inline std::int64_t niu_doorbell(niu::Command command) {
  return static_cast<std::int64_t>(niu_load(niu::kDoorbell + 8 * static_cast<std::uint64_t>(command)));
}

}  // namespace troupe::device

// A core's access to its network interface: the two functions through which all on-core code reaches
// hardware. A host test links its own versions, and so runs the real runtime over a fake NIU.
#pragma once

#include <cstddef>
#include <cstdint>
#if defined(__riscv)
#include <riscv_vector.h>
#else
#include <cstring>
#endif

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

// Of a message: short, and of a length that is not known before.
#if defined(__riscv)
inline void copy_payload(void* to, const void* from, std::uint64_t bytes) {
  auto* t = static_cast<std::uint8_t*>(to);
  const auto* f = static_cast<const std::uint8_t*>(from);
  for (;;) {
    const std::size_t vl = __riscv_vsetvl_e8m2(bytes);
    __riscv_vse8_v_u8m2(t, __riscv_vle8_v_u8m2(f, vl), vl);
    if (vl == bytes) [[likely]]
      return;
    t += vl;
    f += vl;
    bytes -= vl;
  }
}
// Zeroes, for records too short for a call of memset.
inline void zero(void* to, std::uint64_t bytes) {
  auto* t = static_cast<std::uint8_t*>(to);
  for (;;) {
    const std::size_t vl = __riscv_vsetvl_e8m4(bytes);
    __riscv_vse8_v_u8m4(t, __riscv_vmv_v_x_u8m4(0, vl), vl);
    if (vl == bytes) [[likely]]
      return;
    t += vl;
    bytes -= vl;
  }
}
#else
inline void zero(void* to, std::uint64_t bytes) {
  std::memset(to, 0, bytes);
}
inline void copy_payload(void* to, const void* from, std::uint64_t bytes) {
  std::memcpy(to, from, bytes);
}
#endif

}  // namespace troupe::device

// memcpy, memmove, memset, memcmp and strlen for the compiler and for programs; new and delete. Device only.
#include <cstddef>
#include <cstdint>
#include <new>

#include <riscv_vector.h>

#include "runtime/device/runtime.hpp"

// Eight registers at a time: 512 bytes an instruction at VLEN 512.
extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) {
  auto* t = static_cast<std::uint8_t*>(to);
  const auto* f = static_cast<const std::uint8_t*>(from);
  while (bytes != 0) {
    const std::size_t vl = __riscv_vsetvl_e8m8(bytes);
    __riscv_vse8_v_u8m8(t, __riscv_vle8_v_u8m8(f, vl), vl);
    t += vl;
    f += vl;
    bytes -= vl;
  }
  return to;
}

void* memmove(void* to, const void* from, std::size_t bytes) {
  auto* t = static_cast<std::uint8_t*>(to);
  const auto* f = static_cast<const std::uint8_t*>(from);
  if (reinterpret_cast<std::uintptr_t>(t) - reinterpret_cast<std::uintptr_t>(f) >= bytes) {
    return memcpy(to, from, bytes);
  }
  while (bytes != 0) {  // overlapping, to a higher address: from the end
    const std::size_t vl = __riscv_vsetvl_e8m8(bytes);
    bytes -= vl;
    __riscv_vse8_v_u8m8(t + bytes, __riscv_vle8_v_u8m8(f + bytes, vl), vl);
  }
  return to;
}

void* memset(void* to, int value, std::size_t bytes) {
  auto* t = static_cast<std::uint8_t*>(to);
  const auto v = __riscv_vmv_v_x_u8m8(static_cast<std::uint8_t>(value), __riscv_vsetvlmax_e8m8());
  while (bytes != 0) {
    const std::size_t vl = __riscv_vsetvl_e8m8(bytes);
    __riscv_vse8_v_u8m8(t, v, vl);
    t += vl;
    bytes -= vl;
  }
  return to;
}

int memcmp(const void* a, const void* b, std::size_t bytes) {
  const auto* x = static_cast<const std::uint8_t*>(a);
  const auto* y = static_cast<const std::uint8_t*>(b);
  for (; bytes != 0; --bytes, ++x, ++y) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t n = 0;
  while (text[n] != 0) ++n;
  return n;
}

}  // extern "C"

// Blocks of `new` are items, as Buffers are: they belong to the actor that asked for them.
void* operator new(std::size_t bytes) {
  troupe::device::Item* item = troupe::device::core_runtime.allocate_owned(bytes);
  if (!item) troupe::device::fault("out of memory in operator new");
  return item->payload();
}
void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}

void operator delete(void* p) noexcept {
  if (p) troupe::device::core_runtime.release_owned(*troupe::device::Item::of(p));
}
void operator delete[](void* p) noexcept {
  operator delete(p);
}
void operator delete(void* p, std::size_t) noexcept {
  operator delete(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  operator delete(p);
}

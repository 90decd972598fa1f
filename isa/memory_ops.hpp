// Handlers of scalar loads and stores. Misaligned accesses inside memory work, at the cost of aligned ones.
#pragma once

#include <bit>
#include <cstring>

#include "isa/exec.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

// `Write(hart, rd, value)` puts a loaded T into its register. Only integer accesses reach the device window.
template <class T, auto Write, bool kInteger>
TROUPE_THREADED void load(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                          Session* session) {
  const std::uint64_t address = hart->x[op->rs1] + static_cast<std::uint64_t>(op->imm);
  if (address - session->low > session->room[std::countr_zero(sizeof(T))]) [[unlikely]]
    return slow_load(op, hart, variant, cycle, session, address, sizeof(T), kInteger);
  T value;
  std::memcpy(&value, at(memory, address), sizeof value);
  Write(*hart, op->rd, value);
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

// `Read(hart, rs2)` gives the T to store.
template <class T, auto Read, bool kInteger>
TROUPE_THREADED void store(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                           Session* session) {
  const std::uint64_t address = hart->x[op->rs1] + static_cast<std::uint64_t>(op->imm);
  const T value = static_cast<T>(Read(*hart, op->rs2));
  if (address - session->low > session->room[std::countr_zero(sizeof(T))] ||
      session->page_flags[address >> 12] != 0) [[unlikely]] {
    if (!slow_store(op, hart, variant, cycle, session, address, value, sizeof(T), kInteger)) return;
  } else {
    std::memcpy(at(memory, address), &value, sizeof value);
  }
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

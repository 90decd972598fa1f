#include "isa/exec.hpp"

#include <cstring>

namespace troupe::isa {

TROUPE_THREADED void hand_to_engine(const Op* op, Hart*, std::byte*, const Variant* variant, Cycle cycle,
                                    Session* session) {
  leave(session, Event::system, op, variant, cycle);
}

void raise(const Op* op, const Variant* variant, Cycle cycle, Session* session, Cause cause,
           std::uint64_t value) {
  session->trap = {static_cast<std::uint64_t>(cause), 0, value};
  leave(session, Event::trap, op, variant, cycle);
}

namespace {

// Device registers take aligned integer accesses of 4 and 8 bytes.
bool is_device_access(const MemoryView& m, std::uint64_t address, std::uint32_t bytes, bool integer) {
  return integer && (bytes == 4 || bytes == 8) && address % bytes == 0 && address >= m.device_begin &&
         address < m.device_end;
}

bool inside(const MemoryView& m, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t offset = address - m.base;
  return offset >= m.fault_low && offset < m.size && bytes <= m.size - offset;
}

}  // namespace

std::uint64_t faulting_address(const MemoryView& m, std::uint64_t address) {
  return inside(m, address, 1) ? m.base + m.size : address;
}

bool slow_store(const Op* op, Hart* hart, const Variant* variant, Cycle cycle, Session* session,
                std::uint64_t address, std::uint64_t value, std::uint32_t bytes, bool integer) {
  const MemoryView& m = hart->memory;
  if (!inside(m, address, bytes)) {
    if (is_device_access(m, address, bytes, integer)) {
      hart->pending = {address, value, static_cast<std::uint8_t>(bytes), true};
      leave(session, Event::device, op, variant, cycle);
    } else {
      raise(op, variant, cycle, session, Cause::store_access, faulting_address(m, address));
    }
    return false;
  }
  std::memcpy(m.data + (address - m.base), &value, bytes);
  note_text_write(*hart, address, bytes);
  if (m.tohost != 0 && address < m.tohost + 8 && m.tohost < address + bytes) {
    leave(session, Event::tohost, op, variant, cycle);
    return false;
  }
  return true;
}

void slow_load(const Op* op, Hart* hart, const Variant* variant, Cycle cycle, Session* session,
               std::uint64_t address, std::uint32_t bytes, bool integer) {
  if (is_device_access(hart->memory, address, bytes, integer)) {
    hart->pending = {address, 0, static_cast<std::uint8_t>(bytes), false};
    leave(session, Event::device, op, variant, cycle);
  } else {
    raise(op, variant, cycle, session, Cause::load_access, faulting_address(hart->memory, address));
  }
}

void note_text_write(Hart& hart, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t first = (address - hart.memory.base) / kPageBytes;
  const std::uint64_t last = (address + bytes - 1 - hart.memory.base) / kPageBytes;
  for (std::uint64_t page = first; page <= last; ++page) {
    if ((hart.page_flags[page] & kPageText) == 0) continue;
    // One note is enough until the next fence.i, which flags pages anew.
    hart.page_flags[page] &= static_cast<std::uint8_t>(~kPageText);
    hart.text_dirty = true;
  }
}

}  // namespace troupe::isa

// Messages: the header in front of every payload in a mailbox ring, and the types the system uses.
#pragma once

#include <cstdint>

namespace troupe::abi {

// A ring slot is slot_bytes long: this header, then at most slot_bytes - 16 bytes of payload. `sender` is the
// Address the sending NIU put there: 0 or a mailbox of the sending tile, never forged.
struct MessageHeader {
  std::uint32_t bytes;  // of payload
  std::uint32_t type;
  std::uint64_t sender;
};
static_assert(sizeof(MessageHeader) == 16);

inline constexpr std::uint32_t kSlotBytesMin = 64;
inline constexpr std::uint32_t kSlotBytesMax = 8192;

// Slot 0 of every leased core is its runtime's own mailbox; the host tile has one mailbox per program.
inline constexpr std::uint32_t kRuntimeSlot = 0;

// Types at or above kSystemType are the runtime's; a program's own types are below.
inline constexpr std::uint32_t kSystemType = 0x80000000;
enum class SystemType : std::uint32_t {
  print = kSystemType + 1,  // to the host: payload is text
  exit = kSystemType + 2,   // to the host: ExitPayload
  trap = kSystemType + 3,   // to the host: TrapPayload; the program ends with exit code 4
  spawn = kSystemType + 4,  // runtime to runtime
  spawned = kSystemType + 5,
};

struct ExitPayload {
  std::int64_t code;
};
struct TrapPayload {
  std::uint64_t cause, pc, value;  // mcause, mepc, mtval
  std::uint64_t mark;              // of the actor that ran (niu_registers.hpp)
};

}  // namespace troupe::abi

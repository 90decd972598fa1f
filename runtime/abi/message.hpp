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

// Slot 0 of every leased core is its runtime's own mailbox, slot 1 a watch (niu_registers.hpp) at which other
// runtimes wait for the death of the core; the host tile has one mailbox per program.
inline constexpr std::uint32_t kRuntimeSlot = 0, kWatchSlot = 1;
inline constexpr std::uint32_t kFirstActorSlot = 2;

// Types at or above kSystemType are the runtime's; a program's own types are below.
inline constexpr std::uint32_t kSystemType = 0x80000000;
enum class SystemType : std::uint32_t {
  print = kSystemType + 1,  // to the host: payload is text
  exit = kSystemType + 2,   // to the host: ExitPayload
  trap = kSystemType + 3,   // to the host: TrapPayload; the program ends with exit code 4
  spawn = kSystemType + 4,  // runtime to runtime
  spawned = kSystemType + 5,
  crash = kSystemType + 6,  // to the host: TrapPayload; an actor ended by it, and others were told
  // About two actors, between their runtimes.
  link = kSystemType + 7,
  unlink = kSystemType + 8,
  monitor = kSystemType + 9,
  demonitor = kSystemType + 10,
  // From here on in the order of the messages that the same actor sent.
  stop = kSystemType + 11,     // asks an actor to end
  exited = kSystemType + 12,   // word to a linked actor
  down = kSystemType + 13,     // word to a monitoring actor
  started = kSystemType + 14,  // word to the parent: its linked child is ready
};

struct ExitPayload {
  std::int64_t code;
};
// mcause of an actor that ran out of its time budget: the machine timer's interrupt.
inline constexpr std::uint64_t kTimeBudgetCause = std::uint64_t{1} << 63 | 7;

struct TrapPayload {
  std::uint64_t cause, pc, value;  // mcause, mepc, mtval
  std::uint64_t mark;              // of the actor that ran (niu_registers.hpp)
};

}  // namespace troupe::abi

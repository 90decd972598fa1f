// The image of trap programs: what QEMU's `virt` board starts at the bottom of its memory. A harness in
// machine mode puts each program into a random state, has its traps handled and logged, and writes the final
// state.
#pragma once

#include <string>
#include <vector>

#include "tests/isa/differential/image.hpp"

namespace troupe::isa::differential {

inline constexpr std::uint64_t kTrapBase = 0x80000000, kTrapMemoryBytes = 32 << 20;
inline constexpr std::uint64_t kTrapMemoryEnd = kTrapBase + kTrapMemoryBytes;
// Devices of `virt` that the harness uses: a store of 0x5555 ends the run; mtimecmp, set to 0 (an interrupt
// is pending) or to all ones (never), which keeps time out of it.
inline constexpr std::uint64_t kExitDevice = 0x100000, kTimerCompare = 0x2004000;

// State of a program (see StateLayout). Its scratch area is at the dump; the window is the end of memory.
inline constexpr std::uint32_t kTrapScratchBytes = 4608, kWindowBytes = 2560;
inline constexpr std::uint32_t kTrapLog = 12288, kTrapStateBytes = 16384;
inline constexpr const char* kMachineNames[] = {
    "mstatus", "mie",           "mtvec", "mepc",   "mcause",   "mtval",  "mscratch", "mcounteren",
    "menvcfg", "mcountinhibit", "mip",   "vstart", "mtimecmp", "unused", "unused",   "done"};
inline constexpr std::uint32_t kMachineDone = 15;
// One trap in the log.
inline constexpr const char* kLogNames[] = {"mcause", "mepc", "mtval", "mstatus", "vstart"};

struct TrapImage {
  std::vector<std::byte> memory;  // from kTrapBase
  std::uint64_t results = 0;      // offset of the states that the programs write, one behind the other
  std::size_t calls = 0;
};

// State of `round`, up to the log.
std::vector<std::byte> initial_trap_state(std::uint64_t seed, std::uint32_t index_class, std::uint32_t round);

TrapImage make_trap_image(std::uint64_t seed, const std::vector<Program>& programs,
                          const std::vector<Call>& calls);

// "mepc", "trap 3: mtval".
std::string trap_state_place(std::size_t at);

}  // namespace troupe::isa::differential

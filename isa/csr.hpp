// Control and status registers: machine mode with user mode below it, FP, vector and counters.
#pragma once

#include <cstdint>

#include "isa/hart.hpp"

namespace troupe::isa {

inline constexpr std::uint64_t kStatusMie = 1 << 3, kStatusMpie = 1 << 7;
inline constexpr std::uint64_t kStatusVs = 3 << 9, kStatusMpp = 3 << 11, kStatusFs = 3 << 13;
inline constexpr std::uint64_t kStatusMprv = 1 << 17, kStatusTw = 1 << 21;
inline constexpr std::uint64_t kTimerInterrupt = 1 << 7;  // mie, mip

// One access. `now` is the instruction's issue cycle, `retired` the instructions before it.
struct CsrContext {
  Cycle now;
  std::uint64_t retired;
  std::uint32_t vlen_bytes;
};

// False: the register does not exist, the hart's privilege is too low for it, or its unit is off.
bool read_csr(const Hart& hart, std::uint32_t number, const CsrContext& context, std::uint64_t& value);
// False: as above, or it is read-only. Values are WARL: what is not legal becomes the nearest thing that is.
bool write_csr(Hart& hart, std::uint32_t number, const CsrContext& context, std::uint64_t value);

// Whether a write of the register can make a pending interrupt due, which is then taken at once.
bool enables_interrupts(std::uint32_t number);

}  // namespace troupe::isa

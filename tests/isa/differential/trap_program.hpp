// Seeded random programs of traps and CSRs, in machine and user mode.
#pragma once

#include "tests/isa/differential/program.hpp"

namespace troupe::isa::differential {

// Registers that trap programs do not write, besides those of other programs. kScratchBase holds the middle
// of the scratch area; kOtherScratchBase a place near the end of memory until a fault, then the scratch area.
inline constexpr std::uint32_t kStatusMask = 19;              // what of mstatus a program may see
inline constexpr std::uint32_t kStatusA = 20, kStatusB = 21;  // values of mstatus
inline constexpr std::uint32_t kTimerBit = 22;                // 0x80, of mie and mip
inline constexpr std::uint32_t kMisaligned = 23;              // an odd place in the scratch area
inline constexpr std::uint32_t kEnd = 24;                     // near the end of memory
inline constexpr std::uint32_t kLog = 25, kProgramEnd = 26;   // the handler's
inline constexpr std::uint32_t kTemporary = 27,
                               kReturn = 28;   // the handler's; where to go on behind a bad jump
inline constexpr std::uint32_t kNowhere = 29;  // cannot be fetched from
inline constexpr std::uint32_t kFirstTrapRegister = kStatusMask;

class TrapGenerator {
 public:
  explicit TrapGenerator(std::uint64_t seed);
  Program program(std::size_t items);

  const std::set<std::string>& covered() const { return covered_; }

 private:
  using Group = std::vector<Item>;
  Group group(std::uint32_t index_class);
  Group instruction_of(Profile profile, std::uint32_t index_class);
  Group csr_access();
  Group status_access();
  Group illegal();
  Group misaligned_atomic();
  Group vector_access(std::uint32_t index_class);
  Group go_on_in_mpp();
  Group wait_for_timer();
  std::uint32_t vector_type(std::uint32_t vl);  // a vsetivli of random vtype
  std::uint32_t register_to_write() { return pick(2) == 0 ? 0 : 10 + pick(9); }
  std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(rng_() % below); }

  std::mt19937_64 rng_;
  Generator ordinary_;
  std::set<std::string> covered_;
  std::uint32_t vtype_ = 0;
};

}  // namespace troupe::isa::differential

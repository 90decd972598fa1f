// Clock cycles as SystemC time. A cycle has two phases: cores act in the first, the network steps in the
// second, so that "cores first, then the network" is the order of time itself and not of process numbers.
#pragma once

#include <systemc>

#include "sim/base/units.hpp"

namespace troupe {

enum class Phase : std::uint64_t { cores = 0, network = 1 };

inline std::uint64_t half_cycles_now() {
  return sc_core::sc_time_stamp().value();
}
inline Cycle cycle_now() {
  return half_cycles_now() / 2;
}

// Time from now until that phase of that cycle, which must not be over.
inline sc_core::sc_time until(Cycle cycle, Phase phase) {
  return sc_core::sc_time::from_value(2 * cycle + static_cast<std::uint64_t>(phase) - half_cycles_now());
}

// Cycles beyond this do not fit SystemC's 64-bit time.
inline constexpr Cycle kCyclesMax = Cycle{1} << 62;

}  // namespace troupe

// Single conversions and exceptions for loops that cannot do them in bulk (isa/float_rows.cpp has the bodies,
// under its strict FP semantics).
#pragma once

#include <cstdint>

namespace troupe::isa::inline TROUPE_LEVEL {

// FP to integer in RISC-V rounding mode `rm`, saturating, raising host exceptions.
template <class I, class T>
I convert_to_integer(T value, std::uint8_t rm);

void raise_invalid() noexcept;
void raise_flags(unsigned flags) noexcept;  // as MXCSR has them (isa/half.hpp)

// Rounds as RISC-V mode `rm` (0 to 3) until round_to_nearest().
void round_as(std::uint8_t rm) noexcept;
void round_to_nearest() noexcept;

}  // namespace troupe::isa::inline TROUPE_LEVEL

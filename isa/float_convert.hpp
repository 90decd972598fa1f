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

// Rounded to nearest with ties away from zero, for which the host has no mode. T is float or double.
template <class T>
T sum_ties_away(T a, T b);
template <class T>
T product_ties_away(T a, T b);
template <class T>
T quotient_ties_away(T a, T b);
template <class T>
T root_ties_away(T v);
template <class T>
T fused_ties_away(T a, T b, T c);  // a * b + c; infinity times zero is invalid whatever c is
float narrowed_ties_away(double v);
template <class T, class I>
T from_integer_ties_away(I v);

}  // namespace troupe::isa::inline TROUPE_LEVEL

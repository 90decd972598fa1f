// Values of binary16 and bfloat16: exact in double, and back with one rounding.
//
// Arithmetic on them is arithmetic of doubles in the same rounding mode (RMM: to nearest even), then
// round_to. Rounding twice is here as rounding once:
// - Directed modes: always.
// - Sums, differences, products: exact in double. Significands have 11 bits or fewer, exponents span 2^-24 to
//   2^15 (products 2^-48 to 2^32); a sum spans 40 bits.
// - Quotients and square roots: one that is not itself a number of at most 12 bits (a number of the format,
// or
//   the middle between two) is further than 2^-25 of its value away from all of these; double errs by 2^-53.
// - Fused a * b + c for binary16: the product has 22 bits. Where the sum needs more than 53 bits and c is the
//   larger, the product is below 2^-31 |c|, so the sum is next to c, a number of the format, and no middle is
//   near. Where the product is the larger, it is above 2^28 and the sum overflows whatever c is.
// Nor do flags change: an inexact double means an inexact exact result, and none of these is tiny.
#pragma once

#include <algorithm>
#include <cstdint>

#include "isa/float_bits.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

// Exception flags where MXCSR has them.
inline constexpr unsigned kHostInvalid = 1, kHostDivideByZero = 4, kHostOverflow = 8, kHostUnderflow = 16,
                          kHostInexact = 32, kHostFlags = 63;

// Rounding modes of RISC-V.
enum Rm : std::uint8_t { kNearestEven = 0, kTowardZero = 1, kDown = 2, kUp = 3, kNearestMax = 4 };
// Of vfncvt.rod and of intermediate results.
inline constexpr std::uint8_t kToOdd = 5;

template <class T>
inline constexpr int kExponentMin = 2 - (1 << (8 * static_cast<int>(sizeof(T)) - kDigits<T> - 1));

// The same number as a double; a NaN keeps its sign, quiet bit and payload.
template <class T>
constexpr double exact_double(T v) {
  static_assert(sizeof(T) == 2);
  constexpr int kShift = 53 - kDigits<T>;
  const std::uint64_t bits = to_bits(v), sign = bits >> 15 << 63, magnitude = bits & 0x7fff;
  if (magnitude >= kInfinity<T>)
    return from_bits<double>(sign | 0x7ff0000000000000 | (magnitude - kInfinity<T>) << kShift);
  if (magnitude >> (kDigits<T> - 1) != 0) {
    constexpr std::uint64_t kRebias = 1022 + kExponentMin<T>;
    return from_bits<double>(sign | ((magnitude << kShift) + (kRebias << 52)));
  }
  if (magnitude == 0) return from_bits<double>(sign);
  const int leading = std::bit_width(magnitude) - 1;
  const auto exponent = static_cast<std::uint64_t>(1023 + kExponentMin<T> - (kDigits<T> - 1) + leading);
  const std::uint64_t fraction = magnitude << (52 - leading) & 0xfffffffffffff;
  return from_bits<double>(sign | exponent << 52 | fraction);
}

constexpr Half::operator double() const {
  return exact_double(*this);
}
constexpr Half::operator float() const {
  return static_cast<float>(exact_double(*this));
}
constexpr Bfloat::operator float() const {
  return from_bits<float>(std::uint32_t{bits} << 16);
}

// v rounded to T as `rm`; adds its exceptions to `flags`. Tininess is detected after rounding.
template <class T>
constexpr T round_to(double v, std::uint8_t rm, unsigned& flags) {
  constexpr int kMin = kExponentMin<T>, kFullDrop = 53 - kDigits<T>;
  const std::uint64_t bits = to_bits(v), exponent_field = bits >> 52 & 0x7ff;
  const bool negative = bits >> 63 != 0;
  const auto result = [&](std::uint64_t magnitude) {
    return from_bits<T>(static_cast<BitsOf<T>>(magnitude | (negative ? kSignBit<T> : 0u)));
  };
  if (is_nan(v)) {
    if (is_signaling(v)) flags |= kHostInvalid;
    return from_bits<T>(kCanonicalNan<T>);
  }
  if (exponent_field == 0x7ff) return result(kInfinity<T>);
  std::uint64_t significand = bits & 0xfffffffffffff;
  if (exponent_field != 0) significand |= std::uint64_t{1} << 52;
  if (significand == 0) return result(0);
  const int exponent = static_cast<int>(std::max<std::uint64_t>(exponent_field, 1)) - 1023;
  const auto rounded = [&](int drop) -> std::uint64_t {
    const std::uint64_t kept = significand >> drop, half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t rest = significand & (2 * half - 1);
    switch (rm) {
      case kNearestEven:
        return kept + (rest > half || (rest == half && (kept & 1) != 0) ? 1 : 0);
      case kNearestMax:
        return kept + (rest >= half ? 1 : 0);
      case kDown:
        return kept + (rest != 0 && negative ? 1 : 0);
      case kUp:
        return kept + (rest != 0 && !negative ? 1 : 0);
      case kToOdd:
        return kept | (rest != 0 ? 1 : 0);
      default:
        return kept;
    }
  };
  const int lost = exponent < kMin ? kMin - exponent : 0;
  const int drop = std::min(kFullDrop + lost, 60);  // beyond the significand they all round alike
  const std::uint64_t magnitude = rounded(drop);
  if ((significand & ((std::uint64_t{1} << drop) - 1)) != 0) {
    // Tiny: below the smallest normal number even when rounded to full precision with any exponent.
    const bool tiny = lost > 1 || (lost == 1 && rounded(kFullDrop) >> kDigits<T> == 0);
    flags |= kHostInexact | (tiny ? kHostUnderflow : 0);
  }
  const auto biased = static_cast<std::uint64_t>(lost > 0 ? 0 : exponent - kMin);  // the leading bit adds one
  const std::uint64_t encoded = (biased << (kDigits<T> - 1)) + magnitude;
  if (encoded < kInfinity<T>) return result(encoded);
  flags |= kHostOverflow | kHostInexact;
  const bool finite =
      rm == kTowardZero || rm == kToOdd || (rm == kDown && !negative) || (rm == kUp && negative);
  return result(finite ? kInfinity<T> - 1u : kInfinity<T>);
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

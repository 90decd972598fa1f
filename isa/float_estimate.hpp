// Seven-bit estimates of 1/x and 1/sqrt(x) (RVV 1.0, sections 13.9 and 13.10), on bits.
#pragma once

#include <array>
#include <bit>

#include "isa/half.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

// The tables of the specification are these functions: the fraction, in 1/128, of twice the value in the
// middle of the interval that the index stands for, rounded.
consteval std::array<std::uint8_t, 128> reciprocal_table() {
  std::array<std::uint8_t, 128> table{};
  for (unsigned i = 0; i < 128; ++i) {
    const unsigned divisor = 257 + 2 * i;  // 256 * middle
    table[i] = static_cast<std::uint8_t>((2 * 65536 + divisor) / (2 * divisor) - 128);
  }
  return table;
}
// Lower half: of [2, 4); upper half: of [1, 2).
consteval std::array<std::uint8_t, 128> reciprocal_root_table() {
  std::array<std::uint8_t, 128> table{};
  for (unsigned i = 0; i < 128; ++i) {
    const unsigned middle = i < 64 ? 2 * (129 + 2 * i) : 129 + 2 * (i - 64);  // times 128
    unsigned y = 128;
    while ((2 * y + 1) * (2 * y + 1) * std::uint64_t{middle} <= 4u * 65536 * 128) ++y;
    table[i] = static_cast<std::uint8_t>(y - 128);
  }
  return table;
}
inline constexpr auto kReciprocals = reciprocal_table(), kReciprocalRoots = reciprocal_root_table();

// A positive finite number that is not 0 as 2^(exponent - bias) * 1.fraction; subnormals have exponents
// below 1.
template <class T>
struct Parts {
  static constexpr int kFraction = kDigits<T> - 1, kBias = 1 - kExponentMin<T>;
  int exponent;
  BitsOf<T> fraction;

  explicit constexpr Parts(BitsOf<T> magnitude)
      : exponent(static_cast<int>(magnitude >> kFraction)),
        fraction(static_cast<BitsOf<T>>(magnitude & ((BitsOf<T>{1} << kFraction) - 1))) {
    if (exponent != 0) return;
    const int shift = kFraction + 1 - static_cast<int>(std::bit_width(fraction));
    exponent = 1 - shift;
    fraction =
        static_cast<BitsOf<T>>(static_cast<BitsOf<T>>(fraction << shift) & ((BitsOf<T>{1} << kFraction) - 1));
  }
};

// Raises, as flags of MXCSR, division by zero for 0, overflow for subnormals whose reciprocal is too large.
template <class T>
constexpr T estimate_reciprocal(T v, std::uint8_t rm, unsigned& flags) {
  using Bits = BitsOf<T>;
  const Bits sign = static_cast<Bits>(to_bits(v) & kSignBit<T>);
  const Bits magnitude = static_cast<Bits>(to_bits(v) ^ sign);
  const auto signed_bits = [&](Bits bits) { return from_bits<T>(static_cast<Bits>(bits | sign)); };
  if (is_nan(v)) {
    if (is_signaling(v)) flags |= kHostInvalid;
    return from_bits<T>(kCanonicalNan<T>);
  }
  if (magnitude == kInfinity<T>) return from_bits<T>(sign);
  if (magnitude == 0) {
    flags |= kHostDivideByZero;
    return signed_bits(kInfinity<T>);
  }
  const Parts<T> parts(magnitude);
  if (parts.exponent < -1) {
    flags |= kHostOverflow | kHostInexact;
    const bool finite = rm == kTowardZero || (rm == kDown && sign == 0) || (rm == kUp && sign != 0);
    return signed_bits(static_cast<Bits>(finite ? kInfinity<T> - 1 : kInfinity<T>));
  }
  constexpr int kFraction = Parts<T>::kFraction;
  Bits fraction = static_cast<Bits>(Bits{kReciprocals[parts.fraction >> (kFraction - 7)]} << (kFraction - 7));
  int exponent = 2 * Parts<T>::kBias - 1 - parts.exponent;
  if (exponent <= 0) {  // a subnormal result: 0 or -1
    fraction = static_cast<Bits>((fraction | Bits{1} << kFraction) >> (1 - exponent));
    exponent = 0;
  }
  return signed_bits(static_cast<Bits>(static_cast<Bits>(exponent) << kFraction | fraction));
}

// Raises invalid for numbers below 0, division by zero for 0.
template <class T>
constexpr T estimate_reciprocal_root(T v, unsigned& flags) {
  using Bits = BitsOf<T>;
  const Bits sign = static_cast<Bits>(to_bits(v) & kSignBit<T>);
  const Bits magnitude = static_cast<Bits>(to_bits(v) ^ sign);
  if (magnitude == 0) {
    flags |= kHostDivideByZero;
    return from_bits<T>(static_cast<Bits>(sign | kInfinity<T>));
  }
  if (is_nan(v) || sign != 0) {
    if (!is_nan(v) || is_signaling(v)) flags |= kHostInvalid;
    return from_bits<T>(kCanonicalNan<T>);
  }
  if (magnitude == kInfinity<T>) return from_bits<T>(0);
  const Parts<T> parts(magnitude);
  constexpr int kFraction = Parts<T>::kFraction;
  const unsigned index = static_cast<unsigned>(parts.exponent & 1) << 6 |
                         static_cast<unsigned>(parts.fraction >> (kFraction - 6));
  const int exponent = (3 * Parts<T>::kBias - 1 - parts.exponent) / 2;
  return from_bits<T>(static_cast<Bits>(static_cast<Bits>(exponent) << kFraction |
                                        Bits{kReciprocalRoots[index]} << (kFraction - 7)));
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

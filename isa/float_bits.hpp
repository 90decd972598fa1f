// The bits of floating-point numbers: classes, signs and order, without FP arithmetic and so without
// exceptions.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace troupe::isa::inline TROUPE_LEVEL {

// binary16 and bfloat16, which the host cannot compute with: only their bits (isa/half.hpp has the values).
struct Half {
  std::uint16_t bits;
  explicit constexpr operator double() const;  // exact
  explicit constexpr operator float() const;
};
struct Bfloat {
  std::uint16_t bits;
  explicit constexpr operator float() const;
};

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                  std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;

// Bits of the significand, the leading one included.
template <class T>
inline constexpr int kDigits = std::numeric_limits<T>::digits;
template <>
inline constexpr int kDigits<Half> = 11;
template <>
inline constexpr int kDigits<Bfloat> = 8;

template <class T>
inline constexpr BitsOf<T> kSignBit = static_cast<BitsOf<T>>(BitsOf<T>{1} << (8 * sizeof(T) - 1));
template <class T>
inline constexpr BitsOf<T> kQuietBit = static_cast<BitsOf<T>>(BitsOf<T>{1} << (kDigits<T> - 2));
template <class T>
inline constexpr BitsOf<T> kInfinity =
    static_cast<BitsOf<T>>((kSignBit<T> - 1) & ~((BitsOf<T>{1} << (kDigits<T> - 1)) - 1));
template <class T>
inline constexpr BitsOf<T> kCanonicalNan = static_cast<BitsOf<T>>(kInfinity<T> | kQuietBit<T>);

template <class T>
constexpr BitsOf<T> to_bits(T v) {
  return std::bit_cast<BitsOf<T>>(v);
}
template <class T>
constexpr T from_bits(BitsOf<T> v) {
  return std::bit_cast<T>(v);
}

// A number in a 64-bit register: narrower ones below all ones; one that is not reads as the canonical NaN.
template <class T>
constexpr std::uint64_t boxed(T v) {
  return sizeof(T) == 8 ? to_bits(v) : to_bits(v) | ~std::uint64_t{0} << (8 * sizeof(T) % 64);
}
template <class T>
constexpr T unboxed(std::uint64_t r) {
  const auto bits = static_cast<BitsOf<T>>(r);
  return from_bits<T>(boxed(from_bits<T>(bits)) == r ? bits : kCanonicalNan<T>);
}

template <class T>
constexpr bool is_nan(T v) {
  return (to_bits(v) & ~kSignBit<T>) > kInfinity<T>;
}
template <class T>
constexpr bool is_signaling(T v) {
  return is_nan(v) && (to_bits(v) & kQuietBit<T>) == 0;
}
template <class T>
constexpr T canonical(T v) {
  return is_nan(v) ? from_bits<T>(kCanonicalNan<T>) : v;
}

template <class T>
constexpr T negate(T v) {
  return from_bits<T>(static_cast<BitsOf<T>>(to_bits(v) ^ kSignBit<T>));
}

template <class T>
std::uint64_t classify(T v) {
  const BitsOf<T> bits = to_bits(v), magnitude = bits & static_cast<BitsOf<T>>(~kSignBit<T>);
  const bool negative = (bits & kSignBit<T>) != 0;
  if (magnitude > kInfinity<T>) return is_signaling(v) ? 1 << 8 : 1 << 9;
  if (magnitude == kInfinity<T>) return negative ? 1 << 0 : 1 << 7;
  if (magnitude == 0) return negative ? 1 << 3 : 1 << 4;
  const bool subnormal = magnitude < (BitsOf<T>{1} << (kDigits<T> - 1));
  if (subnormal) return negative ? 1 << 2 : 1 << 5;
  return negative ? 1 << 1 : 1 << 6;
}

// The sign-magnitude order of floating point as an order of integers; -0 is below +0. Not for NaN.
template <class T>
constexpr auto order_of(T v) {
  using S = std::make_signed_t<BitsOf<T>>;
  const S s = static_cast<S>(to_bits(v));
  return s < 0 ? static_cast<S>(std::numeric_limits<S>::max() ^ s) : s;
}

// Infinity times zero, which is invalid even when an addend is a quiet NaN; the host does not say so then.
template <class T>
constexpr bool is_invalid_product(T a, T b) {
  const auto magnitude = [](T v) { return to_bits(v) & static_cast<BitsOf<T>>(~kSignBit<T>); };
  return (magnitude(a) == kInfinity<T> && magnitude(b) == 0) ||
         (magnitude(b) == kInfinity<T> && magnitude(a) == 0);
}

// minimumNumber, maximumNumber: a NaN loses against a number. Raises nothing.
template <class T, bool kMax>
constexpr T min_max_quiet(T a, T b) {
  const T chosen = (order_of(a) < order_of(b)) != kMax ? a : b;
  return is_nan(a) ? canonical(b) : is_nan(b) ? a : chosen;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

// The bits of floating-point numbers: classes, signs and order, without FP arithmetic and so without
// exceptions.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace troupe::isa {

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
inline constexpr BitsOf<T> kCanonicalNan =
    sizeof(T) == 4 ? 0x7fc00000u : static_cast<BitsOf<T>>(0x7ff8000000000000u);
template <class T>
inline constexpr BitsOf<T> kSignBit = BitsOf<T>{1} << (8 * sizeof(T) - 1);
template <class T>
inline constexpr BitsOf<T> kQuietBit = BitsOf<T>{1} << (std::numeric_limits<T>::digits - 2);
template <class T>
inline constexpr BitsOf<T> kInfinity = std::bit_cast<BitsOf<T>>(std::numeric_limits<T>::infinity());

template <class T>
constexpr BitsOf<T> to_bits(T v) {
  return std::bit_cast<BitsOf<T>>(v);
}
template <class T>
constexpr T from_bits(BitsOf<T> v) {
  return std::bit_cast<T>(v);
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
  const bool subnormal = magnitude < (BitsOf<T>{1} << (std::numeric_limits<T>::digits - 1));
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

// minimumNumber, maximumNumber: a NaN loses against a number. Raises nothing.
template <class T, bool kMax>
constexpr T min_max_quiet(T a, T b) {
  const T chosen = (order_of(a) < order_of(b)) != kMax ? a : b;
  return is_nan(a) ? canonical(b) : is_nan(b) ? a : chosen;
}

}  // namespace troupe::isa

// What the files of integer rows share: element types by SEW, operators, and behaviours made of them.
#pragma once

#include <tuple>
#include <type_traits>

#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

// Element types by SEW index.
template <std::size_t kIndex>
using UnsignedAt = std::tuple_element_t<kIndex, std::tuple<u8, u16, u32, u64>>;
struct Unsigned {
  template <std::size_t kIndex>
  using at = UnsignedAt<kIndex>;
};
struct Signed {
  template <std::size_t kIndex>
  using at = std::make_signed_t<UnsignedAt<kIndex>>;
};

// Behaviours for every SEW, made from a template over the SEW index.
template <template <std::size_t> class H>
constexpr Behaviours kAllSew = {H<0>::handler, H<1>::handler, H<2>::handler, H<3>::handler};
template <template <std::size_t> class H>
constexpr Behaviours kBelow64 = {H<0>::handler, H<1>::handler, H<2>::handler, nullptr};

// Operators. Narrow types are promoted to int, so that sums wrap when they are converted back; products could
// overflow int, hence the unsigned detour.
template <class E>
using Product = std::conditional_t<sizeof(E) < 4, u32, std::make_unsigned_t<E>>;
template <class E>
constexpr E wrap_mul(E a, E b) {
  return static_cast<E>(static_cast<Product<E>>(a) * static_cast<Product<E>>(b));
}
template <class E>
constexpr E wrap_add(E a, E b) {
  return static_cast<E>(static_cast<Product<E>>(a) + static_cast<Product<E>>(b));
}
template <class E>
constexpr E wrap_sub(E a, E b) {
  return static_cast<E>(static_cast<Product<E>>(a) - static_cast<Product<E>>(b));
}

inline constexpr auto add = []<class E>(E a, E b) { return wrap_add(a, b); };
inline constexpr auto sub = []<class E>(E a, E b) { return wrap_sub(a, b); };
inline constexpr auto multiply = []<class E>(E a, E b) { return wrap_mul(a, b); };
inline constexpr auto minimum = []<class E>(E a, E b) { return a < b ? a : b; };
inline constexpr auto maximum = []<class E>(E a, E b) { return a < b ? b : a; };
inline constexpr auto bit_and = []<class E>(E a, E b) { return static_cast<E>(a & b); };
inline constexpr auto bit_or = []<class E>(E a, E b) { return static_cast<E>(a | b); };
inline constexpr auto bit_xor = []<class E>(E a, E b) { return static_cast<E>(a ^ b); };
inline constexpr auto shift_right = []<class E>(E a, auto b) {
  return static_cast<E>(a >> (static_cast<u64>(b) & (8 * sizeof(E) - 1)));
};

// Twice the width, as wide as products get.
template <class E>
struct Twice {
  using type = WiderT<E>;
};
template <>
struct Twice<u64> {
  using type = unsigned __int128;
};
template <>
struct Twice<i64> {
  using type = __int128;
};
template <class E>
using TwiceT = typename Twice<E>::type;

}  // namespace troupe::isa::inline TROUPE_LEVEL

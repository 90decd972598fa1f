// What the files of integer rows share: element types by SEW, operators, and behaviours made of them.
#pragma once

#include <tuple>
#include <type_traits>

#include "isa/short_types.hpp"
#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

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

// Behaviours for every SEW, and for all but 64, from what makes the handler for a SEW index.
template <class Make>
consteval Behaviours all_sew(Make make) {
  return {
    make.template operator()<0>(),
    make.template operator()<1>(),
    make.template operator()<2>(),
    make.template operator()<3>()
  };
}
template <class Make>
consteval Behaviours below_64(Make make) {
  return {
    make.template operator()<0>(),
    make.template operator()<1>(),
    make.template operator()<2>(),
    nullptr
  };
}

// vd[i] = F(vs2[i], second[i])
template <class Sign, Second kSecond, auto F>
constexpr Behaviours binary = all_sew([]<std::size_t kIndex>() {
  return step<&binary_elements<typename Sign::template at<kIndex>, kSecond, F>>;
});

// 2*SEW = SEW op SEW; the operands are extended by their own signs, the operator works in the wide type.
template <class D, auto F>
constexpr auto widened = [](D, auto a, auto b) { return F(static_cast<D>(a), static_cast<D>(b)); };
template <class SignA, class SignB, Second kSecond, auto F>
constexpr Behaviours widening = below_64([]<std::size_t kIndex>() {
  using A = typename SignA::template at<kIndex>;
  using B = typename SignB::template at<kIndex>;
  using D = WiderT<A>;
  return step<&mixed_elements<D, A, B, kSecond, widened<D, F>>>;
});

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
inline constexpr auto shift_left = []<class E>(E a, E b) { return shifted_left(a, b); };
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

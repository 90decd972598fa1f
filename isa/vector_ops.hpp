// Element-wise vector work: one loop, many operators.
//
// Tail and masked-off elements stay undisturbed, which both agnostic policies allow. Handlers are chosen for
// a SEW when a block is decoded, so a loop knows its element types; vl is read when it runs.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "isa/exec.hpp"
#include "isa/float_bits.hpp"
#include "isa/row.hpp"
#include "isa/vector_chunk.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {

inline bool mask_bit(const std::uint8_t* mask, std::uint64_t i) {
  return (mask[i >> 3] >> (i & 7) & 1) != 0;
}
inline void set_mask_bit(std::uint8_t* mask, std::uint64_t i, bool v) {
  mask[i >> 3] = static_cast<std::uint8_t>((mask[i >> 3] & ~(1u << (i & 7))) | (v ? 1u : 0u) << (i & 7));
}

// v << n, n modulo the width. Without the host's variable shifts the compiler makes powers of two by
// conversions from floating point, whose exceptions would become the guest's; so there it is shifts by fixed
// amounts.
template <class E>
constexpr E shifted_left(E v, E n) {
  static_assert(std::is_unsigned_v<E>);
#ifdef __AVX2__
  return static_cast<E>(std::uint64_t{v} << (n & (8 * sizeof(E) - 1)));
#else
  for (unsigned by = 1; by < 8 * sizeof(E); by *= 2)
    v = (n & by) != 0 ? static_cast<E>(std::uint64_t{v} << by) : v;
  return v;
#endif
}

// f(i) for the active elements, one after the other: where a lane cannot be computed without looking at it.
template <class F>
[[gnu::always_inline]] inline void for_active(const Op& op, Hart& hart, F f) {
  const std::uint64_t vl = hart.csr.vl;
  if (op.vm != 0) {
    for (std::uint64_t i = 0; i < vl; ++i) f(i);
    return;
  }
  const std::uint8_t* mask = elements<std::uint8_t>(hart, 0);
#pragma clang loop vectorize(disable)
  for (std::uint64_t i = 0; i < vl; ++i)
    if (mask_bit(mask, i)) f(i);
}

// Room for the elements of a register group, outside the register file.
template <class E>
struct Group {
  Group() = default;
  Group(const E* from, std::uint64_t count) { std::memcpy(data, from, count * sizeof(E)); }
  E data[8 * kVlenMax / 8 / sizeof(E)];
};

// Types of 2x and 1/2 the width.
template <class E>
struct Wider;
template <>
struct Wider<std::uint8_t> {
  using type = std::uint16_t;
};
template <>
struct Wider<std::uint16_t> {
  using type = std::uint32_t;
};
template <>
struct Wider<std::uint32_t> {
  using type = std::uint64_t;
};
template <>
struct Wider<std::int8_t> {
  using type = std::int16_t;
};
template <>
struct Wider<std::int16_t> {
  using type = std::int32_t;
};
template <>
struct Wider<std::int32_t> {
  using type = std::int64_t;
};
template <>
struct Wider<float> {
  using type = double;
};
template <>
struct Wider<Half> {
  using type = float;
};
template <class E>
using WiderT = typename Wider<E>::type;

// What f[rs1] holds for elements of type E, which may be an integer where only bits move.
template <class E>
using FloatOf = std::conditional_t<
    kFloating<E>, E,
    std::conditional_t<sizeof(E) == 2, Half, std::conditional_t<sizeof(E) == 4, float, double>>>;

// The second operand of an instruction: vs1[i], x[rs1], the immediate, f[rs1].
enum class Second : std::uint8_t { vector, scalar, immediate, fp };

template <class E, Second kSecond>
auto second_operand(const Op& op, Hart& hart) {
  if constexpr (kSecond == Second::vector) {
    return static_cast<const E*>(elements<E>(hart, op.rs1));
  } else {
    E value{};
    if constexpr (kSecond == Second::scalar) value = static_cast<E>(hart.x[op.rs1]);
    if constexpr (kSecond == Second::immediate) value = static_cast<E>(op.imm);
    if constexpr (kSecond == Second::fp) {
      using F = FloatOf<E>;
      const auto bits = to_bits(unboxed<F>(hart.f[op.rs1]));
      std::memcpy(&value, &bits, sizeof value);
    }
    return Splat<E>{value};
  }
}

// vd[i] = F(vs2[i], second[i])
template <class E, Second kSecond, auto F>
void binary_elements(const Op& op, Hart& hart) {
  const E* a = elements<E>(hart, op.rs2);
  map_elements(active_of(op, hart), elements<E>(hart, op.rd), F, a, second_operand<E, kSecond>(op, hart));
}

// vd[i] = F(vd[i], vs2[i], second[i])
template <class E, Second kSecond, auto F>
void ternary_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const E* a = elements<E>(hart, op.rs2);
  map_elements(active_of(op, hart), d, F, d, a, second_operand<E, kSecond>(op, hart));
}

// mask vd[i] = F(vs2[i], second[i])
template <class E, Second kSecond, auto F>
void compare_elements(const Op& op, Hart& hart) {
  const E* a = elements<E>(hart, op.rs2);
  map_to_mask(active_of(op, hart), elements<std::uint8_t>(hart, op.rd), F, a,
              second_operand<E, kSecond>(op, hart));
}

inline bool any_active(const Op& op, Hart& hart) {
  const std::uint8_t* mask = elements<std::uint8_t>(hart, 0);
  std::uint64_t i = 0;
  while (i < hart.csr.vl && op.vm == 0 && !mask_bit(mask, i)) ++i;
  return i < hart.csr.vl;
}

// vd[i] = F(vd[i], A vs2[i], B second[i]) where the widths differ from vd's.
template <class D, class A, class B, Second kSecond, auto F>
void mixed_elements(const Op& op, Hart& hart) {
  // The compiler converts a scalar once, before the loop; that must raise nothing for an element that is
  // not there.
  if (kSecond != Second::vector && kFloating<B> && !any_active(op, hart)) return;
  D* d = elements<D>(hart, op.rd);
  const A* a = elements<A>(hart, op.rs2);
  map_elements(active_of(op, hart), d, F, d, a, second_operand<B, kSecond>(op, hart));
}

// vd[i] = F(vs2[i]) from width A to width D.
template <class D, class A, auto F>
void convert_elements(const Op& op, Hart& hart) {
  const A* a = elements<A>(hart, op.rs2);
  map_elements(active_of(op, hart), elements<D>(hart, op.rd), F, a);
}

// vd[0] = fold of F over vs1[0] and the active vs2[i], in element order; D is the type of the sum.
template <class D, class A, auto F>
void reduce_elements(const Op& op, Hart& hart) {
  if (hart.csr.vl == 0) return;
  D sum = elements<D>(hart, op.rs1)[0];
  const A* a = elements<A>(hart, op.rs2);
  for_active(op, hart, [&](std::uint64_t i) { sum = static_cast<D>(F(sum, static_cast<D>(a[i]))); });
  elements<D>(hart, op.rd)[0] = sum;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

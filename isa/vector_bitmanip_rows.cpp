// Rows of Zvbb: and-not, reversals, counts, rotations and the widening shift.
#include <bit>

#include "isa/vector_integer_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

template <class E>
inline constexpr unsigned kBits = 8 * sizeof(E);

constexpr auto and_not = []<class E>(E a, E b) { return static_cast<E>(a & ~b); };
constexpr auto rotate_right = []<class E>(E a, E b) {
  return static_cast<E>(a >> (b % kBits<E>) | shifted_left(a, static_cast<E>(-b)));
};
constexpr auto rotate_left = []<class E>(E a, E b) { return rotate_right(a, static_cast<E>(-b)); };

constexpr auto leading_zeros = [](auto v) { return std::countl_zero(v); };
constexpr auto trailing_zeros = [](auto v) { return std::countr_zero(v); };
constexpr auto ones = [](auto v) { return std::popcount(v); };
// The parts of `width` bits that `low` selects change places with their upper neighbours.
template <class E>
constexpr E swapped(E v, u64 low, unsigned width) {
  return static_cast<E>((v >> width & low) | (v & low) << width);
}
constexpr auto reverse_bits_in_bytes = []<class E>(E v) {
  v = swapped(v, 0x5555555555555555, 1);
  v = swapped(v, 0x3333333333333333, 2);
  return swapped(v, 0x0f0f0f0f0f0f0f0f, 4);
};
constexpr auto reverse_bytes = []<class E>(E v) {
  if constexpr (sizeof(E) >= 2) v = swapped(v, 0x00ff00ff00ff00ff, 8);
  if constexpr (sizeof(E) >= 4) v = swapped(v, 0x0000ffff0000ffff, 16);
  if constexpr (sizeof(E) >= 8) v = swapped(v, 0x00000000ffffffff, 32);
  return v;
};
constexpr auto reverse_bits = [](auto v) { return reverse_bytes(reverse_bits_in_bytes(v)); };

template <auto F>
constexpr Behaviours unary = all_sew(
    []<std::size_t kIndex>() { return step<&convert_elements<UnsignedAt<kIndex>, UnsignedAt<kIndex>, F>>; });

// vwsll shifts in the wide type, where the amount has one bit more than in a shift of vs2's width.
// clang-format off
constexpr Row kRows[] = {
  make_row("vandn.vv", "000001 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, and_not>, shape(Width::same, Width::same, Width::same)),
  make_row("vandn.vx", "000001 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, and_not>, shape(Width::same, Width::same)),
  make_row("vror.vv", "010100 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, rotate_right>, shape(Width::same, Width::same, Width::same)),
  make_row("vror.vx", "010100 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, rotate_right>, shape(Width::same, Width::same)),
  make_row("vror.vi", "01010 uimm_high vm vs2 uimm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, rotate_right>, shape(Width::same, Width::same)),
  make_row("vrol.vv", "010101 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, rotate_left>, shape(Width::same, Width::same, Width::same)),
  make_row("vrol.vx", "010101 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, rotate_left>, shape(Width::same, Width::same)),
  make_row("vwsll.vv", "110101 vm vs2 vs1 000 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::vector, shift_left>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwsll.vx", "110101 vm vs2 rs1 100 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::scalar, shift_left>, shape(Width::wide, Width::same)),
  make_row("vwsll.vi", "110101 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::immediate, shift_left>, shape(Width::wide, Width::same)),
  make_row("vbrev8.v", "010010 vm vs2 01000 010 vd 1010111", Unit::v_alu, unary<reverse_bits_in_bytes>, shape(Width::same, Width::same)),
  make_row("vrev8.v", "010010 vm vs2 01001 010 vd 1010111", Unit::v_alu, unary<reverse_bytes>, shape(Width::same, Width::same)),
  make_row("vbrev.v", "010010 vm vs2 01010 010 vd 1010111", Unit::v_alu, unary<reverse_bits>, shape(Width::same, Width::same)),
  make_row("vclz.v", "010010 vm vs2 01100 010 vd 1010111", Unit::v_alu, unary<leading_zeros>, shape(Width::same, Width::same)),
  make_row("vctz.v", "010010 vm vs2 01101 010 vd 1010111", Unit::v_alu, unary<trailing_zeros>, shape(Width::same, Width::same)),
  make_row("vcpop.v", "010010 vm vs2 01110 010 vd 1010111", Unit::v_alu, unary<ones>, shape(Width::same, Width::same)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_bitmanip_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

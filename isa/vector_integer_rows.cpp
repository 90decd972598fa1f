// Rows of V: integer arithmetic of one width, comparisons, merges, carries, moves.
#include "isa/vector_integer_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

constexpr auto reverse_sub = []<class E>(E a, E b) { return wrap_sub(b, a); };
constexpr auto equal = [](auto a, auto b) { return a == b; };
constexpr auto not_equal = [](auto a, auto b) { return a != b; };
constexpr auto less = [](auto a, auto b) { return a < b; };
constexpr auto less_equal = [](auto a, auto b) { return a <= b; };
constexpr auto greater = [](auto a, auto b) { return a > b; };
constexpr auto multiply_high = []<class E>(E a, E b) {
  return static_cast<E>((static_cast<TwiceT<E>>(a) * static_cast<TwiceT<E>>(b)) >> (8 * sizeof(E)));
};
constexpr auto multiply_high_mixed = []<class E>(E a, E b) {
  const auto unsigned_b = static_cast<TwiceT<E>>(static_cast<std::make_unsigned_t<E>>(b));
  return static_cast<E>((static_cast<TwiceT<E>>(a) * unsigned_b) >> (8 * sizeof(E)));
};
constexpr auto quotient = []<class E>(E a, E b) -> E {
  if (b == 0) return static_cast<E>(-1);
  if (std::is_signed_v<E> && b == static_cast<E>(-1)) return wrap_sub(E{0}, a);
  return static_cast<E>(a / b);
};
constexpr auto remainder = []<class E>(E a, E b) -> E {
  if (b == 0) return a;
  if (std::is_signed_v<E> && b == static_cast<E>(-1)) return 0;
  return static_cast<E>(a % b);
};
// F(vd, vs2, second)
constexpr auto multiply_accumulate = []<class E>(E d, E a, E b) { return wrap_add(wrap_mul(a, b), d); };
constexpr auto multiply_subtract = []<class E>(E d, E a, E b) { return wrap_sub(d, wrap_mul(a, b)); };
constexpr auto multiply_add_d = []<class E>(E d, E a, E b) { return wrap_add(wrap_mul(d, b), a); };
constexpr auto multiply_sub_d = []<class E>(E d, E a, E b) { return wrap_sub(a, wrap_mul(d, b)); };

template <class Sign, Second kSecond, auto F>
constexpr Behaviours ternary = all_sew([]<std::size_t kIndex>() {
  return step<&ternary_elements<typename Sign::template at<kIndex>, kSecond, F>>;
});
template <class Sign, Second kSecond, auto F>
constexpr Behaviours compare = all_sew([]<std::size_t kIndex>() {
  return step<&compare_elements<typename Sign::template at<kIndex>, kSecond, F>>;
});

// vd[i] = v0[i] ? second[i] : vs2[i], for all elements.
template <class E, Second kSecond>
void merge_elements(const Op& op, Hart& hart) {
  const E* a = elements<E>(hart, op.rs2);
  const auto f = [](E x, E y, E taken) { return taken != 0 ? y : x; };
  map_elements({nullptr, hart.csr.vl}, elements<E>(hart, op.rd), f, a, second_operand<E, kSecond>(op, hart),
               MaskOnes<E>{elements<u8>(hart, 0)});
}
template <class E, Second kSecond>
void move_elements(const Op& op, Hart& hart) {
  map_elements(
      active_of(op, hart), elements<E>(hart, op.rd), [](E v) { return v; },
      second_operand<E, kSecond>(op, hart));
}
// vd[i] = vs2[i] +- second[i] +- v0[i]
template <class E, Second kSecond, bool kAdd>
void carry_elements(const Op& op, Hart& hart) {
  const E* a = elements<E>(hart, op.rs2);
  const auto f = [](E x, E y, E carry) {
    return kAdd ? wrap_add(wrap_add(x, y), carry) : wrap_sub(wrap_sub(x, y), carry);
  };
  map_elements({nullptr, hart.csr.vl}, elements<E>(hart, op.rd), f, a, second_operand<E, kSecond>(op, hart),
               MaskOnes<E>{elements<u8>(hart, 0)});
}
template <Second kSecond>
constexpr Behaviours merge =
    all_sew([]<std::size_t kIndex>() { return step<&merge_elements<UnsignedAt<kIndex>, kSecond>>; });
template <Second kSecond>
constexpr Behaviours move =
    all_sew([]<std::size_t kIndex>() { return step<&move_elements<UnsignedAt<kIndex>, kSecond>>; });
template <Second kSecond, bool kAdd>
constexpr Behaviours carry =
    all_sew([]<std::size_t kIndex>() { return step<&carry_elements<UnsignedAt<kIndex>, kSecond, kAdd>>; });

template <class S>
void move_to_x(const Op& op, Hart& hart) {
  hart.x[op.rd] = static_cast<u64>(static_cast<i64>(elements<S>(hart, op.rs2)[0]));
}
template <class E>
void move_from_x(const Op& op, Hart& hart) {
  if (hart.csr.vl != 0) elements<E>(hart, op.rd)[0] = static_cast<E>(hart.x[op.rs1]);
}
constexpr Behaviours kMoveXS =
    all_sew([]<std::size_t kIndex>() { return step<&move_to_x<Signed::at<kIndex>>>; });
constexpr Behaviours kMoveSX =
    all_sew([]<std::size_t kIndex>() { return step<&move_from_x<UnsignedAt<kIndex>>>; });

// clang-format off
constexpr Row kRows[] = {
  make_row("vadd.vv", "000000 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, add>, shape(Width::same, Width::same, Width::same)),
  make_row("vadd.vx", "000000 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, add>, shape(Width::same, Width::same)),
  make_row("vadd.vi", "000000 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, add>, shape(Width::same, Width::same)),
  make_row("vsub.vv", "000010 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vsub.vx", "000010 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, sub>, shape(Width::same, Width::same)),
  make_row("vrsub.vx", "000011 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, reverse_sub>, shape(Width::same, Width::same)),
  make_row("vrsub.vi", "000011 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, reverse_sub>, shape(Width::same, Width::same)),
  make_row("vminu.vv", "000100 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, minimum>, shape(Width::same, Width::same, Width::same)),
  make_row("vminu.vx", "000100 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, minimum>, shape(Width::same, Width::same)),
  make_row("vmin.vv", "000101 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, minimum>, shape(Width::same, Width::same, Width::same)),
  make_row("vmin.vx", "000101 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, minimum>, shape(Width::same, Width::same)),
  make_row("vmaxu.vv", "000110 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, maximum>, shape(Width::same, Width::same, Width::same)),
  make_row("vmaxu.vx", "000110 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, maximum>, shape(Width::same, Width::same)),
  make_row("vmax.vv", "000111 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, maximum>, shape(Width::same, Width::same, Width::same)),
  make_row("vmax.vx", "000111 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, maximum>, shape(Width::same, Width::same)),
  make_row("vand.vv", "001001 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, bit_and>, shape(Width::same, Width::same, Width::same)),
  make_row("vand.vx", "001001 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, bit_and>, shape(Width::same, Width::same)),
  make_row("vand.vi", "001001 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, bit_and>, shape(Width::same, Width::same)),
  make_row("vor.vv", "001010 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, bit_or>, shape(Width::same, Width::same, Width::same)),
  make_row("vor.vx", "001010 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, bit_or>, shape(Width::same, Width::same)),
  make_row("vor.vi", "001010 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, bit_or>, shape(Width::same, Width::same)),
  make_row("vxor.vv", "001011 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, bit_xor>, shape(Width::same, Width::same, Width::same)),
  make_row("vxor.vx", "001011 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, bit_xor>, shape(Width::same, Width::same)),
  make_row("vxor.vi", "001011 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, bit_xor>, shape(Width::same, Width::same)),
  make_row("vmseq.vv", "011000 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::vector, equal>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmseq.vx", "011000 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::scalar, equal>, shape(Width::mask, Width::same)),
  make_row("vmseq.vi", "011000 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::immediate, equal>, shape(Width::mask, Width::same)),
  make_row("vmsne.vv", "011001 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::vector, not_equal>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmsne.vx", "011001 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::scalar, not_equal>, shape(Width::mask, Width::same)),
  make_row("vmsne.vi", "011001 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::immediate, not_equal>, shape(Width::mask, Width::same)),
  make_row("vmsleu.vv", "011100 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::vector, less_equal>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmsleu.vx", "011100 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::scalar, less_equal>, shape(Width::mask, Width::same)),
  make_row("vmsleu.vi", "011100 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::immediate, less_equal>, shape(Width::mask, Width::same)),
  make_row("vmsle.vv", "011101 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Signed, Second::vector, less_equal>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmsle.vx", "011101 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Signed, Second::scalar, less_equal>, shape(Width::mask, Width::same)),
  make_row("vmsle.vi", "011101 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Signed, Second::immediate, less_equal>, shape(Width::mask, Width::same)),
  make_row("vmsltu.vv", "011010 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::vector, less>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmsltu.vx", "011010 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::scalar, less>, shape(Width::mask, Width::same)),
  make_row("vmslt.vv", "011011 vm vs2 vs1 000 vdx 1010111", Unit::v_alu, compare<Signed, Second::vector, less>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmslt.vx", "011011 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Signed, Second::scalar, less>, shape(Width::mask, Width::same)),
  make_row("vmsgtu.vx", "011110 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::scalar, greater>, shape(Width::mask, Width::same)),
  make_row("vmsgtu.vi", "011110 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Unsigned, Second::immediate, greater>, shape(Width::mask, Width::same)),
  make_row("vmsgt.vx", "011111 vm vs2 rs1 100 vdx 1010111", Unit::v_alu, compare<Signed, Second::scalar, greater>, shape(Width::mask, Width::same)),
  make_row("vmsgt.vi", "011111 vm vs2 simm5 011 vdx 1010111", Unit::v_alu, compare<Signed, Second::immediate, greater>, shape(Width::mask, Width::same)),
  make_row("vsll.vv", "100101 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, shift_left>, shape(Width::same, Width::same, Width::same)),
  make_row("vsll.vx", "100101 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, shift_left>, shape(Width::same, Width::same)),
  make_row("vsll.vi", "100101 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, shift_left>, shape(Width::same, Width::same)),
  make_row("vsrl.vv", "101000 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, shift_right>, shape(Width::same, Width::same, Width::same)),
  make_row("vsrl.vx", "101000 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, shift_right>, shape(Width::same, Width::same)),
  make_row("vsrl.vi", "101000 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, shift_right>, shape(Width::same, Width::same)),
  make_row("vsra.vv", "101001 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, shift_right>, shape(Width::same, Width::same, Width::same)),
  make_row("vsra.vx", "101001 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, shift_right>, shape(Width::same, Width::same)),
  make_row("vsra.vi", "101001 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, binary<Signed, Second::immediate, shift_right>, shape(Width::same, Width::same)),
  make_row("vdivu.vv", "100000 vm vs2 vs1 010 vd 1010111", Unit::v_divide, binary<Unsigned, Second::vector, quotient>, shape(Width::same, Width::same, Width::same)),
  make_row("vdivu.vx", "100000 vm vs2 rs1 110 vd 1010111", Unit::v_divide, binary<Unsigned, Second::scalar, quotient>, shape(Width::same, Width::same)),
  make_row("vdiv.vv", "100001 vm vs2 vs1 010 vd 1010111", Unit::v_divide, binary<Signed, Second::vector, quotient>, shape(Width::same, Width::same, Width::same)),
  make_row("vdiv.vx", "100001 vm vs2 rs1 110 vd 1010111", Unit::v_divide, binary<Signed, Second::scalar, quotient>, shape(Width::same, Width::same)),
  make_row("vremu.vv", "100010 vm vs2 vs1 010 vd 1010111", Unit::v_divide, binary<Unsigned, Second::vector, remainder>, shape(Width::same, Width::same, Width::same)),
  make_row("vremu.vx", "100010 vm vs2 rs1 110 vd 1010111", Unit::v_divide, binary<Unsigned, Second::scalar, remainder>, shape(Width::same, Width::same)),
  make_row("vrem.vv", "100011 vm vs2 vs1 010 vd 1010111", Unit::v_divide, binary<Signed, Second::vector, remainder>, shape(Width::same, Width::same, Width::same)),
  make_row("vrem.vx", "100011 vm vs2 rs1 110 vd 1010111", Unit::v_divide, binary<Signed, Second::scalar, remainder>, shape(Width::same, Width::same)),
  make_row("vmulhu.vv", "100100 vm vs2 vs1 010 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, multiply_high>, shape(Width::same, Width::same, Width::same)),
  make_row("vmulhu.vx", "100100 vm vs2 rs1 110 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, multiply_high>, shape(Width::same, Width::same)),
  make_row("vmul.vv", "100101 vm vs2 vs1 010 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, multiply>, shape(Width::same, Width::same, Width::same)),
  make_row("vmul.vx", "100101 vm vs2 rs1 110 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, multiply>, shape(Width::same, Width::same)),
  make_row("vmulhsu.vv", "100110 vm vs2 vs1 010 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, multiply_high_mixed>, shape(Width::same, Width::same, Width::same)),
  make_row("vmulhsu.vx", "100110 vm vs2 rs1 110 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, multiply_high_mixed>, shape(Width::same, Width::same)),
  make_row("vmulh.vv", "100111 vm vs2 vs1 010 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, multiply_high>, shape(Width::same, Width::same, Width::same)),
  make_row("vmulh.vx", "100111 vm vs2 rs1 110 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, multiply_high>, shape(Width::same, Width::same)),
  make_row("vmadd.vv", "101001 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::vector, multiply_add_d>, shape(Width::same, Width::same, Width::same)),
  make_row("vmadd.vx", "101001 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::scalar, multiply_add_d>, shape(Width::same, Width::same)),
  make_row("vnmsub.vv", "101011 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::vector, multiply_sub_d>, shape(Width::same, Width::same, Width::same)),
  make_row("vnmsub.vx", "101011 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::scalar, multiply_sub_d>, shape(Width::same, Width::same)),
  make_row("vmacc.vv", "101101 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::vector, multiply_accumulate>, shape(Width::same, Width::same, Width::same)),
  make_row("vmacc.vx", "101101 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::scalar, multiply_accumulate>, shape(Width::same, Width::same)),
  make_row("vnmsac.vv", "101111 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::vector, multiply_subtract>, shape(Width::same, Width::same, Width::same)),
  make_row("vnmsac.vx", "101111 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, ternary<Unsigned, Second::scalar, multiply_subtract>, shape(Width::same, Width::same)),
  make_row("vmerge.vvm", "010111 0 vs2 vs1 000 vd 1010111", Unit::v_alu, merge<Second::vector>, shape(Width::same, Width::same, Width::same)),
  make_row("vmv.v.v", "010111 1 00000 vs1 000 vd 1010111", Unit::v_alu, move<Second::vector>, shape(Width::same, Width::none, Width::same)),
  make_row("vmerge.vxm", "010111 0 vs2 rs1 100 vd 1010111", Unit::v_alu, merge<Second::scalar>, shape(Width::same, Width::same)),
  make_row("vmv.v.x", "010111 1 00000 rs1 100 vd 1010111", Unit::v_alu, move<Second::scalar>, shape(Width::same, Width::none)),
  make_row("vmerge.vim", "010111 0 vs2 simm5 011 vd 1010111", Unit::v_alu, merge<Second::immediate>, shape(Width::same, Width::same)),
  make_row("vmv.v.i", "010111 1 00000 simm5 011 vd 1010111", Unit::v_alu, move<Second::immediate>, shape(Width::same, Width::none)),
  make_row("vadc.vvm", "010000 0 vs2 vs1 000 vd 1010111", Unit::v_alu, carry<Second::vector, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vadc.vxm", "010000 0 vs2 rs1 100 vd 1010111", Unit::v_alu, carry<Second::scalar, true>, shape(Width::same, Width::same)),
  make_row("vadc.vim", "010000 0 vs2 simm5 011 vd 1010111", Unit::v_alu, carry<Second::immediate, true>, shape(Width::same, Width::same)),
  make_row("vsbc.vvm", "010010 0 vs2 vs1 000 vd 1010111", Unit::v_alu, carry<Second::vector, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vsbc.vxm", "010010 0 vs2 rs1 100 vd 1010111", Unit::v_alu, carry<Second::scalar, false>, shape(Width::same, Width::same)),
  make_row("vmv.x.s", "010000 1 vs2 00000 010 rd 1010111", Unit::v_move, kMoveXS, shape(Width::none, Width::one)),
  make_row("vmv.s.x", "010000 1 00000 rs1 110 vdx 1010111", Unit::v_move, kMoveSX, shape(Width::one, Width::none)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_integer_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

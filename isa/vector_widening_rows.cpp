// Rows of V: integer arithmetic between widths, and reductions.
#include <limits>

#include "isa/vector_integer_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

template <class D>
constexpr auto widened_accumulate =
    [](D d, auto a, auto b) { return wrap_add(d, wrap_mul(static_cast<D>(a), static_cast<D>(b))); };

// 2*SEW = 2*SEW op SEW
template <class Sign, Second kSecond, auto F>
constexpr Behaviours widening_left = below_64([]<std::size_t kIndex>() {
  using B = typename Sign::template at<kIndex>;
  using D = WiderT<B>;
  return step<&mixed_elements<D, D, B, kSecond, widened<D, F>>>;
});

template <class SignA, class SignB, Second kSecond>
constexpr Behaviours widening_accumulate = below_64([]<std::size_t kIndex>() {
  using A = typename SignA::template at<kIndex>;
  using B = typename SignB::template at<kIndex>;
  using D = WiderT<A>;
  return step<&mixed_elements<D, A, B, kSecond, widened_accumulate<D>>>;
});

// SEW = 2*SEW op SEW
template <class D, auto F>
constexpr auto narrowed = [](D, auto a, auto b) { return static_cast<D>(F(a, b)); };
template <class Sign, Second kSecond, auto F>
constexpr Behaviours narrowing = below_64([]<std::size_t kIndex>() {
  using D = typename Sign::template at<kIndex>;
  return step<&mixed_elements<D, WiderT<D>, UnsignedAt<kIndex>, kSecond, narrowed<D, F>>>;
});

constexpr auto same = [](auto v) { return v; };
template <class Sign, std::size_t kFactor>
constexpr Behaviours extension = all_sew([]<std::size_t kIndex>() -> Handler {
  constexpr std::size_t kDown = kFactor == 2 ? 1 : kFactor == 4 ? 2 : 3;
  if constexpr (kIndex < kDown)
    return nullptr;
  else
    return step<&convert_elements<typename Sign::template at<kIndex>,
                                  typename Sign::template at<kIndex - kDown>, same>>;
});

// x for which F(x, y) = y for all y: one of these for each operator.
template <class E, auto F>
consteval E neutral() {
  constexpr E kMin = std::numeric_limits<E>::min(), kMax = std::numeric_limits<E>::max();
  for (const E x : {E{0}, static_cast<E>(~E{0}), kMin, kMax})
    if (F(x, E{0}) == E{0} && F(x, E{5}) == E{5} && F(x, kMin) == kMin && F(x, kMax) == kMax) return x;
  throw "no neutral element";
}
// vd[0] = fold of F over vs1[0] and the active vs2[i]; D is the type of the sum. Integers may be added in any
// order: here lane by lane.
template <class D, class A, auto F>
void fold_elements(const Op& op, Hart& hart) {
  if (hart.csr.vl == 0) return;
  constexpr u64 kLanes = kLanesOf<D>;
  const A* a = elements<A>(hart, op.rs2);
  const auto neutral_lanes = load_chunk<kLanes>(Splat<D>{neutral<D, F>()}, 0);
  Chunk<D, kLanes> sums = neutral_lanes;
  const Active active = active_of(op, hart);
  for (u64 first = 0; first < active.vl; first += kLanes) {
    const auto wide = each_lane<D>(same, load_chunk<kLanes>(a, first));
    sums = each_lane<D>(F, sums, select(active.lanes<kLanes>(first), wide, neutral_lanes));
  }
  D sum = elements<D>(hart, op.rs1)[0];
  for (const D lane : sums.lane) sum = F(sum, lane);
  elements<D>(hart, op.rd)[0] = sum;
}
template <class Sign, auto F>
constexpr Behaviours reduction = all_sew([]<std::size_t kIndex>() {
  using E = typename Sign::template at<kIndex>;
  return step<&fold_elements<E, E, F>>;
});
template <class Sign, auto F>
constexpr Behaviours widening_reduction = below_64([]<std::size_t kIndex>() {
  using E = typename Sign::template at<kIndex>;
  return step<&fold_elements<WiderT<E>, E, F>>;
});

// clang-format off
constexpr Row kRows[] = {
  make_row("vwaddu.vv", "110000 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::vector, add>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwaddu.vx", "110000 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::scalar, add>, shape(Width::wide, Width::same)),
  make_row("vwadd.vv", "110001 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::vector, add>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwadd.vx", "110001 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::scalar, add>, shape(Width::wide, Width::same)),
  make_row("vwsubu.vv", "110010 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::vector, sub>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwsubu.vx", "110010 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::scalar, sub>, shape(Width::wide, Width::same)),
  make_row("vwsub.vv", "110011 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::vector, sub>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwsub.vx", "110011 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::scalar, sub>, shape(Width::wide, Width::same)),
  make_row("vwmulu.vv", "111000 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::vector, multiply>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmulu.vx", "111000 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Unsigned, Unsigned, Second::scalar, multiply>, shape(Width::wide, Width::same)),
  make_row("vwmulsu.vv", "111010 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Signed, Unsigned, Second::vector, multiply>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmulsu.vx", "111010 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Signed, Unsigned, Second::scalar, multiply>, shape(Width::wide, Width::same)),
  make_row("vwmul.vv", "111011 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::vector, multiply>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmul.vx", "111011 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening<Signed, Signed, Second::scalar, multiply>, shape(Width::wide, Width::same)),
  make_row("vwaddu.wv", "110100 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening_left<Unsigned, Second::vector, add>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vwaddu.wx", "110100 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening_left<Unsigned, Second::scalar, add>, shape(Width::wide, Width::wide)),
  make_row("vwadd.wv", "110101 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening_left<Signed, Second::vector, add>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vwadd.wx", "110101 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening_left<Signed, Second::scalar, add>, shape(Width::wide, Width::wide)),
  make_row("vwsubu.wv", "110110 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening_left<Unsigned, Second::vector, sub>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vwsubu.wx", "110110 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening_left<Unsigned, Second::scalar, sub>, shape(Width::wide, Width::wide)),
  make_row("vwsub.wv", "110111 vm vs2 vs1 010 vd 1010111", Unit::v_alu, widening_left<Signed, Second::vector, sub>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vwsub.wx", "110111 vm vs2 rs1 110 vd 1010111", Unit::v_alu, widening_left<Signed, Second::scalar, sub>, shape(Width::wide, Width::wide)),
  make_row("vwmaccu.vv", "111100 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, widening_accumulate<Unsigned, Unsigned, Second::vector>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmaccu.vx", "111100 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, widening_accumulate<Unsigned, Unsigned, Second::scalar>, shape(Width::wide, Width::same)),
  make_row("vwmacc.vv", "111101 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, widening_accumulate<Signed, Signed, Second::vector>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmacc.vx", "111101 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, widening_accumulate<Signed, Signed, Second::scalar>, shape(Width::wide, Width::same)),
  make_row("vwmaccus.vx", "111110 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, widening_accumulate<Signed, Unsigned, Second::scalar>, shape(Width::wide, Width::same)),
  make_row("vwmaccsu.vv", "111111 vm vs2 vs1 010 vdx 1010111", Unit::v_alu, widening_accumulate<Unsigned, Signed, Second::vector>, shape(Width::wide, Width::same, Width::same)),
  make_row("vwmaccsu.vx", "111111 vm vs2 rs1 110 vdx 1010111", Unit::v_alu, widening_accumulate<Unsigned, Signed, Second::scalar>, shape(Width::wide, Width::same)),
  make_row("vnsrl.wv", "101100 vm vs2 vs1 000 vd 1010111", Unit::v_alu, narrowing<Unsigned, Second::vector, shift_right>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnsrl.wx", "101100 vm vs2 rs1 100 vd 1010111", Unit::v_alu, narrowing<Unsigned, Second::scalar, shift_right>, shape(Width::same, Width::wide)),
  make_row("vnsrl.wi", "101100 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, narrowing<Unsigned, Second::immediate, shift_right>, shape(Width::same, Width::wide)),
  make_row("vnsra.wv", "101101 vm vs2 vs1 000 vd 1010111", Unit::v_alu, narrowing<Signed, Second::vector, shift_right>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnsra.wx", "101101 vm vs2 rs1 100 vd 1010111", Unit::v_alu, narrowing<Signed, Second::scalar, shift_right>, shape(Width::same, Width::wide)),
  make_row("vnsra.wi", "101101 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, narrowing<Signed, Second::immediate, shift_right>, shape(Width::same, Width::wide)),
  make_row("vzext.vf8", "010010 vm vs2 00010 010 vd 1010111", Unit::v_alu, extension<Unsigned, 8>, shape(Width::same, Width::eighth)),
  make_row("vsext.vf8", "010010 vm vs2 00011 010 vd 1010111", Unit::v_alu, extension<Signed, 8>, shape(Width::same, Width::eighth)),
  make_row("vzext.vf4", "010010 vm vs2 00100 010 vd 1010111", Unit::v_alu, extension<Unsigned, 4>, shape(Width::same, Width::quarter)),
  make_row("vsext.vf4", "010010 vm vs2 00101 010 vd 1010111", Unit::v_alu, extension<Signed, 4>, shape(Width::same, Width::quarter)),
  make_row("vzext.vf2", "010010 vm vs2 00110 010 vd 1010111", Unit::v_alu, extension<Unsigned, 2>, shape(Width::same, Width::half)),
  make_row("vsext.vf2", "010010 vm vs2 00111 010 vd 1010111", Unit::v_alu, extension<Signed, 2>, shape(Width::same, Width::half)),
  make_row("vredsum.vs", "000000 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, add>, shape(Width::one, Width::same, Width::one)),
  make_row("vredand.vs", "000001 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, bit_and>, shape(Width::one, Width::same, Width::one)),
  make_row("vredor.vs", "000010 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, bit_or>, shape(Width::one, Width::same, Width::one)),
  make_row("vredxor.vs", "000011 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, bit_xor>, shape(Width::one, Width::same, Width::one)),
  make_row("vredminu.vs", "000100 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, minimum>, shape(Width::one, Width::same, Width::one)),
  make_row("vredmin.vs", "000101 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Signed, minimum>, shape(Width::one, Width::same, Width::one)),
  make_row("vredmaxu.vs", "000110 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Unsigned, maximum>, shape(Width::one, Width::same, Width::one)),
  make_row("vredmax.vs", "000111 vm vs2 vs1 010 vdx 1010111", Unit::v_reduce, reduction<Signed, maximum>, shape(Width::one, Width::same, Width::one)),
  make_row("vwredsumu.vs", "110000 vm vs2 vs1 000 vdx 1010111", Unit::v_reduce, widening_reduction<Unsigned, add>, shape(Width::one_wide, Width::same, Width::one_wide)),
  make_row("vwredsum.vs", "110001 vm vs2 vs1 000 vdx 1010111", Unit::v_reduce, widening_reduction<Signed, add>, shape(Width::one_wide, Width::same, Width::one_wide)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_widening_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

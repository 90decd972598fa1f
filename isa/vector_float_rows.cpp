// Rows of V: floating point, SEW 16 (Zvfh), 32 and 64: arithmetic, comparisons, reductions, moves.
//
// Sums of reductions are taken in element order, unordered ones too: RVV leaves their order open, and a fixed
// one makes results repeatable.
#include "isa/vector_float_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

constexpr auto add = [](auto a, auto b) { return canonical(a + b); };
constexpr auto sub = [](auto a, auto b) { return canonical(a - b); };
constexpr auto reverse_sub = [](auto a, auto b) { return canonical(b - a); };
constexpr auto mul = [](auto a, auto b) { return canonical(a * b); };
constexpr auto div = [](auto a, auto b) { return canonical(a / b); };
constexpr auto reverse_div = [](auto a, auto b) { return canonical(b / a); };
constexpr auto square_root = [](auto v) { return canonical(__builtin_elementwise_sqrt(v)); };

// An operator rounding to nearest with ties away; the same where it does not round.
template <auto F>
constexpr auto ties_away = F;
template <>
constexpr auto ties_away<add> = [](auto a, auto b) { return canonical(sum_ties_away(a, b)); };
template <>
constexpr auto ties_away<sub> = [](auto a, auto b) { return canonical(sum_ties_away(a, negate(b))); };
template <>
constexpr auto ties_away<reverse_sub> = [](auto a, auto b) { return ties_away<sub>(b, a); };
template <>
constexpr auto ties_away<mul> = [](auto a, auto b) { return canonical(product_ties_away(a, b)); };
template <>
constexpr auto ties_away<div> = [](auto a, auto b) { return canonical(quotient_ties_away(a, b)); };
template <>
constexpr auto ties_away<reverse_div> = [](auto a, auto b) { return ties_away<div>(b, a); };
template <>
constexpr auto ties_away<square_root> = [](auto v) { return canonical(root_ties_away(v)); };

// Comparisons on bits, so that the host raises nothing.
constexpr auto unordered = [](auto a, auto b) { return is_nan(a) || is_nan(b); };
constexpr auto both_zero = []<class T>(T a, T b) {
  return static_cast<BitsOf<T>>((to_bits(a) | to_bits(b)) << 1) == 0;
};
constexpr auto equal = [](auto a, auto b) {
  return !unordered(a, b) && (to_bits(a) == to_bits(b) || both_zero(a, b));
};
constexpr auto not_equal = [](auto a, auto b) { return !equal(a, b); };
constexpr auto less = [](auto a, auto b) {
  return !unordered(a, b) && order_of(a) < order_of(b) && !both_zero(a, b);
};
constexpr auto less_equal = [](auto a, auto b) { return less(a, b) || equal(a, b); };
constexpr auto greater = [](auto a, auto b) { return less(b, a); };
constexpr auto greater_equal = [](auto a, auto b) { return less_equal(b, a); };
constexpr auto sign_copy = []<class T>(T a, T b) { return with_sign(a, to_bits(b)); };
constexpr auto sign_negate = []<class T>(T a, T b) {
  return with_sign(a, static_cast<BitsOf<T>>(~to_bits(b)));
};
constexpr auto sign_xor = []<class T>(T a, T b) { return with_sign(a, to_bits(a) ^ to_bits(b)); };

template <Second kSecond, auto F>
constexpr Behaviours binary =
    each<&half_binary_elements<kSecond, F>, &binary_elements<float, kSecond, F>,
         &binary_elements<double, kSecond, F>, &binary_elements<float, kSecond, ties_away<F>>,
         &binary_elements<double, kSecond, ties_away<F>>>;
template <Second kSecond, auto F>
constexpr Behaviours binary_bits =
    each<&binary_elements<Half, kSecond, F>, &binary_elements<float, kSecond, F>,
         &binary_elements<double, kSecond, F>>;

// The exception is looked for apart from the values, so that both loops are the host's SIMD.
constexpr auto signaling = [](auto a, auto b) { return is_signaling(a) || is_signaling(b); };
// A signaling NaN is invalid; kOrder: a quiet one too.
template <class T, Second kSecond, auto F, bool kOrder>
void checked_compare_elements(const Op& op, Hart& hart) {
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  const Active active = active_of(op, hart);
  const bool invalid =
      kOrder ? any_element(active, 0, unordered, a, b) : any_element(active, 0, signaling, a, b);
  map_to_mask(active, elements<u8>(hart, op.rd), F, a, b);
  if (invalid) raise_invalid();
}
template <Second kSecond, auto F, bool kOrder>
constexpr Behaviours compare = {nullptr, step<&checked_compare_elements<Half, kSecond, F, kOrder>>,
                                step<&checked_compare_elements<float, kSecond, F, kOrder>>,
                                step<&checked_compare_elements<double, kSecond, F, kOrder>>};
template <auto F>
constexpr Behaviours unary =
    each<&half_convert_elements<Half, [](Half v) { return F(exact_double(v)); }>,
         &convert_elements<float, float, F>, &convert_elements<double, double, F>,
         &convert_elements<float, float, ties_away<F>>, &convert_elements<double, double, ties_away<F>>>;

template <class T, Second kSecond, bool kMax>
void min_max_elements(const Op& op, Hart& hart) {
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  const Active active = active_of(op, hart);
  const bool invalid = any_element(active, 0, signaling, a, b);
  map_elements(active, elements<T>(hart, op.rd), min_max_quiet<T, kMax>, a, b);
  if (invalid) raise_invalid();
}
template <Second kSecond, bool kMax>
constexpr Behaviours min_max =
    each<&min_max_elements<Half, kSecond, kMax>, &min_max_elements<float, kSecond, kMax>,
         &min_max_elements<double, kSecond, kMax>>;

template <class T>
T fused(T a, T b, T c) {
  if constexpr (sizeof(T) == 4)
    return __builtin_fmaf(a, b, c);
  else
    return __builtin_fma(a, b, c);
}
// Infinity times zero among the active elements from `first` on. The compiler tests for these with FP
// comparisons, which a signaling NaN makes raise invalid; so none may come from an element that is not
// active.
template <class T, class S>
[[gnu::always_inline]] inline bool any_invalid_product(Active active, u64 first, const T* x, const S& y) {
  constexpr u64 kLanes = kLanesOf<T>;
  bool any = false;
  for (; first < active.vl; first += kLanes) {
    const LaneBits<kLanes> lanes = active.lanes<kLanes>(first);
    if (lanes == 0) continue;
    const auto flags = each_lane<BitsOf<T>>([](T a, T b) { return is_invalid_product(a, b); },
                                            harmless_outside<true>(lanes, load_chunk<kLanes>(x, first)),
                                            harmless_outside<true>(lanes, load_chunk<kLanes>(y, first)));
    any |= nonzero_lanes(flags) != 0;
  }
  return any;
}
template <class T, u64 kLanes>
[[gnu::always_inline]] inline bool any_nan(const Chunk<T, kLanes>& chunk) {
  typedef T V __attribute__((vector_size(sizeof chunk)));
  const V v = __builtin_bit_cast(V, chunk);
  return __builtin_reduce_or(v != v) != 0;
}
// +-(x * y) +- z: x = vs2 and z = vd, or x = vd and z = vs2; y is the second operand. From element `first`
// on.
template <class T, Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
[[gnu::noinline]] void fma_rest(const Op& op, Hart& hart, u64 first) {
  const auto f = [](T d, T a, T b) {
    const T x = kMultiplyD ? d : a, z = kMultiplyD ? a : d;
    return canonical(fused(kNegateProduct ? negate(x) : x, b, kNegateAddend ? negate(z) : z));
  };
  T* d = elements<T>(hart, op.rd);
  const T *of_d = d, *a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  const Active active = active_of(op, hart);
  const bool invalid = any_invalid_product(active, first, kMultiplyD ? of_d : a, b);
  map_partial_chunks(
      active, first, d, [f](const auto&... chunks) { return each_lane<T>(f, chunks...); }, of_d, a, b);
  if (invalid) raise_invalid();
}
// The same for whole chunks; up to the first NaN, which are few, so that nothing else is looked at.
template <class T, Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
void fma_elements(const Op& op, Hart& hart) {
  constexpr u64 kLanes = kLanesOf<T>;
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  const auto f = [](T x, T y, T z) { return fused(kNegateProduct ? -x : x, y, kNegateAddend ? -z : z); };
  const u64 vl = hart.csr.vl;
  u64 first = 0;
  if (op.vm != 0) [[likely]] {
    for (; first + kLanes <= vl; first += kLanes) {
      const auto of_d = load_chunk<kLanes>(static_cast<const T*>(d), first),
                 of_a = load_chunk<kLanes>(a, first);
      const auto r =
          each_lane<T>(f, kMultiplyD ? of_d : of_a, load_chunk<kLanes>(b, first), kMultiplyD ? of_a : of_d);
      if (any_nan(r)) [[unlikely]]
        break;
      std::memcpy(d + first, &r, sizeof r);
    }
  }
  if (first < vl) [[unlikely]]
    fma_rest<T, kSecond, kMultiplyD, kNegateProduct, kNegateAddend>(op, hart, first);
}
template <bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
constexpr auto fma_ties_away = []<class T>(T d, T a, T b) {
  const T x = kMultiplyD ? d : a, z = kMultiplyD ? a : d;
  return canonical(fused_ties_away(kNegateProduct ? negate(x) : x, b, kNegateAddend ? negate(z) : z));
};
template <Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
constexpr Behaviours fma_of =
    each<&half_fma_elements<kSecond, kMultiplyD, kNegateProduct, kNegateAddend>,
         &fma_elements<float, kSecond, kMultiplyD, kNegateProduct, kNegateAddend>,
         &fma_elements<double, kSecond, kMultiplyD, kNegateProduct, kNegateAddend>,
         &ternary_elements<float, kSecond, fma_ties_away<kMultiplyD, kNegateProduct, kNegateAddend>>,
         &ternary_elements<double, kSecond, fma_ties_away<kMultiplyD, kNegateProduct, kNegateAddend>>>;

template <auto F>
constexpr auto in_wide = []<class D>(D, auto a, auto b) { return F(static_cast<D>(a), static_cast<D>(b)); };
template <Second kSecond, auto F>
constexpr Behaviours widening =
    narrower<&mixed_elements<float, Half, Half, kSecond, in_wide<F>>,
             &mixed_elements<double, float, float, kSecond, in_wide<F>>,
             &mixed_elements<float, Half, Half, kSecond, in_wide<ties_away<F>>>,
             &mixed_elements<double, float, float, kSecond, in_wide<ties_away<F>>>>;
template <Second kSecond, auto F>
constexpr Behaviours widening_left =
    narrower<&mixed_elements<float, float, Half, kSecond, in_wide<F>>,
             &mixed_elements<double, double, float, kSecond, in_wide<F>>,
             &mixed_elements<float, float, Half, kSecond, in_wide<ties_away<F>>>,
             &mixed_elements<double, double, float, kSecond, in_wide<ties_away<F>>>>;
template <class D, class A, Second kSecond, bool kNegateProduct, bool kNegateAddend, bool kTiesAway>
void widening_fma_elements(const Op& op, Hart& hart) {
  if (kSecond != Second::vector && !any_active(op, hart)) return;  // as mixed_elements
  const auto f = [](D d, A a, A b) {
    const D x = kNegateProduct ? negate(static_cast<D>(a)) : static_cast<D>(a), y = static_cast<D>(b);
    const D z = kNegateAddend ? negate(d) : d;
    if constexpr (kTiesAway)
      return canonical(fused_ties_away(x, y, z));
    else
      return canonical(fused(x, y, z));
  };
  D* d = elements<D>(hart, op.rd);
  const D* of_d = d;
  const A* a = elements<A>(hart, op.rs2);
  const auto b = second_operand<A, kSecond>(op, hart);
  const Active active = active_of(op, hart);
  const bool invalid = any_invalid_product(active, 0, a, b);
  map_elements(active, d, f, of_d, a, b);
  if (invalid) raise_invalid();
}
template <Second kSecond, bool kNegateProduct, bool kNegateAddend>
constexpr Behaviours widening_fma =
    narrower<&widening_fma_elements<float, Half, kSecond, kNegateProduct, kNegateAddend, false>,
             &widening_fma_elements<double, float, kSecond, kNegateProduct, kNegateAddend, false>,
             &widening_fma_elements<float, Half, kSecond, kNegateProduct, kNegateAddend, true>,
             &widening_fma_elements<double, float, kSecond, kNegateProduct, kNegateAddend, true>>;
template <Second kSecond>
constexpr Behaviours bfloat_fma =
    bfloat_only<&widening_fma_elements<float, Bfloat, kSecond, false, false, false>,
                &widening_fma_elements<float, Bfloat, kSecond, false, false, true>>;

// As reduce_elements of `add`: a NaN stays one until it is made canonical at the end.
template <class D, class A>
void sum_elements(const Op& op, Hart& hart) {
  if (!any_active(op, hart)) return reduce_elements<D, A, add>(op, hart);
  D sum = elements<D>(hart, op.rs1)[0];
  const A* a = elements<A>(hart, op.rs2);
  for_active(op, hart, [&](u64 i) { sum = sum + static_cast<D>(a[i]); });
  elements<D>(hart, op.rd)[0] = canonical(sum);
}
constexpr Behaviours kSum =
    each<&half_sum_elements, &sum_elements<float, float>, &sum_elements<double, double>,
         &reduce_elements<float, float, ties_away<add>>, &reduce_elements<double, double, ties_away<add>>>;
constexpr Behaviours kWideningReduction =
    narrower<&sum_elements<float, Half>, &sum_elements<double, float>,
             &reduce_elements<float, Half, ties_away<add>>, &reduce_elements<double, float, ties_away<add>>>;
// Lane by lane, because the order does not matter: a quiet NaN loses against all, -0 is below +0.
template <class T, bool kMax>
void min_max_fold(const Op& op, Hart& hart) {
  const T first = elements<T>(hart, op.rs1)[0];
  T result = first;
  if (any_active(op, hart)) {
    constexpr u64 kLanes = kLanesOf<T>;
    const auto nans = load_chunk<kLanes>(Splat<T>{from_bits<T>(kCanonicalNan<T>)}, 0);
    auto results = nans;
    bool invalid = is_signaling(first);
    const T* a = elements<T>(hart, op.rs2);
    const Active active = active_of(op, hart);
    for (u64 i = 0; i < active.vl; i += kLanes) {
      const auto lanes = select(active.lanes<kLanes>(i), load_chunk<kLanes>(a, i), nans);
      for (const T lane : lanes.lane) invalid |= is_signaling(lane);
      results = each_lane<T>(min_max_quiet<T, kMax>, results, lanes);
    }
    for (const T lane : results.lane) result = min_max_quiet<T, kMax>(result, lane);
    if (invalid) raise_invalid();
  } else if (hart.csr.vl == 0) {
    return;
  }
  elements<T>(hart, op.rd)[0] = result;
}
template <bool kMax>
constexpr Behaviours min_max_reduction =
    each<&min_max_fold<Half, kMax>, &min_max_fold<float, kMax>, &min_max_fold<double, kMax>>;

// Bits move as they are.
template <class E>
void merge_elements(const Op& op, Hart& hart) {
  const E* a = elements<E>(hart, op.rs2);
  const auto f = [](E x, E y, E taken) { return taken != 0 ? y : x; };
  map_elements({nullptr, hart.csr.vl}, elements<E>(hart, op.rd), f, a,
               second_operand<E, Second::fp>(op, hart), MaskOnes<E>{elements<u8>(hart, 0)});
}
template <class E>
void move_elements(const Op& op, Hart& hart) {
  const auto same = [](E v) { return v; };
  map_elements(active_of(op, hart), elements<E>(hart, op.rd), same, second_operand<E, Second::fp>(op, hart));
}
template <class T>
void move_to_f(const Op& op, Hart& hart) {
  hart.f[op.rd] = boxed(elements<T>(hart, op.rs2)[0]);
}
template <class T>
void move_from_f(const Op& op, Hart& hart) {
  if (hart.csr.vl != 0) elements<T>(hart, op.rd)[0] = second_operand<T, Second::fp>(op, hart)[0];
}
constexpr Behaviours kMerge = {nullptr, step<&merge_elements<u16>>, step<&merge_elements<u32>>,
                               step<&merge_elements<u64>>};
constexpr Behaviours kMove = {nullptr, step<&move_elements<u16>>, step<&move_elements<u32>>,
                              step<&move_elements<u64>>};
constexpr Behaviours kMoveFS = {nullptr, step<&move_to_f<Half>>, step<&move_to_f<float>>,
                                step<&move_to_f<double>>};
constexpr Behaviours kMoveSF = {nullptr, step<&move_from_f<Half>>, step<&move_from_f<float>>,
                                step<&move_from_f<double>>};

// clang-format off
constexpr Row kRows[] = {
  make_row("vfadd.vv", "000000 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary<Second::vector, add>, shape(Width::same, Width::same, Width::same)),
  make_row("vfadd.vf", "000000 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary<Second::fp, add>, shape(Width::same, Width::same)),
  make_row("vfsub.vv", "000010 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary<Second::vector, sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vfsub.vf", "000010 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary<Second::fp, sub>, shape(Width::same, Width::same)),
  make_row("vfrsub.vf", "100111 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary<Second::fp, reverse_sub>, shape(Width::same, Width::same)),
  make_row("vfmul.vv", "100100 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary<Second::vector, mul>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmul.vf", "100100 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary<Second::fp, mul>, shape(Width::same, Width::same)),
  make_row("vfdiv.vv", "100000 vm vs2 vs1 001 vd 1010111", Unit::v_float_divide, binary<Second::vector, div>, shape(Width::same, Width::same, Width::same)),
  make_row("vfdiv.vf", "100000 vm vs2 fs1 101 vd 1010111", Unit::v_float_divide, binary<Second::fp, div>, shape(Width::same, Width::same)),
  make_row("vfrdiv.vf", "100001 vm vs2 fs1 101 vd 1010111", Unit::v_float_divide, binary<Second::fp, reverse_div>, shape(Width::same, Width::same)),
  make_row("vfmin.vv", "000100 vm vs2 vs1 001 vd 1010111", Unit::v_alu, min_max<Second::vector, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmin.vf", "000100 vm vs2 fs1 101 vd 1010111", Unit::v_alu, min_max<Second::fp, false>, shape(Width::same, Width::same)),
  make_row("vfmax.vv", "000110 vm vs2 vs1 001 vd 1010111", Unit::v_alu, min_max<Second::vector, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmax.vf", "000110 vm vs2 fs1 101 vd 1010111", Unit::v_alu, min_max<Second::fp, true>, shape(Width::same, Width::same)),
  make_row("vfsgnj.vv", "001000 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary_bits<Second::vector, sign_copy>, shape(Width::same, Width::same, Width::same)),
  make_row("vfsgnj.vf", "001000 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary_bits<Second::fp, sign_copy>, shape(Width::same, Width::same)),
  make_row("vfsgnjn.vv", "001001 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary_bits<Second::vector, sign_negate>, shape(Width::same, Width::same, Width::same)),
  make_row("vfsgnjn.vf", "001001 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary_bits<Second::fp, sign_negate>, shape(Width::same, Width::same)),
  make_row("vfsgnjx.vv", "001010 vm vs2 vs1 001 vd 1010111", Unit::v_alu, binary_bits<Second::vector, sign_xor>, shape(Width::same, Width::same, Width::same)),
  make_row("vfsgnjx.vf", "001010 vm vs2 fs1 101 vd 1010111", Unit::v_alu, binary_bits<Second::fp, sign_xor>, shape(Width::same, Width::same)),
  make_row("vmfeq.vv", "011000 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, compare<Second::vector, equal, false>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmfeq.vf", "011000 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, equal, false>, shape(Width::mask, Width::same)),
  make_row("vmfle.vv", "011001 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, compare<Second::vector, less_equal, true>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmfle.vf", "011001 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, less_equal, true>, shape(Width::mask, Width::same)),
  make_row("vmflt.vv", "011011 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, compare<Second::vector, less, true>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmflt.vf", "011011 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, less, true>, shape(Width::mask, Width::same)),
  make_row("vmfne.vv", "011100 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, compare<Second::vector, not_equal, false>, shape(Width::mask, Width::same, Width::same)),
  make_row("vmfne.vf", "011100 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, not_equal, false>, shape(Width::mask, Width::same)),
  make_row("vmfgt.vf", "011101 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, greater, true>, shape(Width::mask, Width::same)),
  make_row("vmfge.vf", "011111 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, compare<Second::fp, greater_equal, true>, shape(Width::mask, Width::same)),
  make_row("vfmadd.vv", "101000 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, true, false, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmadd.vf", "101000 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, true, false, false>, shape(Width::same, Width::same)),
  make_row("vfnmadd.vv", "101001 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, true, true, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vfnmadd.vf", "101001 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, true, true, true>, shape(Width::same, Width::same)),
  make_row("vfmsub.vv", "101010 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, true, false, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmsub.vf", "101010 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, true, false, true>, shape(Width::same, Width::same)),
  make_row("vfnmsub.vv", "101011 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, true, true, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vfnmsub.vf", "101011 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, true, true, false>, shape(Width::same, Width::same)),
  make_row("vfmacc.vv", "101100 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, false, false, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmacc.vf", "101100 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, false, false, false>, shape(Width::same, Width::same)),
  make_row("vfnmacc.vv", "101101 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, false, true, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vfnmacc.vf", "101101 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, false, true, true>, shape(Width::same, Width::same)),
  make_row("vfmsac.vv", "101110 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, false, false, true>, shape(Width::same, Width::same, Width::same)),
  make_row("vfmsac.vf", "101110 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, false, false, true>, shape(Width::same, Width::same)),
  make_row("vfnmsac.vv", "101111 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, fma_of<Second::vector, false, true, false>, shape(Width::same, Width::same, Width::same)),
  make_row("vfnmsac.vf", "101111 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, fma_of<Second::fp, false, true, false>, shape(Width::same, Width::same)),
  make_row("vfwadd.vv", "110000 vm vs2 vs1 001 vd 1010111", Unit::v_alu, widening<Second::vector, add>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwadd.vf", "110000 vm vs2 fs1 101 vd 1010111", Unit::v_alu, widening<Second::fp, add>, shape(Width::wide, Width::same)),
  make_row("vfwsub.vv", "110010 vm vs2 vs1 001 vd 1010111", Unit::v_alu, widening<Second::vector, sub>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwsub.vf", "110010 vm vs2 fs1 101 vd 1010111", Unit::v_alu, widening<Second::fp, sub>, shape(Width::wide, Width::same)),
  make_row("vfwmul.vv", "111000 vm vs2 vs1 001 vd 1010111", Unit::v_alu, widening<Second::vector, mul>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwmul.vf", "111000 vm vs2 fs1 101 vd 1010111", Unit::v_alu, widening<Second::fp, mul>, shape(Width::wide, Width::same)),
  make_row("vfwadd.wv", "110100 vm vs2 vs1 001 vd 1010111", Unit::v_alu, widening_left<Second::vector, add>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vfwadd.wf", "110100 vm vs2 fs1 101 vd 1010111", Unit::v_alu, widening_left<Second::fp, add>, shape(Width::wide, Width::wide)),
  make_row("vfwsub.wv", "110110 vm vs2 vs1 001 vd 1010111", Unit::v_alu, widening_left<Second::vector, sub>, shape(Width::wide, Width::wide, Width::same)),
  make_row("vfwsub.wf", "110110 vm vs2 fs1 101 vd 1010111", Unit::v_alu, widening_left<Second::fp, sub>, shape(Width::wide, Width::wide)),
  make_row("vfwmacc.vv", "111100 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, widening_fma<Second::vector, false, false>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwmacc.vf", "111100 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, widening_fma<Second::fp, false, false>, shape(Width::wide, Width::same)),
  make_row("vfwnmacc.vv", "111101 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, widening_fma<Second::vector, true, true>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwnmacc.vf", "111101 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, widening_fma<Second::fp, true, true>, shape(Width::wide, Width::same)),
  make_row("vfwmsac.vv", "111110 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, widening_fma<Second::vector, false, true>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwmsac.vf", "111110 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, widening_fma<Second::fp, false, true>, shape(Width::wide, Width::same)),
  make_row("vfwnmsac.vv", "111111 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, widening_fma<Second::vector, true, false>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwnmsac.vf", "111111 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, widening_fma<Second::fp, true, false>, shape(Width::wide, Width::same)),
  make_row("vfredusum.vs", "000001 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce, kSum, shape(Width::one, Width::same, Width::one)),
  make_row("vfredosum.vs", "000011 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce_ordered, kSum, shape(Width::one, Width::same, Width::one)),
  make_row("vfredmin.vs", "000101 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce, min_max_reduction<false>, shape(Width::one, Width::same, Width::one)),
  make_row("vfredmax.vs", "000111 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce, min_max_reduction<true>, shape(Width::one, Width::same, Width::one)),
  make_row("vfwredusum.vs", "110001 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce, kWideningReduction, shape(Width::one_wide, Width::same, Width::one_wide)),
  make_row("vfwredosum.vs", "110011 vm vs2 vs1 001 vdx 1010111", Unit::v_reduce_ordered, kWideningReduction, shape(Width::one_wide, Width::same, Width::one_wide)),
  make_row("vfwmaccbf16.vv", "111011 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, bfloat_fma<Second::vector>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwmaccbf16.vf", "111011 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, bfloat_fma<Second::fp>, shape(Width::wide, Width::same)),
  make_row("vfsqrt.v", "010011 vm vs2 00000 001 vd 1010111", Unit::v_float_divide, unary<square_root>, shape(Width::same, Width::same)),
  make_row("vfmerge.vfm", "010111 0 vs2 fs1 101 vd 1010111", Unit::v_alu, kMerge, shape(Width::same, Width::same)),
  make_row("vfmv.v.f", "010111 1 00000 fs1 101 vd 1010111", Unit::v_alu, kMove, shape(Width::same, Width::none)),
  make_row("vfmv.f.s", "010000 1 vs2 00000 001 fd 1010111", Unit::v_move, kMoveFS, shape(Width::none, Width::one)),
  make_row("vfmv.s.f", "010000 1 00000 fs1 101 vdx 1010111", Unit::v_move, kMoveSF, shape(Width::one, Width::none)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_float_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

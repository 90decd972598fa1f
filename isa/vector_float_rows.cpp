// Rows of V: floating point, SEW 16 (Zvfh), 32 and 64.
//
// Loops of singles and doubles run in the host's SIMD unit in the ordinary FP mode, which raises the
// exceptions of the elements they compute and no others. Sums of reductions are taken in element order,
// unordered ones too: RVV leaves their order open, and a fixed one makes results repeatable.
#include <algorithm>
#include <bit>
#include <tuple>

#include "isa/float_bits.hpp"
#include "isa/float_convert.hpp"
#include "isa/float_estimate.hpp"
#include "isa/vector_half.hpp"
#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

// A body in the rounding mode of its op. The body stays a call, so that no arithmetic moves out of the mode.
template <auto Body>
[[gnu::noinline]] void out_of_line(const Op& op, Hart& hart) {
  Body(op, hart);
}
// TiesAway is the body for rounding to nearest with ties away, for which the host has no mode; Body itself
// where it rounds nothing or looks at the mode of its op, as those of half precision do.
template <auto Body, auto TiesAway = Body>
void rounded(const Op& op, Hart& hart) {
  if (op.rm == kNearestEven) [[likely]]
    return Body(op, hart);
  if (op.rm == kNearestMax) return out_of_line<TiesAway>(op, hart);
  round_as(op.rm);
  out_of_line<Body>(op, hart);
  round_to_nearest();
}
template <auto OfHalf, auto Single, auto Double, auto SingleTiesAway = Single, auto DoubleTiesAway = Double>
constexpr Behaviours each = {nullptr, step<&rounded<OfHalf>>, step<&rounded<Single, SingleTiesAway>>,
                             step<&rounded<Double, DoubleTiesAway>>};
// Widening and narrowing: SEW is that of the narrower.
template <auto OfHalf, auto Single, auto HalfTiesAway = OfHalf, auto SingleTiesAway = Single>
constexpr Behaviours narrower = {nullptr, step<&rounded<OfHalf, HalfTiesAway>>,
                                 step<&rounded<Single, SingleTiesAway>>, nullptr};

constexpr auto add = [](auto a, auto b) { return canonical(a + b); };
constexpr auto sub = [](auto a, auto b) { return canonical(a - b); };
constexpr auto reverse_sub = [](auto a, auto b) { return canonical(b - a); };
constexpr auto mul = [](auto a, auto b) { return canonical(a * b); };
constexpr auto div = [](auto a, auto b) { return canonical(a / b); };
constexpr auto reverse_div = [](auto a, auto b) { return canonical(b / a); };
constexpr auto square_root = [](auto v) { return canonical(__builtin_elementwise_sqrt(v)); };
constexpr auto narrow = [](double v) { return canonical(static_cast<float>(v)); };

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
template <>
constexpr auto ties_away<narrow> = [](double v) { return canonical(narrowed_ties_away(v)); };

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
template <class T>
constexpr T with_sign(T magnitude, BitsOf<T> sign) {
  return from_bits<T>(static_cast<BitsOf<T>>((to_bits(magnitude) & ~kSignBit<T>) | (sign & kSignBit<T>)));
}
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

// A signaling NaN is invalid; kOrder: a quiet one too.
template <class T, Second kSecond, auto F, bool kOrder>
void checked_compare_elements(const Op& op, Hart& hart) {
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  bool invalid = false;
  const auto check = [&](u64 i) {
    invalid |= kOrder ? unordered(a[i], b[i]) : is_signaling(a[i]) || is_signaling(b[i]);
  };
  const u8* mask = elements<u8>(hart, 0);
  for (u64 i = 0; i < hart.csr.vl; ++i)
    if (op.vm != 0 || mask_bit(mask, i)) check(i);
  compare_elements<T, kSecond, F>(op, hart);
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
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  bool signaling = false;
  for_active(op, hart, [&](u64 i) {
    signaling |= is_signaling(a[i]);
    signaling |= is_signaling(b[i]);
    d[i] = min_max_quiet<T, kMax>(a[i], b[i]);
  });
  if (signaling) raise_invalid();
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
// 64 bytes in the compiler's vector types: where the loop vectoriser's code for small counts is too slow.
template <class T>
struct ChunkOf {
  typedef T type __attribute__((vector_size(64)));
};
template <class T>
using Chunk = typename ChunkOf<T>::type;

bool any_nan(const auto& chunk) {
  return __builtin_reduce_or(chunk != chunk) != 0;
}

// What fma_elements does, for whole chunks up to the first with a NaN as a result. Returns the elements done.
template <class T, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
u64 fma_chunks(T* d, const T* a, const auto& b, u64 vl) {
  constexpr u64 kCount = 64 / sizeof(T);
  using V = Chunk<T>;
  V of_a, of_d, of_b;
  T splat[kCount];
  for (T& s : splat) s = b[0];
  std::memcpy(&of_b, splat, sizeof of_b);
  u64 i = 0;
  for (; i + kCount <= vl; i += kCount) {
    std::memcpy(&of_a, a + i, sizeof of_a);
    std::memcpy(&of_d, d + i, sizeof of_d);
    if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(b)>>) std::memcpy(&of_b, b + i, sizeof of_b);
    const V x = kMultiplyD ? of_d : of_a, z = kMultiplyD ? of_a : of_d;
    const V r = __builtin_elementwise_fma(kNegateProduct ? -x : x, of_b, kNegateAddend ? -z : z);
    if (any_nan(r)) [[unlikely]]
      break;
    std::memcpy(d + i, &r, sizeof r);
  }
  return i;
}

// vd = +-(x * y) +- z: x = vs2 and z = vd, or x = vd and z = vs2; y is the second operand.
template <class T, Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
[[gnu::noinline]] void fma_elements_from(const Op& op, Hart& hart, u64 first) {
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, kSecond>(op, hart);
  bool invalid = false;
  for_active<true>(
      op, hart,
      [&](u64 i) {
        const T x = kMultiplyD ? d[i] : a[i], z = kMultiplyD ? a[i] : d[i];
        const T r = fused(kNegateProduct ? negate(x) : x, b[i], kNegateAddend ? negate(z) : z);
        invalid |= is_nan(r) && is_invalid_product(x, b[i]);
        d[i] = canonical(r);
      },
      first);
  if (invalid) raise_invalid();
}
template <class T, Second kSecond, bool kMultiplyD, bool kNegateProduct, bool kNegateAddend>
void fma_elements(const Op& op, Hart& hart) {
  u64 done = 0;
  if (op.vm != 0) [[likely]] {
    done = fma_chunks<T, kMultiplyD, kNegateProduct, kNegateAddend>(
        elements<T>(hart, op.rd), elements<T>(hart, op.rs2), second_operand<T, kSecond>(op, hart),
        hart.csr.vl);
    if (done == hart.csr.vl) [[likely]]
      return;
  }
  fma_elements_from<T, kSecond, kMultiplyD, kNegateProduct, kNegateAddend>(op, hart, done);
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
template <bool kNegateProduct, bool kNegateAddend, bool kTiesAway = false>
constexpr auto fused_in_wide = []<class D>(D d, auto a, auto b) {
  const D x = kNegateProduct ? negate(static_cast<D>(a)) : static_cast<D>(a), y = static_cast<D>(b);
  const D z = kNegateAddend ? negate(d) : d;
  if constexpr (kTiesAway) return canonical(fused_ties_away(x, y, z));
  const D r = fused(x, y, z);
  if (is_nan(r) && is_invalid_product(x, y)) raise_invalid();
  return canonical(r);
};
template <Second kSecond, bool kNegateProduct, bool kNegateAddend>
constexpr Behaviours widening_fma = narrower<
    &mixed_elements<float, Half, Half, kSecond, fused_in_wide<kNegateProduct, kNegateAddend>>,
    &mixed_elements<double, float, float, kSecond, fused_in_wide<kNegateProduct, kNegateAddend>>,
    &mixed_elements<float, Half, Half, kSecond, fused_in_wide<kNegateProduct, kNegateAddend, true>>,
    &mixed_elements<double, float, float, kSecond, fused_in_wide<kNegateProduct, kNegateAddend, true>>>;

template <auto OfHalf, auto F>
constexpr Behaviours reduction =
    each<OfHalf, &reduce_elements<float, float, F>, &reduce_elements<double, double, F>,
         &reduce_elements<float, float, ties_away<F>>, &reduce_elements<double, double, ties_away<F>>>;
constexpr Behaviours kSum = reduction<&half_sum_elements, add>;
constexpr Behaviours kWideningReduction =
    narrower<&reduce_elements<float, Half, add>, &reduce_elements<double, float, add>,
             &reduce_elements<float, Half, ties_away<add>>, &reduce_elements<double, float, ties_away<add>>>;
template <bool kMax>
constexpr auto checked_min_max = []<class T>(T a, T b) {
  if (is_signaling(a) || is_signaling(b)) raise_invalid();
  return min_max_quiet<T, kMax>(a, b);
};
template <bool kMax>
constexpr Behaviours min_max_reduction =
    reduction<&reduce_elements<Half, Half, checked_min_max<kMax>>, checked_min_max<kMax>>;

// Conversions. Relation of the result's width to the source's; SEW is the narrower of the two.
enum Relation { kSameWidth, kWidens, kNarrows };
template <std::size_t kBytes, bool kUnsigned>
using IntegerOf = std::conditional_t<
    kUnsigned, std::tuple_element_t<std::countr_zero(kBytes), std::tuple<u8, u16, u32, u64>>,
    std::make_signed_t<std::tuple_element_t<std::countr_zero(kBytes), std::tuple<u8, u16, u32, u64>>>>;

template <class I, class T, bool kTruncate>
void to_integer_elements(const Op& op, Hart& hart) {
  I* d = elements<I>(hart, op.rd);
  const Copy<T> a(elements<T>(hart, op.rs2), hart.csr.vl);
  // In bulk when every value is far inside the range of a signed conversion.
  constexpr int kBits = static_cast<int>(8 * std::min<std::size_t>(sizeof(I), 4)) - 1;
  constexpr BitsOf<T> kBound = to_bits(static_cast<T>(u64{1} << kBits));
  BitsOf<T> largest = 0;
  for (u64 i = 0; i < hart.csr.vl; ++i) {
    const BitsOf<T> order =
        std::is_signed_v<I> ? to_bits(a[i]) & static_cast<BitsOf<T>>(~kSignBit<T>) : to_bits(a[i]);
    largest = std::max(largest, order);  // a sign bit makes it large
  }
  if (op.vm != 0 && largest < kBound && (kTruncate || op.rm != kNearestMax)) {
    for (u64 i = 0; i < hart.csr.vl; ++i)
      d[i] = static_cast<I>(static_cast<std::int32_t>(kTruncate ? a[i] : __builtin_elementwise_rint(a[i])));
    return;
  }
  const u8 rm = kTruncate ? 1 : op.rm;
  for_active<true>(op, hart, [&](u64 i) { d[i] = convert_to_integer<I>(a[i], rm); });
}
template <class T, Relation kRelation, bool kUnsigned, bool kTruncate>
constexpr auto to_integer_body() {
  constexpr std::size_t kBytes = kRelation == kWidens    ? 2 * sizeof(T)
                                 : kRelation == kNarrows ? sizeof(T) / 2
                                                         : sizeof(T);
  using I = IntegerOf<kBytes, kUnsigned>;
  if constexpr (std::is_same_v<T, Half>)
    return &half_to_integer_elements<I, kTruncate>;
  else
    return &to_integer_elements<I, T, kTruncate>;
}
// The rounding mode goes to the conversion itself where it is not in bulk.
template <Relation kRelation, bool kUnsigned, bool kTruncate>
constexpr Behaviours to_integer_of = [] {
  if constexpr (kRelation == kSameWidth)
    return each<to_integer_body<Half, kRelation, kUnsigned, kTruncate>(),
                to_integer_body<float, kRelation, kUnsigned, kTruncate>(),
                to_integer_body<double, kRelation, kUnsigned, kTruncate>()>;
  else if constexpr (kRelation == kWidens)
    return narrower<to_integer_body<Half, kRelation, kUnsigned, kTruncate>(),
                    to_integer_body<float, kRelation, kUnsigned, kTruncate>()>;
  else
    return Behaviours{step<&rounded<to_integer_body<Half, kRelation, kUnsigned, kTruncate>()>>,
                      step<&rounded<to_integer_body<float, kRelation, kUnsigned, kTruncate>()>>,
                      step<&rounded<to_integer_body<double, kRelation, kUnsigned, kTruncate>()>>, nullptr};
}();

constexpr auto as_float = [](auto v) { return static_cast<float>(v); };
constexpr auto as_double = [](auto v) { return static_cast<double>(v); };
constexpr auto as_float_ties_away = [](auto v) { return from_integer_ties_away<float>(v); };
constexpr auto as_double_ties_away = [](auto v) { return from_integer_ties_away<double>(v); };
template <class D, class A, auto F>
void from_integer_elements(const Op& op, Hart& hart) {
  convert_elements<D, A, F>(op, hart);
  if (std::is_signed_v<A> || op.rm != 2) return;
  // The host adds the converted halves of an unsigned number, which gives -0 for 0 when it rounds down.
  __asm__ volatile("" : : : "memory");
  D* d = elements<D>(hart, op.rd);
  for_active<true>(op, hart, [=](u64 i) { d[i] = with_sign(d[i], 0); });
}
// Exact in double, so without the host's rounding mode.
template <class A>
constexpr Handler half_from_integer = step<&half_convert_elements<A, as_double>>;
template <class A>
constexpr Handler single_from_integer = step<
    &rounded<&from_integer_elements<float, A, as_float>, &convert_elements<float, A, as_float_ties_away>>>;
template <class A>
constexpr Handler double_from_integer = step<&rounded<&from_integer_elements<double, A, as_double>,
                                                      &convert_elements<double, A, as_double_ties_away>>>;
template <Relation kRelation, bool kUnsigned>
constexpr Behaviours from_integer_of = [] {
  if constexpr (kRelation == kSameWidth)
    return Behaviours{nullptr, half_from_integer<IntegerOf<2, kUnsigned>>,
                      single_from_integer<IntegerOf<4, kUnsigned>>,
                      double_from_integer<IntegerOf<8, kUnsigned>>};
  else if constexpr (kRelation == kWidens)
    return Behaviours{half_from_integer<IntegerOf<1, kUnsigned>>,
                      step<&rounded<&from_integer_elements<float, IntegerOf<2, kUnsigned>, as_float>>>,
                      step<&rounded<&from_integer_elements<double, IntegerOf<4, kUnsigned>, as_double>>>,
                      nullptr};
  else
    return Behaviours{nullptr, half_from_integer<IntegerOf<4, kUnsigned>>,
                      single_from_integer<IntegerOf<8, kUnsigned>>, nullptr};
}();
constexpr auto widen = [](float v) { return canonical(static_cast<double>(v)); };
constexpr auto widen_half = [](Half v) { return canonical(static_cast<float>(v)); };
constexpr Behaviours kWiden =
    narrower<&convert_elements<float, Half, widen_half>, &convert_elements<double, float, widen>>;
constexpr Behaviours kNarrow =
    narrower<&half_convert_elements<float, as_double>, &convert_elements<float, double, narrow>,
             &half_convert_elements<float, as_double>, &convert_elements<float, double, ties_away<narrow>>>;
// To odd: what a truncation loses is put into the last bit, so that rounding again is as if done once.
void narrow_to_odd_elements(const Op& op, Hart& hart) {
  const Copy<double> a(elements<double>(hart, op.rs2), hart.csr.vl);
  round_as(1);
  out_of_line<&convert_elements<float, double, narrow>>(op, hart);
  round_to_nearest();
  float* d = elements<float>(hart, op.rd);
  for_active<true>(op, hart, [&](u64 i) {
    if (!is_nan(a[i]) && static_cast<double>(d[i]) != a[i]) d[i] = from_bits<float>(to_bits(d[i]) | 1);
  });
}
void half_to_odd_elements(const Op& op, Hart& hart) {
  Op to_odd = op;
  to_odd.rm = kToOdd;
  half_convert_elements<float, as_double>(to_odd, hart);
}
constexpr Behaviours kNarrowToOdd = {nullptr, step<&half_to_odd_elements>, step<&narrow_to_odd_elements>,
                                     nullptr};

// Zvfbfmin, Zvfbfwma: SEW 16 only.
template <auto Body, auto TiesAway = Body>
constexpr Behaviours bfloat_only = {nullptr, step<&rounded<Body, TiesAway>>, nullptr, nullptr};
constexpr auto widen_bfloat = [](Bfloat v) {
  if (is_signaling(v)) raise_invalid();
  return canonical(static_cast<float>(v));
};
constexpr Behaviours kWidenBfloat = bfloat_only<&convert_elements<float, Bfloat, widen_bfloat>>;
constexpr Behaviours kNarrowBfloat = bfloat_only<&half_convert_elements<float, as_double, Bfloat>>;
template <Second kSecond>
constexpr Behaviours bfloat_fma =
    bfloat_only<&mixed_elements<float, Bfloat, Bfloat, kSecond, fused_in_wide<false, false>>,
                &mixed_elements<float, Bfloat, Bfloat, kSecond, fused_in_wide<false, false, true>>>;

template <class T, bool kRoot>
void estimate_elements(const Op& op, Hart& hart) {
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  unsigned flags = 0;
  for_active<true>(op, hart, [&](u64 i) {
    d[i] = kRoot ? estimate_reciprocal_root(a[i], flags) : estimate_reciprocal(a[i], op.rm, flags);
  });
  if (flags != 0) raise_flags(flags);
}
template <bool kRoot>
constexpr Behaviours estimate = {nullptr, step<&estimate_elements<Half, kRoot>>,
                                 step<&estimate_elements<float, kRoot>>,
                                 step<&estimate_elements<double, kRoot>>};

constexpr auto class_of = [](auto v) { return classify(v); };
constexpr Behaviours kClass = {nullptr, step<&convert_elements<u16, Half, class_of>>,
                               step<&convert_elements<u32, float, class_of>>,
                               step<&convert_elements<u64, double, class_of>>};

template <class T>
void merge_elements(const Op& op, Hart& hart) {
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  const auto b = second_operand<T, Second::fp>(op, hart);
  const u8* mask = elements<u8>(hart, 0);
  for (u64 i = 0; i < hart.csr.vl; ++i) d[i] = mask_bit(mask, i) ? b[i] : a[i];
}
template <class T>
void move_elements(const Op& op, Hart& hart) {
  T* d = elements<T>(hart, op.rd);
  const auto b = second_operand<T, Second::fp>(op, hart);
  for (u64 i = 0; i < hart.csr.vl; ++i) d[i] = b[i];
}
template <class T>
void move_to_f(const Op& op, Hart& hart) {
  hart.f[op.rd] = boxed(elements<T>(hart, op.rs2)[0]);
}
template <class T>
void move_from_f(const Op& op, Hart& hart) {
  if (hart.csr.vl != 0) elements<T>(hart, op.rd)[0] = second_operand<T, Second::fp>(op, hart)[0];
}
constexpr Behaviours kMerge = {nullptr, step<&merge_elements<Half>>, step<&merge_elements<float>>,
                               step<&merge_elements<double>>};
constexpr Behaviours kMove = {nullptr, step<&move_elements<Half>>, step<&move_elements<float>>,
                              step<&move_elements<double>>};
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
  make_row("vfcvt.xu.f.v", "010010 vm vs2 00000 001 vd 1010111", Unit::v_alu, to_integer_of<kSameWidth, true, false>, shape(Width::same, Width::same)),
  make_row("vfcvt.x.f.v", "010010 vm vs2 00001 001 vd 1010111", Unit::v_alu, to_integer_of<kSameWidth, false, false>, shape(Width::same, Width::same)),
  make_row("vfcvt.rtz.xu.f.v", "010010 vm vs2 00110 001 vd 1010111", Unit::v_alu, to_integer_of<kSameWidth, true, true>, shape(Width::same, Width::same)),
  make_row("vfcvt.rtz.x.f.v", "010010 vm vs2 00111 001 vd 1010111", Unit::v_alu, to_integer_of<kSameWidth, false, true>, shape(Width::same, Width::same)),
  make_row("vfcvt.f.xu.v", "010010 vm vs2 00010 001 vd 1010111", Unit::v_alu, from_integer_of<kSameWidth, true>, shape(Width::same, Width::same)),
  make_row("vfcvt.f.x.v", "010010 vm vs2 00011 001 vd 1010111", Unit::v_alu, from_integer_of<kSameWidth, false>, shape(Width::same, Width::same)),
  make_row("vfwcvt.xu.f.v", "010010 vm vs2 01000 001 vd 1010111", Unit::v_alu, to_integer_of<kWidens, true, false>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.x.f.v", "010010 vm vs2 01001 001 vd 1010111", Unit::v_alu, to_integer_of<kWidens, false, false>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.rtz.xu.f.v", "010010 vm vs2 01110 001 vd 1010111", Unit::v_alu, to_integer_of<kWidens, true, true>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.rtz.x.f.v", "010010 vm vs2 01111 001 vd 1010111", Unit::v_alu, to_integer_of<kWidens, false, true>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.f.xu.v", "010010 vm vs2 01010 001 vd 1010111", Unit::v_alu, from_integer_of<kWidens, true>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.f.x.v", "010010 vm vs2 01011 001 vd 1010111", Unit::v_alu, from_integer_of<kWidens, false>, shape(Width::wide, Width::same)),
  make_row("vfwcvt.f.f.v", "010010 vm vs2 01100 001 vd 1010111", Unit::v_alu, kWiden, shape(Width::wide, Width::same)),
  make_row("vfncvt.xu.f.w", "010010 vm vs2 10000 001 vd 1010111", Unit::v_alu, to_integer_of<kNarrows, true, false>, shape(Width::same, Width::wide)),
  make_row("vfncvt.x.f.w", "010010 vm vs2 10001 001 vd 1010111", Unit::v_alu, to_integer_of<kNarrows, false, false>, shape(Width::same, Width::wide)),
  make_row("vfncvt.rtz.xu.f.w", "010010 vm vs2 10110 001 vd 1010111", Unit::v_alu, to_integer_of<kNarrows, true, true>, shape(Width::same, Width::wide)),
  make_row("vfncvt.rtz.x.f.w", "010010 vm vs2 10111 001 vd 1010111", Unit::v_alu, to_integer_of<kNarrows, false, true>, shape(Width::same, Width::wide)),
  make_row("vfncvt.f.xu.w", "010010 vm vs2 10010 001 vd 1010111", Unit::v_alu, from_integer_of<kNarrows, true>, shape(Width::same, Width::wide)),
  make_row("vfncvt.f.x.w", "010010 vm vs2 10011 001 vd 1010111", Unit::v_alu, from_integer_of<kNarrows, false>, shape(Width::same, Width::wide)),
  make_row("vfncvt.f.f.w", "010010 vm vs2 10100 001 vd 1010111", Unit::v_alu, kNarrow, shape(Width::same, Width::wide)),
  make_row("vfwcvtbf16.f.f.v", "010010 vm vs2 01101 001 vd 1010111", Unit::v_alu, kWidenBfloat, shape(Width::wide, Width::same)),
  make_row("vfncvtbf16.f.f.w", "010010 vm vs2 11101 001 vd 1010111", Unit::v_alu, kNarrowBfloat, shape(Width::same, Width::wide)),
  make_row("vfwmaccbf16.vv", "111011 vm vs2 vs1 001 vdx 1010111", Unit::v_alu, bfloat_fma<Second::vector>, shape(Width::wide, Width::same, Width::same)),
  make_row("vfwmaccbf16.vf", "111011 vm vs2 fs1 101 vdx 1010111", Unit::v_alu, bfloat_fma<Second::fp>, shape(Width::wide, Width::same)),
  make_row("vfncvt.rod.f.f.w", "010010 vm vs2 10101 001 vd 1010111", Unit::v_alu, kNarrowToOdd, shape(Width::same, Width::wide)),
  make_row("vfsqrt.v", "010011 vm vs2 00000 001 vd 1010111", Unit::v_float_divide, unary<square_root>, shape(Width::same, Width::same)),
  make_row("vfrsqrt7.v", "010011 vm vs2 00100 001 vd 1010111", Unit::v_alu, estimate<true>, shape(Width::same, Width::same)),
  make_row("vfrec7.v", "010011 vm vs2 00101 001 vd 1010111", Unit::v_alu, estimate<false>, shape(Width::same, Width::same)),
  make_row("vfclass.v", "010011 vm vs2 10000 001 vd 1010111", Unit::v_alu, kClass, shape(Width::same, Width::same)),
  make_row("vfmerge.vfm", "010111 0 vs2 fs1 101 vd 1010111", Unit::v_alu, kMerge, shape(Width::same, Width::same)),
  make_row("vfmv.v.f", "010111 1 00000 fs1 101 vd 1010111", Unit::v_alu, kMove, shape(Width::same, Width::none)),
  make_row("vfmv.f.s", "010000 1 vs2 00000 001 fd 1010111", Unit::v_move, kMoveFS, shape(Width::none, Width::one)),
  make_row("vfmv.s.f", "010000 1 00000 fs1 101 vdx 1010111", Unit::v_move, kMoveSF, shape(Width::one, Width::none)),};
// clang-format on

}  // namespace

std::span<const Row> vector_float_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

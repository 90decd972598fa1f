// Rows of V: integer arithmetic, comparisons, reductions, widening and narrowing, moves.
#include <limits>
#include <tuple>
#include <utility>

#include "isa/vector_ops.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

// Element types by SEW index; `at<4>`, 128 bits, is never used.
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

constexpr auto add = []<class E>(E a, E b) { return wrap_add(a, b); };
constexpr auto sub = []<class E>(E a, E b) { return wrap_sub(a, b); };
constexpr auto reverse_sub = []<class E>(E a, E b) { return wrap_sub(b, a); };
constexpr auto multiply = []<class E>(E a, E b) { return wrap_mul(a, b); };
constexpr auto minimum = []<class E>(E a, E b) { return a < b ? a : b; };
constexpr auto maximum = []<class E>(E a, E b) { return a < b ? b : a; };
constexpr auto bit_and = []<class E>(E a, E b) { return static_cast<E>(a & b); };
constexpr auto bit_or = []<class E>(E a, E b) { return static_cast<E>(a | b); };
constexpr auto bit_xor = []<class E>(E a, E b) { return static_cast<E>(a ^ b); };
constexpr auto equal = [](auto a, auto b) { return a == b; };
constexpr auto not_equal = [](auto a, auto b) { return a != b; };
constexpr auto less = [](auto a, auto b) { return a < b; };
constexpr auto less_equal = [](auto a, auto b) { return a <= b; };
constexpr auto greater = [](auto a, auto b) { return a > b; };
constexpr auto shift_left = []<class E>(E a, E b) { return shifted_left(a, b); };
constexpr auto shift_right = []<class E>(E a, auto b) {
  return static_cast<E>(a >> (static_cast<u64>(b) & (8 * sizeof(E) - 1)));
};
template <class E>
using Twice = std::conditional_t<std::is_signed_v<E>, __int128, unsigned __int128>;
constexpr auto multiply_high = []<class E>(E a, E b) {
  return static_cast<E>((static_cast<Twice<E>>(a) * static_cast<Twice<E>>(b)) >> (8 * sizeof(E)));
};
constexpr auto multiply_high_mixed = []<class E>(E a, E b) {
  const auto unsigned_b = static_cast<__int128>(static_cast<std::make_unsigned_t<E>>(b));
  return static_cast<E>((static_cast<__int128>(a) * unsigned_b) >> (8 * sizeof(E)));
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

// Saturating: the second of the pair says whether it saturated.
template <class E>
constexpr std::pair<E, bool> clamp(__int128 v) {
  constexpr __int128 kMin = std::numeric_limits<E>::min(), kMax = std::numeric_limits<E>::max();
  return v < kMin   ? std::pair{static_cast<E>(kMin), true}
         : v > kMax ? std::pair{static_cast<E>(kMax), true}
                    : std::pair{static_cast<E>(v), false};
}
constexpr auto saturating_add = []<class E>(E a, E b) { return clamp<E>(static_cast<__int128>(a) + b); };
constexpr auto saturating_sub = []<class E>(E a, E b) { return clamp<E>(static_cast<__int128>(a) - b); };

// Behaviours for every SEW, made from a template over the SEW index.
template <template <std::size_t> class H>
constexpr Behaviours kAllSew = {H<0>::handler, H<1>::handler, H<2>::handler, H<3>::handler};
template <template <std::size_t> class H>
constexpr Behaviours kBelow64 = {H<0>::handler, H<1>::handler, H<2>::handler, nullptr};

template <class E, Second kSecond, auto F>
void saturating_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const E* a = elements<E>(hart, op.rs2);
  const auto b = second_operand<E, kSecond>(op, hart);
  bool saturated = false;
  for_active(op, hart, [&](u64 i) {
    const auto [value, clipped] = F(a[i], b[i]);
    d[i] = value;
    saturated |= clipped;
  });
  if (saturated) hart.csr.vxsat = 1;
}

template <class Sign, Second kSecond, auto F>
struct BinaryOf {
  template <std::size_t kIndex>
  struct Of {
    using E = typename Sign::template at<kIndex>;
    static constexpr bool kSaturates = !std::is_same_v<decltype(F(E{}, E{})), E>;
    static constexpr auto body() {
      if constexpr (kSaturates)
        return &saturating_elements<E, kSecond, F>;
      else
        return &binary_elements<E, kSecond, F>;
    }
    static constexpr Handler handler = step<body()>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours binary = kAllSew<BinaryOf<Sign, kSecond, F>::template Of>;

template <class Sign, Second kSecond, auto F>
struct TernaryOf {
  template <std::size_t kIndex>
  struct Of {
    static constexpr Handler handler =
        step<&ternary_elements<typename Sign::template at<kIndex>, kSecond, F>>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours ternary = kAllSew<TernaryOf<Sign, kSecond, F>::template Of>;

template <class Sign, Second kSecond, auto F>
struct CompareOf {
  template <std::size_t kIndex>
  struct Of {
    static constexpr Handler handler =
        step<&compare_elements<typename Sign::template at<kIndex>, kSecond, F>>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours compare = kAllSew<CompareOf<Sign, kSecond, F>::template Of>;

// vd[i] = v0[i] ? second[i] : vs2[i], for all elements.
template <class E, Second kSecond>
void merge_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const E* a = elements<E>(hart, op.rs2);
  const auto b = second_operand<E, kSecond>(op, hart);
  const u8* mask = elements<u8>(hart, 0);
  for (u64 i = 0; i < hart.csr.vl; ++i) d[i] = mask_bit(mask, i) ? b[i] : a[i];
}
template <class E, Second kSecond>
void move_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const auto b = second_operand<E, kSecond>(op, hart);
  for_active(op, hart, [=](u64 i) { d[i] = b[i]; });
}
// vd[i] = vs2[i] +- second[i] +- v0[i]
template <class E, Second kSecond, bool kAdd>
void carry_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const E* a = elements<E>(hart, op.rs2);
  const auto b = second_operand<E, kSecond>(op, hart);
  const u8* mask = elements<u8>(hart, 0);
  for (u64 i = 0; i < hart.csr.vl; ++i) {
    const E carry = mask_bit(mask, i) ? 1 : 0;
    d[i] = kAdd ? wrap_add(wrap_add(a[i], b[i]), carry) : wrap_sub(wrap_sub(a[i], b[i]), carry);
  }
}
template <Second kSecond>
constexpr Behaviours merge = {step<&merge_elements<u8, kSecond>>, step<&merge_elements<u16, kSecond>>,
                              step<&merge_elements<u32, kSecond>>, step<&merge_elements<u64, kSecond>>};
template <Second kSecond>
constexpr Behaviours move = {step<&move_elements<u8, kSecond>>, step<&move_elements<u16, kSecond>>,
                             step<&move_elements<u32, kSecond>>, step<&move_elements<u64, kSecond>>};
template <Second kSecond, bool kAdd>
constexpr Behaviours carry = {
    step<&carry_elements<u8, kSecond, kAdd>>, step<&carry_elements<u16, kSecond, kAdd>>,
    step<&carry_elements<u32, kSecond, kAdd>>, step<&carry_elements<u64, kSecond, kAdd>>};

// 2*SEW = SEW op SEW; the operands are extended by their own signs, the operator works in the wide type.
template <class D, auto F>
constexpr auto widened = [](D, auto a, auto b) { return F(static_cast<D>(a), static_cast<D>(b)); };
template <class D>
constexpr auto widened_accumulate =
    [](D d, auto a, auto b) { return wrap_add(d, wrap_mul(static_cast<D>(a), static_cast<D>(b))); };

template <class SignA, class SignB, Second kSecond, auto F>
struct WideningOf {
  template <std::size_t kIndex>
  struct Of {
    using A = typename SignA::template at<kIndex>;
    using B = typename SignB::template at<kIndex>;
    using D = WiderT<A>;
    static constexpr Handler handler = step<&mixed_elements<D, A, B, kSecond, widened<D, F>>>;
  };
};
template <class SignA, class SignB, Second kSecond, auto F>
constexpr Behaviours widening = kBelow64<WideningOf<SignA, SignB, kSecond, F>::template Of>;

template <class Sign, Second kSecond, auto F>
struct WideningLeftOf {
  template <std::size_t kIndex>
  struct Of {
    using B = typename Sign::template at<kIndex>;
    using D = WiderT<B>;
    static constexpr Handler handler = step<&mixed_elements<D, D, B, kSecond, widened<D, F>>>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours widening_left = kBelow64<WideningLeftOf<Sign, kSecond, F>::template Of>;

template <class SignA, class SignB, Second kSecond>
struct WideningAccumulateOf {
  template <std::size_t kIndex>
  struct Of {
    using A = typename SignA::template at<kIndex>;
    using B = typename SignB::template at<kIndex>;
    using D = WiderT<A>;
    static constexpr Handler handler = step<&mixed_elements<D, A, B, kSecond, widened_accumulate<D>>>;
  };
};
template <class SignA, class SignB, Second kSecond>
constexpr Behaviours widening_accumulate = kBelow64<WideningAccumulateOf<SignA, SignB, kSecond>::template Of>;

// SEW = 2*SEW op SEW
template <class Sign, Second kSecond, auto F>
struct NarrowingOf {
  template <std::size_t kIndex>
  struct Of {
    using D = typename Sign::template at<kIndex>;
    using A = WiderT<D>;
    using B = UnsignedAt<kIndex>;
    static constexpr auto kBody = [](D, A a, B b) { return static_cast<D>(F(a, b)); };
    static constexpr Handler handler = step<&mixed_elements<D, A, B, kSecond, kBody>>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours narrowing = kBelow64<NarrowingOf<Sign, kSecond, F>::template Of>;

// The amount that rounding as vxrm adds to v >> n.
constexpr u64 rounding_increment(unsigned __int128 v, u64 n, u32 vxrm) {
  if (n == 0) return 0;
  const bool half = (v >> (n - 1) & 1) != 0, odd = (v >> n & 1) != 0;
  const bool below_half = (v & ((static_cast<unsigned __int128>(1) << (n - 1)) - 1)) != 0;
  switch (vxrm) {
    case 0:
      return half ? 1 : 0;  // to nearest, up
    case 1:
      return half && (below_half || odd) ? 1 : 0;  // to nearest, even
    case 2:
      return 0;  // down
    default:
      return !odd && (half || below_half) ? 1 : 0;  // to odd
  }
}
template <class D, Second kSecond>
void clip_elements(const Op& op, Hart& hart) {
  using A = WiderT<D>;
  D* d = elements<D>(hart, op.rd);
  const Copy<A> a(elements<A>(hart, op.rs2), hart.csr.vl);
  const auto b = second_operand<std::make_unsigned_t<D>, kSecond>(op, hart);
  const u32 vxrm = hart.csr.vxrm;
  bool saturated = false;
  for_active(op, hart, [&](u64 i) {
    const u64 n = static_cast<u64>(b[i]) & (8 * sizeof(A) - 1);
    const auto wide = static_cast<__int128>(a[i]);
    const auto [value, clipped] =
        clamp<D>((wide >> n) + rounding_increment(static_cast<unsigned __int128>(wide), n, vxrm));
    d[i] = value;
    saturated |= clipped;
  });
  if (saturated) hart.csr.vxsat = 1;
}
template <class Sign, Second kSecond>
constexpr Behaviours clip = {step<&clip_elements<typename Sign::template at<0>, kSecond>>,
                             step<&clip_elements<typename Sign::template at<1>, kSecond>>,
                             step<&clip_elements<typename Sign::template at<2>, kSecond>>, nullptr};

// Fixed point: F(vs2, second, vxrm) gives the value and whether it saturated.
template <class E, Second kSecond, auto F>
void fixed_point_elements(const Op& op, Hart& hart) {
  E* d = elements<E>(hart, op.rd);
  const E* a = elements<E>(hart, op.rs2);
  const auto b = second_operand<E, kSecond>(op, hart);
  const u32 vxrm = hart.csr.vxrm;
  bool saturated = false;
  for_active(op, hart, [&](u64 i) {
    const auto [value, clipped] = F(a[i], b[i], vxrm);
    d[i] = value;
    saturated |= clipped;
  });
  if (saturated) hart.csr.vxsat = 1;
}
constexpr __int128 round_shift(__int128 v, u64 n, u32 vxrm) {
  return (v >> n) + static_cast<__int128>(rounding_increment(static_cast<unsigned __int128>(v), n, vxrm));
}
constexpr auto average_add = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{static_cast<E>(round_shift(static_cast<__int128>(a) + b, 1, vxrm)), false};
};
constexpr auto average_sub = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{static_cast<E>(round_shift(static_cast<__int128>(a) - b, 1, vxrm)), false};
};
constexpr auto scaling_shift = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{static_cast<E>(round_shift(a, static_cast<u64>(b) & (8 * sizeof(E) - 1), vxrm)), false};
};
constexpr auto fraction_multiply = []<class E>(E a, E b, u32 vxrm) {
  return clamp<E>(round_shift(static_cast<__int128>(a) * b, 8 * sizeof(E) - 1, vxrm));
};
template <class Sign, Second kSecond, auto F>
struct FixedPointOf {
  template <std::size_t kIndex>
  struct Of {
    static constexpr Handler handler =
        step<&fixed_point_elements<typename Sign::template at<kIndex>, kSecond, F>>;
  };
};
template <class Sign, Second kSecond, auto F>
constexpr Behaviours fixed_point = kAllSew<FixedPointOf<Sign, kSecond, F>::template Of>;

constexpr auto identity = [](auto v) { return v; };
template <class Sign, std::size_t kFactor>
struct ExtensionOf {
  static constexpr std::size_t kDown = kFactor == 2 ? 1 : kFactor == 4 ? 2 : 3;
  template <std::size_t kIndex>
  static constexpr Handler handler() {
    if constexpr (kIndex < kDown)
      return nullptr;
    else
      return step<&convert_elements<typename Sign::template at<kIndex>,
                                    typename Sign::template at<kIndex - kDown>, identity>>;
  }
};
template <class Sign, std::size_t kFactor>
constexpr Behaviours extension = {
    ExtensionOf<Sign, kFactor>::template handler<0>(), ExtensionOf<Sign, kFactor>::template handler<1>(),
    ExtensionOf<Sign, kFactor>::template handler<2>(), ExtensionOf<Sign, kFactor>::template handler<3>()};

template <class Sign, auto F>
struct ReductionOf {
  template <std::size_t kIndex>
  struct Of {
    using E = typename Sign::template at<kIndex>;
    static constexpr Handler handler = step<&reduce_elements<E, E, F>>;
  };
};
template <class Sign, auto F>
constexpr Behaviours reduction = kAllSew<ReductionOf<Sign, F>::template Of>;
template <class Sign, auto F>
struct WideningReductionOf {
  template <std::size_t kIndex>
  struct Of {
    using E = typename Sign::template at<kIndex>;
    static constexpr Handler handler = step<&reduce_elements<WiderT<E>, E, F>>;
  };
};
template <class Sign, auto F>
constexpr Behaviours widening_reduction = kBelow64<WideningReductionOf<Sign, F>::template Of>;

template <class S>
void move_to_x(const Op& op, Hart& hart) {
  hart.x[op.rd] = static_cast<u64>(static_cast<i64>(elements<S>(hart, op.rs2)[0]));
}
template <class E>
void move_from_x(const Op& op, Hart& hart) {
  if (hart.csr.vl != 0) elements<E>(hart, op.rd)[0] = static_cast<E>(hart.x[op.rs1]);
}
constexpr Behaviours kMoveXS = {step<&move_to_x<i8>>, step<&move_to_x<i16>>, step<&move_to_x<i32>>,
                                step<&move_to_x<i64>>};
constexpr Behaviours kMoveSX = {step<&move_from_x<u8>>, step<&move_from_x<u16>>, step<&move_from_x<u32>>,
                                step<&move_from_x<u64>>};

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
  make_row("vsaddu.vv", "100000 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, saturating_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vsaddu.vx", "100000 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsaddu.vi", "100000 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Unsigned, Second::immediate, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsadd.vv", "100001 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, saturating_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vsadd.vx", "100001 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsadd.vi", "100001 vm vs2 simm5 011 vd 1010111", Unit::v_alu, binary<Signed, Second::immediate, saturating_add>, shape(Width::same, Width::same)),
  make_row("vssubu.vv", "100010 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Unsigned, Second::vector, saturating_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vssubu.vx", "100010 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Unsigned, Second::scalar, saturating_sub>, shape(Width::same, Width::same)),
  make_row("vssub.vv", "100011 vm vs2 vs1 000 vd 1010111", Unit::v_alu, binary<Signed, Second::vector, saturating_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vssub.vx", "100011 vm vs2 rs1 100 vd 1010111", Unit::v_alu, binary<Signed, Second::scalar, saturating_sub>, shape(Width::same, Width::same)),
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
  make_row("vnclipu.wv", "101110 vm vs2 vs1 000 vd 1010111", Unit::v_alu, clip<Unsigned, Second::vector>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnclipu.wx", "101110 vm vs2 rs1 100 vd 1010111", Unit::v_alu, clip<Unsigned, Second::scalar>, shape(Width::same, Width::wide)),
  make_row("vnclipu.wi", "101110 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, clip<Unsigned, Second::immediate>, shape(Width::same, Width::wide)),
  make_row("vnclip.wv", "101111 vm vs2 vs1 000 vd 1010111", Unit::v_alu, clip<Signed, Second::vector>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnclip.wx", "101111 vm vs2 rs1 100 vd 1010111", Unit::v_alu, clip<Signed, Second::scalar>, shape(Width::same, Width::wide)),
  make_row("vnclip.wi", "101111 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, clip<Signed, Second::immediate>, shape(Width::same, Width::wide)),
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
  make_row("vmv.x.s", "010000 1 vs2 00000 010 rd 1010111", Unit::v_move, kMoveXS, shape(Width::none, Width::one)),
  make_row("vmv.s.x", "010000 1 00000 rs1 110 vdx 1010111", Unit::v_move, kMoveSX, shape(Width::one, Width::none)),  make_row("vaaddu.vv", "001000 vm vs2 vs1 010 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, average_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vaaddu.vx", "001000 vm vs2 rs1 110 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::scalar, average_add>, shape(Width::same, Width::same)),
  make_row("vaadd.vv", "001001 vm vs2 vs1 010 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, average_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vaadd.vx", "001001 vm vs2 rs1 110 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, average_add>, shape(Width::same, Width::same)),
  make_row("vasubu.vv", "001010 vm vs2 vs1 010 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, average_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vasubu.vx", "001010 vm vs2 rs1 110 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::scalar, average_sub>, shape(Width::same, Width::same)),
  make_row("vasub.vv", "001011 vm vs2 vs1 010 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, average_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vasub.vx", "001011 vm vs2 rs1 110 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, average_sub>, shape(Width::same, Width::same)),
  make_row("vssrl.vv", "101010 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, scaling_shift>, shape(Width::same, Width::same, Width::same)),
  make_row("vssrl.vx", "101010 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::scalar, scaling_shift>, shape(Width::same, Width::same)),
  make_row("vssrl.vi", "101010 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::immediate, scaling_shift>, shape(Width::same, Width::same)),
  make_row("vssra.vv", "101011 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, scaling_shift>, shape(Width::same, Width::same, Width::same)),
  make_row("vssra.vx", "101011 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, scaling_shift>, shape(Width::same, Width::same)),
  make_row("vssra.vi", "101011 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::immediate, scaling_shift>, shape(Width::same, Width::same)),
  make_row("vsmul.vv", "100111 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, fraction_multiply>, shape(Width::same, Width::same, Width::same)),
  make_row("vsmul.vx", "100111 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, fraction_multiply>, shape(Width::same, Width::same)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_integer_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

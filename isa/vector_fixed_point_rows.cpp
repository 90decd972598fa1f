// Rows of V: fixed point. Saturating sums, averages, rounding shifts, fractional products, clips.
#include <limits>
#include <utility>

#include "isa/vector_integer_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

template <class V>
constexpr auto unsigned_of(V v) {
  if constexpr (sizeof(V) == 16)
    return static_cast<unsigned __int128>(v);
  else
    return static_cast<std::make_unsigned_t<V>>(v);
}
// A type that holds sums and products of two E, so that what does not fit E is seen.
template <class E>
using Exact = std::conditional_t<sizeof(E) < 4, i32, std::conditional_t<sizeof(E) == 4, i64, __int128>>;

// The value that fits E, and whether it is another.
template <class E, class W>
constexpr std::pair<E, bool> clamp(W v) {
  constexpr W kMin = std::numeric_limits<E>::min(), kMax = std::numeric_limits<E>::max();
  const W inside = v < kMin ? kMin : v > kMax ? kMax : v;
  return {static_cast<E>(inside), inside != v};
}

// v / 2^n, rounded as vxrm says: to nearest with ties up, to nearest even, down, to odd.
template <class V>
constexpr V round_shift(V v, u64 n, u32 vxrm) {
  const auto left = [](auto bits, u64 by) {
    if constexpr (sizeof bits == 16)
      return bits << by;
    else
      return shifted_left(bits, static_cast<decltype(bits)>(by));
  };
  const auto bits = unsigned_of(v);
  using U = std::remove_const_t<decltype(bits)>;
  const U kept = static_cast<U>(bits >> n), lost = bits ^ left(kept, n),
          middle = left(U{1}, (n - 1) % (8 * sizeof v));
  const bool odd = (kept & 1) != 0;
  const bool up = vxrm == 0   ? lost >= middle
                  : vxrm == 1 ? lost > middle || (lost == middle && odd)
                  : vxrm == 2 ? false
                              : lost != 0 && !odd;
  return static_cast<V>((v >> n) + (up ? 1 : 0));
}

constexpr auto saturating_add = []<class E>(E a, E b, u32) { return clamp<E>(Exact<E>{a} + Exact<E>{b}); };
constexpr auto saturating_sub = []<class E>(E a, E b, u32) { return clamp<E>(Exact<E>{a} - Exact<E>{b}); };
constexpr auto average_add = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{static_cast<E>(round_shift(Exact<E>{a} + Exact<E>{b}, 1, vxrm)), false};
};
constexpr auto average_sub = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{static_cast<E>(round_shift(Exact<E>{a} - Exact<E>{b}, 1, vxrm)), false};
};
constexpr auto scaling_shift = []<class E>(E a, E b, u32 vxrm) {
  return std::pair{round_shift(a, static_cast<u64>(b) & (8 * sizeof(E) - 1), vxrm), false};
};
constexpr auto fraction_multiply = []<class E>(E a, E b, u32 vxrm) {
  return clamp<E>(round_shift(Exact<E>{a} * Exact<E>{b}, 8 * sizeof(E) - 1, vxrm));
};

// vd[i] = F(vs2[i], second[i], vxrm): the value, and whether it saturated.
template <class D, class A, class B, Second kSecond, auto F>
void fixed_point_elements(const Op& op, Hart& hart) {
  const A* a = elements<A>(hart, op.rs2);
  const u32 vxrm = hart.csr.vxrm;
  const auto b = second_operand<B, kSecond>(op, hart);
  const Active active = active_of(op, hart);
  const bool saturated = any_element(active, 0, [vxrm](A x, B y) { return F(x, y, vxrm).second; }, a, b);
  map_elements(active, elements<D>(hart, op.rd), [vxrm](A x, B y) { return F(x, y, vxrm).first; }, a, b);
  if (saturated) hart.csr.vxsat = 1;
}
template <class Sign, Second kSecond, auto F>
constexpr Behaviours fixed_point = all_sew([]<std::size_t kIndex>() {
  using E = typename Sign::template at<kIndex>;
  return step<&fixed_point_elements<E, E, E, kSecond, F>>;
});

template <class D, class A>
constexpr auto clipped =
    [](A a, auto b, u32 vxrm) { return clamp<D>(round_shift(a, u64{b} & (8 * sizeof(A) - 1), vxrm)); };
template <class Sign, Second kSecond>
constexpr Behaviours clip = below_64([]<std::size_t kIndex>() {
  using D = typename Sign::template at<kIndex>;
  using A = WiderT<D>;
  return step<&fixed_point_elements<D, A, UnsignedAt<kIndex>, kSecond, clipped<D, A>>>;
});

// clang-format off
constexpr Row kRows[] = {
  make_row("vsaddu.vv", "100000 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, saturating_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vsaddu.vx", "100000 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::scalar, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsaddu.vi", "100000 vm vs2 simm5 011 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::immediate, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsadd.vv", "100001 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, saturating_add>, shape(Width::same, Width::same, Width::same)),
  make_row("vsadd.vx", "100001 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, saturating_add>, shape(Width::same, Width::same)),
  make_row("vsadd.vi", "100001 vm vs2 simm5 011 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::immediate, saturating_add>, shape(Width::same, Width::same)),
  make_row("vssubu.vv", "100010 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, saturating_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vssubu.vx", "100010 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::scalar, saturating_sub>, shape(Width::same, Width::same)),
  make_row("vssub.vv", "100011 vm vs2 vs1 000 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::vector, saturating_sub>, shape(Width::same, Width::same, Width::same)),
  make_row("vssub.vx", "100011 vm vs2 rs1 100 vd 1010111", Unit::v_alu, fixed_point<Signed, Second::scalar, saturating_sub>, shape(Width::same, Width::same)),
  make_row("vnclipu.wv", "101110 vm vs2 vs1 000 vd 1010111", Unit::v_alu, clip<Unsigned, Second::vector>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnclipu.wx", "101110 vm vs2 rs1 100 vd 1010111", Unit::v_alu, clip<Unsigned, Second::scalar>, shape(Width::same, Width::wide)),
  make_row("vnclipu.wi", "101110 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, clip<Unsigned, Second::immediate>, shape(Width::same, Width::wide)),
  make_row("vnclip.wv", "101111 vm vs2 vs1 000 vd 1010111", Unit::v_alu, clip<Signed, Second::vector>, shape(Width::same, Width::wide, Width::same)),
  make_row("vnclip.wx", "101111 vm vs2 rs1 100 vd 1010111", Unit::v_alu, clip<Signed, Second::scalar>, shape(Width::same, Width::wide)),
  make_row("vnclip.wi", "101111 vm vs2 uimm5 011 vd 1010111", Unit::v_alu, clip<Signed, Second::immediate>, shape(Width::same, Width::wide)),
  make_row("vaaddu.vv", "001000 vm vs2 vs1 010 vd 1010111", Unit::v_alu, fixed_point<Unsigned, Second::vector, average_add>, shape(Width::same, Width::same, Width::same)),
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

std::span<const Row> vector_fixed_point_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

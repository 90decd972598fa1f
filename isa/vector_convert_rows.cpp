// Rows of V: conversions of floating point, estimates, classes.
#include <algorithm>

#include "isa/float_estimate.hpp"
#include "isa/vector_float_ops.hpp"

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

// Conversions. Relation of the result's width to the source's; SEW is the narrower of the two.
enum Relation { kSameWidth, kWidens, kNarrows };
template <std::size_t kBytes, bool kUnsigned>
using IntegerOf = std::conditional_t<
    kUnsigned, std::tuple_element_t<std::countr_zero(kBytes), std::tuple<u8, u16, u32, u64>>,
    std::make_signed_t<std::tuple_element_t<std::countr_zero(kBytes), std::tuple<u8, u16, u32, u64>>>>;

template <class I, class T, bool kTruncate>
void to_integer_elements(const Op& op, Hart& hart) {
  const u8 rm = kTruncate ? kTowardZero : op.rm;
  // In bulk where every value of a chunk is far inside the range of a signed conversion.
  constexpr int kBits = static_cast<int>(8 * std::min<std::size_t>(sizeof(I), 4)) - 1;
  constexpr BitsOf<T> kBound = to_bits(static_cast<T>(u64{1} << kBits));
  const auto f = [=]<u64 kLanes>(const Chunk<T, kLanes>& a) __attribute__((always_inline)) {
    BitsOf<T> largest = 0;
    for (const T lane : a.lane) {
      const BitsOf<T> order =
          std::is_signed_v<I> ? to_bits(lane) & static_cast<BitsOf<T>>(~kSignBit<T>) : to_bits(lane);
      largest = std::max(largest, order);  // a sign bit makes it large
    }
    if (largest < kBound && rm != kNearestMax)
      return each_lane<I>(
          [](T v) { return static_cast<std::int32_t>(kTruncate ? v : __builtin_elementwise_rint(v)); }, a);
    return each_lane<I>([=](T v) { return convert_to_integer<I>(v, rm); }, a);
  };
  const T* a = elements<T>(hart, op.rs2);
  map_chunks(active_of(op, hart), elements<I>(hart, op.rd), f, a);
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
  map_elements(active_of(op, hart), d, [](D v) { return with_sign(v, 0); }, d);
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
constexpr auto narrow = [](double v) { return canonical(static_cast<float>(v)); };
constexpr auto narrow_ties_away = [](double v) { return canonical(narrowed_ties_away(v)); };
constexpr auto widen_half = [](Half v) { return canonical(static_cast<float>(v)); };
constexpr Behaviours kWiden =
    narrower<&convert_elements<float, Half, widen_half>, &convert_elements<double, float, widen>>;
constexpr Behaviours kNarrow =
    narrower<&half_convert_elements<float, as_double>, &convert_elements<float, double, narrow>,
             &half_convert_elements<float, as_double>, &convert_elements<float, double, narrow_ties_away>>;
// To odd: what a truncation loses is put into the last bit, so that rounding again is as if done once.
void narrow_to_odd_elements(const Op& op, Hart& hart) {
  const Group<double> a(elements<double>(hart, op.rs2), hart.csr.vl);
  round_as(1);
  out_of_line<&convert_elements<float, double, narrow>>(op, hart);
  round_to_nearest();
  float* d = elements<float>(hart, op.rd);
  for_active(op, hart, [&](u64 i) {
    if (!is_nan(a.data[i]) && static_cast<double>(d[i]) != a.data[i])
      d[i] = from_bits<float>(to_bits(d[i]) | 1);
  });
}
void half_to_odd_elements(const Op& op, Hart& hart) {
  Op to_odd = op;
  to_odd.rm = kToOdd;
  half_convert_elements<float, as_double>(to_odd, hart);
}
constexpr Behaviours kNarrowToOdd = {nullptr, step<&half_to_odd_elements>, step<&narrow_to_odd_elements>,
                                     nullptr};

void widen_bfloat_elements(const Op& op, Hart& hart) {
  const Bfloat* a = elements<Bfloat>(hart, op.rs2);
  const Active active = active_of(op, hart);
  const bool invalid = any_element(active, 0, [](Bfloat v) { return is_signaling(v); }, a);
  map_elements(
      active, elements<float>(hart, op.rd), [](Bfloat v) { return canonical(static_cast<float>(v)); }, a);
  if (invalid) raise_invalid();
}
constexpr Behaviours kWidenBfloat = bfloat_only<&widen_bfloat_elements>;
constexpr Behaviours kNarrowBfloat = bfloat_only<&half_convert_elements<float, as_double, Bfloat>>;
template <class T, bool kRoot>
void estimate_elements(const Op& op, Hart& hart) {
  T* d = elements<T>(hart, op.rd);
  const T* a = elements<T>(hart, op.rs2);
  unsigned flags = 0;
  for_active(op, hart, [&](u64 i) {
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

// clang-format off
constexpr Row kRows[] = {
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
  make_row("vfncvt.rod.f.f.w", "010010 vm vs2 10101 001 vd 1010111", Unit::v_alu, kNarrowToOdd, shape(Width::same, Width::wide)),
  make_row("vfrsqrt7.v", "010011 vm vs2 00100 001 vd 1010111", Unit::v_alu, estimate<true>, shape(Width::same, Width::same)),
  make_row("vfrec7.v", "010011 vm vs2 00101 001 vd 1010111", Unit::v_alu, estimate<false>, shape(Width::same, Width::same)),
  make_row("vfclass.v", "010011 vm vs2 10000 001 vd 1010111", Unit::v_alu, kClass, shape(Width::same, Width::same)),
};
// clang-format on

}  // namespace

std::span<const Row> vector_convert_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

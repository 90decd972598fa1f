// Rows of RV64F and D.
#include "isa/float_convert.hpp"
#include "isa/float_ops.hpp"
#include "isa/memory_ops.hpp"
#include "isa/row.hpp"
#include "isa/short_types.hpp"

#pragma STDC FENV_ACCESS ON

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

// The result of F with the op's rounding mode, for modes other than nearest even.
template <class T, auto F, class... Operands>
T rounded(u8 rm, Operands... operands) {
  if (rm == kNearestMax) return nearest_max<T>(F, operands...);
  const Rounding rounding(rm);
  return static_cast<T>(F(operands...));
}

template <class T, auto F>
constexpr Behaviours unary = {
    float_step<[](const Op& op, Hart& h) { put(h, op.rd, canonical(static_cast<T>(F(get<T>(h, op.rs1))))); }>,
    float_step<[](const Op& op, Hart& h) {
      put(h, op.rd, canonical(rounded<T, F>(op.rm, get<T>(h, op.rs1))));
    }>};
template <class T, auto F>
constexpr Behaviours binary = {
    float_step<[](const Op& op, Hart& h) {
      put(h, op.rd, canonical(static_cast<T>(F(get<T>(h, op.rs1), get<T>(h, op.rs2)))));
    }>,
    float_step<[](const Op& op, Hart& h) {
      put(h, op.rd, canonical(rounded<T, F>(op.rm, get<T>(h, op.rs1), get<T>(h, op.rs2))));
    }>};
// +-(rs1 * rs2) +- rs3
constexpr auto fma_any = [](auto a, auto b, auto c) { return multiply_add(a, b, c); };
template <class T, bool kNegateProduct, bool kNegateAddend, bool kNearest>
void multiply_add_step(const Op& op, Hart& h) {
  const T a = kNegateProduct ? negate(get<T>(h, op.rs1)) : get<T>(h, op.rs1), b = get<T>(h, op.rs2);
  const T c = kNegateAddend ? negate(get<T>(h, op.rs3)) : get<T>(h, op.rs3);
  put(h, op.rd, canonical(kNearest ? multiply_add(a, b, c) : rounded<T, fma_any>(op.rm, a, b, c)));
}
template <class T, bool kNegateProduct, bool kNegateAddend>
constexpr Behaviours fma_of = {float_step<multiply_add_step<T, kNegateProduct, kNegateAddend, true>>,
                               float_step<multiply_add_step<T, kNegateProduct, kNegateAddend, false>>};

// No rounding mode: bits in, bits out.
template <class T, auto F>
constexpr Behaviours move_bits = {float_step<[](const Op& op, Hart& h) {
  put(h, op.rd,
      from_bits<T>(static_cast<BitsOf<T>>(F(to_bits(get<T>(h, op.rs1)), to_bits(get<T>(h, op.rs2))))));
}>};
template <class T, auto F>
constexpr Behaviours select = {
    float_step<[](const Op& op, Hart& h) { put(h, op.rd, F(get<T>(h, op.rs1), get<T>(h, op.rs2))); }>};
template <class T, auto F>
constexpr Behaviours to_x = {float_step<[](const Op& op, Hart& h) {
  h.x[op.rd] = static_cast<u64>(F(get<T>(h, op.rs1), get<T>(h, op.rs2)));
}>};

template <class T, class I>
constexpr Behaviours integer_from_float = {
    float_step<[](const Op& op, Hart& h) {
      h.x[op.rd] = static_cast<u64>(
          static_cast<i64>(static_cast<std::make_signed_t<I>>(to_integer<I>(get<T>(h, op.rs1), 0))));
    }>,
    float_step<[](const Op& op, Hart& h) {
      h.x[op.rd] = static_cast<u64>(
          static_cast<i64>(static_cast<std::make_signed_t<I>>(to_integer<I>(get<T>(h, op.rs1), op.rm))));
    }>};

// An integer as long double is exact, which nearest_max needs.
template <class T>
constexpr auto from_any = []<class V>(V v) {
  if constexpr (std::is_same_v<V, long double>)
    return v;
  else
    return from_integer<T>(v);
};
template <class T, class I>
constexpr Behaviours convert_from_integer = {
    float_step<[](const Op& op, Hart& h) { put(h, op.rd, from_integer<T>(static_cast<I>(h.x[op.rs1]))); }>,
    float_step<[](const Op& op, Hart& h) {
      put(h, op.rd, rounded<T, from_any<T>>(op.rm, static_cast<I>(h.x[op.rs1])));
    }>};

constexpr auto narrow = []<class V>(V v) {
  if constexpr (std::is_same_v<V, long double>)
    return v;
  else
    return static_cast<float>(v);
};
constexpr Behaviours kNarrow = {float_step<[](const Op& op, Hart& h) {
                                  put(h, op.rd, canonical(static_cast<float>(get<double>(h, op.rs1))));
                                }>,
                                float_step<[](const Op& op, Hart& h) {
                                  put(h, op.rd,
                                      canonical(rounded<float, narrow>(op.rm, get<double>(h, op.rs1))));
                                }>};
constexpr Handler kWiden = float_step<[](const Op& op, Hart& h) {
  put(h, op.rd, canonical(static_cast<double>(get<float>(h, op.rs1))));
}>;

constexpr auto add = [](auto a, auto b) { return a + b; };
constexpr auto sub = [](auto a, auto b) { return a - b; };
constexpr auto mul = [](auto a, auto b) { return a * b; };
constexpr auto div = [](auto a, auto b) { return a / b; };
constexpr auto sqrt = [](auto v) { return root(v); };
// Under FENV_ACCESS == is a quiet comparison, < and <= raise invalid for any NaN: as RISC-V has it.
constexpr auto equal = [](auto a, auto b) { return a == b; };
constexpr auto less = [](auto a, auto b) { return a < b; };
constexpr auto less_equal = [](auto a, auto b) { return a <= b; };
constexpr auto class_of = [](auto a, auto) { return classify(a); };
template <class T>
constexpr auto sign_copy = [](auto a, auto b) { return (a & ~kSignBit<T>) | (b & kSignBit<T>); };
template <class T>
constexpr auto sign_negate = [](auto a, auto b) { return (a & ~kSignBit<T>) | (~b & kSignBit<T>); };
template <class T>
constexpr auto sign_xor = [](auto a, auto b) { return a ^ (b & kSignBit<T>); };

constexpr Handler kFlw = load<u32, [](Hart& h, u8 rd, u32 v) { h.f[rd] = 0xffffffff00000000 | v; }, false>;
constexpr Handler kFld = load<u64, [](Hart& h, u8 rd, u64 v) { h.f[rd] = v; }, false>;
constexpr Handler kFsw = store<u32, [](Hart& h, u8 r) { return h.f[r]; }, false>;
constexpr Handler kFsd = store<u64, [](Hart& h, u8 r) { return h.f[r]; }, false>;
constexpr Handler kMoveXW = step<[](const Op& op, Hart& h) {
  h.x[op.rd] = static_cast<u64>(static_cast<i64>(static_cast<i32>(h.f[op.rs1])));
}>;
constexpr Handler kMoveXD = step<[](const Op& op, Hart& h) { h.x[op.rd] = h.f[op.rs1]; }>;
constexpr Handler kMoveWX =
    step<[](const Op& op, Hart& h) { h.f[op.rd] = 0xffffffff00000000 | static_cast<u32>(h.x[op.rs1]); }>;
constexpr Handler kMoveDX = step<[](const Op& op, Hart& h) { h.f[op.rd] = h.x[op.rs1]; }>;

// clang-format off
constexpr Row kRows[] = {
  make_row("flw",      "imm12 rs1 010 fd 0000111", Unit::fp_load, kFlw),
  make_row("fld",      "imm12 rs1 011 fd 0000111", Unit::fp_load, kFld),
  make_row("fsw",      "store_high fs2 rs1 010 store_low 0100111", Unit::fp_store, kFsw),
  make_row("fsd",      "store_high fs2 rs1 011 store_low 0100111", Unit::fp_store, kFsd),
  make_row("fmadd.s",  "fs3 00 fs2 fs1 rm fd 1000011", Unit::fp, fma_of<float, false, false>),
  make_row("fmadd.d",  "fs3 01 fs2 fs1 rm fd 1000011", Unit::fp, fma_of<double, false, false>),
  make_row("fmsub.s",  "fs3 00 fs2 fs1 rm fd 1000111", Unit::fp, fma_of<float, false, true>),
  make_row("fmsub.d",  "fs3 01 fs2 fs1 rm fd 1000111", Unit::fp, fma_of<double, false, true>),
  make_row("fnmsub.s", "fs3 00 fs2 fs1 rm fd 1001011", Unit::fp, fma_of<float, true, false>),
  make_row("fnmsub.d", "fs3 01 fs2 fs1 rm fd 1001011", Unit::fp, fma_of<double, true, false>),
  make_row("fnmadd.s", "fs3 00 fs2 fs1 rm fd 1001111", Unit::fp, fma_of<float, true, true>),
  make_row("fnmadd.d", "fs3 01 fs2 fs1 rm fd 1001111", Unit::fp, fma_of<double, true, true>),
  make_row("fadd.s",   "0000000 fs2 fs1 rm fd 1010011", Unit::fp, binary<float, add>),
  make_row("fadd.d",   "0000001 fs2 fs1 rm fd 1010011", Unit::fp, binary<double, add>),
  make_row("fsub.s",   "0000100 fs2 fs1 rm fd 1010011", Unit::fp, binary<float, sub>),
  make_row("fsub.d",   "0000101 fs2 fs1 rm fd 1010011", Unit::fp, binary<double, sub>),
  make_row("fmul.s",   "0001000 fs2 fs1 rm fd 1010011", Unit::fp, binary<float, mul>),
  make_row("fmul.d",   "0001001 fs2 fs1 rm fd 1010011", Unit::fp, binary<double, mul>),
  make_row("fdiv.s",   "0001100 fs2 fs1 rm fd 1010011", Unit::fp_div_single, binary<float, div>),
  make_row("fdiv.d",   "0001101 fs2 fs1 rm fd 1010011", Unit::fp_div_double, binary<double, div>),
  make_row("fsqrt.s",  "0101100 00000 fs1 rm fd 1010011", Unit::fp_div_single, unary<float, sqrt>),
  make_row("fsqrt.d",  "0101101 00000 fs1 rm fd 1010011", Unit::fp_div_double, unary<double, sqrt>),
  make_row("fsgnj.s",  "0010000 fs2 fs1 000 fd 1010011", Unit::fp, move_bits<float, sign_copy<float>>),
  make_row("fsgnj.d",  "0010001 fs2 fs1 000 fd 1010011", Unit::fp, move_bits<double, sign_copy<double>>),
  make_row("fsgnjn.s", "0010000 fs2 fs1 001 fd 1010011", Unit::fp, move_bits<float, sign_negate<float>>),
  make_row("fsgnjn.d", "0010001 fs2 fs1 001 fd 1010011", Unit::fp, move_bits<double, sign_negate<double>>),
  make_row("fsgnjx.s", "0010000 fs2 fs1 010 fd 1010011", Unit::fp, move_bits<float, sign_xor<float>>),
  make_row("fsgnjx.d", "0010001 fs2 fs1 010 fd 1010011", Unit::fp, move_bits<double, sign_xor<double>>),
  make_row("fmin.s",   "0010100 fs2 fs1 000 fd 1010011", Unit::fp, select<float, min_max<float, false>>),
  make_row("fmin.d",   "0010101 fs2 fs1 000 fd 1010011", Unit::fp, select<double, min_max<double, false>>),
  make_row("fmax.s",   "0010100 fs2 fs1 001 fd 1010011", Unit::fp, select<float, min_max<float, true>>),
  make_row("fmax.d",   "0010101 fs2 fs1 001 fd 1010011", Unit::fp, select<double, min_max<double, true>>),
  make_row("feq.s",    "1010000 fs2 fs1 010 rd 1010011", Unit::fp, to_x<float, equal>),
  make_row("feq.d",    "1010001 fs2 fs1 010 rd 1010011", Unit::fp, to_x<double, equal>),
  make_row("flt.s",    "1010000 fs2 fs1 001 rd 1010011", Unit::fp, to_x<float, less>),
  make_row("flt.d",    "1010001 fs2 fs1 001 rd 1010011", Unit::fp, to_x<double, less>),
  make_row("fle.s",    "1010000 fs2 fs1 000 rd 1010011", Unit::fp, to_x<float, less_equal>),
  make_row("fle.d",    "1010001 fs2 fs1 000 rd 1010011", Unit::fp, to_x<double, less_equal>),
  make_row("fclass.s", "1110000 00000 fs1 001 rd 1010011", Unit::fp, to_x<float, class_of>),
  make_row("fclass.d", "1110001 00000 fs1 001 rd 1010011", Unit::fp, to_x<double, class_of>),
  make_row("fcvt.s.d", "0100000 00001 fs1 rm fd 1010011", Unit::fp, kNarrow),
  make_row("fcvt.d.s", "0100001 00000 fs1 rm fd 1010011", Unit::fp, Behaviours{kWiden, kWiden}),
  make_row("fcvt.w.s",  "1100000 00000 fs1 rm rd 1010011", Unit::fp, integer_from_float<float, i32>),
  make_row("fcvt.wu.s", "1100000 00001 fs1 rm rd 1010011", Unit::fp, integer_from_float<float, u32>),
  make_row("fcvt.l.s",  "1100000 00010 fs1 rm rd 1010011", Unit::fp, integer_from_float<float, i64>),
  make_row("fcvt.lu.s", "1100000 00011 fs1 rm rd 1010011", Unit::fp, integer_from_float<float, u64>),
  make_row("fcvt.w.d",  "1100001 00000 fs1 rm rd 1010011", Unit::fp, integer_from_float<double, i32>),
  make_row("fcvt.wu.d", "1100001 00001 fs1 rm rd 1010011", Unit::fp, integer_from_float<double, u32>),
  make_row("fcvt.l.d",  "1100001 00010 fs1 rm rd 1010011", Unit::fp, integer_from_float<double, i64>),
  make_row("fcvt.lu.d", "1100001 00011 fs1 rm rd 1010011", Unit::fp, integer_from_float<double, u64>),
  make_row("fcvt.s.w",  "1101000 00000 rs1 rm fd 1010011", Unit::fp, convert_from_integer<float, i32>),
  make_row("fcvt.s.wu", "1101000 00001 rs1 rm fd 1010011", Unit::fp, convert_from_integer<float, u32>),
  make_row("fcvt.s.l",  "1101000 00010 rs1 rm fd 1010011", Unit::fp, convert_from_integer<float, i64>),
  make_row("fcvt.s.lu", "1101000 00011 rs1 rm fd 1010011", Unit::fp, convert_from_integer<float, u64>),
  make_row("fcvt.d.w",  "1101001 00000 rs1 rm fd 1010011", Unit::fp, convert_from_integer<double, i32>),
  make_row("fcvt.d.wu", "1101001 00001 rs1 rm fd 1010011", Unit::fp, convert_from_integer<double, u32>),
  make_row("fcvt.d.l",  "1101001 00010 rs1 rm fd 1010011", Unit::fp, convert_from_integer<double, i64>),
  make_row("fcvt.d.lu", "1101001 00011 rs1 rm fd 1010011", Unit::fp, convert_from_integer<double, u64>),
  make_row("fmv.x.w",   "1110000 00000 fs1 000 rd 1010011", Unit::fp, kMoveXW),
  make_row("fmv.x.d",   "1110001 00000 fs1 000 rd 1010011", Unit::fp, kMoveXD),
  make_row("fmv.w.x",   "1111000 00000 rs1 000 fd 1010011", Unit::fp, kMoveWX),
  make_row("fmv.d.x",   "1111001 00000 rs1 000 fd 1010011", Unit::fp, kMoveDX),
};
// clang-format on

}  // namespace

template <class I, class T>
I convert_to_integer(T value, u8 rm) {
  return to_integer<I>(value, rm);
}
template std::int8_t convert_to_integer(float, u8);
template u8 convert_to_integer(float, u8);
template std::int16_t convert_to_integer(float, u8);
template std::uint16_t convert_to_integer(float, u8);
template i32 convert_to_integer(float, u8);
template u32 convert_to_integer(float, u8);
template i64 convert_to_integer(float, u8);
template u64 convert_to_integer(float, u8);
template i32 convert_to_integer(double, u8);
template u32 convert_to_integer(double, u8);
template i64 convert_to_integer(double, u8);
template u64 convert_to_integer(double, u8);

// The same operations for vectors.
template <class T>
T sum_ties_away(T a, T b) {
  return nearest_max<T>(add, a, b);
}
template <class T>
T product_ties_away(T a, T b) {
  return nearest_max<T>(mul, a, b);
}
template <class T>
T quotient_ties_away(T a, T b) {
  return nearest_max<T>(div, a, b);
}
template <class T>
T root_ties_away(T v) {
  return nearest_max<T>(sqrt, v);
}
template <class T>
T fused_ties_away(T a, T b, T c) {
  return nearest_max<T>(fma_any, a, b, c);
}
float narrowed_ties_away(double v) {
  return nearest_max<float>(narrow, v);
}
template <class T, class I>
T from_integer_ties_away(I v) {
  return nearest_max<T>(from_any<T>, v);
}
template float sum_ties_away(float, float);
template double sum_ties_away(double, double);
template float product_ties_away(float, float);
template double product_ties_away(double, double);
template float quotient_ties_away(float, float);
template double quotient_ties_away(double, double);
template float root_ties_away(float);
template double root_ties_away(double);
template float fused_ties_away(float, float, float);
template double fused_ties_away(double, double, double);
template float from_integer_ties_away(i32);
template float from_integer_ties_away(u32);
template float from_integer_ties_away(i64);
template float from_integer_ties_away(u64);
template double from_integer_ties_away(i64);
template double from_integer_ties_away(u64);

void raise_invalid() noexcept {
  raise_host(kHostInvalid);
}
void raise_flags(unsigned flags) noexcept {
  raise_host(flags);
}
void round_as(u8 rm) noexcept {
  constexpr unsigned kHostMode[4] = {0, 3, 1, 2};
  _mm_setcsr((_mm_getcsr() & ~0x6000u) | kHostMode[rm & 3] << 13);
}
void round_to_nearest() noexcept {
  _mm_setcsr(_mm_getcsr() & ~0x6000u);
}

std::span<const Row> float_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

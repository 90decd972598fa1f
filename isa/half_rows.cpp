// Rows of Zfh and of Zfbfmin's conversions. Arithmetic is done in double and rounded once (isa/half.hpp).
#include "isa/float_ops.hpp"
#include "isa/memory_ops.hpp"
#include "isa/row.hpp"
#include "isa/short_types.hpp"

#pragma STDC FENV_ACCESS ON

namespace troupe::isa::inline TROUPE_LEVEL {
namespace {

double value(const Hart& h, u8 r) {
  return exact_double(get<Half>(h, r));
}
template <class T>
void put_rounded(Hart& h, const Op& op, double v) {
  unsigned flags = 0;
  put(h, op.rd, round_to<T>(v, op.rm, flags));
  if (flags != 0) raise_host(flags);
}

// One body for all rounding modes: it reads op.rm.
template <auto Body>
constexpr Behaviours any_mode = {float_step<Body>, float_step<Body>};

// F(operands) as double, in the op's mode; to nearest even for kNearestMax.
template <auto F, class... Operands>
double in_mode(u8 rm, Operands... operands) {
  if (rm == kNearestEven || rm == kNearestMax) return F(operands...);
  const Rounding rounding(rm);
  return F(operands...);
}
template <auto F>
constexpr Behaviours unary =
    any_mode<[](const Op& op, Hart& h) { put_rounded<Half>(h, op, in_mode<F>(op.rm, value(h, op.rs1))); }>;
template <auto F>
constexpr Behaviours binary = any_mode<[](const Op& op, Hart& h) {
  put_rounded<Half>(h, op, in_mode<F>(op.rm, value(h, op.rs1), value(h, op.rs2)));
}>;
// +-(rs1 * rs2) +- rs3
template <bool kNegateProduct, bool kNegateAddend>
constexpr Behaviours fma_of = any_mode<[](const Op& op, Hart& h) {
  const double a = kNegateProduct ? negate(value(h, op.rs1)) : value(h, op.rs1);
  const double c = kNegateAddend ? negate(value(h, op.rs3)) : value(h, op.rs3);
  put_rounded<Half>(h, op, in_mode<multiply_add<double>>(op.rm, a, value(h, op.rs2), c));
}>;

template <auto F>
constexpr Behaviours move_bits = {float_step<[](const Op& op, Hart& h) {
  put(h, op.rd, Half{static_cast<u16>(F(to_bits(get<Half>(h, op.rs1)), to_bits(get<Half>(h, op.rs2))))});
}>};
template <bool kMax>
constexpr Behaviours select = {float_step<[](const Op& op, Hart& h) {
  put(h, op.rd, min_max<Half, kMax>(get<Half>(h, op.rs1), get<Half>(h, op.rs2)));
}>};
template <auto F>
constexpr Behaviours compare = {
    float_step<[](const Op& op, Hart& h) { h.x[op.rd] = F(value(h, op.rs1), value(h, op.rs2)) ? 1 : 0; }>};
constexpr Behaviours kClass = {
    float_step<[](const Op& op, Hart& h) { h.x[op.rd] = classify(get<Half>(h, op.rs1)); }>};

template <class I>
constexpr Behaviours integer_from_half = any_mode<[](const Op& op, Hart& h) {
  h.x[op.rd] = static_cast<u64>(
      static_cast<i64>(static_cast<std::make_signed_t<I>>(to_integer<I>(value(h, op.rs1), op.rm))));
}>;
// An integer of more than 53 bits overflows however it is rounded.
template <class I>
constexpr Behaviours half_from_integer = any_mode<[](const Op& op, Hart& h) {
  put_rounded<Half>(h, op, in_mode<from_integer<double, I>>(op.rm, static_cast<I>(h.x[op.rs1])));
}>;

template <class To, class From>
constexpr Behaviours narrow = any_mode<[](const Op& op, Hart& h) {
  put_rounded<To>(h, op, static_cast<double>(get<From>(h, op.rs1)));
}>;
template <class To, class From>
constexpr Behaviours widen = any_mode<[](const Op& op, Hart& h) {
  const From v = get<From>(h, op.rs1);
  if (is_signaling(v)) raise_host(kHostInvalid);
  put(h, op.rd, is_nan(v) ? from_bits<To>(kCanonicalNan<To>) : static_cast<To>(exact_double(v)));
}>;

constexpr auto add = [](double a, double b) { return a + b; };
constexpr auto sub = [](double a, double b) { return a - b; };
constexpr auto mul = [](double a, double b) { return a * b; };
constexpr auto div = [](double a, double b) { return a / b; };
constexpr auto square_root = [](double v) { return root(v); };
// Under FENV_ACCESS == is a quiet comparison, < and <= raise invalid for any NaN: as RISC-V has it.
constexpr auto equal = [](double a, double b) { return a == b; };
constexpr auto less = [](double a, double b) { return a < b; };
constexpr auto less_equal = [](double a, double b) { return a <= b; };
constexpr auto sign_copy = [](u16 a, u16 b) { return (a & 0x7fff) | (b & 0x8000); };
constexpr auto sign_negate = [](u16 a, u16 b) { return (a & 0x7fff) | (~b & 0x8000); };
constexpr auto sign_xor = [](u16 a, u16 b) { return a ^ (b & 0x8000); };

constexpr Handler kLoad = load<u16, [](Hart& h, u8 rd, u16 v) { put(h, rd, Half{v}); }, false>;
constexpr Handler kStore = store<u16, [](Hart& h, u8 r) { return h.f[r]; }, false>;
constexpr Handler kMoveXH = step<[](const Op& op, Hart& h) {
  h.x[op.rd] = static_cast<u64>(static_cast<i64>(static_cast<i16>(h.f[op.rs1])));
}>;
constexpr Handler kMoveHX =
    step<[](const Op& op, Hart& h) { put(h, op.rd, Half{static_cast<u16>(h.x[op.rs1])}); }>;

// clang-format off
constexpr Row kRows[] = {
  make_row("flh",       "imm12 rs1 001 fd 0000111", Unit::fp_load, kLoad),
  make_row("fsh",       "store_high fs2 rs1 001 store_low 0100111", Unit::fp_store, kStore),
  make_row("fmadd.h",   "fs3 10 fs2 fs1 rm fd 1000011", Unit::fp, fma_of<false, false>),
  make_row("fmsub.h",   "fs3 10 fs2 fs1 rm fd 1000111", Unit::fp, fma_of<false, true>),
  make_row("fnmsub.h",  "fs3 10 fs2 fs1 rm fd 1001011", Unit::fp, fma_of<true, false>),
  make_row("fnmadd.h",  "fs3 10 fs2 fs1 rm fd 1001111", Unit::fp, fma_of<true, true>),
  make_row("fadd.h",    "0000010 fs2 fs1 rm fd 1010011", Unit::fp, binary<add>),
  make_row("fsub.h",    "0000110 fs2 fs1 rm fd 1010011", Unit::fp, binary<sub>),
  make_row("fmul.h",    "0001010 fs2 fs1 rm fd 1010011", Unit::fp, binary<mul>),
  make_row("fdiv.h",    "0001110 fs2 fs1 rm fd 1010011", Unit::fp_div_single, binary<div>),
  make_row("fsqrt.h",   "0101110 00000 fs1 rm fd 1010011", Unit::fp_div_single, unary<square_root>),
  make_row("fsgnj.h",   "0010010 fs2 fs1 000 fd 1010011", Unit::fp, move_bits<sign_copy>),
  make_row("fsgnjn.h",  "0010010 fs2 fs1 001 fd 1010011", Unit::fp, move_bits<sign_negate>),
  make_row("fsgnjx.h",  "0010010 fs2 fs1 010 fd 1010011", Unit::fp, move_bits<sign_xor>),
  make_row("fmin.h",    "0010110 fs2 fs1 000 fd 1010011", Unit::fp, select<false>),
  make_row("fmax.h",    "0010110 fs2 fs1 001 fd 1010011", Unit::fp, select<true>),
  make_row("feq.h",     "1010010 fs2 fs1 010 rd 1010011", Unit::fp, compare<equal>),
  make_row("flt.h",     "1010010 fs2 fs1 001 rd 1010011", Unit::fp, compare<less>),
  make_row("fle.h",     "1010010 fs2 fs1 000 rd 1010011", Unit::fp, compare<less_equal>),
  make_row("fclass.h",  "1110010 00000 fs1 001 rd 1010011", Unit::fp, kClass),
  make_row("fcvt.w.h",  "1100010 00000 fs1 rm rd 1010011", Unit::fp, integer_from_half<i32>),
  make_row("fcvt.wu.h", "1100010 00001 fs1 rm rd 1010011", Unit::fp, integer_from_half<u32>),
  make_row("fcvt.l.h",  "1100010 00010 fs1 rm rd 1010011", Unit::fp, integer_from_half<i64>),
  make_row("fcvt.lu.h", "1100010 00011 fs1 rm rd 1010011", Unit::fp, integer_from_half<u64>),
  make_row("fcvt.h.w",  "1101010 00000 rs1 rm fd 1010011", Unit::fp, half_from_integer<i32>),
  make_row("fcvt.h.wu", "1101010 00001 rs1 rm fd 1010011", Unit::fp, half_from_integer<u32>),
  make_row("fcvt.h.l",  "1101010 00010 rs1 rm fd 1010011", Unit::fp, half_from_integer<i64>),
  make_row("fcvt.h.lu", "1101010 00011 rs1 rm fd 1010011", Unit::fp, half_from_integer<u64>),
  make_row("fcvt.h.s",  "0100010 00000 fs1 rm fd 1010011", Unit::fp, narrow<Half, float>),
  make_row("fcvt.h.d",  "0100010 00001 fs1 rm fd 1010011", Unit::fp, narrow<Half, double>),
  make_row("fcvt.s.h",  "0100000 00010 fs1 rm fd 1010011", Unit::fp, widen<float, Half>),
  make_row("fcvt.d.h",  "0100001 00010 fs1 rm fd 1010011", Unit::fp, widen<double, Half>),
  make_row("fcvt.bf16.s", "0100010 01000 fs1 rm fd 1010011", Unit::fp, narrow<Bfloat, float>),
  make_row("fcvt.s.bf16", "0100000 00110 fs1 rm fd 1010011", Unit::fp, widen<float, Bfloat>),
  make_row("fmv.x.h",   "1110010 00000 fs1 000 rd 1010011", Unit::fp, kMoveXH),
  make_row("fmv.h.x",   "1111010 00000 rs1 000 fd 1010011", Unit::fp, kMoveHX),
};
// clang-format on

}  // namespace

std::span<const Row> half_rows() {
  return kRows;
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

#include "tests/isa/exact_real.hpp"

#include <algorithm>
#include <bit>

namespace troupe::isa::test {
namespace {

bool is_signaling(float v) {
  const u32 bits = std::bit_cast<u32>(v);
  return (bits & 0x7fffffff) > 0x7f800000 && (bits & 0x400000) == 0;
}
bool is_signaling(double v) {
  const u64 bits = std::bit_cast<u64>(v);
  return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000 && (bits & 0x8000000000000) == 0;
}

}  // namespace

Real::Real(float v) : Real() {
  mpfr_set_flt(value_, v, MPFR_RNDN);
  if (is_signaling(v)) fflags_ = kNv;
}
Real::Real(double v) : Real() {
  mpfr_set_d(value_, v, MPFR_RNDN);
  if (is_signaling(v)) fflags_ = kNv;
}
Real::Real(long double v) : Real() {
  mpfr_set_ld(value_, v, MPFR_RNDN);
}
Real::Real(const Real& other) : Real() {
  mpfr_set(value_, other.value_, MPFR_RNDN);
  fflags_ = other.fflags_;
}

template <class... Operands>
Real Real::from(const Operands&... operands) {
  Real r;
  ((r.fflags_ |= operands.fflags_), ...);
  return r;
}
template <class... Operands>
void Real::note_invalid(const Operands&... operands) {
  if (mpfr_nan_p(value_) != 0 && ((mpfr_nan_p(operands.value_) == 0) && ...)) fflags_ |= kNv;
}

Real operator+(const Real& a, const Real& b) {
  Real r = Real::from(a, b);
  mpfr_add(r.value_, a.value_, b.value_, MPFR_RNDN);
  r.note_invalid(a, b);
  return r;
}
Real operator-(const Real& a, const Real& b) {
  return a + -b;
}
Real operator*(const Real& a, const Real& b) {
  Real r = Real::from(a, b);
  mpfr_mul(r.value_, a.value_, b.value_, MPFR_RNDN);
  r.note_invalid(a, b);
  return r;
}
Real operator/(const Real& a, const Real& b) {
  Real r = Real::from(a, b);
  mpfr_div(r.value_, a.value_, b.value_, MPFR_RNDZ);
  r.note_invalid(a, b);
  if (mpfr_zero_p(b.value_) != 0 && mpfr_number_p(a.value_) != 0 && mpfr_zero_p(a.value_) == 0)
    r.fflags_ |= kDz;
  return r;
}
Real operator-(const Real& v) {
  Real r = Real::from(v);
  mpfr_neg(r.value_, v.value_, MPFR_RNDN);
  return r;
}
Real sqrt(const Real& v) {
  Real r = Real::from(v);
  mpfr_sqrt(r.value_, v.value_, MPFR_RNDZ);
  r.note_invalid(v);
  return r;
}
// Infinity times zero is invalid whatever is added.
Real fused(const Real& a, const Real& b, const Real& c) {
  return a * b + c;
}

RoundedBits round_ties_away(const Real& v, const Format& format) {
  const int digits = format.digits;
  const int exponent_bits = std::bit_width(static_cast<unsigned>(format.exponent_max));
  const u64 infinity = ((u64{2} << exponent_bits) - 1) << (digits - 1);
  if (mpfr_nan_p(v.value_) != 0) return {infinity | u64{1} << (digits - 2), v.fflags_};
  const u64 sign = mpfr_signbit(v.value_) != 0 ? u64{1} << (exponent_bits + digits) : 0;
  if (mpfr_inf_p(v.value_) != 0) return {sign | infinity, v.fflags_};
  if (mpfr_zero_p(v.value_) != 0) return {sign, v.fflags_};
  mpfr_t scaled, whole;
  mpfr_inits2(Real::kBits, scaled, whole, static_cast<mpfr_ptr>(nullptr));
  u32 fflags = v.fflags_;
  // |v| in units of 2^unit, rounded to a whole number of them.
  const auto in_units = [&](long unit) {
    mpfr_abs(scaled, v.value_, MPFR_RNDN);
    mpfr_mul_2si(scaled, scaled, -unit, MPFR_RNDN);
    mpfr_round(whole, scaled);
    return mpfr_get_ui(whole, MPFR_RNDN);
  };
  const long leading = mpfr_get_exp(v.value_) - 1;
  const bool tiny = leading < format.exponent_min - 1 ||
                    (leading < format.exponent_min && in_units(leading - digits + 1) >> digits == 0);
  long exponent = std::max<long>(leading, format.exponent_min);
  u64 significand = in_units(exponent - digits + 1);
  if (mpfr_equal_p(whole, scaled) == 0) fflags |= kNx | (tiny ? kUf : 0u);
  mpfr_clears(scaled, whole, static_cast<mpfr_ptr>(nullptr));
  if (significand >> digits != 0) {
    significand >>= 1;
    ++exponent;
  }
  if (exponent > format.exponent_max) return {sign | infinity, fflags | kOf | kNx};
  // The leading bit of a normal number adds one to the exponent.
  return {sign | ((static_cast<u64>(exponent - format.exponent_min) << (digits - 1)) + significand), fflags};
}

}  // namespace troupe::isa::test

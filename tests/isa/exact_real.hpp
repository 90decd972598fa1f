// Exact arithmetic, rounded once to a format with ties away from zero: a reference that shares nothing with
// the simulator, on MPFR.
#pragma once

#include <mpfr.h>

#include "tests/isa/half_reference.hpp"

namespace troupe::isa::test {

struct Format {
  int digits;                      // of the significand
  int exponent_min, exponent_max;  // of the leading bit of normal numbers
};
inline constexpr Format kBinary16{11, -14, 15}, kBinary32{24, -126, 127}, kBinary64{53, -1022, 1023};

struct RoundedBits {
  u64 bits;
  u32 fflags;
};

// A number of enough bits that sums and fused products of doubles are exact, and that quotients and roots,
// which are not, are never taken for a tie. Remembers the exceptions of the operations it comes from.
class Real {
 public:
  explicit Real(float v);
  explicit Real(double v);
  explicit Real(long double v);
  Real(const Real& other);
  Real& operator=(const Real&) = delete;
  ~Real() { mpfr_clear(value_); }

  friend Real operator+(const Real& a, const Real& b);
  friend Real operator-(const Real& a, const Real& b);
  friend Real operator*(const Real& a, const Real& b);
  friend Real operator/(const Real& a, const Real& b);
  friend Real operator-(const Real& v);
  friend Real sqrt(const Real& v);
  friend Real fused(const Real& a, const Real& b, const Real& c);  // a * b + c
  friend RoundedBits round_ties_away(const Real& v, const Format& format);

 private:
  Real() { mpfr_init2(value_, kBits); }
  // The result of an operation on operands, before it is computed: with their exceptions.
  template <class... Operands>
  static Real from(const Operands&... operands);
  // Invalid when a result is NaN and no operand was.
  template <class... Operands>
  void note_invalid(const Operands&... operands);

  // Fused products of doubles have bits from 2^-2148 to 2^2048.
  static constexpr mpfr_prec_t kBits = 4300;
  mpfr_t value_;
  u32 fflags_ = 0;
};

// Canonical NaN, infinity or number, as bits, with all exceptions.
RoundedBits round_ties_away(const Real& v, const Format& format);

}  // namespace troupe::isa::test

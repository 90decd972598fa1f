// Scalar FP arithmetic as RISC-V defines it, on the host's SSE unit.
//
// Exceptions collect in MXCSR, whose sticky flags the engine turns into fflags when it leaves threaded code;
// so no instruction touches fflags. MXCSR rounds to nearest even except inside a Rounding. Results that are
// NaN become the canonical NaN. x86 and RISC-V agree on the rest: both detect tininess after rounding.
#pragma once

#include <immintrin.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "isa/exec.hpp"
#include "isa/float_bits.hpp"
#include "isa/float_convert.hpp"
#include "isa/half.hpp"
#include "isa/hart.hpp"

#pragma STDC FENV_ACCESS ON

namespace troupe::isa::inline TROUPE_LEVEL {

// As step(), compiled with the FP semantics of the file that uses it so that the body is inlined.
template <auto Body>
TROUPE_THREADED void float_step(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                Cycle cycle, Session* session) {
  Body(*op, *hart);
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

// Registers hold narrow numbers NaN-boxed; one that is not boxed reads as the canonical NaN.
template <class T>
T get(const Hart& hart, std::uint8_t r) {
  return unboxed<T>(hart.f[r]);
}
template <class T>
void put(Hart& hart, std::uint8_t r, T v) {
  hart.f[r] = boxed(v);
}

inline void raise_host(unsigned flags) {
  _mm_setcsr(_mm_getcsr() | flags);
}

// Rounds as `rm` (not kNearestMax) while it lives.
class Rounding {
 public:
  explicit Rounding(std::uint8_t rm) { round_as(rm); }
  ~Rounding() { round_to_nearest(); }
  Rounding(const Rounding&) = delete;
  Rounding& operator=(const Rounding&) = delete;
};

inline float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
inline double fused(double a, double b, double c) {
  return __builtin_fma(a, b, c);
}
// Not _mm_sqrt_ss and _mm_sqrt_sd: FENV_ACCESS does not hold them in place, so that MXCSR was read first.
inline float root(float v) {
  return __builtin_elementwise_sqrt(v);
}
inline double root(double v) {
  return __builtin_elementwise_sqrt(v);
}

// a * b + c. Infinity times zero is invalid even when c is a quiet NaN.
template <class T>
T multiply_add(T a, T b, T c) {
  const T r = fused(a, b, c);
  if (is_nan(r) && is_invalid_product(a, b)) [[unlikely]]
    raise_host(kHostInvalid);
  return r;
}

// As min_max_quiet; a signaling NaN is invalid.
template <class T, bool kMax>
T min_max(T a, T b) {
  if (is_signaling(a) || is_signaling(b)) raise_host(kHostInvalid);
  return min_max_quiet<T, kMax>(a, b);
}

// Rounds value, a truncation of the exact result unless !inexact, to T with ties away from zero, raising
// flags.
template <class T>
T round_nearest_max(long double value, bool inexact);

// F(operands) rounded to nearest, ties away: x86 has no such mode. F is also called with long doubles.
template <class T, class F, class... Operands>
T nearest_max(F f, Operands... operands) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before & ~kHostFlags);
  const T nearest_even = f(operands...);
  const unsigned flags = _mm_getcsr() & kHostFlags;
  if ((flags & kHostInexact) == 0) {  // exact, or invalid, or a division by zero
    _mm_setcsr(before | flags);
    return nearest_even;
  }
  _mm_setcsr(before);
  unsigned short control, status;
  __asm__ volatile("fnstcw %0" : "=m"(control));
  const unsigned short truncating = control | 0x0f00;
  __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(truncating));
  const long double value = f(static_cast<long double>(operands)...);
  __asm__ volatile("fnstsw %0" : "=m"(status) : "m"(value));
  __asm__ volatile("fldcw %0" : : "m"(control));
  return round_nearest_max<T>(value, (status & 0x20) != 0);
}

template <class T>
T round_nearest_max(long double value, bool inexact) {
  constexpr int kDigits = isa::kDigits<T>, kExponentMin = isa::kExponentMin<T>;
  struct {
    std::uint64_t mantissa;
    std::uint16_t sign_exponent;
  } parts;
  __builtin_memcpy(&parts, &value, 10);
  const int exponent = (parts.sign_exponent & 0x7fff) - 16383;  // of the leading bit
  const BitsOf<T> sign = (parts.sign_exponent >> 15) != 0 ? kSignBit<T> : 0;
  if (parts.mantissa == 0) return from_bits<T>(sign);
  const auto rounded = [&](int drop) -> std::uint64_t {
    if (drop > 64) return 0;
    if (drop == 64) return parts.mantissa >> 63;
    return (parts.mantissa >> drop) + (parts.mantissa >> (drop - 1) & 1);
  };
  const int lost = exponent < kExponentMin ? kExponentMin - exponent : 0;
  const int drop = 64 - kDigits + lost;
  const bool exact = !inexact && (drop < 64 ? parts.mantissa << (64 - drop) == 0 : false);
  const std::uint64_t m = rounded(drop);
  // Tiny: below the smallest normal even when rounded to full precision with any exponent.
  const bool tiny = lost > 1 || (lost == 1 && rounded(64 - kDigits) >> kDigits == 0);
  if (!exact) raise_host(kHostInexact | (tiny ? kHostUnderflow : 0));
  const int biased = lost > 0 ? 0 : exponent - kExponentMin;  // the leading bit of m adds one
  const std::uint64_t bits = (static_cast<std::uint64_t>(biased) << (kDigits - 1)) + m;
  if (biased > 1 - 2 * kExponentMin || bits >= kInfinity<T>) {
    raise_host(kHostOverflow | kHostInexact);
    return from_bits<T>(sign | kInfinity<T>);
  }
  return from_bits<T>(static_cast<BitsOf<T>>(sign | bits));
}

inline long double fused(long double a, long double b, long double c) {
  return __builtin_fmal(a, b, c);
}
inline long double root(long double v) {
  return __builtin_sqrtl(v);
}
inline long double multiply_add(long double a, long double b, long double c) {
  return fused(a, b, c);
}

// v rounded to an integral value as `rm`, raising nothing.
template <class T>
T integral(T v, std::uint8_t rm) {
  const unsigned before = _mm_getcsr();
  T r = v;
  switch (rm) {
    case kTowardZero:
      r = std::trunc(v);
      break;
    case kDown:
      r = std::floor(v);
      break;
    case kUp:
      r = std::ceil(v);
      break;
    case kNearestMax:
      r = std::round(v);
      break;
    default:
      r = std::nearbyint(v);
      break;
  }
  _mm_setcsr(before);
  return r;
}

// FP to integer I: saturating; NaN gives the largest. Out of range is invalid and not inexact.
template <class I, class T>
I to_integer(T v, std::uint8_t rm) {
  constexpr I kMin = std::numeric_limits<I>::min(), kMax = std::numeric_limits<I>::max();
  if (is_nan(v)) {
    raise_host(kHostInvalid);
    return kMax;
  }
  const T r = integral(v, rm);
  constexpr T kHalf = static_cast<T>(std::uint64_t{1} << (8 * sizeof(I) - 1));  // exact
  const T limit = std::is_signed_v<I> ? kHalf : kHalf * 2;
  if (r >= limit || r < (std::is_signed_v<I> ? -kHalf : T{0})) {
    raise_host(kHostInvalid);
    return r < 0 ? kMin : kMax;
  }
  if (r != v) raise_host(kHostInexact);
  if constexpr (std::is_same_v<I, std::uint64_t>) {
    if (r >= T{0x1p63}) return static_cast<I>(static_cast<std::int64_t>(r - T{0x1p63})) + (I{1} << 63);
  }
  return static_cast<I>(static_cast<std::int64_t>(r));
}

// Integer to FP in the current rounding mode.
template <class T, class I>
T from_integer(I v) {
  if constexpr (std::is_same_v<I, std::uint64_t>) {
    if (v >> 63 != 0) return static_cast<T>(static_cast<std::int64_t>(v >> 1 | (v & 1))) * T{2};
  }
  return static_cast<T>(static_cast<std::int64_t>(v));
}

}  // namespace troupe::isa::inline TROUPE_LEVEL

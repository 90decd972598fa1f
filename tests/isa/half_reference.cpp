#include "tests/isa/half_reference.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace troupe::isa::test {
namespace {

using i128 = __int128;

constexpr u16 kNan = 0x7e00, kInf = 0x7c00;

bool negative(u16 v) {
  return v >> 15 != 0;
}
bool infinite(u16 v) {
  return (v & 0x7fff) == kInf;
}
bool zero(u16 v) {
  return (v & 0x7fff) == 0;
}

// |v| in units of 2^-24; infinity counts as 2^16.
u64 units(u16 v) {
  const u64 exponent = v >> 10 & 31, fraction = v & 0x3ff;
  return exponent == 0 ? fraction : (fraction | 0x400) << (exponent - 1);
}

// Finds the half for a magnitude that is not 0, given how it compares with c * 2^-26.
Rounded between(bool sign, u32 rm, const std::function<int(u64 c)>& compare) {
  const u16 s = sign ? 0x8000 : 0;
  const bool away = (rm == 3 && !sign) || (rm == 2 && sign), nearest = rm == 0 || rm == 4;
  if (compare(units(kInf) << 2) >= 0)
    return {static_cast<u16>(s | (nearest || away ? kInf : kInf - 1)), kOf | kNx};
  u16 low = 0, high = kInf;  // low <= magnitude < high
  while (high - low > 1) {
    const u16 middle = static_cast<u16>((low + high) / 2);
    (compare(units(middle) << 2) >= 0 ? low : high) = middle;
  }
  if (compare(units(low) << 2) == 0) return {static_cast<u16>(s | low), 0};
  const int half = compare((units(low) + units(high)) << 1);
  const bool up = nearest ? half > 0 || (half == 0 && (rm == 4 || (low & 1) != 0)) : away;
  u32 flags = kNx;
  // With any exponent the numbers just below 2^-14 are 2^-25 apart.
  const u64 normal = units(0x400) << 2;
  const bool tiny = nearest ? compare(normal - 1) < 0 : away ? compare(normal - 2) <= 0 : compare(normal) < 0;
  if (tiny) flags |= kUf;
  const u16 r = up ? high : low;
  if (r == kInf) flags |= kOf;
  return {static_cast<u16>(s | r), flags};
}

int order(u128 a, u128 b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
Rounded nan(u16 a, u16 b, u16 c = 0) {
  return {kNan, is_signaling_half(a) || is_signaling_half(b) || is_signaling_half(c) ? kNv : 0u};
}

}  // namespace

double half_value(u16 v) {
  if (is_nan_half(v)) return std::numeric_limits<double>::quiet_NaN();
  const double m =
      infinite(v) ? std::numeric_limits<double>::infinity() : std::ldexp(static_cast<double>(units(v)), -24);
  return negative(v) ? -m : m;
}

u64 class_of_half(u16 v) {
  if (is_nan_half(v)) return is_signaling_half(v) ? 0x100 : 0x200;
  const u64 kind = infinite(v) ? 0 : zero(v) ? 3 : (v & 0x7c00) == 0 ? 2 : 1;
  return u64{1} << (negative(v) ? kind : 7 - kind);
}

Rounded product(u16 a, u16 b, u32 rm) {
  if (is_nan_half(a) || is_nan_half(b)) return nan(a, b);
  if ((infinite(a) && zero(b)) || (zero(a) && infinite(b))) return {kNan, kNv};
  const u16 sign = (a ^ b) & 0x8000;
  if (infinite(a) || infinite(b)) return {static_cast<u16>(sign | kInf), 0};
  if (zero(a) || zero(b)) return {sign, 0};
  const u128 exact = u128{units(a)} * units(b);  // units of 2^-48
  return between(sign != 0, rm, [=](u64 c) { return order(exact, u128{c} << 22); });
}

Rounded fused(u16 a, u16 b, u16 c, u32 rm) {
  const bool invalid = (infinite(a) && zero(b)) || (zero(a) && infinite(b));
  if (is_nan_half(a) || is_nan_half(b) || is_nan_half(c)) {
    Rounded r = nan(a, b, c);
    if (invalid) r.fflags = kNv;
    return r;
  }
  if (invalid) return {kNan, kNv};
  const bool sign = negative(a) != negative(b);
  if (infinite(a) || infinite(b)) {
    if (infinite(c) && negative(c) != sign) return {kNan, kNv};
    return {static_cast<u16>((sign ? 0x8000 : 0) | kInf), 0};
  }
  if (infinite(c)) return {c, 0};
  const i128 p = static_cast<i128>(u128{units(a)} * units(b)), z = static_cast<i128>(u128{units(c)} << 24);
  const i128 exact = (sign ? -p : p) + (negative(c) ? -z : z);
  if (exact == 0) {
    if (sign == negative(c)) return {static_cast<u16>(sign ? 0x8000 : 0), 0};
    return {static_cast<u16>(rm == 2 ? 0x8000 : 0), 0};
  }
  const u128 magnitude = static_cast<u128>(exact < 0 ? -exact : exact);
  return between(exact < 0, rm, [=](u64 k) { return order(magnitude, u128{k} << 22); });
}

Rounded quotient(u16 a, u16 b, u32 rm) {
  if (is_nan_half(a) || is_nan_half(b)) return nan(a, b);
  if ((infinite(a) && infinite(b)) || (zero(a) && zero(b))) return {kNan, kNv};
  const u16 sign = (a ^ b) & 0x8000;
  if (infinite(a)) return {static_cast<u16>(sign | kInf), 0};
  if (zero(b)) return {static_cast<u16>(sign | kInf), kDz};
  if (zero(a) || infinite(b)) return {sign, 0};
  const u64 x = units(a), y = units(b);
  return between(sign != 0, rm, [=](u64 c) { return order(u128{x} << 26, u128{c} * y); });
}

Rounded square_root(u16 a, u32 rm) {
  if (is_nan_half(a)) return nan(a, 0);
  if (zero(a)) return {a, 0};
  if (negative(a)) return {kNan, kNv};
  if (infinite(a)) return {a, 0};
  const u64 x = units(a);
  return between(false, rm, [=](u64 c) { return order(u128{x} << 28, u128{c} * c); });
}

Rounded from_double_reference(double v, u32 rm) {
  if (std::isnan(v)) return {kNan, 0};
  const bool sign = std::signbit(v);
  if (std::isinf(v) || v == 0) return {static_cast<u16>((sign ? 0x8000 : 0) | (v == 0 ? 0 : kInf)), 0};
  int exponent = 0;
  double fraction = std::frexp(std::fabs(v), &exponent);
  // Beyond these all numbers round alike.
  if (exponent > 20) exponent = 20;
  if (exponent < -50) exponent = -50;
  const u128 exact = static_cast<u128>(static_cast<u64>(std::ldexp(fraction, 53))) << (exponent + 50);
  return between(sign, rm, [=](u64 c) { return order(exact, u128{c} << 77); });  // units of 2^-103
}

Rounded integer_reference(bool sign, u64 magnitude, u32 rm) {
  if (magnitude == 0) return {0, 0};
  return between(sign, rm, [=](u64 c) { return order(u128{magnitude} << 26, c); });
}

IntegerResult to_integer_reference(u16 v, int bits, bool is_signed, u32 rm) {
  const u64 largest = is_signed ? (u64{1} << (bits - 1)) - 1 : ~u64{0};
  const u64 least = is_signed ? ~largest : 0;
  if (is_nan_half(v)) return {largest, kNv};
  if (infinite(v)) return {negative(v) ? least : largest, kNv};
  const u64 whole = units(v) >> 24, rest = units(v) & 0xffffff, half = 0x800000;
  const bool up = rm == 0   ? rest > half || (rest == half && (whole & 1) != 0)
                  : rm == 4 ? rest >= half
                  : rm == 2 ? rest != 0 && negative(v)
                  : rm == 3 ? rest != 0 && !negative(v)
                            : false;
  const u64 magnitude = whole + (up ? 1 : 0);  // at most 65504: below every upper limit
  if (!is_signed && negative(v) && magnitude != 0) return {0, kNv};
  return {negative(v) ? 0 - magnitude : magnitude, rest != 0 ? kNx : 0u};
}

}  // namespace troupe::isa::test

// Vector FP instructions against scalar arithmetic of the host under its rounding modes, and against exact
// arithmetic where ties are rounded away, with flags.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <bit>
#include <cfenv>
#include <cmath>
#include <set>

#include "tests/isa/exact_real.hpp"
#include "tests/isa/half_reference.hpp"
#include "tests/isa/vector_reference.hpp"

#pragma STDC FENV_ACCESS ON

using namespace troupe;
using namespace troupe::isa;
using namespace troupe::isa::test;

namespace {

// Stands for half precision, whose values are doubles here.
struct Binary16 {};
template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, u32, u64>;
// The number of bits `bits` of format T; NaNs of halves keep their kind.
template <class T>
auto value(u64 bits) {
  if constexpr (std::is_same_v<T, Binary16>) {
    const u16 h = static_cast<u16>(bits);
    return is_signaling_half(h) ? std::bit_cast<double>(u64{0x7ff0000000000001}) : half_value(h);
  } else {
    return std::bit_cast<T>(static_cast<Bits<T>>(bits));
  }
}
template <class T>
u64 bits_of(T v) {
  return std::bit_cast<Bits<T>>(v);
}
template <class T>
u64 canonical_nan() {
  return std::is_same_v<T, Binary16> ? 0x7e00u : sizeof(T) == 4 ? 0x7fc00000u : 0x7ff8000000000000u;
}
template <class T>
bool signaling(u64 bits) {
  if constexpr (std::is_same_v<T, Binary16>)
    return is_signaling_half(static_cast<u16>(bits));
  else
    return std::isnan(value<T>(bits)) && (bits >> (sizeof(T) == 4 ? 22 : 51) & 1) == 0;
}
template <class F>
auto by_width(int width, F f) {
  return width == 16 ? f(Binary16{}) : width == 32 ? f(float{}) : f(double{});
}

// f(operands...) in the mode of frm, with its exceptions; a NaN becomes canonical. Under frm 4, which the
// host lacks, f works on exact numbers and the result is rounded once.
template <class T, class F, class... Operands>
u64 arithmetic(Expect& e, F f, Operands... operands) {
  if (e.m.hart->csr.frm == 4) {
    constexpr Format kFormat = std::is_same_v<T, Binary16> ? kBinary16
                               : sizeof(T) == 4            ? kBinary32
                                                           : kBinary64;
    const RoundedBits r = round_ties_away(f(Real(operands)...), kFormat);
    e.fflags |= r.fflags;
    return r.bits;
  }
  constexpr int kModes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
  std::fesetround(kModes[e.m.hart->csr.frm]);
  std::feclearexcept(FE_ALL_EXCEPT);
  using Computed = std::conditional_t<std::is_same_v<T, Binary16>, double, T>;
  const auto hidden = [&](const volatile Operands&... v) { return static_cast<Computed>(f(Operands{v}...)); };
  volatile Computed r = hidden(operands...);
  const int raised = std::fetestexcept(FE_ALL_EXCEPT);
  std::fesetround(FE_TONEAREST);
  const Computed result = r;
  e.fflags |= ((raised & FE_INEXACT) ? kNx : 0) | ((raised & FE_UNDERFLOW) ? kUf : 0) |
              ((raised & FE_OVERFLOW) ? kOf : 0) | ((raised & FE_DIVBYZERO) ? kDz : 0) |
              ((raised & FE_INVALID) ? kNv : 0);
  if (std::isnan(result)) return canonical_nan<T>();
  if constexpr (std::is_same_v<T, Binary16>) {
    // Proved to be as rounding once in half_test.cpp.
    const Rounded half = from_double_reference(result, e.m.hart->csr.frm);
    e.fflags |= half.fflags;
    return half.bits;
  } else {
    return bits_of(result);
  }
}

// v as it is, or in the host's type C.
template <class C>
constexpr auto as_computed = []<class V>(V v) {
  if constexpr (std::is_same_v<V, Real>)
    return v;
  else
    return static_cast<C>(v);
};

// f<T>(e, a, b, d) on bits; widths of vd, vs2 and the second source as multiples of SEW.
struct Operands {
  u64 a, b, d;
};
using Operation = std::function<u64(Expect&, const Operands&, int width)>;
Reference element_wise(int d, int a, int b, Operation f) {
  return [=](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i))
        e.put(i, e.sew * d,
              f(e, {e.a(i, e.sew * a), e.b(i, e.sew * b), e.element(e.vd(), i, e.sew * d)}, e.sew * d));
  };
}

template <class F>
Reference same(F f) {
  return element_wise(1, 1, 1, [=](Expect& e, const Operands& o, int width) {
    const auto run = [&]<class T>(T) {
      return arithmetic<T>(e, f, value<T>(o.a), value<T>(o.b), value<T>(o.d));
    };
    return by_width(width, run);
  });
}
template <class Narrow, class Wide, class F>
Reference widening_from(bool wide_a, F f) {
  return element_wise(2, wide_a ? 2 : 1, 1, [=](Expect& e, const Operands& o, int) {
    const auto in_wide = [f](auto a, auto b, auto d) {
      using Computed = decltype(d);
      return f(static_cast<Computed>(a), static_cast<Computed>(b), d);
    };
    const auto b = value<Narrow>(o.b);
    const Wide d = value<Wide>(o.d);
    return wide_a ? arithmetic<Wide>(e, in_wide, value<Wide>(o.a), b, d)
                  : arithmetic<Wide>(e, in_wide, value<Narrow>(o.a), b, d);
  });
}
template <class F>
Reference widening(bool wide_a, F f) {
  return [=](Expect& e) {
    e.sew == 16 ? widening_from<Binary16, float>(wide_a, f)(e) : widening_from<float, double>(wide_a, f)(e);
  };
}
// x * y + z; infinity times zero is invalid whatever z.
template <class T>
T fused(T x, T y, T z) {
  if ((std::isinf(x) && y == 0) || (std::isinf(y) && x == 0)) {
    std::feraiseexcept(FE_INVALID);
    return std::numeric_limits<T>::quiet_NaN();
  }
  return std::fma(x, y, z);
}

u64 min_max(Expect& e, const Operands& o, int width, bool max) {
  const auto run = [&]<class T>(T) -> u64 {
    if (signaling<T>(o.a) || signaling<T>(o.b)) e.fflags |= kNv;
    const auto a = value<T>(o.a), b = value<T>(o.b);
    if (std::isnan(a) && std::isnan(b)) return canonical_nan<T>();
    if (std::isnan(a)) return o.b;
    if (std::isnan(b)) return o.a;
    if (a == b) return (std::signbit(a) != max) ? o.a : o.b;
    return (a < b) != max ? o.a : o.b;
  };
  return by_width(width, run);
}
u64 classify(const Operands& o, int width) {
  if (width == 16) return class_of_half(static_cast<u16>(o.a));
  const auto run = [&]<class T>(T) -> u64 {
    const T v = value<T>(o.a);
    const bool negative = std::signbit(v);
    switch (std::fpclassify(v)) {
      case FP_INFINITE:
        return negative ? 1 : 1 << 7;
      case FP_NORMAL:
        return negative ? 2 : 1 << 6;
      case FP_SUBNORMAL:
        return negative ? 4 : 1 << 5;
      case FP_ZERO:
        return negative ? 8 : 1 << 4;
      default:
        return signaling<T>(o.a) ? 1 << 8 : 1 << 9;
    }
  };
  return width == 32 ? run(float{}) : run(double{});
}
// What QEMU 7.2 answers for 1.i and, for square roots, for 2 * 1.i and 1.i.
constexpr int kReciprocals[128] = {
    127, 125, 123, 121, 119, 117, 116, 114, 112, 110, 109, 107, 105, 104, 102, 100, 99, 97, 96, 94, 93, 91,
    90,  88,  87,  85,  84,  83,  81,  80,  79,  77,  76,  75,  74,  72,  71,  70,  69, 68, 66, 65, 64, 63,
    62,  61,  60,  59,  58,  57,  56,  55,  54,  53,  52,  51,  50,  49,  48,  47,  46, 45, 44, 43, 42, 41,
    40,  40,  39,  38,  37,  36,  35,  35,  34,  33,  32,  31,  31,  30,  29,  28,  28, 27, 26, 25, 25, 24,
    23,  23,  22,  21,  21,  20,  19,  19,  18,  17,  17,  16,  15,  15,  14,  14,  13, 12, 12, 11, 11, 10,
    9,   9,   8,   8,   7,   7,   6,   5,   5,   4,   4,   3,   3,   2,   2,   1,   1,  0};
constexpr int kReciprocalRoots[128] = {
    52,  51,  50,  48,  47,  46,  44,  43,  42,  41,  40,  39,  38,  36,  35,  34, 33, 32, 31, 30, 30,  29,
    28,  27,  26,  25,  24,  23,  23,  22,  21,  20,  19,  19,  18,  17,  16,  16, 15, 14, 14, 13, 12,  12,
    11,  10,  10,  9,   9,   8,   7,   7,   6,   6,   5,   4,   4,   3,   3,   2,  2,  1,  1,  0,  127, 125,
    123, 121, 119, 118, 116, 114, 113, 111, 109, 108, 106, 105, 103, 102, 100, 99, 97, 96, 95, 93, 92,  91,
    90,  88,  87,  86,  85,  84,  83,  82,  80,  79,  78,  77,  76,  75,  74,  73, 72, 71, 70, 70, 69,  68,
    67,  66,  65,  64,  63,  63,  62,  61,  60,  59,  59,  58,  57,  56,  56,  55, 54, 53};

// The estimate of 1/v or 1/sqrt(v) by values, not bits: 1 + table/128 times a power of two.
u64 estimate(Expect& e, const Operands& o, int width, bool is_root) {
  return by_width(width, [&]<class T>(T) -> u64 {
    using V = decltype(value<T>(0));
    const u64 sign = o.a >> (width - 1) << (width - 1);
    const u64 infinity = width == 16 ? 0x7c00 : width == 32 ? 0x7f800000 : 0x7ff0000000000000;
    const V v = value<T>(o.a);
    if (v == 0) {
      e.fflags |= kDz;
      return sign | infinity;
    }
    if (std::isnan(v) || (is_root && v < 0)) {
      if (signaling<T>(o.a) || !std::isnan(v)) e.fflags |= kNv;
      return canonical_nan<T>();
    }
    if (std::isinf(v)) return sign;
    int exponent = 0;
    const long double x = 2 * std::frexp(std::fabs(static_cast<long double>(v)), &exponent);
    --exponent;
    const bool odd = exponent % 2 != 0;
    const int index = static_cast<int>((x - 1) * (is_root ? 64 : 128)) + (is_root && !odd ? 64 : 0);
    const int table = is_root ? kReciprocalRoots[index] : kReciprocals[index];
    const int power = is_root ? -(exponent - (odd ? 1 : 0)) / 2 - 1 : -exponent - 1;
    const long double r = std::ldexp(1 + static_cast<long double>(table) / 128, power);
    if (power > (width == 16 ? 15 : width == 32 ? 127 : 1023)) {
      e.fflags |= kOf | kNx;
      const u32 frm = e.m.hart->csr.frm;
      return sign | (infinity - (frm == 1 || (frm == 2 && sign == 0) || (frm == 3 && sign != 0) ? 1 : 0));
    }
    if constexpr (std::is_same_v<T, Binary16>)
      return sign | from_double_reference(static_cast<double>(r), 0).bits;
    else
      return sign | bits_of(static_cast<T>(r));
  });
}

// How two numbers compare, given which NaNs are invalid.
Reference compare(bool quiet, std::function<bool(int order)> f, bool unordered) {
  return [=](Expect& e) {
    const auto run = [&]<class T>(T) {
      for (u64 i = 0; i < e.vl; ++i) {
        if (!e.active(i)) continue;
        const u64 x = e.a(i, e.sew), y = e.b(i, e.sew);
        const auto a = value<T>(x), b = value<T>(y);
        const bool nan = std::isnan(a) || std::isnan(b);
        if (signaling<T>(x) || signaling<T>(y) || (nan && !quiet)) e.fflags |= kNv;
        e.put_bit(i, nan ? unordered : f(a < b ? -1 : a > b ? 1 : 0));
      }
    };
    by_width(e.sew, run);
  };
}

// FP of `from` bits to an integer of `to` bits, rounded as frm or towards zero.
u64 to_integer(Expect& e, u64 bits, int from, int to, bool is_signed, bool truncate) {
  const long double v = by_width(from, [=]<class T>(T) { return static_cast<long double>(value<T>(bits)); });
  const long double high = is_signed ? std::ldexp(1.0L, to - 1) : std::ldexp(1.0L, to),
                    low = is_signed ? -high : 0;
  if (std::isnan(v)) {
    e.fflags |= kNv;
    return is_signed ? (u64{1} << (to - 1)) - 1 : ~u64{0};
  }
  const u32 frm = truncate ? 1 : e.m.hart->csr.frm;
  long double r = frm == 1   ? std::trunc(v)
                  : frm == 2 ? std::floor(v)
                  : frm == 3 ? std::ceil(v)
                             : std::nearbyint(v);
  if (frm == 4) r = std::round(v);
  if (r >= high || r < low) {
    e.fflags |= kNv;
    return r < 0 ? (is_signed ? u64{1} << (to - 1) : 0) : is_signed ? (u64{1} << (to - 1)) - 1 : ~u64{0};
  }
  if (r != v) e.fflags |= kNx;
  return r < 0 ? static_cast<u64>(static_cast<i64>(r)) : static_cast<u64>(r);
}
Reference to_integers(int d, int a, bool is_signed, bool truncate) {  // widths in halves of SEW
  return [=](Expect& e) {
    const int to = e.sew * d, from = e.sew * a;
    for (u64 i = 0; i < e.vl; ++i)
      if (e.active(i)) e.put(i, to, to_integer(e, e.a(i, from), from, to, is_signed, truncate));
  };
}
Reference from_integers(int d, int a, bool is_signed) {
  return element_wise(d, a, 1, [=](Expect& e, const Operands& o, int width) {
    const int from = e.sew * a;
    const long double v =
        is_signed ? static_cast<long double>(sext(o.a, from)) : static_cast<long double>(o.a);
    return by_width(width,
                    [&]<class T>(T) { return arithmetic<T>(e, as_computed<decltype(value<T>(0))>, v); });
  });
}
// By formats of the sum and of the elements: half, single and double, or the widening sums.
template <class D, class S, class F>
void fold(Expect& e, F f) {
  constexpr int kSum = std::is_same_v<D, Binary16> ? 16 : sizeof(D) * 8;
  constexpr int kElement = std::is_same_v<S, Binary16> ? 16 : sizeof(S) * 8;
  if (e.vl == 0) return;
  u64 sum = e.element(e.vs1(), 0, kSum);
  for (u64 i = 0; i < e.vl; ++i)
    if (e.active(i)) sum = f(D{}, S{}, sum, e.a(i, kElement));
  e.put(0, kSum, sum);
}
template <class F>
Reference reduce(F f) {
  return [=](Expect& e) {
    by_width(e.sew, [&]<class T>(T) { fold<T, T>(e, [&](auto... p) { return f(e, p...); }); });
  };
}
template <class F>
Reference reduce_widening(F f) {
  return [=](Expect& e) {
    const auto bound = [&](auto... p) { return f(e, p...); };
    e.sew == 16 ? fold<float, Binary16>(e, bound) : fold<double, float>(e, bound);
  };
}
constexpr auto sum = []<class D, class S>(Expect& e, D, S, u64 x, u64 y) {
  const auto plus = [](auto a, auto b) { return a + static_cast<decltype(a)>(b); };
  return arithmetic<D>(e, plus, value<D>(x), value<S>(y));
};
template <bool kMax>
constexpr auto extreme = []<class D>(Expect& e, D, D, u64 x, u64 y) {
  return min_max(e, {x, y, 0}, std::is_same_v<D, Binary16> ? 16 : sizeof(D) * 8, kMax);
};

using Table = std::map<std::string, Reference>;
void add(Table& t, const std::string& name, std::vector<std::string> suffixes, const Reference& r) {
  for (const std::string& s : suffixes) t[name + "." + s] = r;
}

void add_arithmetic(Table& t) {
  const std::vector<std::string> vvf = {"vv", "vf"}, wvf = {"wv", "wf"};
  const auto plus = [](auto a, auto b, auto) { return a + b; };
  const auto minus = [](auto a, auto b, auto) { return a - b; };
  const auto times = [](auto a, auto b, auto) { return a * b; };
  add(t, "vfadd", vvf, same(plus));
  add(t, "vfsub", vvf, same(minus));
  add(t, "vfrsub", {"vf"}, same([](auto a, auto b, auto) { return b - a; }));
  add(t, "vfmul", vvf, same(times));
  add(t, "vfdiv", vvf, same([](auto a, auto b, auto) { return a / b; }));
  add(t, "vfrdiv", {"vf"}, same([](auto a, auto b, auto) { return b / a; }));
  add(t, "vfsqrt", {"v"}, same([](auto a, auto, auto) {
        using std::sqrt;
        return sqrt(a);
      }));
  const auto macc = [](auto a, auto b, auto d) { return fused(a, b, d); };
  const auto nmacc = [](auto a, auto b, auto d) { return fused(-a, b, -d); };
  const auto msac = [](auto a, auto b, auto d) { return fused(a, b, -d); };
  const auto nmsac = [](auto a, auto b, auto d) { return fused(-a, b, d); };
  add(t, "vfmacc", vvf, same(macc));
  add(t, "vfnmacc", vvf, same(nmacc));
  add(t, "vfmsac", vvf, same(msac));
  add(t, "vfnmsac", vvf, same(nmsac));
  add(t, "vfmadd", vvf, same([](auto a, auto b, auto d) { return fused(d, b, a); }));
  add(t, "vfnmadd", vvf, same([](auto a, auto b, auto d) { return fused(-d, b, -a); }));
  add(t, "vfmsub", vvf, same([](auto a, auto b, auto d) { return fused(d, b, -a); }));
  add(t, "vfnmsub", vvf, same([](auto a, auto b, auto d) { return fused(-d, b, a); }));
  add(t, "vfwadd", vvf, widening(false, plus));
  add(t, "vfwsub", vvf, widening(false, minus));
  add(t, "vfwadd", wvf, widening(true, plus));
  add(t, "vfwsub", wvf, widening(true, minus));
  add(t, "vfwmul", vvf, widening(false, times));
  add(t, "vfwmacc", vvf, widening(false, macc));
  add(t, "vfwnmacc", vvf, widening(false, nmacc));
  add(t, "vfwmsac", vvf, widening(false, msac));
  add(t, "vfwnmsac", vvf, widening(false, nmsac));
  add(t, "vfmin", vvf,
      element_wise(1, 1, 1, [](auto& e, auto& o, int w) { return min_max(e, o, w, false); }));
  add(t, "vfmax", vvf, element_wise(1, 1, 1, [](auto& e, auto& o, int w) { return min_max(e, o, w, true); }));
  const auto sign = [](auto f) {
    return element_wise(1, 1, 1, [=](Expect&, const Operands& o, int w) {
      const u64 s = u64{1} << (w - 1);
      return (o.a & ~s) | (f(o.a, o.b) & s);
    });
  };
  add(t, "vfsgnj", vvf, sign([](u64, u64 b) { return b; }));
  add(t, "vfsgnjn", vvf, sign([](u64, u64 b) { return ~b; }));
  add(t, "vfsgnjx", vvf, sign([](u64 a, u64 b) { return a ^ b; }));
  add(t, "vfrec7", {"v"},
      element_wise(1, 1, 1, [](auto& e, auto& o, int w) { return estimate(e, o, w, false); }));
  add(t, "vfrsqrt7", {"v"},
      element_wise(1, 1, 1, [](auto& e, auto& o, int w) { return estimate(e, o, w, true); }));
  add(t, "vfclass", {"v"}, element_wise(1, 1, 1, [](auto&, auto& o, int w) { return classify(o, w); }));
  add(t, "vfmv", {"v.f"}, element_wise(1, 1, 1, [](auto&, auto& o, int) { return o.b; }));
  t["vfmerge.vfm"] = [](Expect& e) {
    for (u64 i = 0; i < e.vl; ++i) e.put(i, e.sew, e.mask_bit(0, i) ? e.b(i, e.sew) : e.a(i, e.sew));
  };
  add(t, "vmfeq", vvf, compare(true, [](int o) { return o == 0; }, false));
  add(t, "vmfne", vvf, compare(true, [](int o) { return o != 0; }, true));
  add(t, "vmflt", vvf, compare(false, [](int o) { return o < 0; }, false));
  add(t, "vmfle", vvf, compare(false, [](int o) { return o <= 0; }, false));
  add(t, "vmfgt", {"vf"}, compare(false, [](int o) { return o > 0; }, false));
  add(t, "vmfge", {"vf"}, compare(false, [](int o) { return o >= 0; }, false));
}

void add_conversions_and_reductions(Table& t) {
  for (const bool is_signed : {false, true}) {
    const std::string x = is_signed ? "x" : "xu";
    for (const bool rtz : {false, true}) {
      const std::string r = rtz ? "rtz." : "";
      t["vfcvt." + r + x + ".f.v"] = to_integers(1, 1, is_signed, rtz);
      t["vfwcvt." + r + x + ".f.v"] = to_integers(2, 1, is_signed, rtz);
      t["vfncvt." + r + x + ".f.w"] = to_integers(1, 2, is_signed, rtz);
    }
    t["vfcvt.f." + x + ".v"] = from_integers(1, 1, is_signed);
    t["vfwcvt.f." + x + ".v"] = from_integers(2, 1, is_signed);
    t["vfncvt.f." + x + ".w"] = from_integers(1, 2, is_signed);
  }
  t["vfwcvt.f.f.v"] = widening(false, [](auto a, auto, auto) { return a; });
  t["vfncvt.f.f.w"] = element_wise(1, 2, 1, [](Expect& e, const Operands& o, int width) {
    return width == 16 ? arithmetic<Binary16>(e, as_computed<double>, value<float>(o.a))
                       : arithmetic<float>(e, as_computed<float>, value<double>(o.a));
  });
  t["vfncvt.rod.f.f.w"] = element_wise(1, 2, 1, [](Expect& e, const Operands& o, int width) {
    const double a = width == 16 ? static_cast<double>(value<float>(o.a)) : value<double>(o.a);
    const u32 frm = e.m.hart->csr.frm;
    e.m.hart->csr.frm = 1;
    const u64 r = width == 16 ? arithmetic<Binary16>(e, as_computed<double>, value<float>(o.a))
                              : arithmetic<float>(e, as_computed<float>, value<double>(o.a));
    e.m.hart->csr.frm = frm;
    const double back = width == 16 ? half_value(static_cast<u16>(r)) : static_cast<double>(value<float>(r));
    return std::isnan(a) || back == a ? r : r | 1;
  });
  // A bfloat16 is the upper half of a single.
  t["vfwcvtbf16.f.f.v"] = element_wise(2, 1, 1, [](Expect& e, const Operands& o, int) {
    return arithmetic<float>(
        e,
        [](auto a) {
          using Computed = decltype(a);
          return a * Computed(1.0f);
        },
        value<float>(o.a << 16));
  });
  add(t, "vfwmaccbf16", {"vv", "vf"}, element_wise(2, 1, 1, [](Expect& e, const Operands& o, int) {
        const auto macc = [](auto a, auto b, auto d) { return fused(a, b, d); };
        return arithmetic<float>(e, macc, value<float>(o.a << 16), value<float>(o.b << 16),
                                 value<float>(o.d));
      }));
  t["vfncvtbf16.f.f.w"] = element_wise(1, 2, 1, [](Expect& e, const Operands& o, int) -> u64 {
    const u32 single = static_cast<u32>(o.a), low = single & 0xffff, frm = e.m.hart->csr.frm;
    const u64 cut = single >> 16;
    if ((single & 0x7fffffff) > 0x7f800000) {
      if (signaling<float>(o.a)) e.fflags |= kNv;
      return 0x7fc0;
    }
    const bool negative = single >> 31 != 0;
    const auto up = [&](u32 rest, u64 kept) {
      return frm == 0   ? rest > 0x8000 || (rest == 0x8000 && (kept & 1) != 0)
             : frm == 4 ? rest >= 0x8000
             : frm == 2 ? rest != 0 && negative
                        : frm == 3 && rest != 0 && !negative;
    };
    const u64 r = cut + (up(low, cut) ? 1 : 0);
    if (low == 0) return r;
    e.fflags |= kNx;
    if ((r & 0x7fff) == 0x7f80) e.fflags |= kOf;
    // Tiny unless rounding to full precision, one bit more than there is, reaches the least normal number.
    const bool last = (single & 0x7fff8000) == 0x7f8000;
    if ((single & 0x7fffffff) < 0x800000 && !(last && up(low << 1 & 0xffff, 1))) e.fflags |= kUf;
    return r;
  });
  t["vfredusum.vs"] = t["vfredosum.vs"] = reduce(sum);
  t["vfwredusum.vs"] = t["vfwredosum.vs"] = reduce_widening(sum);
  t["vfredmin.vs"] = reduce(extreme<false>);
  t["vfredmax.vs"] = reduce(extreme<true>);
}

u64 random_element(std::mt19937_64& rng, int width) {
  if (width == 8) return zext(rng(), 8);
  if (width == 16) {
    constexpr u16 kCorners[] = {0,     0x7c00, 0x7e00, 0x7c01, 0x7d55, 1,      0x3ff,
                                0x400, 0x7bff, 0x3c00, 0x3c01, 0x3800, 0x5bf8, 0x7800};
    return (rng() & 3) == 0 ? kCorners[rng() % std::size(kCorners)] ^ (rng() & 1) << 15 : zext(rng(), 16);
  }
  const bool single = width == 32;
  const auto of = [&](double v) { return single ? bits_of(static_cast<float>(v)) : bits_of(v); };
  const u64 odd = (rng() & 0xffffff) * 2 + 0x1000001;  // of 25 bits: between two singles
  switch (rng() % 10) {
    case 6:
      return odd << rng() % static_cast<u64>(width - 24);
    case 7:
      return of(std::ldexp(static_cast<double>(odd), static_cast<int>(rng() % 64) - 180));
    case 0: {  // infinities, NaNs of both kinds, zeros, the ends of the subnormal and normal ranges
      const u64 kSingle[] = {0,          0x7f800000, 0x7fc00000, 0x7f800001, 0x7fa00000,
                             0xffc12345, 1,          0x7fffff,   0x800000,   0x7f7fffff};
      const u64 kDouble[] = {0,
                             0x7ff0000000000000,
                             0x7ff8000000000000,
                             0x7ff0000000000001,
                             0x7ff4000000000000,
                             0xfff8123456789abc,
                             1,
                             0xfffffffffffff,
                             0x10000000000000,
                             0x7fefffffffffffff};
      return zext((single ? kSingle[rng() % 10] : kDouble[rng() % 10]) ^ (rng() & 1) << (width - 1), width);
    }
    case 1:
      return zext(rng(), width);
    case 2:
      return of(static_cast<double>(static_cast<i64>(rng() % 64) - 32) / 2);  // halves: ties
    case 3:
      return of(
          std::ldexp(static_cast<double>(rng() % 5) - 2, static_cast<int>(rng() % 70)));  // ends of integers
    case 4:
      return of(static_cast<double>(static_cast<i64>(rng())));
    case 5:
      return zext(rng() % 5, width);  // tiny, or a small integer
    default:
      return of(std::ldexp(static_cast<double>(static_cast<i64>(rng() % 0xffffff)) - 0x800000,
                           static_cast<int>(rng() % 40) - 30));
  }
}

// Half of them such that sums and products of two are often ties: all digits in use, or few and a half.
u64 tie_prone_element(std::mt19937_64& rng, int width) {
  if (width == 8 || (rng() & 1) != 0) return random_element(rng, width);
  const int digits = width == 16 ? 11 : width == 32 ? 24 : 53;
  const u64 half = u64{1} << (digits - 1);
  const double magnitude =
      (rng() & 1) != 0 ? static_cast<double>(half + rng() % half) : static_cast<double>(rng() % 8) + 0.5;
  const double v = (rng() & 1) != 0 ? -magnitude : magnitude;
  return width == 16   ? from_double_reference(v, 0).bits
         : width == 32 ? bits_of(static_cast<float>(v))
                       : bits_of(v);
}

Table references() {
  Table t;
  add_arithmetic(t);
  add_conversions_and_reductions(t);
  return t;
}

}  // namespace

TEST_CASE(
    "every FP row gives the value and the flags of scalar or exact arithmetic, in every rounding mode") {
  const Table t = references();
  const u64 seed = seed_from_environment();
  INFO("SEED=", seed);
  for (const HostLevel level : levels())
    for (const u32 vlen : {128u, 512u, 1024u}) {
      VectorMachine m(vlen, level);
      for (u32 frm = 0; frm <= 4; ++frm)
        for (const auto& [name, reference] : t) {
          if (!m.has(name)) {
            CHECK_MESSAGE(false, name, " has no row");
            continue;
          }
          const Fill fill = frm == 4 ? tie_prone_element : random_element;
          const std::string text = check_row(m, m.row(name), reference, seed + frm, 20, fill, true, frm);
          CHECK_MESSAGE(text.empty(), host_level_name(level), " ", text);
        }
      write_executed("reference", "vector_float", m.executed);
    }
}

TEST_CASE("every row that computes with floating point has a reference") {
  const Table t = references();
  const std::set<std::string> elsewhere = {"vfmv.f.s", "vfmv.s.f", "vfslide1up.vf", "vfslide1down.vf"};
  for (const Row& row : vector_rows())
    if (computes_with_floats(row))
      CHECK_MESSAGE(t.count(row.name) + elsewhere.count(row.name) == 1, row.name);
}

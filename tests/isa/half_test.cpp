// Zfh against exact arithmetic on integers: the result is found between its two neighbours, without rounding
// anything else.
#include <doctest/doctest.h>
#include <fmt/core.h>
#include <immintrin.h>

#include <bit>
#include <cmath>
#include <functional>
#include <random>

#include "isa/csr.hpp"
#include "isa/decode.hpp"
#include "tests/isa/executed_rows.hpp"
#include "tests/isa/guest.hpp"
#include "tests/isa/half_reference.hpp"

using namespace troupe;
using namespace troupe::isa;
using namespace troupe::isa::test;
using troupe::test::assemble;
using troupe::test::core;
using troupe::test::Guest;
using troupe::test::seed_or;

namespace {

TROUPE_THREADED void done(const Op* op, Hart*, std::byte*, const Variant* variant, Cycle cycle,
                          Session* session) {
  leave(session, Event::exit, op, variant, cycle);
}

ExecutedRows executed;  // by all machines so far

// Runs single instructions: sources in f1, f2, f3 or x1, the destination is f4 or x4.
struct Machine {
  Hart hart;
  Session session;
  u32 fflags = 0;

  ~Machine() { write_executed("reference", "half", executed); }

  u64 run(const Row& row, u32 rm, u64 a, u64 b = 0, u64 c = 0) {
    executed.insert(row.name);
    hart.x[1] = hart.f[1] = a;
    hart.f[2] = b;
    hart.f[3] = c;
    Op ops[2] = {};
    ops[0].handler = row.behaviours[rm == 0 ? 0 : 1];
    if (ops[0].handler == nullptr) ops[0].handler = row.behaviours[0];
    ops[0].rd = 4;
    ops[0].rs1 = 1;
    ops[0].rs2 = 2;
    ops[0].rs3 = 3;
    ops[0].rm = static_cast<u8>(rm);
    ops[1].handler = done;
    const unsigned before = _mm_getcsr();
    _mm_setcsr(0x1f80);
    ops[0].handler(ops, &hart, nullptr, nullptr, 0, &session);
    const unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    REQUIRE((after & ~0x3fu) == 0x1f80);
    const auto flag = [&](int host, int guest) { return (after >> host & 1) << guest; };
    fflags = flag(5, 0) | flag(4, 1) | flag(3, 2) | flag(2, 3) | flag(0, 4);
    return row.has(Field::rd) ? hart.x[4] : hart.f[4];
  }
};

const Row& row_of(const std::string& name) {
  for (const Row& r : half_rows())
    if (name == r.name) return r;
  throw std::runtime_error("no row " + name);
}

u64 box(u16 v) {
  return ~u64{0xffff} | v;
}
u64 box_single(u32 v) {
  return ~u64{0xffffffff} | v;
}

int mismatches = 0;
void expect(Machine& m, const Row& row, u32 rm, std::initializer_list<u64> sources, u64 value, u32 flags) {
  const u64* s = sources.begin();
  const u64 got = m.run(row, rm, s[0], sources.size() > 1 ? s[1] : 0, sources.size() > 2 ? s[2] : 0);
  if (got == value && m.fflags == flags) return;
  if (++mismatches > 20) return;
  FAIL_CHECK(fmt::format("{} rm {} ({:x} {:x} {:x}): got {:x} flags {:x}, expected {:x} flags {:x}", row.name,
                         rm, s[0], sources.size() > 1 ? s[1] : 0, sources.size() > 2 ? s[2] : 0, got,
                         m.fflags, value, flags));
}
void expect(Machine& m, const Row& row, u32 rm, std::initializer_list<u64> sources, const Rounded& r) {
  expect(m, row, rm, sources, box(r.bits), r.fflags);
}

constexpr u16 kCorners[] = {0,      0x8000, 1,      0x8001, 0x3ff,  0x83ff, 0x400,
                            0x8400, 0x401,  0x7ff,  0x3c00, 0xbc00, 0x3c01, 0x3bff,
                            0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0x7c01, 0xfe55};
u16 random_half(std::mt19937_64& rng) {
  return (rng() & 7) == 0 ? kCorners[rng() % std::size(kCorners)] : static_cast<u16>(rng());
}

}  // namespace

TEST_CASE("half-precision sums, products, quotients and fused products are rounded once in all five modes") {
  const u64 seed = seed_or(20261123);
  INFO("SEED=", seed);
  std::mt19937_64 rng(seed);
  Machine m;
  const auto pair = [&](u16 a, u16 b, u16 c) {
    for (u32 rm = 0; rm < 5; ++rm) {
      expect(m, row_of("fadd.h"), rm, {box(a), box(b)}, fused(0x3c00, a, b, rm));
      expect(m, row_of("fsub.h"), rm, {box(a), box(b)},
             fused(0x3c00, a, is_nan_half(b) ? b : b ^ 0x8000, rm));
      expect(m, row_of("fmul.h"), rm, {box(a), box(b)}, product(a, b, rm));
      expect(m, row_of("fdiv.h"), rm, {box(a), box(b)}, quotient(a, b, rm));
      const u16 na = a ^ 0x8000, nc = c ^ 0x8000;
      expect(m, row_of("fmadd.h"), rm, {box(a), box(b), box(c)}, fused(a, b, c, rm));
      expect(m, row_of("fmsub.h"), rm, {box(a), box(b), box(c)}, fused(a, b, nc, rm));
      expect(m, row_of("fnmsub.h"), rm, {box(a), box(b), box(c)}, fused(na, b, c, rm));
      expect(m, row_of("fnmadd.h"), rm, {box(a), box(b), box(c)}, fused(na, b, nc, rm));
    }
  };
  for (const u16 a : kCorners)
    for (const u16 b : kCorners) pair(a, b, kCorners[rng() % std::size(kCorners)]);
  for (int i = 0; i < 20000; ++i) pair(random_half(rng), random_half(rng), random_half(rng));
}

TEST_CASE("a fused product just beside the middle of two halves is not rounded twice") {
  // 1 + 2^-11 is the middle of 1 and the next number; the product's 2^-24 or 2^-48 decides.
  Machine m;
  for (const u16 a : {0x1000, 0x1001, 0x0fff})  // about 2^-11
    for (const u16 b : {0x3c00, 0x3c01, 0x3bff, 0xbc00, 0xbc01, 0xbbff})
      for (const u16 c : {0x3c00, 0xbc00, 0x3c01, 0x3bff, 0x7bff, 0x0400, 0x0001})
        for (u32 rm = 0; rm < 5; ++rm)
          expect(m, row_of("fmadd.h"), rm, {box(a), box(b), box(c)}, fused(a, b, c, rm));
  for (u32 rm = 0; rm < 5; ++rm)  // 2^15 +- 2^-48 needs 63 bits
    for (const u16 a : {0x0001, 0x8001})
      expect(m, row_of("fmadd.h"), rm, {box(a), box(0x0001), box(0x7800)}, fused(a, 0x0001, 0x7800, rm));
}

TEST_CASE("every half has the right square root, class and conversions") {
  Machine m;
  for (u32 v = 0; v < 0x10000; ++v) {
    const u16 h = static_cast<u16>(v);
    const u32 invalid = is_signaling_half(h) ? kNv : 0;
    const double exact = half_value(h);
    expect(m, row_of("fclass.h"), 0, {box(h)}, class_of_half(h), 0);
    const float single = static_cast<float>(exact);
    expect(m, row_of("fcvt.s.h"), 0, {box(h)},
           box_single(is_nan_half(h) ? 0x7fc00000 : std::bit_cast<u32>(single)), invalid);
    expect(m, row_of("fcvt.d.h"), 0, {box(h)},
           is_nan_half(h) ? 0x7ff8000000000000 : std::bit_cast<u64>(exact), invalid);
    expect(m, row_of("fmv.x.h"), 0, {box(h)},
           static_cast<u64>(static_cast<i64>(static_cast<std::int16_t>(h))), 0);
    expect(m, row_of("fmv.h.x"), 0, {u64{0x123450000} | h}, box(h), 0);
    for (u32 rm = 0; rm < 5; ++rm) {
      expect(m, row_of("fsqrt.h"), rm, {box(h)}, square_root(h, rm));
      const std::pair<const char*, std::pair<int, bool>> kTo[] = {{"fcvt.w.h", {32, true}},
                                                                  {"fcvt.wu.h", {32, false}},
                                                                  {"fcvt.l.h", {64, true}},
                                                                  {"fcvt.lu.h", {64, false}}};
      for (const auto& [name, type] : kTo) {
        const IntegerResult r = to_integer_reference(h, type.first, type.second, rm);
        expect(m, row_of(name), rm, {box(h)}, r.value, r.fflags);
      }
    }
  }
}

TEST_CASE("singles, doubles and integers beside every half and every middle become the right half") {
  Machine m;
  std::mt19937_64 rng(seed_or(7));
  const auto from_double = [&](double v) {
    for (u32 rm = 0; rm < 5; ++rm)
      expect(m, row_of("fcvt.h.d"), rm, {std::bit_cast<u64>(v)}, from_double_reference(v, rm));
  };
  const auto from_single = [&](float v) {
    for (u32 rm = 0; rm < 5; ++rm)
      expect(m, row_of("fcvt.h.s"), rm, {box_single(std::bit_cast<u32>(v))},
             from_double_reference(static_cast<double>(v), rm));
  };
  for (u32 v = 0; v < 0x7c00; ++v) {
    const double low = half_value(static_cast<u16>(v));
    const double high = v == 0x7bff ? 65536.0 : half_value(static_cast<u16>(v + 1));
    const double sign = (v & 1) != 0 ? -1 : 1;
    for (const double at : {low, (low + high) / 2, (3 * low + high) / 4, (low + 3 * high) / 4})
      for (const double toward : {-1e300, at, 1e300}) {
        from_double(sign * std::nextafter(at, toward));
        from_single(static_cast<float>(sign) *
                    std::nextafter(static_cast<float>(at),
                                   static_cast<float>(std::min(1e30, std::max(-1e30, toward)))));
      }
  }
  for (const double v : {65520.0, 1e300, 5e-324, 2e-310, 0.0, 65536.0, 1e-10})
    for (const double s : {1.0, -1.0}) from_double(s * v);
  for (u32 rm = 0; rm < 5; ++rm) {
    expect(m, row_of("fcvt.h.d"), rm, {0x7ff0000000000001}, box(0x7e00), kNv);
    expect(m, row_of("fcvt.h.d"), rm, {0xfff8000000000001}, box(0x7e00), 0);
    expect(m, row_of("fcvt.h.d"), rm, {0xfff0000000000000}, box(0xfc00), 0);
    expect(m, row_of("fcvt.h.s"), rm, {box_single(0xff800001)}, box(0x7e00), kNv);
    expect(m, row_of("fcvt.h.s"), rm, {0x3f800000}, box(0x7e00), 0);  // not boxed
    for (int i = 0; i < 70000; ++i) {
      const u64 r = i < 66000 ? static_cast<u64>(i) : rng() >> (rng() & 63);
      expect(m, row_of("fcvt.h.lu"), rm, {r}, integer_reference(false, r, rm));
      expect(m, row_of("fcvt.h.wu"), rm, {r}, integer_reference(false, static_cast<u32>(r), rm));
      const i64 l = (i & 1) != 0 ? -static_cast<i64>(r) : static_cast<i64>(r);
      const i64 w = static_cast<std::int32_t>(l);
      const auto magnitude = [](i64 x) { return x < 0 ? 0 - static_cast<u64>(x) : static_cast<u64>(x); };
      expect(m, row_of("fcvt.h.l"), rm, {static_cast<u64>(l)}, integer_reference(l < 0, magnitude(l), rm));
      expect(m, row_of("fcvt.h.w"), rm, {static_cast<u64>(l)}, integer_reference(w < 0, magnitude(w), rm));
    }
  }
}

TEST_CASE("comparisons, minima, maxima and signs of halves follow their values; NaNs as RISC-V says") {
  Machine m;
  std::mt19937_64 rng(seed_or(11));
  for (int i = 0; i < 300000; ++i) {
    const u16 a = random_half(rng), b = (rng() & 7) == 0 ? a : random_half(rng);
    const double x = half_value(a), y = half_value(b);
    const bool nan = is_nan_half(a) || is_nan_half(b);
    const u32 signaling = is_signaling_half(a) || is_signaling_half(b) ? kNv : 0;
    expect(m, row_of("feq.h"), 0, {box(a), box(b)}, x == y, signaling);
    expect(m, row_of("flt.h"), 0, {box(a), box(b)}, x < y, nan ? kNv : 0);
    expect(m, row_of("fle.h"), 0, {box(a), box(b)}, x <= y, nan ? kNv : 0);
    const bool a_below = x < y || (x == y && (a & 0x8000) != 0);
    const u16 fallback = !is_nan_half(a) ? a : !is_nan_half(b) ? b : 0x7e00;
    expect(m, row_of("fmin.h"), 0, {box(a), box(b)}, box(nan ? fallback : a_below ? a : b), signaling);
    expect(m, row_of("fmax.h"), 0, {box(a), box(b)}, box(nan ? fallback : a_below ? b : a), signaling);
    expect(m, row_of("fsgnj.h"), 0, {box(a), box(b)}, box((a & 0x7fff) | (b & 0x8000)), 0);
    expect(m, row_of("fsgnjn.h"), 0, {box(a), box(b)}, box((a & 0x7fff) | (~b & 0x8000)), 0);
    expect(m, row_of("fsgnjx.h"), 0, {box(a), box(b)}, box(a ^ (b & 0x8000)), 0);
  }
  // What is not boxed with ones down to bit 16 is a NaN.
  for (const u64 unboxed : {u64{0x3c00}, u64{0xffffffff00003c00}, u64{0xfffffffffffe3c00}}) {
    expect(m, row_of("fsgnj.h"), 0, {unboxed, box(0x8000)}, box(0xfe00), 0);
    expect(m, row_of("fclass.h"), 0, {unboxed}, 1 << 9, 0);
    expect(m, row_of("fmv.x.h"), 0, {unboxed}, 0x3c00, 0);
  }
}

TEST_CASE("bfloat16 conversions round once and keep every value") {
  Machine m;
  for (u32 v = 0; v < 0x10000; ++v) {
    const u32 single = v << 16;
    const bool nan = (v & 0x7fff) > 0x7f80;
    expect(m, row_of("fcvt.s.bf16"), 0, {box(static_cast<u16>(v))}, box_single(nan ? 0x7fc00000 : single),
           nan && (v & 0x40) == 0 ? kNv : 0);
    if ((v & 0x7fff) >= 0x7f80) continue;
    // A single is a bfloat16 with 16 more bits, so integers can say how it rounds.
    for (const u32 low : {0u, 1u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu})
      for (u32 rm = 0; rm < 5; ++rm) {
        const bool negative = v >> 15 != 0;
        const bool up = rm == 0   ? low > 0x8000 || (low == 0x8000 && (v & 1) != 0)
                        : rm == 4 ? low >= 0x8000
                        : rm == 2 ? low != 0 && negative
                        : rm == 3 ? low != 0 && !negative
                                  : false;
        const u16 r = static_cast<u16>(v + (up ? 1 : 0));
        const bool overflow = (r & 0x7fff) == 0x7f80;
        // Below the least normal number there is one bit less; just below it, rounding to full precision
        // decides.
        const bool subnormal = (v & 0x7fff) < 0x80;
        const u32 half_low = (low << 1) & 0xffff;
        const bool last = (v & 0x7fff) == 0x7f && low >= 0x8000;
        const bool full_up = last && (rm == 0 || rm == 4 ? half_low >= 0x8000
                                      : rm == 2          ? half_low != 0 && negative
                                      : rm == 3          ? half_low != 0 && !negative
                                                         : false);
        const u32 flags =
            (low != 0 ? kNx : 0) | (overflow ? kOf : 0) | (subnormal && low != 0 && !full_up ? kUf : 0);
        expect(m, row_of("fcvt.bf16.s"), rm, {box_single(single | low)}, box(r), flags);
      }
  }
}

TEST_CASE("half precision decodes, loads, stores and traps when FP is off") {
  Guest g(assemble(R"(
    .option arch, +zfh
    li t0, 0x6000
    csrs mstatus, t0
    la t1, data
    flh fa0, 0(t1)
    flh fa1, 2(t1)
    fadd.h fa2, fa0, fa1, rup
    fsh fa2, 4(t1)
    lhu a0, 4(t1)
    frflags a1
    csrc mstatus, t0
    fadd.h fa2, fa0, fa1
  data: .half 0x3c00, 0x0001, 0, 0)"));
  const auto engine = make_engine(core());
  CHECK(engine->run(g.hart, 100000) == Stop::unhandled_trap);
  CHECK(g.x(10) == 0x3c01);
  CHECK(g.x(11) == kNx);
  CHECK(trap_text(g.hart).find("floating point is off") != std::string::npos);
}

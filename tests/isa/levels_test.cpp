// The levels of the host's instruction set: the same instructions with the same results.
#include <doctest/doctest.h>
#include <immintrin.h>

#include <bit>
#include <random>

#include "isa/host_code.hpp"
#include "sim/base/rng.hpp"
#include "tests/isa/guest.hpp"
#include "tests/isa/levels.hpp"

namespace troupe::isa {
namespace {

std::vector<Row> rows_of(HostLevel level) {
  std::vector<Row> rows;
  for (const auto& table : host_code(level).tables) rows.insert(rows.end(), table.begin(), table.end());
  return rows;
}

TEST_CASE("all levels have the same rows and lack the same behaviours") {
  const std::vector<Row> portable = rows_of(HostLevel::portable);
  for (const HostLevel level : test::levels()) {
    const std::vector<Row> rows = rows_of(level);
    REQUIRE_EQ(rows.size(), portable.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row &a = rows[i], &b = portable[i];
      CAPTURE(a.name);
      CHECK_EQ(std::string(a.name), b.name);
      CHECK((a.mask == b.mask && a.match == b.match && a.fields == b.fields && a.unit == b.unit &&
             a.shape == b.shape));
      for (std::size_t k = 0; k < a.behaviours.size(); ++k)
        CHECK_EQ(a.behaviours[k] == nullptr, b.behaviours[k] == nullptr);
    }
  }
}

TROUPE_THREADED void done(const Op* op, Hart*, std::byte*, const Variant* variant, Cycle cycle,
                          Session* session) {
  leave(session, Event::exit, op, variant, cycle);
}

struct Result {
  std::uint64_t x = 0, f = 0;
  unsigned flags = 0;
  friend bool operator==(const Result&, const Result&) = default;
};

// Runs one scalar instruction: sources in registers 1 to 3, destination 4.
Result run(Handler handler, std::uint8_t rm, const std::uint64_t (&sources)[3]) {
  static Hart hart;
  hart.x[4] = hart.f[4] = 0;
  for (std::size_t i = 0; i < 3; ++i) hart.x[i + 1] = hart.f[i + 1] = sources[i];
  Op ops[2] = {};
  ops[0] = {handler, static_cast<std::int64_t>(sources[1] & 0x7ff), 4, 1, 2, 3, 0, rm, 1};
  ops[1].handler = done;
  Session session;
  const unsigned before = _mm_getcsr();
  _mm_setcsr(0x1f80);
  handler(ops, &hart, nullptr, nullptr, 0, &session);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  constexpr unsigned kDenormalOperand = 2;  // no exception of RISC-V's
  return {hart.x[4], hart.f[4], after & ~kDenormalOperand};
}

// Numbers of all formats, boxed or not: corners, and random ones of near exponents.
std::uint64_t random_register(Rng& rng) {
  constexpr std::uint64_t kCorners[] = {0,          1,          0x3ff,      0x400,      0x7bff,
                                        0x7c00,     0x7c01,     0x7e00,     0x3c00,     0x7f80,
                                        0x7f800000, 0x7f800001, 0x7fc00000, 0x3f800000, 0x800000};
  constexpr std::uint64_t kDoubles[] = {0x7ff0000000000000, 0x7ff0000000000001, 0x7ff8000000000000,
                                        0x3ff0000000000000, 0x10000000000000,   0x8000000000000000};
  const std::uint64_t r = rng.next(), corner = kCorners[rng.below(std::size(kCorners))];
  switch (rng.below(6)) {
    case 0:
      return ~std::uint64_t{0xffff} | corner | (r & 0x8000);
    case 1:
      return ~std::uint64_t{0xffffffff} | corner | (r & 0x80000000);
    case 2:
      return kDoubles[rng.below(std::size(kDoubles))];
    case 3:
      return ~std::uint64_t{0xffffffff} | (r & 0x83ffffff) | 0x3c000000;
    case 4:
      return (r & 0x803fffffffffffff) | 0x3fc0000000000000;
    default:
      return r;
  }
}

TEST_CASE("scalar arithmetic gives the same bits and raises the same flags at every level") {
  const std::uint64_t seed = troupe::test::seed_or(1);
  INFO("SEED=", seed);
  Rng rng(seed);
  const std::vector<Row> portable = rows_of(HostLevel::portable);
  for (const HostLevel level : test::levels()) {
    if (level == HostLevel::portable) continue;
    const std::vector<Row> rows = rows_of(level);
    int differences = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (row.unit != Unit::alu && row.unit != Unit::mul &&
          (row.unit < Unit::fp || row.unit > Unit::fp_div_double))
        continue;
      for (int n = 0; n < 2000 && differences < 10; ++n) {
        const std::uint64_t sources[3] = {random_register(rng), random_register(rng), random_register(rng)};
        const auto rm = static_cast<std::uint8_t>(row.has(Field::rm) ? rng.below(5) : 0);
        const std::size_t behaviour = rm == 0 ? 0 : 1;
        const Result a = run(row.behaviours[behaviour], rm, sources);
        const Result b = run(portable[i].behaviours[behaviour], rm, sources);
        if (a == b) continue;
        ++differences;
        FAIL_CHECK(
            fmt::format("{} at {} rm {} of {:x} {:x} {:x}: x {:x} f {:x} mxcsr {:x}, portable: x {:x} f {:x} "
                        "mxcsr {:x}",
                        row.name, host_level_name(level), rm, sources[0], sources[1], sources[2], a.x, a.f,
                        a.flags, b.x, b.f, b.flags));
      }
    }
  }
}

}  // namespace
}  // namespace troupe::isa

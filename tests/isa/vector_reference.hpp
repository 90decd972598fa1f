// What one vector instruction should do, element by element, from the registers as they were before.
#pragma once

#include <functional>
#include <map>
#include <random>

#include "tests/environment.hpp"
#include "tests/isa/vector_machine.hpp"

namespace troupe::isa::test {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;
using i128 = __int128;

// `bits` low bits of v as a signed number.
inline i64 sext(u64 v, int bits) {
  return static_cast<i64>(v << (64 - bits)) >> (64 - bits);
}
inline u64 zext(u64 v, int bits) {
  return bits == 64 ? v : v & ((u64{1} << bits) - 1);
}

inline u64 seed_from_environment() {
  return troupe::test::seed_or(20261123);
}

// An instruction about to run, and the state expected after it.
struct Expect {
  VectorMachine& m;
  const Row& row;
  u32 raw;
  int sew;  // bits
  u64 vl, vlmax;
  std::vector<std::byte> before, after;  // the register file
  u64 x_after[33];
  u64 f_after[32];
  u32 fflags = 0, vxsat = 0;

  Expect(VectorMachine& machine, const Row& r, u32 encoding, int sew_bits, u64 max)
      : m(machine),
        row(r),
        raw(encoding),
        sew(sew_bits),
        vl(machine.hart->csr.vl),
        vlmax(max),
        before(machine.v(0), machine.v(32)),
        after(before) {
    std::copy(std::begin(m.hart->x), std::end(m.hart->x), x_after);
    std::copy(std::begin(m.hart->f), std::end(m.hart->f), f_after);
  }

  u32 vd() const { return bits(raw, 11, 7); }
  u32 vs1() const { return bits(raw, 19, 15); }
  u32 vs2() const { return bits(raw, 24, 20); }
  bool unmasked() const { return bits(raw, 25, 25) != 0; }
  bool mask_bit(u32 reg, u64 i) const {
    return (std::to_integer<unsigned>(before[reg * m.vlen_bytes + i / 8]) >> (i % 8) & 1) != 0;
  }
  bool active(u64 i) const { return unmasked() || mask_bit(0, i); }
  u64 element(u32 reg, u64 i, int width) const {
    u64 v = 0;
    std::memcpy(&v, &before[reg * m.vlen_bytes + i * static_cast<u64>(width) / 8],
                static_cast<std::size_t>(width / 8));
    return v;
  }
  u64 a(u64 i, int width) const { return element(vs2(), i, width); }
  // The second source, of `width` bits: vs1[i], x, f or the immediate.
  u64 b(u64 i, int width) const {
    if (row.has(Field::vs1)) return element(vs1(), i, width);
    if (row.has(Field::rs1)) return zext(m.hart->x[vs1()], width);
    if (row.has(Field::fs1)) {
      const u64 f = m.hart->f[vs1()];
      const bool bfloat = std::string(row.name).find("bf16") != std::string::npos;
      if (width == 16) return f >> 16 == 0xffffffffffff ? f & 0xffff : bfloat ? 0x7fc0 : 0x7e00;
      return width == 64 ? f : f >> 32 == 0xffffffff ? f & 0xffffffff : 0x7fc00000;
    }
    return zext(static_cast<u64>(immediate_of(row, raw)), width);
  }
  void put(u64 i, int width, u64 value) {
    std::memcpy(&after[vd() * m.vlen_bytes + i * static_cast<u64>(width) / 8], &value,
                static_cast<std::size_t>(width / 8));
  }
  void put_bit(u64 i, bool value) {
    std::byte& byte = after[vd() * m.vlen_bytes + i / 8];
    const auto bit = static_cast<std::byte>(1u << (i % 8));
    byte = value ? byte | bit : byte & ~bit;
  }
};

using Reference = std::function<void(Expect&)>;

// A random element of a register.
using Fill = std::function<u64(std::mt19937_64&, int width)>;

// Runs `count` random cases of a row, all SEW and LMUL and masks, and reports the first that differs: empty
// if none.
std::string check_row(VectorMachine& m, const Row& row, const Reference& reference, u64 seed, int count,
                      const Fill& fill, bool compare_flags, u32 frm = 0);

}  // namespace troupe::isa::test

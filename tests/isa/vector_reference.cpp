#include "tests/isa/vector_reference.hpp"

#include <fmt/core.h>

namespace troupe::isa::test {
namespace {

void fill_state(VectorMachine& m, std::mt19937_64& rng, int sew, const Fill& fill) {
  Hart& hart = *m.hart;
  const int width = (rng() & 1) != 0 && sew < 64 ? 2 * sew : sew;
  for (u64 i = 0; i < 32 * m.vlen_bytes * 8 / static_cast<u64>(width); ++i) {
    const u64 value = fill(rng, width);
    std::memcpy(m.v(0) + i * static_cast<u64>(width) / 8, &value, static_cast<std::size_t>(width / 8));
  }
  for (u32 r = 1; r < 32; ++r) hart.x[r] = (rng() & 3) == 0 ? rng() % 70 : fill(rng, 64);
  hart.x[0] = 0;
  for (u64& f : hart.f)
    f = (rng() & 7) == 0 ? rng()
        : sew == 64      ? fill(rng, 64)
        : sew == 16      ? 0xffffffffffff0000 | fill(rng, 16)
                         : 0xffffffff00000000 | fill(rng, 32);
  hart.csr.fflags = 0;
  hart.csr.vxsat = 0;
  hart.csr.vxrm = static_cast<u32>(rng() & 3);
}

std::string difference(const Expect& e) {
  VectorMachine& m = e.m;
  const std::string where = fmt::format("{} raw {:08x} vlen {} vtype {:02x} vl {} frm {}", e.row.name, e.raw,
                                        m.vlen_bytes * 8, m.hart->csr.vtype, e.vl, m.hart->csr.frm);
  for (u64 i = 0; i < 32 * m.vlen_bytes; ++i)
    if (e.after[i] != m.v(0)[i]) {
      const u64 width = static_cast<u64>(e.sew) / 8, at = i / width * width;
      u64 got = 0, expected = 0, old = 0;
      std::memcpy(&got, m.v(0) + at, width);
      std::memcpy(&expected, &e.after[at], width);
      std::memcpy(&old, &e.before[at], width);
      return fmt::format("{}: v{} element {} of {}: got {:x}, expected {:x}, was {:x}", where,
                         i / m.vlen_bytes, i % m.vlen_bytes / width, e.sew, got, expected, old);
    }
  for (u32 r = 0; r < 33; ++r)
    if (m.hart->x[r] != e.x_after[r])
      return fmt::format("{}: x{} got {:x}, expected {:x}", where, r, m.hart->x[r], e.x_after[r]);
  for (u32 r = 0; r < 32; ++r)
    if (m.hart->f[r] != e.f_after[r])
      return fmt::format("{}: f{} got {:x}, expected {:x}", where, r, m.hart->f[r], e.f_after[r]);
  if (m.hart->csr.vxsat != e.vxsat) return where + ": vxsat";
  if (!m.rounding_kept) return where + ": the host's rounding mode was left changed";
  return "";
}

}  // namespace

std::string check_row(VectorMachine& m, const Row& row, const Reference& reference, u64 seed, int count,
                      const Fill& fill, bool compare_flags, u32 frm) {
  m.hart->csr.frm = frm;
  std::mt19937_64 rng(seed);
  int done = 0;
  for (int tries = 0; done < count && tries < 400 * count; ++tries) {
    const int sew_log2 = 3 + static_cast<int>(rng() & 3), lmul_log2 = static_cast<int>(rng() % 7) - 3;
    if (lmul_log2 < 0 && sew_log2 > 6 + lmul_log2) continue;
    const u64 vlmax = m.vlmax(sew_log2, lmul_log2);
    u64 vl = (rng() & 1) != 0 ? vlmax : rng() % (vlmax + 1);
    if ((rng() & 31) == 0) vl = 0;
    m.configure(sew_log2, lmul_log2, vl);
    u32 raw = 0;
    bool legal = false;
    for (int k = 0; k < 40 && !legal; ++k) {
      raw = VectorMachine::encode(row, static_cast<u32>(rng() & 31), static_cast<u32>(rng() & 31),
                                  static_cast<u32>(rng() & 31), (rng() & 1) != 0);
      if (row.has(Field::uimm_high)) raw |= static_cast<u32>(rng() & 1) << 26;
      legal = m.legal(row, raw);
    }
    if (!legal) continue;
    ++done;
    const int sew = 1 << sew_log2;
    fill_state(m, rng, sew, fill);
    Expect expect(m, row, raw, sew, vlmax);
    reference(expect);
    if (m.run(row, raw) != Event::exit) return std::string(row.name) + " left threaded code";
    const std::string text = difference(expect);
    if (!text.empty()) return text;
    if (compare_flags && m.hart->csr.fflags != expect.fflags)
      return fmt::format("{} raw {:08x} vtype {:02x} vl {} frm {}: fflags got {:x}, expected {:x}", row.name,
                         raw, m.hart->csr.vtype, vl, m.hart->csr.frm, m.hart->csr.fflags, expect.fflags);
  }
  if (done < count) return fmt::format("{}: only {} legal cases", row.name, done);
  return "";
}

}  // namespace troupe::isa::test

// Vector loads and stores: what they move, and where they stop.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "tests/isa/vector_reference.hpp"

using namespace troupe;
using namespace troupe::isa;
using namespace troupe::isa::test;

namespace {

// What an encoding of the table accesses.
struct Access {
  bool load, indexed, strided, mask, whole, first_fault;
  u64 fields;
};
Access access_of(u32 raw) {
  const u32 mop = bits(raw, 27, 26), umop = bits(raw, 24, 20);
  const bool unit = mop == 0;
  return {.load = bits(raw, 6, 0) == 7,
          .indexed = (mop & 1) != 0,
          .strided = mop == 2,
          .mask = unit && umop == 11,
          .whole = unit && umop == 8,
          .first_fault = unit && umop == 16,
          .fields = u64{bits(raw, 31, 29)} + 1};
}
// Bits of a data element, or of an index.
int eew_of(u32 raw) {
  switch (bits(raw, 14, 12)) {
    case 0:
      return 8;
    case 5:
      return 16;
    case 6:
      return 32;
    default:
      return 64;
  }
}

struct Fault {
  u64 element, offset;
};

// Moves the elements one by one between `after`, `memory` and the registers as they were, up to the first
// field that does not lie below `end`.
std::optional<Fault> reference(Expect& e, std::vector<std::byte>& memory, u64 end) {
  const Access access = access_of(e.raw);
  const int eew = eew_of(e.raw), data = access.indexed ? e.sew : eew;
  const u64 bytes = static_cast<u64>(data) / 8;
  const int emul = std::countr_zero(static_cast<u32>(data)) - std::countr_zero(static_cast<u32>(e.sew)) +
                   static_cast<int>(sext(e.m.hart->csr.vtype & 7, 3));
  const u64 group = access.mask || access.whole || emul < 0 ? 1 : u64{1} << emul;
  u64 elements = e.vl, fields = access.fields;
  if (access.mask) elements = (e.vl + 7) / 8;
  if (access.whole) elements = fields * e.m.vlen_bytes / bytes, fields = 1;
  for (u64 i = 0; i < elements; ++i) {
    if (!e.unmasked() && !e.mask_bit(0, i)) continue;
    u64 offset = e.m.hart->x[e.vs1()] - VectorMachine::kBase;
    if (access.indexed)
      offset += e.element(e.vs2(), i, eew);
    else if (access.strided)
      offset += i * e.m.hart->x[e.vs2()];
    else
      offset += i * fields * bytes;
    for (u64 f = 0; f < fields; ++f) {
      if (offset + f * bytes + bytes > end) return Fault{i, std::max(offset + f * bytes, end)};
      std::byte* const there = &memory.at(offset + f * bytes);
      std::byte* const here = &e.after[(e.vd() + f * group) * e.m.vlen_bytes + i * bytes];
      if (access.load)
        std::copy(there, there + bytes, here);
      else
        std::copy(here, here + bytes, there);
    }
  }
  return std::nullopt;
}

// Base, stride and indices so that all addresses are in memory.
void aim(VectorMachine& m, u32 raw, std::mt19937_64& rng) {
  Hart& hart = *m.hart;
  for (u32 r = 1; r < 32; ++r) hart.x[r] = rng();
  const u32 base = bits(raw, 19, 15), stride = bits(raw, 24, 20);
  hart.x[base] = VectorMachine::kBase + 0x18000 + rng() % 0x1000;
  hart.x[stride] = static_cast<u64>(static_cast<i64>(rng() % 160) - 80);
  if (base == stride) hart.x[base] = VectorMachine::kBase + 0x18000;
  if (!access_of(raw).indexed) return;
  const int eew = eew_of(raw);
  for (u64 i = 0; i < 8 * m.vlen_bytes * 8 / static_cast<u64>(eew); ++i) {
    const u64 at = stride * m.vlen_bytes + i * static_cast<u64>(eew) / 8;
    const u64 index = zext(rng() % 0x4000, eew);
    if (at + static_cast<u64>(eew) / 8 <= 32 * m.vlen_bytes)
      std::memcpy(m.v(0) + at, &index, static_cast<std::size_t>(eew / 8));
  }
}

// Random memory, registers, vtype and vl, and a legal encoding of the row for them; 0 when none was found.
u32 random_case(VectorMachine& m, const Row& row, std::mt19937_64& rng, u64& vlmax, int& sew) {
  for (int tries = 0; tries < 1000; ++tries) {
    const int sew_log2 = 3 + static_cast<int>(rng() & 3), lmul_log2 = static_cast<int>(rng() % 7) - 3;
    if (lmul_log2 < 0 && sew_log2 > 6 + lmul_log2) continue;
    vlmax = m.vlmax(sew_log2, lmul_log2);
    sew = 1 << sew_log2;
    m.configure(sew_log2, lmul_log2, rng() % (vlmax + 1));
    const u32 raw = VectorMachine::encode(row, static_cast<u32>(rng() & 31), static_cast<u32>(rng() & 31),
                                          1 + static_cast<u32>(rng() % 31), (rng() & 1) != 0,
                                          1 + static_cast<u32>((rng() & 1) != 0 ? 0 : rng() & 7));
    if (!m.legal(row, raw) || (access_of(row.match).strided && bits(raw, 24, 20) == bits(raw, 19, 15)))
      continue;
    for (u64 i = 0; i < m.memory.size() / 8; ++i) {
      const u64 value = rng();
      std::memcpy(&m.memory[i * 8], &value, 8);
    }
    for (u64 i = 0; i < 32 * m.vlen_bytes / 8; ++i) m.set<u64>(0, i, rng());
    aim(m, raw, rng);
    return raw;
  }
  return 0;
}

std::string check_memory_row(VectorMachine& m, const Row& row, u64 seed, int count, bool slow_pages) {
  std::mt19937_64 rng(seed);
  for (int done = 0; done < count; ++done) {
    u64 vlmax = 0;
    int sew = 0;
    const u32 raw = random_case(m, row, rng, vlmax, sew);
    if (raw == 0) return fmt::format("{}: only {} legal cases", row.name, done);
    Expect expect(m, row, raw, sew, vlmax);
    const std::vector<std::byte> old = m.memory;
    std::vector<std::byte> memory = old;
    m.hart->text_dirty = false;
    m.hart->page_flags.assign(64, slow_pages ? kPageText : 0);
    reference(expect, memory, memory.size());
    const std::string where = fmt::format("{} raw {:08x} vlen {} vtype {:02x} vl {}", row.name, raw,
                                          m.vlen_bytes * 8, m.hart->csr.vtype, expect.vl);
    if (m.run(row, raw) != Event::exit) return where + " left threaded code";
    if (m.memory != memory) return where + ": memory";
    if (!std::equal(expect.after.begin(), expect.after.end(), m.v(0))) return where + ": registers";
    if (m.hart->csr.vl != expect.vl || m.hart->csr.vstart != 0) return where + ": vl or vstart";
    if (slow_pages && m.memory != old && !m.hart->text_dirty) return where + ": text written unseen";
  }
  return "";
}

// Puts the end of memory `bytes` behind its start.
void end_memory_at(VectorMachine& m, u64 bytes) {
  m.hart->memory.size = bytes;
  for (u64 n = 0; n < 4; ++n) m.session.room[n] = bytes - (u64{1} << n);
}

// With the end of memory somewhere among the elements: the trap, what is done before it, and going on after
// it.
std::string check_faults(VectorMachine& m, const Row& row, u64 seed, int count) {
  std::mt19937_64 rng(seed);
  m.hart->page_flags.assign(64, 0);
  for (int faults = 0, tries = 0; faults < count; ++tries) {
    u64 vlmax = 0;
    int sew = 0;
    const u32 raw = random_case(m, row, rng, vlmax, sew);
    if (raw == 0 || tries == 100 * count) return fmt::format("{}: only {} faults", row.name, faults);
    const u64 end =
        m.hart->x[bits(raw, 19, 15)] - VectorMachine::kBase + rng() % (access_of(raw).mask ? 16 : 256);
    Expect whole(m, row, raw, sew, vlmax), stopped(m, row, raw, sew, vlmax);
    std::vector<std::byte> memory = m.memory, memory_stopped = m.memory;
    const auto fault = reference(stopped, memory_stopped, end);
    if (!fault) continue;
    ++faults;
    reference(whole, memory, memory.size());
    const std::string where = fmt::format("{} raw {:08x} vlen {} vtype {:02x} vl {} end {:#x}", row.name, raw,
                                          m.vlen_bytes * 8, m.hart->csr.vtype, whole.vl, end);
    end_memory_at(m, end);
    const Event event = m.run(row, raw);
    end_memory_at(m, m.memory.size());
    const Cause cause = access_of(raw).load ? Cause::load_access : Cause::store_access;
    if (event != Event::trap || m.session.trap.cause != static_cast<u64>(cause)) return where + ": no fault";
    if (m.session.trap.value != VectorMachine::kBase + fault->offset) return where + ": mtval";
    if (m.hart->csr.vstart != fault->element || m.hart->csr.vl != whole.vl) return where + ": vstart or vl";
    if (m.memory != memory_stopped || !std::equal(stopped.after.begin(), stopped.after.end(), m.v(0)))
      return where + ": state at the fault";
    if (m.run(row, raw) != Event::exit || m.hart->csr.vstart != 0) return where + ": does not go on";
    if (m.memory != memory || !std::equal(whole.after.begin(), whole.after.end(), m.v(0)))
      return where + ": state after going on";
  }
  return "";
}

// vle32.v v8, (x5) and the like at the end of memory.
u64 end_of_memory(const VectorMachine& m) {
  return VectorMachine::kBase + m.memory.size();
}

}  // namespace

TEST_CASE("every load and store row moves the elements its reference moves") {
  const u64 seed = seed_from_environment();
  INFO("SEED=", seed);
  for (const u32 vlen : {128u, 512u}) {
    VectorMachine m(vlen);
    for (const Row& row : m.rows) {
      if (row.unit < Unit::v_load) continue;
      for (const bool slow_pages : {false, true}) {
        const std::string text = check_memory_row(m, row, seed, 30, slow_pages);
        CHECK_MESSAGE(text.empty(), text);
      }
    }
    write_executed("reference", "vector_memory", m.executed);
  }
}

TEST_CASE("every load and store row that faults stops at the element in vstart and goes on from it") {
  const u64 seed = seed_from_environment();
  INFO("SEED=", seed);
  for (const u32 vlen : {128u, 512u}) {
    VectorMachine m(vlen);
    for (const Row& row : m.rows) {
      if (row.unit < Unit::v_load || access_of(row.match).first_fault) continue;
      const std::string text = check_faults(m, row, seed, 20);
      CHECK_MESSAGE(text.empty(), text);
    }
  }
}

TEST_CASE("a load that faults names the element in vstart and goes on from there") {
  VectorMachine m(512);
  const Row& row = m.row("vle32.v");
  const u32 raw = VectorMachine::encode(row, 8, 0, 5, true);
  m.configure(5, 0, 16);
  m.hart->x[5] = end_of_memory(m) - 5 * 4;
  for (u64 i = 0; i < 16; ++i) m.set<u32>(8, i, 7);
  for (std::byte& b : m.memory) b = std::byte{1};
  CHECK(m.run(row, raw) == Event::trap);
  CHECK(m.session.trap.cause == static_cast<u64>(Cause::load_access));
  CHECK(m.session.trap.value == end_of_memory(m));
  CHECK(m.hart->csr.vstart == 5);
  CHECK(m.get<u32>(8, 4) == 0x01010101);
  CHECK(m.get<u32>(8, 5) == 7);
  m.hart->x[5] -= 16 * 4;
  m.set<u32>(8, 4, 9);
  CHECK(m.run(row, raw) == Event::exit);
  CHECK(m.hart->csr.vstart == 0);
  CHECK(m.get<u32>(8, 4) == 9);
  CHECK(m.get<u32>(8, 15) == 0x01010101);
}

TEST_CASE("vstart of a whole-register load counts elements of its encoded width") {
  VectorMachine m(512);
  const Row& row = m.row("vl<nr>re32.v");
  m.hart->x[5] = end_of_memory(m) - 64 - 3 * 4;
  CHECK(m.run(row, VectorMachine::encode(row, 8, 0, 5, true, 2)) == Event::trap);
  CHECK(m.session.trap.value == end_of_memory(m));
  CHECK(m.hart->csr.vstart == 16 + 3);
}

TEST_CASE("a masked store faults only for active elements") {
  VectorMachine m(512);
  const Row& row = m.row("vse64.v");
  const u32 raw = VectorMachine::encode(row, 8, 0, 5, false);
  m.configure(6, 1, 16);
  m.hart->x[5] = end_of_memory(m) - 4 * 8;
  m.set<u64>(0, 0, 0x000b);
  CHECK(m.run(row, raw) == Event::exit);
  m.set<u64>(0, 0, 0x100b);
  CHECK(m.run(row, raw) == Event::trap);
  CHECK(m.session.trap.cause == static_cast<u64>(Cause::store_access));
  CHECK(m.hart->csr.vstart == 12);
}

TEST_CASE("an access below memory or at the device window is a fault") {
  VectorMachine m(512);
  const Row& row = m.row("vle8.v");
  m.hart->memory.device_begin = 0x40000000;
  m.hart->memory.device_end = 0x40001000;
  m.configure(3, 0, 8);
  for (const u64 address : {VectorMachine::kBase - 8, u64{0x40000000}, ~u64{0} - 3, u64{0}}) {
    m.hart->csr.vstart = 0;
    m.hart->x[5] = address;
    CHECK(m.run(row, VectorMachine::encode(row, 8, 0, 5, true)) == Event::trap);
    CHECK(m.session.trap.value == address);
  }
}

TEST_CASE("a fault-only-first load shortens vl instead of faulting behind element 0") {
  VectorMachine m(512);
  const Row& row = m.row("vle16ff.v");
  const u32 raw = VectorMachine::encode(row, 8, 0, 5, true);
  m.configure(4, 0, 32);
  m.hart->x[5] = end_of_memory(m) - 3 * 2;
  CHECK(m.run(row, raw) == Event::exit);
  CHECK(m.hart->csr.vl == 3);
  m.configure(4, 0, 32);
  m.hart->x[5] = end_of_memory(m);
  CHECK(m.run(row, raw) == Event::trap);
  CHECK(m.hart->csr.vl == 32);
}

TEST_CASE(
    "a fault-only-first segment that does not lie in memory as a whole leaves all of its registers alone") {
  VectorMachine m(512);
  const Row& row = m.row("vle64ff.v");
  m.configure(6, 0, 8);
  for (std::byte& b : m.memory) b = std::byte{1};
  for (u64 i = 0; i < 8; ++i) m.set<u64>(8, i, 7), m.set<u64>(9, i, 7);
  m.hart->x[5] = end_of_memory(m) - 2 * 16 - 12;
  CHECK(m.run(row, VectorMachine::encode(row, 8, 0, 5, true, 2)) == Event::exit);
  CHECK(m.hart->csr.vl == 2);
  CHECK(m.get<u64>(8, 1) == 0x0101010101010101);
  CHECK(m.get<u64>(8, 2) == 7);
  CHECK(m.get<u64>(9, 2) == 7);
}

TEST_CASE("a vector store to tohost stops the hart after it") {
  VectorMachine m(512);
  const Row& row = m.row("vse8.v");
  m.hart->memory.tohost = VectorMachine::kBase + 0x2010;
  m.hart->page_flags[2] = kPageTohost;
  m.configure(3, 0, 17);
  m.hart->x[5] = VectorMachine::kBase + 0x2000;
  CHECK(m.run(row, VectorMachine::encode(row, 8, 0, 5, true)) == Event::tohost);
  CHECK(m.memory[0x2010] == m.v(8)[16]);
  m.configure(3, 0, 16);
  CHECK(m.run(row, VectorMachine::encode(row, 8, 0, 5, true)) == Event::exit);
}

TEST_CASE("register groups that are misaligned, too large or overlap wrongly are illegal") {
  VectorMachine m(512);
  const auto legal = [&](const char* name, int sew, int lmul, u32 vd, u32 vs2, u32 vs1, bool unmasked = true,
                         u32 fields = 1) {
    m.configure(sew, lmul, 1);
    const Row& row = m.row(name);
    return m.legal(row, VectorMachine::encode(row, vd, vs2, vs1, unmasked, fields));
  };
  CHECK(legal("vadd.vv", 5, 1, 8, 10, 12));
  CHECK_FALSE(legal("vadd.vv", 5, 1, 9, 10, 12));
  CHECK_FALSE(legal("vadd.vv", 5, 1, 8, 11, 12));
  CHECK_FALSE(legal("vadd.vv", 5, 2, 8, 12, 18));
  CHECK(legal("vadd.vv", 5, 0, 0, 1, 2));
  CHECK_FALSE(legal("vadd.vv", 5, 0, 0, 1, 2, false));  // would overwrite the mask
  CHECK(legal("vmseq.vv", 5, 0, 0, 1, 2, false));       // a mask may
  CHECK(legal("vredsum.vs", 5, 0, 0, 1, 2, false));
  CHECK_FALSE(legal("vwadd.vv", 6, 0, 8, 10, 12));  // no 128 bits
  CHECK_FALSE(legal("vwadd.vv", 5, 3, 8, 16, 24));  // no LMUL 16
  CHECK_FALSE(legal("vwadd.vv", 5, 0, 8, 8, 12));   // overlap in the lowest part
  CHECK(legal("vwadd.vv", 5, 0, 8, 9, 12));         // in the highest part
  CHECK(legal("vnsrl.wv", 5, 0, 8, 8, 12));
  CHECK_FALSE(legal("vnsrl.wv", 5, 0, 9, 8, 12));
  CHECK_FALSE(legal("vzext.vf8", 5, 0, 8, 10, 0));  // 4-bit elements
  CHECK_FALSE(legal("vslideup.vi", 5, 0, 8, 8, 1));
  CHECK(legal("vslidedown.vi", 5, 0, 8, 8, 1));
  CHECK_FALSE(legal("vrgather.vv", 5, 0, 8, 10, 8));
  CHECK_FALSE(legal("vfadd.vv", 3, 0, 8, 10, 12));  // no FP of 8 bits
  CHECK(legal("vle64.v", 3, 0, 8, 0, 5));
  CHECK_FALSE(legal("vle64.v", 3, 1, 8, 0, 5));  // EMUL 16
  CHECK(legal("vle32.v", 5, 1, 8, 0, 5, true, 4));
  CHECK_FALSE(legal("vle32.v", 5, 1, 8, 0, 5, true, 8));   // 16 registers
  CHECK_FALSE(legal("vle32.v", 5, 0, 31, 0, 5, true, 2));  // past v31
  CHECK_FALSE(legal("vl<nr>re8.v", 3, 0, 9, 0, 5, true, 2));
  CHECK_FALSE(legal("vmv<nr>r.v", 3, 0, 8, 2, 3));
}

// A hart on which single vector instructions run, without an engine: legality and handler come from
// vector_behaviour(), as in decoding.
#pragma once

#include <immintrin.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "isa/code_space.hpp"
#include "isa/csr.hpp"
#include "isa/decode.hpp"
#include "isa/host_code.hpp"
#include "isa/vector_shape.hpp"
#include "tests/isa/executed_rows.hpp"
#include "tests/isa/levels.hpp"

namespace troupe::isa::test {

inline TROUPE_THREADED void done(const Op* op, Hart*, std::byte*, const Variant* variant, Cycle cycle,
                                 Session* session) {
  leave(session, Event::exit, op, variant, cycle);
}

inline std::vector<Row> vector_rows(HostLevel level = HostLevel::portable) {
  std::vector<Row> rows;
  for (const auto& table : host_code(level).tables)
    for (const Row& row : table)
      if (is_vector(row.unit) && row.unit != Unit::v_set) rows.push_back(row);
  return rows;
}

// OPFVV and OPFVF.
inline bool computes_with_floats(const Row& row) {
  const std::uint32_t funct3 = bits(row.match, 14, 12);
  return bits(row.match, 6, 0) == 0x57 && (funct3 == 1 || funct3 == 5);
}

class VectorMachine {
 public:
  explicit VectorMachine(std::uint32_t vlen_bits, HostLevel level = best_host_level())
      : rows(vector_rows(level)), vlen_bytes(vlen_bits / 8), hart(new Hart), memory(64 * kPageBytes) {
    hart->csr.mstatus = kStatusFs | kStatusVs;
    hart->vlen_bytes = vlen_bits / 8;
    hart->memory.data = memory.data();
    hart->memory.base = kBase;
    hart->memory.size = memory.size();
    hart->page_flags.assign(64, 0);
    session.low = kBase;
    for (std::uint64_t n = 0; n < 4; ++n) session.room[n] = memory.size() - (std::uint64_t{1} << n);
  }

  static constexpr std::uint64_t kBase = 0x10000;

  const Row& row(const std::string& name) const {
    for (const Row& r : rows)
      if (name == r.name) return r;
    throw std::runtime_error("no row " + name);
  }

  bool has(const std::string& name) const {
    for (const Row& r : rows)
      if (name == r.name) return true;
    return false;
  }

  // An encoding: the row's fixed bits with registers put where fields of all kinds stand.
  static std::uint32_t encode(const Row& row, std::uint32_t vd, std::uint32_t vs2, std::uint32_t vs1_or_imm,
                              bool unmasked, std::uint32_t fields = 1) {
    const std::uint32_t raw =
        vd << 7 | (vs1_or_imm & 31) << 15 | vs2 << 20 | std::uint32_t{unmasked} << 25 | (fields - 1) << 29;
    return (raw & ~row.mask) | row.match;
  }

  // vtype of SEW and LMUL as a power of two.
  void configure(int sew_log2, int lmul_log2, std::uint64_t vl) {
    hart->csr.vtype =
        static_cast<std::uint64_t>(sew_log2 - 3) << 3 | static_cast<std::uint64_t>(lmul_log2 & 7);
    hart->csr.vl = vl;
  }
  std::uint64_t vlmax(int sew_log2, int lmul_log2) const {
    const std::uint64_t elements = vlen_bytes * 8 >> sew_log2;
    return lmul_log2 < 0 ? elements >> -lmul_log2 : elements << lmul_log2;
  }

  bool legal(const Row& row, std::uint32_t raw) const { return handler(row, raw) != nullptr; }
  Handler handler(const Row& row, std::uint32_t raw) const {
    return vector_behaviour({&row, 0, raw, 4}, Mode::of(hart->csr));
  }

  // Runs one instruction; returns how threaded code was left, Event::exit when it went on.
  Event run(const Row& row, std::uint32_t raw) {
    executed.insert(row.name);
    Op ops[2] = {};
    Op& op = ops[0];
    op.handler = handler(row, raw);
    if (op.handler == nullptr) throw std::runtime_error(std::string(row.name) + " is illegal");
    op.imm = immediate_of(row, raw);
    op.rd = static_cast<std::uint8_t>(bits(raw, 11, 7));
    if (row.has(Field::rd) && op.rd == 0) op.rd = 32;
    op.rs1 = static_cast<std::uint8_t>(bits(raw, 19, 15));
    op.rs2 = static_cast<std::uint8_t>(bits(raw, 24, 20));
    op.rs3 = static_cast<std::uint8_t>(bits(raw, 31, 27));
    op.vm = static_cast<std::uint8_t>(bits(raw, 25, 25));
    op.rm = static_cast<std::uint8_t>(hart->csr.frm);
    ops[1].handler = done;
    session.page_flags = hart->page_flags.data() - kBase / kPageBytes;
    session.event = Event::exit;
    const unsigned before = _mm_getcsr();
    _mm_setcsr(0x1f80);
    op.handler(ops, hart.get(), memory.data() - kBase, nullptr, 0, &session);
    const unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    rounding_kept = (after & ~0x3fu) == 0x1f80;
    const auto flag = [&](int host, int guest) { return (after >> host & 1) << guest; };
    hart->csr.fflags |= flag(5, 0) | flag(4, 1) | flag(3, 2) | flag(2, 3) | flag(0, 4);
    return session.event;
  }

  std::byte* v(std::uint32_t r) { return &hart->v[0][0] + r * vlen_bytes; }
  template <class T>
  T get(std::uint32_t r, std::uint64_t i) {
    T value;
    std::memcpy(&value, v(r) + i * sizeof(T), sizeof(T));
    return value;
  }
  template <class T>
  void set(std::uint32_t r, std::uint64_t i, T value) {
    std::memcpy(v(r) + i * sizeof(T), &value, sizeof(T));
  }
  bool mask(std::uint64_t i) { return (std::to_integer<unsigned>(hart->v[0][i / 8]) >> (i % 8) & 1) != 0; }

  const std::vector<Row> rows;
  const std::uint64_t vlen_bytes;
  std::unique_ptr<Hart> hart;
  std::vector<std::byte> memory;
  Session session;
  bool rounding_kept = true;
  ExecutedRows executed;
};

}  // namespace troupe::isa::test

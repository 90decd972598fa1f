// What is not compared with QEMU, each with its reason; everything else in the tables is.
#pragma once

#include <string_view>

#include "isa/row.hpp"

namespace troupe::isa::differential {

// A row that no program holds. A name that ends in '*' stands for all that begin so.
struct NotCompared {
  std::string_view row;
  const char* reason;
};
inline constexpr NotCompared kNotCompared[] = {
    {"jalr", "its target is a register's value; riscv-tests and engine_test check it"},
    {"ecall", "ends a program; the harness writes the state through it"},
    {"ebreak", "a trap: user level has no handler"},
    {"mret", "machine mode"},
    {"wfi", "machine mode"},
    {"fence.i", "no effect on straight code that does not change"},
    {"czero.*", "QEMU 7.2 has no Zicond (8.0 does)"},
    {"fcvt.bf16.s", "QEMU 7.2 has no Zfbfmin (8.1 does)"},
    {"fcvt.s.bf16", "QEMU 7.2 has no Zfbfmin (8.1 does)"},
    {"vfwcvtbf16*", "QEMU 7.2 has no Zvfbfmin (8.1 does); vector_rows_test has references"},
    {"vfncvtbf16*", "QEMU 7.2 has no Zvfbfmin (8.1 does); vector_rows_test has references"},
    {"vfwmaccbf16*", "QEMU 7.2 has no Zvfbfwma (8.1 does); vector_rows_test has references"},
    {"vandn.*", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vrol.*", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vror.*", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vwsll.*", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vbrev*", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vrev8.v", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vclz.v", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vctz.v", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"vcpop.v", "QEMU 7.2 has no Zvbb (8.1 does); vector_rows_test has references"},
    {"ctzw", "QEMU 7.2 counts beyond bit 31 where the low word is 0 (fixed in 8.0)"},
};

constexpr const char* not_compared(std::string_view name) {
  for (const NotCompared& n : kNotCompared) {
    const bool prefix = n.row.back() == '*';
    if (prefix ? name.starts_with(n.row.substr(0, n.row.size() - 1)) : name == n.row) return n.reason;
  }
  return nullptr;
}

// An operand combination of a compared row that QEMU 7.2 gets wrong or lacks.
struct Quirk {
  const char* name;
  bool (*applies)(const Row& row, std::uint32_t raw, std::uint32_t vtype);
};
inline constexpr Quirk kQuirks[] = {
    {"vector FP on 16-bit elements: QEMU 7.2 has no Zvfh",
     [](const Row&, std::uint32_t raw, std::uint32_t vtype) {
       const std::uint32_t funct3 = raw >> 12 & 7;
       return (raw & 0x7f) == 0x57 && (funct3 == 1 || funct3 == 5) && (vtype >> 3 & 7) < 2;
     }},
    {"vxrm and vxsat: QEMU 7.2 keeps more bits than the two and the one there are",
     [](const Row& row, std::uint32_t raw, std::uint32_t) {
       const std::uint32_t csr = raw >> 20, source = raw >> 15 & 31;
       if (!row.has(Field::csr) || (csr != 0x009 && csr != 0x00a)) return false;
       return row.has(Field::rs1) ? source != 0 : source > (csr == 0x009 ? 1 : 3);
     }},
};

// QEMU 7.2 crashes (in translation, SIGSEGV) on a vector conversion with static rounding unless the vector FP
// instruction before it in the same page took frm. So programs put one there, and do not cross pages.
constexpr bool needs_dynamic_rounding_before(std::string_view row) {
  return row.starts_with("vf") && row.find(".rtz.") != std::string_view::npos;
}

}  // namespace troupe::isa::differential

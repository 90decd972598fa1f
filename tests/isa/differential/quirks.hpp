// What is not compared with QEMU, each with its reason; everything else in the tables is.
#pragma once

#include <string_view>

#include <cstring>
#include <vector>

#include "isa/csr.hpp"
#include "isa/row.hpp"
#include "tests/isa/differential/trap_image.hpp"

namespace troupe::isa::differential {

// A row that no program holds. A name that ends in '*' stands for all that begin so.
struct NotCompared {
  std::string_view row;
  const char* reason;
};
inline constexpr NotCompared kNotCompared[] = {
    {"jalr", "its target is a register's value; riscv-tests and engine_test check it"},
    {"ecall", "ends a program; trap programs hold it"},
    {"ebreak", "user level has no handler; trap programs hold it"},
    {"mret", "machine mode; trap programs hold it"},
    {"wfi", "machine mode; trap programs hold it"},
    {"fence.i", "no effect on straight code that does not change; trap programs hold it"},
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

// Encodings without a row here that QEMU 7.2 carries out, so that trap programs hold none as illegal.
struct OnlyInQemu {
  const char* name;
  std::uint32_t mask, match;
};
inline constexpr OnlyInQemu kOnlyInQemu[] = {
    {"sfence.vma: QEMU carries it out without supervisor mode", 0xfe007fff, 0x12000073},
    {"mask logic with a mask (vm = 0), which V reserves: QEMU 7.2 does not look at vm", 0xe200707f,
     0x60002057},
    {"vcompress.vm with a mask (vm = 0), which V reserves: likewise", 0xfe00707f, 0x5c002057},
};
constexpr bool only_in_qemu(std::uint32_t raw) {
  for (const OnlyInQemu& o : kOnlyInQemu)
    if ((raw & o.mask) == o.match) return true;
  return false;
}

// vstart that an access of `vl` elements may start from: QEMU 7.2 does not reset it where nothing is left to
// do. Of whole registers there are at least 8 elements, of a mask one byte for 8.
constexpr std::uint32_t vstart_limit(std::uint32_t raw, std::uint32_t vl) {
  const bool unit_stride = (raw >> 26 & 3) == 0;
  if (unit_stride && (raw >> 20 & 31) == 8) return 8;
  return unit_stride && (raw >> 20 & 31) == 11 ? (vl + 7) / 8 : vl;
}

// A fault-only-first load that faults in its first segment has shortened vl already in QEMU 7.2, where memory
// ends and devices or nothing begins. So the base that faults leaves room for a segment.
inline constexpr std::uint64_t kFirstSegmentBytes = 64;

// CSRs that trap programs do not access.
struct UnlikeCsr {
  std::uint32_t number;
  const char* reason;
};
inline constexpr UnlikeCsr kUnlikeCsrs[] = {
    {0x302, "medeleg: QEMU 7.2 has it without supervisor mode"},
};
constexpr bool unlike_csr(std::uint32_t number) {
  for (const UnlikeCsr& u : kUnlikeCsrs)
    if (u.number == number) return true;
  return false;
}

// mstatus: QEMU keeps supervisor mode's fields without that mode, and QEMU 7.2 does not clear MPRV on mret to
// user mode (8.0 does). privilege_test checks what we do.
inline constexpr std::uint64_t kComparedStatus = kStatusMie | kStatusMpie | kStatusMpp | kStatusTw;

// mepc: QEMU 7.2 keeps bit 0 of what is written, which the specification wants to be 0. Of an immediate:
inline constexpr std::uint32_t kComparedMepc = 0x1e;

// Sets to 0 what the two machines may report differently in the states of trap programs.
//   mstatus: all but kComparedStatus; what makes FS and VS dirty is an implementation's own, so they count as
//   off or on. mtval of a breakpoint: 0 or the pc, both allowed. mtval of a load that faults: QEMU gives it
//   aligned to the load's size, so the lowest three bits are not compared. (The harness hides mtval from
//   programs likewise.)
inline void hide_unlike(std::vector<std::byte>& states) {
  const std::uint32_t machine = StateLayout(Profile::traps).machine;
  const auto mask_status = [](std::byte* word) {
    std::uint64_t status;
    std::memcpy(&status, word, 8);
    std::uint64_t alike = status & kComparedStatus;
    if ((status & kStatusFs) != 0) alike |= kStatusFs;
    if ((status & kStatusVs) != 0) alike |= kStatusVs;
    std::memcpy(word, &alike, 8);
  };
  for (std::size_t state = 0; state + kTrapStateBytes <= states.size(); state += kTrapStateBytes) {
    mask_status(&states[state + machine]);
    for (std::size_t trap = state + kTrapLog; trap + 40 <= state + kTrapStateBytes; trap += 40) {
      mask_status(&states[trap + 24]);
      if (states[trap] == std::byte{3}) std::memset(&states[trap + 16], 0, 8);
      if (states[trap] == std::byte{5}) states[trap + 16] &= std::byte{0xf8};
    }
  }
}

// QEMU 7.2 crashes (in translation, SIGSEGV) on a vector conversion with static rounding unless the vector FP
// instruction before it in the same page took frm. So programs put one there, and do not cross pages.
constexpr bool needs_dynamic_rounding_before(std::string_view row) {
  return row.starts_with("vf") && row.find(".rtz.") != std::string_view::npos;
}

}  // namespace troupe::isa::differential

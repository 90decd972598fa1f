// Rows of the C extension: pattern and 32-bit form of each 16-bit instruction (RV64C, with the D loads and
// stores).
#include <string_view>

#include "isa/decode.hpp"
#include "isa/short_types.hpp"

namespace troupe::isa {
namespace {

// Bits [high:low] of c, moved to `to`.
constexpr u32 move(u32 c, int high, int low, int to) {
  return bits(c, high, low) << to;
}

// Registers: full (5 bits) or one of x8-x15 (3 bits).
constexpr u32 rd(u32 c) {
  return bits(c, 11, 7);
}
constexpr u32 rs2(u32 c) {
  return bits(c, 6, 2);
}
constexpr u32 rdp(u32 c) {
  return 8 + bits(c, 4, 2);
}
constexpr u32 rs1p(u32 c) {
  return 8 + bits(c, 9, 7);
}

// 32-bit forms.
constexpr u32 i_type(u32 op, u32 f3, u32 d, u32 s1, u32 imm) {
  return imm << 20 | s1 << 15 | f3 << 12 | d << 7 | op;
}
constexpr u32 s_type(u32 op, u32 f3, u32 s1, u32 s2, u32 imm) {
  return bits(imm, 11, 5) << 25 | s2 << 20 | s1 << 15 | f3 << 12 | bits(imm, 4, 0) << 7 | op;
}
constexpr u32 r_type(u32 op, u32 f3, u32 f7, u32 d, u32 s1, u32 s2) {
  return f7 << 25 | s2 << 20 | s1 << 15 | f3 << 12 | d << 7 | op;
}
constexpr u32 b_type(u32 f3, u32 s1, u32 imm) {
  return bits(imm, 12, 12) << 31 | bits(imm, 10, 5) << 25 | s1 << 15 | f3 << 12 | bits(imm, 4, 1) << 8 |
         bits(imm, 11, 11) << 7 | 0x63;
}
constexpr u32 j_type(u32 d, u32 imm) {
  return bits(imm, 20, 20) << 31 | bits(imm, 10, 1) << 21 | bits(imm, 11, 11) << 20 |
         bits(imm, 19, 12) << 12 | d << 7 | 0x6f;
}

// Immediates.
constexpr u32 sign(u32 v, int width) {
  return static_cast<u32>(static_cast<std::int32_t>(v << (32 - width)) >> (32 - width));
}
constexpr u32 imm6(u32 c) {
  return sign(move(c, 12, 12, 5) | bits(c, 6, 2), 6);
}
constexpr u32 uimm6(u32 c) {
  return move(c, 12, 12, 5) | bits(c, 6, 2);
}
constexpr u32 word_offset(u32 c) {
  return move(c, 12, 10, 3) | move(c, 6, 6, 2) | move(c, 5, 5, 6);
}
constexpr u32 double_offset(u32 c) {
  return move(c, 12, 10, 3) | move(c, 6, 5, 6);
}
constexpr u32 word_stack(u32 c) {
  return move(c, 12, 12, 5) | move(c, 6, 4, 2) | move(c, 3, 2, 6);
}
constexpr u32 double_stack(u32 c) {
  return move(c, 12, 12, 5) | move(c, 6, 5, 3) | move(c, 4, 2, 6);
}
constexpr u32 word_stack_store(u32 c) {
  return move(c, 12, 9, 2) | move(c, 8, 7, 6);
}
constexpr u32 double_stack_store(u32 c) {
  return move(c, 12, 10, 3) | move(c, 9, 7, 6);
}
constexpr u32 branch_offset(u32 c) {
  return sign(
      move(c, 12, 12, 8) | move(c, 11, 10, 3) | move(c, 6, 5, 6) | move(c, 4, 3, 1) | move(c, 2, 2, 5), 9);
}
constexpr u32 jump_offset(u32 c) {
  return sign(move(c, 12, 12, 11) | move(c, 11, 11, 4) | move(c, 10, 9, 8) | move(c, 8, 8, 10) |
                  move(c, 7, 7, 6) | move(c, 6, 6, 7) | move(c, 5, 3, 1) | move(c, 2, 2, 5),
              12);
}
constexpr u32 addi4spn(u32 c) {
  return move(c, 12, 11, 4) | move(c, 10, 7, 6) | move(c, 6, 6, 2) | move(c, 5, 5, 3);
}
constexpr u32 addi16sp(u32 c) {
  return sign(move(c, 12, 12, 9) | move(c, 6, 6, 4) | move(c, 5, 5, 6) | move(c, 4, 3, 7) | move(c, 2, 2, 5),
              10);
}

constexpr u32 kLoad = 0x03, kLoadFp = 0x07, kStore = 0x23, kStoreFp = 0x27, kImm = 0x13, kImm32 = 0x1b,
              kOp = 0x33, kOp32 = 0x3b;

struct CompressedRow {
  const char* name;
  std::string_view pattern;  // '.' = any
  u32 (*expand)(u32 c);      // 0 where reserved
};

// The first match counts: special forms stand before general ones.
// clang-format off
constexpr CompressedRow kRows[] = {
  {"c.addi4spn", "000...........00", [](u32 c) { return addi4spn(c) == 0 ? 0 : i_type(kImm, 0, rdp(c), 2, addi4spn(c)); }},
  {"c.fld",      "001...........00", [](u32 c) { return i_type(kLoadFp, 3, rdp(c), rs1p(c), double_offset(c)); }},
  {"c.lw",       "010...........00", [](u32 c) { return i_type(kLoad, 2, rdp(c), rs1p(c), word_offset(c)); }},
  {"c.ld",       "011...........00", [](u32 c) { return i_type(kLoad, 3, rdp(c), rs1p(c), double_offset(c)); }},
  {"c.fsd",      "101...........00", [](u32 c) { return s_type(kStoreFp, 3, rs1p(c), rdp(c), double_offset(c)); }},
  {"c.sw",       "110...........00", [](u32 c) { return s_type(kStore, 2, rs1p(c), rdp(c), word_offset(c)); }},
  {"c.sd",       "111...........00", [](u32 c) { return s_type(kStore, 3, rs1p(c), rdp(c), double_offset(c)); }},
  {"c.addi",     "000...........01", [](u32 c) { return i_type(kImm, 0, rd(c), rd(c), imm6(c)); }},
  {"c.addiw",    "001...........01", [](u32 c) { return rd(c) == 0 ? 0 : i_type(kImm32, 0, rd(c), rd(c), imm6(c)); }},
  {"c.li",       "010...........01", [](u32 c) { return i_type(kImm, 0, rd(c), 0, imm6(c)); }},
  {"c.addi16sp", "011.00010.....01", [](u32 c) { return addi16sp(c) == 0 ? 0 : i_type(kImm, 0, 2, 2, addi16sp(c)); }},
  {"c.lui",      "011...........01", [](u32 c) { return imm6(c) == 0 ? 0 : imm6(c) << 12 | rd(c) << 7 | 0x37; }},
  {"c.srli",     "100.00........01", [](u32 c) { return i_type(kImm, 5, rs1p(c), rs1p(c), uimm6(c)); }},
  {"c.srai",     "100.01........01", [](u32 c) { return i_type(kImm, 5, rs1p(c), rs1p(c), uimm6(c) | 0x400); }},
  {"c.andi",     "100.10........01", [](u32 c) { return i_type(kImm, 7, rs1p(c), rs1p(c), imm6(c)); }},
  {"c.sub",      "100011...00...01", [](u32 c) { return r_type(kOp, 0, 0x20, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.xor",      "100011...01...01", [](u32 c) { return r_type(kOp, 4, 0, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.or",       "100011...10...01", [](u32 c) { return r_type(kOp, 6, 0, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.and",      "100011...11...01", [](u32 c) { return r_type(kOp, 7, 0, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.subw",     "100111...00...01", [](u32 c) { return r_type(kOp32, 0, 0x20, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.addw",     "100111...01...01", [](u32 c) { return r_type(kOp32, 0, 0, rs1p(c), rs1p(c), rdp(c)); }},
  {"c.j",        "101...........01", [](u32 c) { return j_type(0, jump_offset(c)); }},
  {"c.beqz",     "110...........01", [](u32 c) { return b_type(0, rs1p(c), branch_offset(c)); }},
  {"c.bnez",     "111...........01", [](u32 c) { return b_type(1, rs1p(c), branch_offset(c)); }},
  {"c.slli",     "000...........10", [](u32 c) { return i_type(kImm, 1, rd(c), rd(c), uimm6(c)); }},
  {"c.fldsp",    "001...........10", [](u32 c) { return i_type(kLoadFp, 3, rd(c), 2, double_stack(c)); }},
  {"c.lwsp",     "010...........10", [](u32 c) { return rd(c) == 0 ? 0 : i_type(kLoad, 2, rd(c), 2, word_stack(c)); }},
  {"c.ldsp",     "011...........10", [](u32 c) { return rd(c) == 0 ? 0 : i_type(kLoad, 3, rd(c), 2, double_stack(c)); }},
  {"c.jr",       "1000.....0000010", [](u32 c) { return rd(c) == 0 ? 0 : i_type(0x67, 0, 0, rd(c), 0); }},
  {"c.mv",       "1000..........10", [](u32 c) { return r_type(kOp, 0, 0, rd(c), 0, rs2(c)); }},
  {"c.ebreak",   "1001000000000010", [](u32)   { return u32{0x00100073}; }},
  {"c.jalr",     "1001.....0000010", [](u32 c) { return i_type(0x67, 0, 1, rd(c), 0); }},
  {"c.add",      "1001..........10", [](u32 c) { return r_type(kOp, 0, 0, rd(c), rd(c), rs2(c)); }},
  {"c.fsdsp",    "101...........10", [](u32 c) { return s_type(kStoreFp, 3, 2, rs2(c), double_stack_store(c)); }},
  {"c.swsp",     "110...........10", [](u32 c) { return s_type(kStore, 2, 2, rs2(c), word_stack_store(c)); }},
  {"c.sdsp",     "111...........10", [](u32 c) { return s_type(kStore, 3, 2, rs2(c), double_stack_store(c)); }},
};
// clang-format on

constexpr bool matches(std::string_view pattern, u32 c) {
  for (int i = 0; i < 16; ++i)
    if (pattern[static_cast<std::size_t>(i)] != '.' &&
        (pattern[static_cast<std::size_t>(i)] == '1') != ((c >> (15 - i) & 1) != 0))
      return false;
  return true;
}

}  // namespace

std::uint32_t expand_compressed(std::uint16_t raw) {
  for (const CompressedRow& row : kRows)
    if (matches(row.pattern, raw)) return row.expand(raw);
  return 0;
}

const char* compressed_name(std::uint16_t raw) {
  for (const CompressedRow& row : kRows)
    if (matches(row.pattern, raw)) return row.expand(raw) == 0 ? nullptr : row.name;
  return nullptr;
}

}  // namespace troupe::isa

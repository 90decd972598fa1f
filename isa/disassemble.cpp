// Assembler text from the row: mnemonic, then the fields in the assembler's order.
#include <fmt/core.h>

#include "isa/decode.hpp"
#include "isa/engine.hpp"

namespace troupe::isa {
namespace {

constexpr const char* kIntegerNames[32] = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

// Text of one operand; empty for fields that are part of another or of the mnemonic.
std::string operand(Field field, const Row& row, std::uint32_t raw, std::uint64_t pc) {
  const std::int64_t imm = immediate_of(row, raw);
  switch (field) {
    case Field::rd:
      return kIntegerNames[bits(raw, 11, 7)];
    case Field::rs1:
      return kIntegerNames[bits(raw, 19, 15)];
    case Field::rs2:
      return kIntegerNames[bits(raw, 24, 20)];
    case Field::fd:
      return fmt::format("f{}", bits(raw, 11, 7));
    case Field::fs1:
      return fmt::format("f{}", bits(raw, 19, 15));
    case Field::fs2:
      return fmt::format("f{}", bits(raw, 24, 20));
    case Field::fs3:
      return fmt::format("f{}", bits(raw, 31, 27));
    case Field::vd:
    case Field::vdx:
    case Field::vs3:
      return fmt::format("v{}", bits(raw, 11, 7));
    case Field::vs1:
      return fmt::format("v{}", bits(raw, 19, 15));
    case Field::vs2:
      return fmt::format("v{}", bits(raw, 24, 20));
    case Field::vm:
      return bits(raw, 25, 25) == 0 ? "v0.t" : "";
    case Field::branch_high:
    case Field::jump20:
      return fmt::format("{:#x}", pc + static_cast<std::uint64_t>(imm));
    case Field::imm20:
      return fmt::format("{:#x}", bits(raw, 31, 12));
    case Field::csr:
      return fmt::format("{:#x}", imm);
    case Field::zimm5:
    case Field::avl5:
      return fmt::format("{}", bits(raw, 19, 15));
    case Field::imm12:
    case Field::store_high:
    case Field::shift6:
    case Field::shift5:
    case Field::simm5:
    case Field::uimm5:
    case Field::vtype11:
    case Field::vtype10:
      return fmt::format("{}", imm);
    default:
      return {};
  }
}

}  // namespace

std::string disassemble(std::uint32_t raw, std::uint64_t pc) {
  const Row* row = find_row(raw);
  if (row == nullptr) return fmt::format(".word {:#010x}", raw);
  std::string text = row->name, separator = " ";
  // The destination comes first, then what the encoding holds from the least significant field up.
  const auto add = [&](Field f) {
    const std::string word = operand(f, *row, raw, pc);
    if (word.empty()) return;
    text += separator + word;
    separator = ", ";
  };
  const auto is_destination = [](Field f) {
    return f == Field::rd || f == Field::fd || f == Field::vd || f == Field::vdx;
  };
  for (const Field f : row->fields)
    if (is_destination(f)) add(f);
  const bool vector_order = bits(raw, 6, 0) == 0x57;  // vs2 before vs1
  for (std::size_t i = 0; i < row->fields.size(); ++i) {
    const Field f = row->fields[vector_order ? i : row->fields.size() - 1 - i];
    if (!is_destination(f) && f != Field::vm) add(f);
  }
  if (row->has(Field::vm)) add(Field::vm);
  return text;
}

}  // namespace troupe::isa

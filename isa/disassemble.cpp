// Assembler text from the row: mnemonic, then the fields in the assembler's order. The spelling is that of
// llvm-objdump -M no-aliases; a compressed instruction reads as its 32-bit form.
#include <fmt/core.h>

#include <utility>

#include "isa/decode.hpp"
#include "isa/engine.hpp"

namespace troupe::isa {
namespace {

constexpr const char* kIntegerNames[32] = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
    "a6",   "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
constexpr const char* kFloatNames[32] = {"ft0", "ft1", "ft2",  "ft3",  "ft4", "ft5", "ft6",  "ft7",
                                         "fs0", "fs1", "fa0",  "fa1",  "fa2", "fa3", "fa4",  "fa5",
                                         "fa6", "fa7", "fs2",  "fs3",  "fs4", "fs5", "fs6",  "fs7",
                                         "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};

std::string csr_name(std::uint32_t number) {
  constexpr std::pair<std::uint32_t, const char*> kNames[] = {
      {0x001, "fflags"},    {0x002, "frm"},        {0x003, "fcsr"},          {0x008, "vstart"},
      {0x009, "vxsat"},     {0x00a, "vxrm"},       {0x00f, "vcsr"},          {0x300, "mstatus"},
      {0x301, "misa"},      {0x302, "medeleg"},    {0x303, "mideleg"},       {0x304, "mie"},
      {0x305, "mtvec"},     {0x306, "mcounteren"}, {0x320, "mcountinhibit"}, {0x340, "mscratch"},
      {0x341, "mepc"},      {0x342, "mcause"},     {0x343, "mtval"},         {0x344, "mip"},
      {0xb00, "mcycle"},    {0xb02, "minstret"},   {0xc00, "cycle"},         {0xc01, "time"},
      {0xc02, "instret"},   {0xc20, "vl"},         {0xc21, "vtype"},         {0xc22, "vlenb"},
      {0xf11, "mvendorid"}, {0xf12, "marchid"},    {0xf13, "mimpid"},        {0xf14, "mhartid"},
      {0xf15, "mconfigptr"}};
  for (const auto& [n, name] : kNames)
    if (n == number) return name;
  const std::uint32_t counter = number & 31;
  if (counter >= 3) {
    if ((number & ~31u) == 0x320) return fmt::format("mhpmevent{}", counter);
    if ((number & ~31u) == 0xb00) return fmt::format("mhpmcounter{}", counter);
    if ((number & ~31u) == 0xc00) return fmt::format("hpmcounter{}", counter);
  }
  return fmt::format("{:#x}", number);
}

std::string signed_hex(std::int64_t value) {
  return value < 0 ? fmt::format("-{:#x}", -value) : fmt::format("{:#x}", value);
}

// "e32, m1, ta, ma"; the bare number where the type is reserved.
std::string vtype_text(std::uint32_t vtype) {
  constexpr const char* kMultipliers[8] = {"m1", "m2", "m4", "m8", nullptr, "mf8", "mf4", "mf2"};
  const char* multiplier = kMultipliers[vtype & 7];
  if (vtype >> 8 != 0 || multiplier == nullptr || bits(vtype, 5, 3) > 3) return fmt::format("{:#x}", vtype);
  return fmt::format("e{}, {}, {}, {}", 8u << bits(vtype, 5, 3), multiplier,
                     bits(vtype, 6, 6) != 0 ? "ta" : "tu", bits(vtype, 7, 7) != 0 ? "ma" : "mu");
}

// Which of input, output, read and write a fence orders.
std::string fence_set(std::uint32_t set) {
  std::string text;
  for (int i = 0; i < 4; ++i)
    if ((set >> (3 - i) & 1) != 0) text += "iorw"[i];
  return text.empty() ? "0" : text;
}

std::string rounding_mode(std::uint32_t rm) {
  constexpr const char* kNames[8] = {"rne", "rtz", "rdn", "rup", "rmm", "rm5", "rm6", "dyn"};
  return kNames[rm];
}

bool is_access(Unit unit) {
  switch (unit) {
    case Unit::load:
    case Unit::store:
    case Unit::fp_load:
    case Unit::fp_store:
    case Unit::amo:
    case Unit::jump_register:
    case Unit::v_load:
    case Unit::v_store:
    case Unit::v_load_strided:
    case Unit::v_store_strided:
      return true;
    default:
      return false;
  }
}
bool is_vector_access(Unit unit) {
  return unit >= Unit::v_load;
}

// Whole-register accesses and moves hold their number of registers where others hold fields or an operand.
bool counts_registers(std::string_view name) {
  return name.find("<nr>") != std::string_view::npos;
}

// The row's name with what the encoding adds to it.
std::string mnemonic(const Row& row, std::uint32_t raw) {
  std::string name = row.name;
  if (counts_registers(name)) {
    const std::uint32_t count = is_vector_access(row.unit) ? bits(raw, 31, 29) : bits(raw, 17, 15);
    return name.replace(name.find("<nr>"), 4, std::to_string(count + 1));
  }
  if (row.has(Field::nf3) && bits(raw, 31, 29) != 0)
    name.insert(name.rfind('e'), fmt::format("seg{}", bits(raw, 31, 29) + 1));
  if (row.has(Field::aqrl)) {
    constexpr const char* kOrders[4] = {"", ".rl", ".aq", ".aqrl"};
    name += kOrders[bits(raw, 26, 25)];
  }
  return name;
}

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
      return kFloatNames[bits(raw, 11, 7)];
    case Field::fs1:
      return kFloatNames[bits(raw, 19, 15)];
    case Field::fs2:
      return kFloatNames[bits(raw, 24, 20)];
    case Field::fs3:
      return kFloatNames[bits(raw, 31, 27)];
    case Field::vd:
    case Field::vdx:
    case Field::vs3:
      return fmt::format("v{}", bits(raw, 11, 7));
    case Field::vs1:
      return fmt::format("v{}", bits(raw, 19, 15));
    case Field::vs2:
      return fmt::format("v{}", bits(raw, 24, 20));
    case Field::branch_high:
    case Field::jump20:
      return fmt::format("{:#x}", pc + static_cast<std::uint64_t>(imm));
    case Field::imm20:
      return fmt::format("{:#x}", bits(raw, 31, 12));
    case Field::csr:
      return csr_name(bits(raw, 31, 20));
    case Field::zimm5:
    case Field::avl5:
      return fmt::format("{:#x}", bits(raw, 19, 15));
    case Field::imm12:
    case Field::store_high:
    case Field::shift6:
    case Field::shift5:
    case Field::simm5:
    case Field::uimm5:
      return signed_hex(imm);
    case Field::vtype11:
    case Field::vtype10:
      return vtype_text(static_cast<std::uint32_t>(imm));
    default:
      return {};
  }
}

bool is_destination(Field f) {
  return f == Field::rd || f == Field::fd || f == Field::vd || f == Field::vdx;
}

// Operands of loads, stores and jalr: register, offset(base); of atomics and vectors: register, (base),
// others.
std::string access_operands(const Row& row, std::uint32_t raw) {
  std::string data, offset, others;
  for (const Field f : row.fields) {
    if (is_destination(f) || f == Field::vs3) data = operand(f, row, raw, 0);
    if (f == Field::imm12 || f == Field::store_high) offset = operand(f, row, raw, 0);
    if (f == Field::rs2 || f == Field::fs2 || f == Field::vs2) others = operand(f, row, raw, 0);
  }
  const std::string base = fmt::format("{}({})", offset, kIntegerNames[bits(raw, 19, 15)]);
  if (row.has(Field::store_high)) return others + ", " + base;
  if (row.unit == Unit::amo && !others.empty()) return data + ", " + others + ", " + base;
  return data + ", " + base + (others.empty() ? "" : ", " + others);
}

// Operands of everything else.
std::string plain_operands(const Row& row, std::uint32_t raw, std::uint64_t pc) {
  const std::string_view name = row.name;
  const auto is_one_of = [&](std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts)
      if (name.find(part) != std::string_view::npos) return true;
    return false;
  };
  std::string text;
  const auto add = [&](Field f) {
    if (is_destination(f) && !text.empty()) return;
    if (f == Field::simm5 && counts_registers(name)) return;
    const std::string word = operand(f, row, raw, pc);
    if (!word.empty()) text += (text.empty() ? "" : ", ") + word;
  };
  for (const Field f : row.fields)
    if (is_destination(f)) add(f);
  // Fields stand from the most significant bit down; the assembler's order mostly is from the least one up.
  const bool vector = bits(raw, 6, 0) == 0x57 && row.unit != Unit::v_set;
  const bool multiply_add = vector && is_one_of({"macc", "madd", "msac", "msub"});
  const bool downwards = (vector && !multiply_add) || row.has(Field::csr);
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const Field f = row.fields[downwards ? i : row.fields.size() - 1 - i];
    if (!is_destination(f)) add(f);
  }
  // Conversions that are always exact name a rounding mode only when it is not the assembler's default.
  const bool exact = is_one_of({"fcvt.d.s", "fcvt.d.w", "fcvt.d.h", "fcvt.s.h"});
  if (row.has(Field::rm) && !(exact && bits(raw, 14, 12) == 0))
    text += ", " + rounding_mode(bits(raw, 14, 12));
  if (is_one_of({".vvm", ".vxm", ".vim", ".vfm"})) text += ", v0";
  return text;
}

}  // namespace

std::string disassemble(std::uint32_t raw, std::uint64_t pc) {
  const Row* row = find_row(raw);
  if (row == nullptr) return fmt::format(".word {:#010x}", raw);
  if (row->unit == Unit::fence) {
    if (raw == 0x8330000f) return "fence.tso";
    return fmt::format("fence {}, {}", fence_set(bits(raw, 27, 24)), fence_set(bits(raw, 23, 20)));
  }
  std::string text = mnemonic(*row, raw);
  if (row->unit == Unit::fence_i) return text;
  const std::string operands =
      is_access(row->unit) ? access_operands(*row, raw) : plain_operands(*row, raw, pc);
  if (!operands.empty()) text += " " + operands;
  if (row->has(Field::vm) && bits(raw, 25, 25) == 0) text += ", v0.t";
  return text;
}

}  // namespace troupe::isa

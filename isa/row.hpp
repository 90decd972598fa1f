// One row per instruction: name, bits, unit, behaviour. Decoder, disassembler and timing derive from it.
//
// A pattern reads as the manual's encoding tables do, most significant bit first. Binary digits are fixed
// bits; a word is a field. Its first letter says the register file: r = integer, f = floating point, v =
// vector.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "isa/exec.hpp"

namespace troupe::isa {

// What an instruction occupies. CoreParams says for how long.
enum class Unit : std::uint8_t {
  alu,
  mul,
  div,
  load,
  store,
  branch,
  jump,
  jump_register,
  amo,
  csr,
  fence,
  fence_i,
  system,
  fp,
  fp_div_single,
  fp_div_double,
  fp_load,
  fp_store,
  v_set,             // vsetvl, vsetvli, vsetivli
  v_move,            // one element between a scalar and a vector register
  v_alu,             // element-wise; chains
  v_reduce,          // all of vs2 before the result: reductions by a tree, mask population counts
  v_reduce_ordered,  // one element after the other
  v_permute,         // slides, gathers, compress, iota
  v_divide,          // element-wise integer divide
  v_float_divide,    // element-wise FP divide and square root
  v_load,
  v_store,  // unit stride: l1_port bytes a cycle; loads chain
  v_load_strided,
  v_store_strided,  // strided, indexed, segments: one element or segment a cycle
};
constexpr bool is_vector(Unit unit) {
  return unit >= Unit::v_set;
}

enum class Field : std::uint8_t {
  none,
  rd,
  rs1,
  rs2,
  fd,
  fs1,
  fs2,
  fs3,
  vd,   // written only
  vdx,  // read and written
  vs1,
  vs2,
  vs3,
  imm12,
  store_high,
  store_low,
  branch_high,
  branch_low,
  imm20,
  jump20,
  shift6,
  shift5,
  csr,
  zimm5,
  rm,
  aqrl,
  vm,
  simm5,
  uimm5,
  uimm_high,  // the bit above uimm5
  vtype11,
  vtype10,
  avl5,
  fence12,
  nf3,
};

struct FieldName {
  std::string_view name;
  Field field;
  std::uint8_t bits;
};
inline constexpr FieldName kFieldNames[] = {
    {"rd", Field::rd, 5},
    {"rs1", Field::rs1, 5},
    {"rs2", Field::rs2, 5},
    {"fd", Field::fd, 5},
    {"fs1", Field::fs1, 5},
    {"fs2", Field::fs2, 5},
    {"fs3", Field::fs3, 5},
    {"vd", Field::vd, 5},
    {"vdx", Field::vdx, 5},
    {"vs1", Field::vs1, 5},
    {"vs2", Field::vs2, 5},
    {"vs3", Field::vs3, 5},
    {"imm12", Field::imm12, 12},
    {"store_high", Field::store_high, 7},
    {"store_low", Field::store_low, 5},
    {"branch_high", Field::branch_high, 7},
    {"branch_low", Field::branch_low, 5},
    {"imm20", Field::imm20, 20},
    {"jump20", Field::jump20, 20},
    {"shift6", Field::shift6, 6},
    {"shift5", Field::shift5, 5},
    {"csr", Field::csr, 12},
    {"zimm5", Field::zimm5, 5},
    {"rm", Field::rm, 3},
    {"aqrl", Field::aqrl, 2},
    {"vm", Field::vm, 1},
    {"simm5", Field::simm5, 5},
    {"uimm5", Field::uimm5, 5},
    {"uimm_high", Field::uimm_high, 1},
    {"vtype11", Field::vtype11, 11},
    {"vtype10", Field::vtype10, 10},
    {"avl5", Field::avl5, 5},
    {"fence12", Field::fence12, 12},
    {"nf3", Field::nf3, 3},
};

// Behaviours by case. Scalar: [0]. FP with a rounding mode: [0] to nearest even, [1] any other. Vector: by
// SEW 8, 16, 32, 64, null where the SEW is reserved.
using Behaviours = std::array<Handler, 4>;

struct Row {
  const char* name = nullptr;
  std::uint32_t mask = 0, match = 0;
  std::array<Field, 8> fields{};
  Unit unit = Unit::alu;
  std::uint16_t shape = 0;  // vector: which operands are wide, narrow or masks (isa/vector_shape.hpp)
  Behaviours behaviours{};

  constexpr bool has(Field f) const {
    for (const Field g : fields)
      if (g == f) return true;
    return false;
  }
};

// Parses a pattern at compile time; a wrong one does not compile.
consteval Row make_row(const char* name, std::string_view pattern, Unit unit, Behaviours behaviours,
                       std::uint16_t shape = 0) {
  Row row;
  row.name = name;
  row.unit = unit;
  row.behaviours = behaviours;
  row.shape = shape;
  unsigned bits = 0, fields = 0;
  while (!pattern.empty()) {
    const std::size_t end = pattern.find(' ');
    const std::string_view word = pattern.substr(0, end);
    pattern.remove_prefix(end == std::string_view::npos ? pattern.size() : end + 1);
    if (word.front() == '0' || word.front() == '1') {
      for (const char c : word) {
        if (c != '0' && c != '1') throw "a digit that is not binary";
        ++bits;
        row.mask |= 1u << (32 - bits);
        row.match |= (c == '1' ? 1u : 0u) << (32 - bits);
      }
      continue;
    }
    bool found = false;
    for (const FieldName& f : kFieldNames)
      if (f.name == word) {
        bits += f.bits;
        row.fields[fields++] = f.field;
        found = true;
      }
    if (!found) throw "an unknown field";
  }
  if (bits != 32) throw "not 32 bits";
  return row;
}
consteval Row make_row(const char* name, std::string_view pattern, Unit unit, Handler behaviour) {
  return make_row(name, pattern, unit, Behaviours{behaviour});
}

// The tables. host_code() has them all.
inline namespace TROUPE_LEVEL {
std::span<const Row> integer_rows();
std::span<const Row> float_rows();
std::span<const Row> half_rows();
std::span<const Row> vector_integer_rows();
std::span<const Row> vector_widening_rows();  // and reductions
std::span<const Row> vector_fixed_point_rows();
std::span<const Row> vector_float_rows();
std::span<const Row> vector_convert_rows();  // of floating point
std::span<const Row> vector_bitmanip_rows();
std::span<const Row> vector_mask_rows();    // and permutations
std::span<const Row> vector_memory_rows();  // and vsetvl
}  // namespace TROUPE_LEVEL

}  // namespace troupe::isa

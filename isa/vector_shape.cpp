#include "isa/vector_shape.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "isa/code_space.hpp"
#include "isa/decode.hpp"
#include "isa/scoreboard.hpp"

namespace troupe::isa {
namespace {

// log2 of bits or of LMUL.
int sew_log2(std::uint64_t vtype) {
  return 3 + static_cast<int>(vtype >> 3 & 7);
}
int lmul_log2(std::uint64_t vtype) {
  const int field = static_cast<int>(vtype & 7);
  return field < 4 ? field : field - 8;
}

int encoded_log2(std::uint32_t raw) {
  const std::uint32_t width = bits(raw, 14, 12);
  return width == 0 ? 3 : static_cast<int>(width) - 1;  // 0, 5, 6, 7: 8, 16, 32, 64 bits
}

Width width_at(const Row& row, int operand) {
  return static_cast<Width>(row.shape >> (4 * operand) & 15);
}

int element_log2(Width width, std::uint64_t vtype, std::uint32_t raw) {
  switch (width) {
    case Width::wide:
    case Width::one_wide:
      return sew_log2(vtype) + 1;
    case Width::half:
      return sew_log2(vtype) - 1;
    case Width::quarter:
      return sew_log2(vtype) - 2;
    case Width::eighth:
      return sew_log2(vtype) - 3;
    case Width::index16:
      return 4;
    case Width::encoded:
      return encoded_log2(raw);
    case Width::mask:
      return 0;
    default:
      return sew_log2(vtype);
  }
}

int group_log2(Width width, std::uint64_t vtype, std::uint32_t raw) {
  if (width == Width::mask || width == Width::one || width == Width::one_wide || width == Width::none)
    return 0;
  return element_log2(width, vtype, raw) - sew_log2(vtype) + lmul_log2(vtype);
}

bool is_memory(Unit unit) {
  return unit >= Unit::v_load;
}
// Whole-register and mask accesses and moves do not look at vtype.
bool is_whole(const Row& row, std::uint32_t raw) {
  if (is_memory(row.unit)) return bits(raw, 27, 26) == 0 && bits(raw, 24, 20) == 8;
  return row.has(Field::simm5) && row.match == 0x9e003057;  // vmv<nr>r.v
}
bool is_mask_access(const Row& row, std::uint32_t raw) {
  return is_memory(row.unit) && bits(raw, 27, 26) == 0 && bits(raw, 24, 20) == 11;
}
std::uint32_t fields_of(const Row& row, std::uint32_t raw) {
  return is_memory(row.unit) && row.has(Field::nf3) ? bits(raw, 31, 29) + 1 : 1;
}

struct Operand {
  Width width;
  int at;  // bit position of its register
};
// vd or vs3, vs2, vs1.
Operand operand(const Row& row, int i) {
  return {width_at(row, i), i == 0 ? 7 : i == 1 ? 20 : 15};
}

bool operand_legal(const Row& row, const Operand& o, std::uint64_t vtype, std::uint32_t raw,
                   std::uint32_t fields) {
  if (o.width == Width::none) return true;
  const int element = element_log2(o.width, vtype, raw), group = group_log2(o.width, vtype, raw);
  if (o.width != Width::mask && (element < 3 || element > 6)) return false;
  if (group < -3 || group > 3) return false;
  const std::uint32_t registers = 1u << std::max(group, 0), first = raw >> o.at & 31;
  if (first % registers != 0) return false;
  const bool segments = o.at == 7 && is_memory(row.unit);
  return !segments || (registers * fields <= 8 && first + registers * fields <= 32);
}

// A destination overlaps a source only where reading in order stays ahead of writing: elements of the same
// width; of narrower ones the lowest part of the source; of wider ones the highest part, of a source of at
// least a register (RVV 1.0, 5.2).
bool overlap_legal(const Row& row, std::uint64_t vtype, std::uint32_t raw) {
  const Operand d = operand(row, 0);
  if (d.width == Width::none || (!row.has(Field::vd) && !row.has(Field::vdx))) return true;
  const bool apart = (row.shape & kApart) != 0, single = d.width == Width::one || d.width == Width::one_wide;
  const std::uint32_t fields = fields_of(row, raw), d_first = raw >> d.at & 31;
  const int d_element = element_log2(d.width, vtype, raw);
  const std::uint32_t d_end = d_first + fields * (1u << std::max(group_log2(d.width, vtype, raw), 0));
  for (int i = 1; i < 3; ++i) {
    const Operand s = operand(row, i);
    if (s.width == Width::none || (single && !apart)) continue;
    const int element = element_log2(s.width, vtype, raw), group = group_log2(s.width, vtype, raw);
    const std::uint32_t first = raw >> s.at & 31, end = first + (1u << std::max(group, 0));
    if (first >= d_end || d_first >= end) continue;
    if (apart || fields > 1) return false;
    if (element == d_element) continue;
    if (d_element < element ? d_first != first : (group < 0 || d_end != end)) return false;
  }
  return true;
}

bool whole_legal(const Row& row, std::uint32_t raw) {
  const std::uint32_t count = is_memory(row.unit) ? bits(raw, 31, 29) + 1 : bits(raw, 19, 15) + 1;
  if (!std::has_single_bit(count) || count > 8 || bits(raw, 11, 7) % count != 0) return false;
  return is_memory(row.unit) || bits(raw, 24, 20) % count == 0;
}

bool legal(const Instruction& instruction, Mode mode) {
  const Row& row = *instruction.row;
  const std::uint32_t raw = instruction.raw;
  if (!mode.vector_on() || (is_vector_float(raw) && (!mode.float_on() || mode.frm() > 4))) return false;
  if (row.unit == Unit::v_set) return true;
  // Only loads and stores can leave vstart above 0, so only they go on from it.
  if (mode.vstart() && !is_memory(row.unit)) return false;
  if (is_whole(row, raw)) return whole_legal(row, raw);
  if (mode.vill()) return false;
  if (is_mask_access(row, raw)) return true;
  for (int i = 0; i < 3; ++i)
    if (!operand_legal(row, operand(row, i), mode.vtype(), raw, fields_of(row, raw))) return false;
  if (!overlap_legal(row, mode.vtype(), raw)) return false;
  // An instruction with a mask does not write it, unless it writes a mask or a single element.
  const bool overwrites_mask =
      bits(raw, 25, 25) == 0 && bits(raw, 11, 7) == 0 && (row.has(Field::vd) || row.has(Field::vdx));
  const Width vd = width_at(row, 0);
  return !overwrites_mask || (vd == Width::mask && (row.shape & kApart) == 0) || vd == Width::one ||
         vd == Width::one_wide;
}

std::size_t behaviour_index(const Row& row, Mode mode, std::uint32_t raw) {
  if (row.unit == Unit::v_set) return 0;
  if (is_memory(row.unit)) {
    // Indexed accesses move SEW-wide data, the others data of their encoded width.
    const bool indexed = (bits(raw, 27, 26) & 1) != 0;
    return static_cast<std::size_t>((indexed ? sew_log2(mode.vtype()) : encoded_log2(raw)) - 3);
  }
  return mode.vill() ? 0 : static_cast<std::size_t>(sew_log2(mode.vtype()) - 3);
}

}  // namespace

std::uint64_t vlmax_of(std::uint64_t vtype, std::uint32_t vlen_bytes) {
  const int sew = sew_log2(vtype), lmul = lmul_log2(vtype);
  // Reserved: bits above 7, LMUL field 4, SEW above ELEN * LMUL.
  if (vtype >> 8 != 0 || sew > 6 || lmul == -4 || (lmul < 0 && sew > 6 + lmul)) return 0;
  const std::uint64_t elements = std::uint64_t{vlen_bytes} * 8 >> sew;
  return lmul >= 0 ? elements << lmul : elements >> -lmul;
}

bool legal_vector_state(const Csrs& csr, std::uint32_t vlen_bytes) {
  const bool vill = csr.vtype == std::uint64_t{1} << 63;
  const std::uint64_t vlmax = vlmax_of(csr.vtype, vlen_bytes);
  return (vill || vlmax != 0) && csr.vl <= vlmax && csr.vstart < kVlenMax && csr.frm < 8;
}

bool is_vector_float(std::uint32_t raw) {
  return bits(raw, 6, 0) == 0x57 && (bits(raw, 14, 12) == 1 || bits(raw, 14, 12) == 5);
}

bool may_shorten_vl(const Row& row) {
  return row.unit == Unit::v_load && bits(row.match, 27, 26) == 0 && bits(row.match, 24, 20) == 16;
}

Handler vector_behaviour(const Instruction& instruction, Mode mode) {
  if (!legal(instruction, mode)) return nullptr;
  const Row& row = *instruction.row;
  return row.behaviours[behaviour_index(row, mode, instruction.raw)];
}

namespace {

// How an arithmetic instruction of this unit passes over an operand.
Passing passing_of(Unit unit, Width width, bool write) {
  const bool single = width == Width::one || width == Width::one_wide,
             reduces = unit == Unit::v_reduce || unit == Unit::v_reduce_ordered;
  if (single) return write && reduces ? Passing::last : Passing::first;
  if (unit == Unit::v_permute) return write ? Passing::at_end : Passing::at_once;
  return Passing::along;
}

// An instruction as its unit sees it.
struct Work {
  std::uint64_t elements = 0, beat_elements = 1;
  int width_log2 = 3;        // of the elements that make a beat
  std::uint32_t whole = 0;   // registers that it moves whatever vl, else 0
  std::uint32_t fields = 1;  // of a segment
};

Work memory_work(const Row& row, std::uint32_t raw, const CoreParams& core, std::uint64_t vl) {
  Work work{.elements = vl, .fields = fields_of(row, raw)};
  if (is_whole(row, raw)) {
    work.whole = std::exchange(work.fields, 1u);
    work.elements = work.whole * core.vlen.count / 8;
  } else if (is_mask_access(row, raw)) {
    work.elements = ceil_div(vl, 8);
  } else {
    work.width_log2 = encoded_log2(raw);
  }
  const bool strided =
      row.unit == Unit::v_load_strided || row.unit == Unit::v_store_strided || work.fields > 1;
  if (!strided) work.beat_elements = core.l1_port.count * 8 >> work.width_log2;
  return work;
}

Work arithmetic_work(const Row& row, std::uint32_t raw, const CoreParams& core, std::uint64_t vtype,
                     std::uint64_t vl) {
  Work work{.elements = vl};
  if (is_whole(row, raw)) {
    work.whole = bits(raw, 19, 15) + 1;
    work.elements = work.whole * core.vlen.count / 8;
  } else {
    work.width_log2 = 0;
    for (int i = 0; i < 3; ++i)
      if (const Width width = operand(row, i).width; width != Width::none)
        work.width_log2 = std::max(work.width_log2, element_log2(width, vtype, raw));
  }
  work.beat_elements = row.unit == Unit::v_reduce_ordered ? 1 : core.dlen.count >> work.width_log2;
  return work;
}

// Registers of one operand; fields of a segment lie behind one another.
std::uint32_t registers_of(const Operand& o, const Work& work, bool mask_access, std::uint64_t vtype,
                           std::uint32_t raw) {
  if (work.whole != 0) return work.whole;
  if (mask_access) return 1;
  return 1u << std::max(group_log2(o.width, vtype, raw), 0);
}

// Interval and latency of the beats, and what comes behind the last.
void time_beats(Use& use, Unit unit, const Work& work, const CoreParams& core, std::uint64_t vtype) {
  const auto n = [](std::uint64_t cycles) { return static_cast<std::uint32_t>(cycles); };
  VectorUse& v = use.vector;
  use.latency = n(core.fp.count);
  switch (unit) {
    case Unit::v_reduce: {
      const std::uint64_t lanes = std::min<std::uint64_t>(work.elements, core.dlen.count >> work.width_log2);
      if (lanes > 1) v.tail = n(static_cast<std::uint64_t>(std::bit_width(lanes - 1)));  // levels of a tree
      break;
    }
    case Unit::v_reduce_ordered:
      v.interval = n(core.fp.count);
      break;
    case Unit::v_divide:
      v.interval = use.latency =
          n(core.div_base.count + ceil_div(std::uint64_t{1} << sew_log2(vtype), core.div_bits_per_cycle));
      break;
    case Unit::v_float_divide:
      v.interval = use.latency =
          n(sew_log2(vtype) == 6 ? core.fp_div_double.count : core.fp_div_single.count);
      break;
    default:
      break;
  }
}

}  // namespace

void vector_use(Use& use, const Instruction& instruction, const CoreParams& core, std::uint64_t vtype,
                std::uint64_t vl) {
  const Row& row = *instruction.row;
  const std::uint32_t raw = instruction.raw;
  if (row.unit == Unit::v_set) {
    use.latency = static_cast<std::uint32_t>(core.alu.count);
    return;
  }
  const bool memory = is_memory(row.unit), mask_access = is_mask_access(row, raw),
             store = row.unit == Unit::v_store || row.unit == Unit::v_store_strided;
  const Work work = memory ? memory_work(row, raw, core, vl) : arithmetic_work(row, raw, core, vtype, vl);
  VectorUse& v = use.vector;
  use.why = use.unit_why = Stall::vector;
  use.unit = memory ? kVectorMemory : kVectorArithmetic;
  v.beats =
      static_cast<std::uint32_t>(std::max<std::uint64_t>(ceil_div(work.elements, work.beat_elements), 1));
  v.group_bits = static_cast<std::uint32_t>(core.dlen.count);
  if (memory) {
    use.latency = static_cast<std::uint32_t>(core.load_use.count);
  } else {
    time_beats(use, row.unit, work, core, vtype);
  }
  const std::uint64_t groups = core.vlen.count / core.dlen.count;
  const auto add = [&](std::uint32_t first, int width_log2, bool write, Passing passing) {
    v.add({.group = static_cast<Resource>(kVectorGroups + first * groups),
           .write = write,
           .passing = passing,
           .bits = static_cast<std::uint32_t>(work.elements << width_log2),
           .beat_bits = static_cast<std::uint32_t>(work.beat_elements << width_log2)});
  };
  for (int i = 0; i < 3; ++i) {
    const Operand o = operand(row, i);
    if (o.width == Width::none) continue;
    const int width_log2 =
        work.whole != 0 || mask_access ? work.width_log2 : element_log2(o.width, vtype, raw);
    const std::uint32_t first = raw >> o.at & 31, registers = registers_of(o, work, mask_access, vtype, raw);
    for (std::uint32_t field = 0; field < (i == 0 ? work.fields : 1); ++field) {
      const std::uint32_t here = first + field * registers;
      if (i != 0 || store || row.has(Field::vdx))
        add(here, width_log2, false, passing_of(row.unit, o.width, false));
      if (i == 0 && !store) add(here, width_log2, true, passing_of(row.unit, o.width, true));
    }
  }
  // Also of those that are never without it: vmerge, vadc and their like.
  if (bits(raw, 25, 25) == 0) add(0, 0, false, passing_of(row.unit, Width::mask, false));
}

}  // namespace troupe::isa

#include "isa/vector_shape.hpp"

#include <algorithm>
#include <bit>

#include "isa/decode.hpp"

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

void vector_use(Use& use, std::size_t sources, const Instruction& instruction, const CoreParams& core,
                std::uint64_t vtype, std::uint64_t vl) {
  const Row& row = *instruction.row;
  const std::uint32_t raw = instruction.raw;
  const auto cycles = [](std::uint64_t n) {
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(n, 1));
  };
  use.why = use.unit_why = Stall::vector;
  use.latency = cycles(core.alu.count);
  if (row.unit == Unit::v_set) {
    use.why = Stall::operand;
    return;
  }
  const bool whole = is_whole(row, raw),
             store = row.unit == Unit::v_store || row.unit == Unit::v_store_strided;
  const std::uint32_t fields = fields_of(row, raw);
  int widest = 3;
  for (int i = 0; i < 3; ++i) {
    const Operand o = operand(row, i);
    if (o.width == Width::none) continue;
    std::uint32_t registers = 1u << std::max(whole ? 0 : group_log2(o.width, vtype, raw), 0);
    if (whole) registers = is_memory(row.unit) ? fields : bits(raw, 19, 15) + 1;
    if (i == 0 && !whole) registers *= fields;
    if (is_mask_access(row, raw)) registers = 1;
    const Use::Range range{static_cast<Resource>(kVectorRegisters + (raw >> o.at & 31)),
                           static_cast<std::uint8_t>(registers)};
    if (!is_memory(row.unit)) widest = std::max(widest, element_log2(o.width, vtype, raw));
    if (i != 0 || store || row.has(Field::vdx)) use.sources[sources++] = range;
    if (i == 0 && !store) use.destination = range;
  }
  if (row.has(Field::vm) && bits(raw, 25, 25) == 0) use.sources[sources++] = {kVectorRegisters, 1};
  if (is_memory(row.unit)) {
    const bool strided =
        row.unit == Unit::v_load_strided || row.unit == Unit::v_store_strided || (fields > 1 && !whole);
    std::uint64_t bytes = vl << (encoded_log2(raw) - 3);
    if (whole) bytes = fields * core.vlen.count / 8;
    if (is_mask_access(row, raw)) bytes = ceil_div(vl, 8);
    use.unit = kVectorMemory;
    use.unit_cycles = cycles(strided ? vl : ceil_div(bytes, core.l1_port.count));
    use.latency = cycles(core.load_use.count) + (strided ? use.unit_cycles - 1 : 0);
    return;
  }
  const std::uint64_t elements = whole ? (bits(raw, 19, 15) + 1) * core.vlen.count / 8 : vl;
  const std::uint32_t chime =
      cycles(ceil_div((whole ? 8 : std::uint64_t{1} << widest) * elements, core.dlen.count));
  const std::uint32_t depth = cycles(core.fp.count);
  use.unit = kVectorArithmetic;
  use.unit_cycles = chime;
  use.latency = depth;
  switch (row.unit) {
    case Unit::v_permute:
      use.latency = chime - 1 + depth;
      break;
    case Unit::v_reduce: {
      const std::uint64_t lanes =
          std::max<std::uint64_t>(std::min<std::uint64_t>(vl, core.dlen.count >> widest), 1);
      use.latency = chime - 1 + depth + static_cast<std::uint32_t>(std::bit_width(lanes - 1));
      break;
    }
    case Unit::v_reduce_ordered:
      use.latency = use.unit_cycles = cycles(vl * depth);
      break;
    case Unit::v_divide:
      use.latency = use.unit_cycles =
          cycles(chime * (core.div_base.count +
                          ceil_div(std::uint64_t{1} << sew_log2(vtype), core.div_bits_per_cycle)));
      break;
    case Unit::v_float_divide:
      use.latency = use.unit_cycles =
          cycles(chime * (sew_log2(vtype) == 6 ? core.fp_div_double.count : core.fp_div_single.count));
      break;
    default:
      break;
  }
}

}  // namespace troupe::isa

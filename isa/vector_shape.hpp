// Vector operands: how wide each is relative to SEW, which registers it takes, whether that is legal, and
// timing.
#pragma once

#include <cstdint>

#include "isa/code_space.hpp"
#include "isa/scoreboard.hpp"

namespace troupe::isa {

// Width of the elements of one operand.
enum class Width : std::uint8_t {
  none,
  same,      // SEW
  wide,      // 2 * SEW
  half,      // SEW / 2
  quarter,   // SEW / 4
  eighth,    // SEW / 8
  mask,      // one bit, one register
  one,       // element 0 only, one register
  one_wide,  // the same, 2 * SEW
  index16,   // 16 bits
  encoded,   // as the width field of a load or store says
};

// Widths of vd (or vs3), vs2, vs1.
constexpr std::uint16_t shape(Width vd, Width vs2, Width vs1 = Width::none) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(vd) | static_cast<unsigned>(vs2) << 4 |
                                    static_cast<unsigned>(vs1) << 8);
}
// The same where vd may overlap no source: it is written before they are read to the end.
inline constexpr std::uint16_t kApart = 1 << 12;

// The handler of a vector instruction in this mode; null where it is illegal or reserved.
Handler vector_behaviour(const Instruction& instruction, Mode mode);

// OPFVV, OPFVF: computes with floats, so FS must be on and becomes dirty.
bool is_vector_float(std::uint32_t raw);
// True for the fault-only-first loads: vl may be another after them.
bool may_shorten_vl(const Row& row);

// Adds vector registers and unit to `use`, which has `sources` scalar sources.
//
// Two units: arithmetic and memory. An arithmetic instruction occupies its unit for a chime, ceil(elements *
// width / DLEN) cycles, a unit-stride access for ceil(bytes / l1_port), a strided, indexed or segment access
// for a cycle per element or segment. Chaining: a result of an element-wise instruction or a unit-stride load
// can be used `fp` or `load_use` cycles after its issue, when its first elements are there; consumer and
// producer then move at one chime per chime. A consumer that is faster than its producer is not held back: a
// stated inaccuracy. Reductions, permutations and strided loads do not chain: their results are there when
// the last element is.
void vector_use(Use& use, std::size_t sources, const Instruction& instruction, const CoreParams& core,
                std::uint64_t vtype, std::uint64_t vl);

// VLMAX = LMUL * VLEN / SEW; 0 for an illegal vtype.
std::uint64_t vlmax_of(std::uint64_t vtype, std::uint32_t vlen_bytes);

}  // namespace troupe::isa

// Vector operands: how wide each is relative to SEW, which registers it takes, whether that is legal, and
// timing.
#pragma once

#include <cstdint>

#include "isa/exec.hpp"
#include "isa/row.hpp"

namespace troupe::isa {

struct Instruction;
struct Mode;
struct Use;

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

// Adds vector operands and unit to `use`.
//
// Two units: arithmetic and memory. An arithmetic instruction passes its unit in a chime of
// ceil(elements * width / DLEN) beats, a unit-stride access in ceil(bytes / l1_port), a strided, indexed or
// segment access in one per element or segment; a divide takes a beat as long as a scalar one of that width,
// an ordered sum an FP latency per element. Chaining is by element group: a beat goes as soon as the groups
// that it reads are there, so a consumer follows its producer group by group and is held back where that is
// slower. Permutations read any element, so they wait for all of their operands, and their results come at
// the end, as reductions' do.
void vector_use(Use& use, const Instruction& instruction, const CoreParams& core, std::uint64_t vtype,
                std::uint64_t vl);

// VLMAX = LMUL * VLEN / SEW; 0 for an illegal vtype.
std::uint64_t vlmax_of(std::uint64_t vtype, std::uint32_t vlen_bytes);
// Whether vtype, vl, vstart and frm are ones that instructions can bring about. Handlers rely on it.
bool legal_vector_state(const Csrs& csr, std::uint32_t vlen_bytes);

}  // namespace troupe::isa

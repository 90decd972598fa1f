// The numbers of the cores. Each line says where its number comes from: `source:` a publication, `fitted:` a
// calibration of ours, `assumed:` a choice (tests/layering_test.py refuses any other line).
//
// Cores narrower than ours (32 bits, no vectors, no FP) are given our instruction set: what their manuals do
// not have is assumed as in `xpu`, and a divide of 64 bits goes on at the rate of their 32.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "sim/base/check.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe {
namespace {

// clang-format off
// `xpu`, the default: ours.
CoreParams xpu() {
  CoreParams p;
  // preset-lines
  p.vlen = 512_bits;                        // assumed: design section 2
  p.dlen = 512_bits;                        // assumed: design section 2
  p.alu = 1_cycles;                         // assumed: design section 2
  p.mul = 3_cycles;                         // assumed: design section 2
  p.mul_stall = 0_cycles;                   // assumed: pipelined
  p.mul_high = 3_cycles;                    // assumed: design section 2
  p.mul_high_stall = 0_cycles;              // assumed: pipelined
  p.div_term = DivideTerm::quotient;        // assumed: design section 2, divide by operand
  p.div_base = 4_cycles;                    // assumed: sign handling and normalisation around the iterations
  p.div_bits_per_cycle = 2;                 // assumed: radix-4 iterations; the range 4-36 is near silicon.md row 20 (6-33)
  p.div_min = 1_cycles;                     // assumed: nothing beyond div_base
  p.div_by_zero = 0_cycles;                 // assumed: no case of its own
  p.div_by_one = 0_cycles;                  // assumed: no case of its own
  p.div_blocking = 0;                       // assumed: beside the pipeline, one at a time
  p.load_use = 3_cycles;                    // assumed: design section 2
  p.load_stall = 0_cycles;                  // assumed: pipelined
  p.loads_in_flight = 0;                    // assumed: SRAM answers in order, one a cycle
  p.store_stall = 0_cycles;                 // assumed: pipelined
  p.store_interval = 1_cycles;              // assumed: L1 takes one a cycle
  p.store_queue = 1;                        // assumed: as above, so none waits
  p.fp = 4_cycles;                          // assumed: design section 2
  p.fp_div_single = 14_cycles;              // assumed: radix-4 iterations over 24 + 4 bits
  p.fp_div_double = 29_cycles;              // assumed: radix-4 iterations over 53 + 4 bits
  p.branch_prediction = BranchPrediction::not_taken;  // assumed: design section 2, a taken branch pays
  p.branch_taken = 0_cycles;                // assumed: unused, no branch is predicted taken
  p.branch_mispredicted = 2_cycles;         // assumed: design section 2; silicon.md row 20 has +2 as well
  p.jump = 2_cycles;                        // assumed: design section 2
  p.jump_register = 2_cycles;               // assumed: design section 2
  p.amo = 3_cycles;                         // assumed: as a load, L1 has no other master
  p.csr = 1_cycles;                         // assumed: as an ALU operation
  p.fence_i = 4_cycles;                     // assumed: refill of a short in-order front end
  p.trap = 4_cycles;                        // assumed: refill of a short in-order front end
  p.l1_port = 64_bytes;                     // assumed: design section 2
  // end preset-lines
  return p;
}

// `baby`: the five cores of a Tensix tile (Wormhole). Sources are silicon.md row 20 and what it cites,
// tt-isa-documentation WormholeB0/TensixTile/BabyRISCV/README.md ("README" below) and MemoryOrdering.md.
CoreParams baby() {
  CoreParams p = xpu();
  // preset-lines
  p.mul = 2_cycles;                         // source: silicon.md row 20
  p.mul_stall = 1_cycles;                   // source: README, Integer Unit: the next instruction waits for it
  p.mul_high = 2_cycles;                    // source: silicon.md row 20
  p.mul_high_stall = 1_cycles;              // source: README, Integer Unit
  p.div_term = DivideTerm::dividend;        // source: README, Integer Unit: by the magnitude of the dividend
  p.div_base = 1_cycles;                    // assumed: 33 cycles (README) for 32 bits at one a cycle
  p.div_bits_per_cycle = 1;                 // assumed: as above
  p.div_min = 6_cycles;                     // source: silicon.md row 20
  p.div_by_zero = 2_cycles;                 // source: README, Integer Unit
  p.div_by_one = 2_cycles;                  // source: README, Integer Unit, overflow too
  p.div_blocking = 1;                       // source: README, Integer Unit: the next instruction waits for it
  p.load_use = 8_cycles;                    // source: silicon.md row 20
  p.loads_in_flight = 4;                    // source: README, Load/Store Unit: four loads every N - 1 cycles
  p.store_interval = 5_cycles;              // source: silicon.md row 20
  p.store_queue = 4;                        // source: MemoryOrdering.md, store queue of four entries
  p.branch_prediction = BranchPrediction::backward_taken;  // assumed: the predictor is not published
  p.branch_taken = 0_cycles;                // source: README, Integer Unit: a branch takes one cycle
  p.branch_mispredicted = 2_cycles;         // source: silicon.md row 20
  p.jump = 0_cycles;                        // source: README, Frontend predicts all control flow
  p.jump_register = 2_cycles;               // assumed: no return stack is published, so mispredicted
  p.amo = 8_cycles;                         // assumed: as a load; the core has none
  p.dlen = 64_bits;                         // assumed: no vector unit to know of; the narrowest
  p.l1_port = 8_bytes;                      // assumed: as above
  // end preset-lines
  return p;
}

// `cv32e40p`: OpenHW's core, formerly PULP's RI5CY: four stages, static prediction, RV32IMFC. "manual" is
// cv32e40p docs/source/pipeline.rst, its table of cycle counts (zero-wait memories).
CoreParams cv32e40p() {
  CoreParams p = xpu();
  // preset-lines
  p.mul = 1_cycles;                         // source: manual, Multiplication
  p.mul_high = 5_cycles;                    // source: manual, Multiplication
  p.mul_high_stall = 4_cycles;              // source: manual: multi-cycle instructions stall the EX stage
  p.div_term = DivideTerm::divisor;         // source: manual, Division: leading zeros of operand b
  p.div_base = 3_cycles;                    // source: manual, Division: 3 with no leading zero
  p.div_bits_per_cycle = 1;                 // source: manual, Division: 35 with 32 leading zeros
  p.div_blocking = 1;                       // source: manual: multi-cycle instructions stall the EX stage
  p.load_use = 2_cycles;                    // source: manual, hazards: one cycle after a load
  p.branch_mispredicted = 2_cycles;         // source: manual, Branch (Taken): 3 cycles
  p.jump = 1_cycles;                        // source: manual, Jump: 2 cycles
  p.jump_register = 1_cycles;               // source: manual, Jump: 2 cycles
  p.amo = 2_cycles;                         // assumed: as a load; the core has none
  p.csr = 4_cycles;                         // source: manual, CSR Access: 4 for mcycle and the like
  p.fence_i = 1_cycles;                     // source: manual, Instruction Fence: 2 cycles
  p.fp_div_single = 19_cycles;              // source: manual, Single Precision Division: up to 19
  p.fp_div_double = 33_cycles;              // assumed: 19 cycles for 24 bits, two bits a cycle more
  p.dlen = 64_bits;                         // assumed: no vector unit; the narrowest
  p.l1_port = 8_bytes;                      // assumed: as above
  // end preset-lines
  return p;
}

// `ibex`: lowRISC's core in its configuration "small": two stages, RV32IMC, three-cycle multiplier. "manual" is
// ibex doc/03_reference/pipeline_details.rst (stall cycles) and instruction_decode_execute.rst.
CoreParams ibex() {
  CoreParams p = xpu();
  // preset-lines
  p.mul = 3_cycles;                         // source: manual, Fast Multi-Cycle Multiplier: MUL stalls 2
  p.mul_stall = 2_cycles;                   // source: manual, as above
  p.mul_high = 4_cycles;                    // source: manual, Fast Multi-Cycle Multiplier: MULH stalls 3
  p.mul_high_stall = 3_cycles;              // source: manual, as above
  p.div_term = DivideTerm::none;            // source: manual, Division: full long division
  p.div_base = 37_cycles;                   // source: manual, Divider: takes 37 cycles (the table says stalls 37)
  p.div_by_zero = 2_cycles;                 // source: manual, Division: stalls 1
  p.div_blocking = 1;                       // source: manual: multi-cycle instructions stall the stage
  p.load_use = 2_cycles;                    // source: manual, Load/Store: stalls 1
  p.load_stall = 1_cycles;                  // source: manual, Load/Store: stalls 1
  p.store_stall = 1_cycles;                 // source: manual, Load/Store: stalls 1
  p.branch_mispredicted = 2_cycles;         // source: manual, Branch (Taken): stalls 2 without the target ALU
  p.jump = 1_cycles;                        // source: manual, Jump: stalls 1
  p.jump_register = 1_cycles;               // source: manual, Jump: stalls 1
  p.amo = 2_cycles;                         // assumed: as a load; the core has none
  p.fence_i = 1_cycles;                     // source: manual, Instruction Fence: as a jump
  p.dlen = 64_bits;                         // assumed: no vector unit; the narrowest
  p.l1_port = 8_bytes;                      // assumed: as above
  // end preset-lines
  return p;
}
// clang-format on

struct Preset {
  std::string_view name;
  CoreParams (*make)();
};
constexpr Preset kPresets[] = {{"xpu", xpu}, {"baby", baby}, {"cv32e40p", cv32e40p}, {"ibex", ibex}};

}  // namespace

CoreParams core_preset(std::string_view name) {
  for (const Preset& p : kPresets)
    if (p.name == name) return p.make();
  throw InputError(
      fmt::format("unknown core '{}'; cores are {}", name, fmt::join(core_preset_names(), ", ")));
}

std::vector<std::string> core_preset_names() {
  std::vector<std::string> names;
  for (const Preset& p : kPresets) names.emplace_back(p.name);
  return names;
}

}  // namespace troupe

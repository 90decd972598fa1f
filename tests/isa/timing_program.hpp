// Random programs for the law of timing, described for a reference that knows nothing of the engine's rows:
// each line says what it reads, writes and occupies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/rng.hpp"

namespace troupe::test {

// Kinds of instruction that cost alike.
enum class Cost : std::uint8_t {
  alu,
  mul,
  mul_high,
  divide,
  load,
  store,
  amo,
  fp,
  fp_div_single,
  fp_div_double,
  csr,
  csr_status,  // of mstatus: an interrupt may be taken behind it
  read_cycle,
  fence_i,
  branch,
  jump,
  jump_register,
  vector,
  end,  // the program's last
};

// How a vector instruction passes over an operand.
enum class Pass : std::uint8_t {
  along,    // each beat its elements
  first,    // element 0, by the first beat
  at_once,  // all of it before the first beat
  at_end,   // all of it, written when the last beat is through
  last,     // element 0, written when the last beat is through
};

struct VectorOperand {
  int reg = 0;
  int width = 0;  // bits of an element
  Pass pass = Pass::along;
  bool write = false;
};

enum class VectorTime : std::uint8_t { plain, reduce, reduce_ordered, divide, float_divide };

struct VectorLine {
  bool memory = false;
  bool element_a_beat = false;  // strided, indexed, segments
  int width = 0;                // bits of an element, as beats count
  VectorTime time = VectorTime::plain;
  int sew = 0;
  int whole_registers = 0;  // all bits of so many registers, whatever vl
  bool mask_bits = false;   // moves ceil(vl / 8) bytes
  std::vector<VectorOperand> operands;
};

struct Line {
  std::string text;
  std::vector<int> reads = {};  // 0-31 integer registers, 32-63 FP
  int writes = -1;              // x0 and -1: nothing
  Cost cost = Cost::alu;
  bool word = false, is_signed = false;  // divides
  bool backward = false;                 // branches
  VectorLine vector = {};
};

// Addresses and registers that programs and their runs agree on.
inline constexpr std::uint64_t kTimerRegister = 0x80;  // device offset: a store arms the timer anew

// A loop of random instructions in sections of one vtype each, with traps, timer interrupts and device
// accesses; the handlers follow behind its end. Every line is four bytes.
std::vector<Line> random_program(Rng& rng);

std::string program_text(const std::vector<Line>& lines);

}  // namespace troupe::test

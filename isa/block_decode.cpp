// Decoding of blocks: from text to Ops.
#include "isa/code_space.hpp"
#include "isa/csr.hpp"
#include "isa/decode.hpp"
#include "isa/host_code.hpp"
#include "isa/vector_shape.hpp"

namespace troupe::isa {
namespace {

bool is_float(Unit unit) {
  return unit >= Unit::fp && unit <= Unit::fp_store;
}

// After these the block ends: the next pc, mode, cycle or text is not known before they execute.
bool ends_block(Unit unit) {
  switch (unit) {
    case Unit::div:
    case Unit::branch:
    case Unit::jump:
    case Unit::jump_register:
    case Unit::csr:
    case Unit::fence_i:
    case Unit::system:
    case Unit::v_set:
      return true;
    default:
      return false;
  }
}

// The instruction at `pc`. `bytes` is 0 where it cannot be fetched.
Instruction fetch_instruction(Hart& hart, std::uint64_t pc, HostLevel level) {
  Instruction instruction{nullptr, pc, 0, 0};
  std::uint16_t low = 0, high = 0;
  if (!fetch(hart, pc, low)) return instruction;
  if ((low & 3) != 3) {
    instruction.bytes = 2;
    const std::uint32_t expanded = expand_compressed(low);
    instruction.raw = expanded == 0 ? low : expanded;
  } else {
    instruction.raw = low;
    if (!fetch(hart, pc + 2, high)) return instruction;
    instruction.bytes = 4;
    instruction.raw |= std::uint32_t{high} << 16;
  }
  instruction.row = find_row(instruction.raw, level);
  return instruction;
}

// The rounding mode an instruction runs with; 5 and above are reserved.
std::uint8_t rounding_mode(const Row& row, std::uint32_t raw, Mode mode) {
  if (is_vector(row.unit)) return mode.frm();
  if (!row.has(Field::rm)) return 0;
  const std::uint32_t rm = bits(raw, 14, 12);
  return rm == 7 ? mode.frm() : static_cast<std::uint8_t>(rm);
}

// The behaviour in this mode; null where the instruction is illegal.
Handler behaviour_of(const Instruction& instruction, Mode mode) {
  const Row& row = *instruction.row;
  if (is_vector(row.unit)) return vector_behaviour(instruction, mode);
  if (!is_float(row.unit)) return row.behaviours[0];
  const std::uint8_t rm = rounding_mode(row, instruction.raw, mode);
  if (!mode.float_on() || rm > 4) return nullptr;
  return row.behaviours[rm == 0 ? 0 : 1];
}

// Fields of mstatus that become dirty with the instruction and are not yet.
std::uint64_t to_mark_dirty(const Instruction& instruction, Mode mode) {
  const Unit unit = instruction.row->unit;
  const bool floats = unit == Unit::fp_store ? false : is_float(unit) || is_vector_float(instruction.raw);
  return (floats && !mode.float_dirty() ? kStatusFs : 0) |
         (is_vector(unit) && !mode.vector_dirty() ? kStatusVs : 0);
}
void mark_dirty(const Op& op, Hart& hart) {
  hart.csr.mstatus |= static_cast<std::uint64_t>(op.imm);
}

Op make_op(const Instruction& instruction, Handler handler, Mode mode) {
  const Row& row = *instruction.row;
  const std::uint32_t raw = instruction.raw;
  Op op{};
  op.handler = handler;
  op.imm = immediate_of(row, raw);
  op.rd = static_cast<std::uint8_t>(bits(raw, 11, 7));
  if (row.has(Field::rd) && op.rd == 0) op.rd = 32;
  op.rs1 = static_cast<std::uint8_t>(bits(raw, 19, 15));
  op.rs2 = static_cast<std::uint8_t>(bits(raw, 24, 20));
  op.rs3 = static_cast<std::uint8_t>(bits(raw, 31, 27));
  op.rm = rounding_mode(row, raw, mode);
  op.vm = static_cast<std::uint8_t>(bits(raw, 25, 25));
  if (row.unit == Unit::jump || row.unit == Unit::jump_register)
    op.imm = static_cast<std::int64_t>(instruction.pc + instruction.bytes);
  if (row.match == 0x17) op.imm += static_cast<std::int64_t>(instruction.pc);  // auipc
  return op;
}

// What the threaded code finds behind the last instruction, and where the block's exits lead.
void finish_block(Block& block, const HostCode& code) {
  const Instruction& last = block.instructions.back();
  const bool ended = last.row == nullptr || ends_block(last.row->unit);
  block.exit_pc[0] = last.pc + last.bytes;
  Op tail{};
  tail.index = static_cast<std::uint16_t>(block.instructions.size());
  tail.handler = ended ? hand_to_engine : code.end_of_block;
  if (ended && last.row != nullptr) {
    const std::uint64_t target = last.pc + static_cast<std::uint64_t>(immediate_of(*last.row, last.raw));
    if (last.row->unit == Unit::branch) block.exit_pc[1] = target;
    if (last.row->unit == Unit::jump) block.exit_pc[0] = target;
    if (last.row->unit == Unit::jump_register) tail.imm = immediate_of(*last.row, last.raw);
    block.ending = last.row->unit;
  }
  block.ops.push_back(tail);
}

}  // namespace

Block* decode_block(Hart& hart, Mode mode, HostLevel level, const EngineOptions& options) {
  const HostCode& code = host_code(level);
  auto block = std::make_unique<Block>();
  block->pc = hart.pc;
  block->mode = mode;
  bool ended = false;
  for (std::uint64_t pc = hart.pc; !ended && block->instructions.size() < options.block_instructions_max;) {
    Instruction instruction = fetch_instruction(hart, pc, level);
    Handler handler = instruction.row == nullptr ? nullptr : behaviour_of(instruction, mode);
    // What cannot execute gets a block of its own: its trap then needs nothing of what precedes it.
    if (handler == nullptr && !block->instructions.empty()) break;
    if (handler != nullptr && is_vector(instruction.row->unit) && instruction.row->unit != Unit::v_set &&
        options.timing && !block->vector) {
      block->vector = true;
      Op check{};
      check.handler = code.check_vl;
      block->ops.insert(block->ops.begin(), check);
    }
    Op op{};
    if (handler == nullptr) {
      instruction.row = nullptr;
      op.handler = hand_to_engine;
      ended = true;
    } else {
      const std::uint64_t dirty = to_mark_dirty(instruction, mode);
      if (dirty != 0) {
        Op mark{};
        mark.handler = step<mark_dirty>;
        mark.imm = static_cast<std::int64_t>(dirty);
        block->ops.push_back(mark);
      }
      op = make_op(instruction, handler, mode);
      // Any vector instruction sets vstart to 0, which changes the mode, as what became dirty does; a changed
      // vl needs another variant.
      ended = ends_block(instruction.row->unit) || dirty != 0 ||
              (mode.vstart() && is_vector(instruction.row->unit)) || may_shorten_vl(*instruction.row);
    }
    op.index = static_cast<std::uint16_t>(block->instructions.size());
    block->ops.push_back(op);
    block->instructions.push_back(instruction);
    pc += instruction.bytes;
  }
  finish_block(*block, code);
  Block* result = block.get();
  hart.code->add(std::move(block));
  return result;
}

}  // namespace troupe::isa

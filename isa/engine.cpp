#include "isa/engine.hpp"

#include <fmt/core.h>

#include <bit>

#include "isa/block_engine.hpp"
#include "isa/decode.hpp"
#include "sim/base/check.hpp"
#include "sim/base/trap_cause.hpp"

namespace troupe::isa {

const char* stall_name(Stall reason) {
  constexpr const char* kNames[kStalls] = {"operand", "branch", "divide", "vector", "niu", "csr", "trap"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::unique_ptr<Engine> make_engine(const CoreParams& core, const EngineOptions& options) {
  validate(core, "chip");
  CHECK(options.block_instructions_max >= 1 && options.block_instructions_max < 65536, "block length");
  return std::make_unique<BlockEngine>(core, options);
}

void reset(Hart& hart, const MemoryView& memory, std::shared_ptr<CodeSpace> code, std::uint64_t entry,
           std::uint64_t argument, std::uint64_t hart_id) {
  CHECK(memory.base % kPageBytes == 0 && memory.size % kPageBytes == 0 && memory.size > memory.fault_low + 8,
        "memory of {} bytes at {:#x}", memory.size, memory.base);
  hart = Hart{};
  hart.memory = memory;
  hart.code = std::move(code);
  hart.pc = entry;
  hart.x[10] = argument;
  hart.csr.mstatus = kStatusMpp;
  hart.csr.hart_id = hart_id;
  hart.csr.vtype = std::uint64_t{1} << 63;
  if (hart.code != nullptr) flag_pages(hart);
}

std::string trap_text(const Hart& hart) {
  const TrapInfo& t = hart.trap;
  std::string text = fmt::format("{} at pc {:#x}", trap_cause_name(t.cause), t.pc);
  if (t.cause != static_cast<std::uint64_t>(Cause::illegal_instruction))
    return text + fmt::format(", address {:#x}", t.value);
  auto raw = static_cast<std::uint32_t>(t.value);
  const std::uint32_t expanded = (raw & 3) == 3 ? 0 : expand_compressed(static_cast<std::uint16_t>(raw));
  if (expanded != 0) raw = expanded;
  text += ": " + disassemble(raw, t.pc);
  const Row* row = find_row(raw);
  if (row == nullptr) return text;
  if (row->unit >= Unit::fp && row->unit <= Unit::fp_store && (hart.csr.mstatus & kStatusFs) == 0)
    text += " (floating point is off: mstatus.FS = 0)";
  if (row->unit >= Unit::v_set && (hart.csr.mstatus & kStatusVs) == 0)
    text += " (the vector unit is off: mstatus.VS = 0)";
  return text;
}

}  // namespace troupe::isa

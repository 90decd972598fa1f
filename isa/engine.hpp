// Executes a hart, values and cycles, until it must meet the outside world.
//
// Timing: single issue, in order; issue(i) = max(issue(i-1) + 1, operands ready, unit free). Every number
// comes from CoreParams. Neither values nor cycles depend on where run() stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "isa/hart.hpp"
#include "isa/host_level.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe::isa {

enum class Stop : std::uint8_t {
  until,               // hart.cycle >= until
  device,              // before hart.pending; hart.cycle is its issue cycle
  wait_for_interrupt,  // after wfi with no interrupt pending
  unhandled_trap,      // hart.trap, and mtvec is 0; hart.pc is at the instruction
  tohost,              // after a store to memory.tohost
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Runs until a reason to stop. A hart with cycle >= until does nothing. May overshoot `until` by a block.
  virtual Stop run(Hart& hart, Cycle until) = 0;

  // Answers Stop::device: the access issues at `at` >= hart.cycle (the gap counts as waiting), the next
  // instruction issues from at + 1 on, and a load's register receives `value`, usable `latency` cycles after
  // `at`. `value` is sign- or zero-extended as the instruction says.
  virtual void complete(Hart& hart, std::uint64_t value, Cycle at, std::uint64_t latency) = 0;

  // Answers Stop::device with a precise access fault instead, at hart.cycle.
  virtual void fault(Hart& hart) = 0;

  // Passes time until `cycle` >= hart.cycle, counted as waiting: after wfi, or before an access.
  virtual void wait(Hart& hart, Cycle cycle) = 0;

  // Tells that someone else wrote [address, address + bytes) of this hart's memory.
  virtual void external_write(Hart& hart, std::uint64_t address, std::uint64_t bytes) = 0;
};

struct EngineOptions {
  std::uint32_t block_instructions_max = 64;  // 1 makes run(hart, hart.cycle + 1) a single step
  std::optional<HostLevel> level = {};        // of the host's instruction set; by default the best it has
  bool timing = true;                         // false: each instruction is a cycle, and nothing else is
};

// Throws InputError naming the parameter where validate() would. The host must support options.level.
std::unique_ptr<Engine> make_engine(const CoreParams& core, const EngineOptions& options = {});

// Decoded text for the harts that run `image`, to be given to reset(). Serves one engine.
std::shared_ptr<CodeSpace> make_code_space(const ElfFile& image);

// Fresh state on a core tile: L1 at 0 with the first 4 KiB faulting and the device window at `device_begin`.
// a0 = argument, mhartid = hart_id, FP and vector units off, as after a hardware reset.
void reset(Hart& hart, const MemoryView& memory, std::shared_ptr<CodeSpace> code, std::uint64_t entry,
           std::uint64_t argument, std::uint64_t hart_id);

// What trapped, for a person: cause, instruction, and the hint where a unit was off.
std::string trap_text(const Hart& hart);
// Assembler text of an instruction word, for messages.
std::string disassemble(std::uint32_t raw, std::uint64_t pc);

}  // namespace troupe::isa

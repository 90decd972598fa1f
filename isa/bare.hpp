// Bare mode: one hart, RAM at 0x8000_0000, a console and an exit code through HTIF (tohost, fromhost).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/base/chip_params.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe::isa {

inline constexpr std::uint64_t kBareBase = 0x80000000;

// One instruction of a run, or its trap. The steps' `cycles` add up to the cycles of the run.
struct BareStep {
  Cycle cycle = 0;   // from which on it could issue
  Cycle cycles = 0;  // until the next one could: its own, its wait for operands, a refill, a trap
  std::uint64_t pc = 0;
  std::uint32_t raw = 0;              // as fetched: 16 or 32 bits
  std::uint32_t expanded = 0;         // its 32-bit form
  std::uint8_t bytes = 0;             // 2 or 4; 0 where it cannot be fetched
  bool retired = false;               // false: it trapped, or ended the run
  const ElfSymbol* symbol = nullptr;  // that covers pc; null for none. Lives as long as the run
};

struct BareOptions {
  Cycle cycles_max = kNever;  // a program still running then is stopped, with a diagnosis
  Cycle quantum = kNever;     // never changes a result
  Bytes memory = {std::uint64_t{64} << 20};
  // Called after each instruction. Then the run goes one by one: slower, with the same result and cycles.
  std::function<void(const BareStep&)> observe = {};
};

struct BareResult {
  std::uint64_t instructions = 0;
  Cycle cycles = 0;
  std::uint64_t exit_code = 0;
  std::string console;
  std::string diagnosis;  // empty unless a trap, an instruction not modelled, or cycles_max ended the run
};

// Runs the ELF at `path` to its exit. Throws InputError for a file that cannot run here.
BareResult run_bare(const std::string& path, const CoreParams& core, const BareOptions& options = {});

}  // namespace troupe::isa

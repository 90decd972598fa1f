// Bare mode: one hart, RAM at 0x8000_0000, a console and an exit code through HTIF (tohost, fromhost).
#pragma once

#include <cstdint>
#include <string>

#include "isa/observed_engine.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe::isa {

inline constexpr std::uint64_t kBareBase = 0x80000000;

struct BareOptions {
  EngineOptions engine = {};  // without an observer
  Cycle cycles_max = kNever;  // a program still running then is stopped, with a diagnosis
  Cycle quantum = kNever;     // never changes a result
  Bytes memory = {std::uint64_t{64} << 20};
  StepObserver* observer = nullptr;  // sees every instruction: slower, with the same result and cycles
};

struct BareResult {
  std::uint64_t instructions = 0;
  Cycle cycles = 0;
  std::uint64_t exit_code = 0;
  std::string console;
  std::string diagnosis;  // empty unless a trap or cycles_max ended the run
};

// Runs the ELF at `path` to its exit. Throws InputError for a file that cannot run here.
BareResult run_bare(const std::string& path, const CoreParams& core, const BareOptions& options = {});

}  // namespace troupe::isa

// What `troupe run` can write about each instruction: a trace, and profiles by call path, function and line.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "isa/observed_engine.hpp"
#include "sim/base/run_info.hpp"
#include "sim/base/trace.hpp"
#include "sim/chip/simulation.hpp"
#include "sim/cli/code_names.hpp"
#include "sim/cli/core_profile.hpp"
#include "sim/cli/line_table.hpp"
#include "sim/cli/output_file.hpp"

namespace troupe {

struct ObserveFlags {
  std::string itrace, profile, profile_symbols, profile_lines;  // files; empty: not wanted
  std::uint64_t itrace_lines = ~std::uint64_t{0};
  std::vector<std::string> cores;  // "X,Y"; none: all

  bool any() const {
    return !itrace.empty() || !profile.empty() || !profile_symbols.empty() || !profile_lines.empty();
  }
};

// One line an instruction: cycle, core, pc, raw encoding, where, disassembly.
class InstructionTrace {
 public:
  InstructionTrace(const std::string& path, std::uint64_t lines_max)
      : out_(path, stderr), lines_left_(lines_max) {}
  void add(std::uint16_t tile, const std::string& core, const isa::Step& step, CodeNames& names);
  void finish() { out_.finish(); }

 private:
  OutputFile out_;
  std::uint64_t lines_left_;
  std::map<std::uint16_t, Cycle> held_;  // tiles before a device access: since when
};

// Observes some cores of a run. Passes trace events on, of which it needs those that tell which actor runs.
class Observation final : public CoreObserver, public isa::StepObserver, public TraceSink {
 public:
  // A bare program. Opens all files, and throws InputError where one cannot be written.
  Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path);
  // A program on a chip: the cores to observe, by tile, the names of its actors and behaviours.
  Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path,
              std::map<std::uint16_t, std::string> cores, RunInfo names, TraceSink& next);

  bool wants(std::uint16_t tile) const override { return cores_.contains(tile); }
  void step(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) override;
  void counted(std::uint16_t tile) override;
  void step(const isa::Hart& hart, const isa::Step& s) override { step(std::uint16_t{0}, hart, s); }
  void record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
              std::uint64_t c) override;

  // Writes the profiles. Their cycles are those of info.cores, exactly.
  void finish(const RunInfo& info);
  // The same for a bare program: all its steps count.
  void finish_bare(const std::string& program);

 private:
  Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path,
              std::map<std::uint16_t, std::string> cores, RunInfo names, TraceSink* next);
  std::size_t actor_number(std::uint64_t address, std::uint64_t entry);
  void write_folded(const RunInfo& info);
  void write_path(const CoreProfile& profile, std::size_t node, const std::string& path);
  void write_account(const isa::Account& account, const std::string& path);
  void write_profiles(const RunInfo& info);

  CodeNames names_;
  const std::map<std::uint16_t, std::string> cores_;  // the one hart of a bare program has an empty name
  std::map<std::uint16_t, CoreProfile> profiles_;
  const RunInfo actor_names_;
  std::vector<std::string> actors_{"runtime"};  // those seen; equal names are one
  std::map<std::string, std::size_t> actor_numbers_{{"runtime", 0}};
  TraceSink* const next_;
  InstructionTrace itrace_;
  OutputFile folded_, symbols_, lines_;
  const bool profiled_;
  std::optional<LineTable> line_table_;
};

}  // namespace troupe

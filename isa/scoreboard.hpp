// Results still on their way, and the scheduler that works out when instructions issue.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "isa/exec.hpp"
#include "isa/hart.hpp"
#include "isa/row.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::isa {

// Everything an instruction may have to wait for: registers and units.
using Resource = std::uint8_t;
inline constexpr Resource kIntegerRegisters = 0, kFloatRegisters = 32, kVectorRegisters = 64;
inline constexpr Resource kDivider = 96, kFloatDivider = 97, kVectorArithmetic = 98, kVectorMemory = 99;
inline constexpr std::size_t kResources = 100;

// What is on its way at a point between two instructions. Interned: equal contents, equal address.
struct Scoreboard {
  struct Entry {
    Resource resource;
    Stall why;             // to whom waiting for it is charged
    std::uint32_t cycles;  // > 0, from the earliest issue of the next instruction
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries;  // by resource
};

class ScoreboardTable {
 public:
  const Scoreboard* intern(std::vector<Scoreboard::Entry> entries);

 private:
  std::vector<std::vector<std::unique_ptr<Scoreboard>>> buckets_{1024};
};

// A decoded instruction. `row` is null for what is not one.
struct Instruction {
  const Row* row = nullptr;
  std::uint64_t pc = 0;
  std::uint32_t raw = 0;  // 32-bit form
  std::uint8_t bytes = 4;
};

// What an instruction waits for, and what it occupies and produces.
struct Use {
  struct Range {
    Resource first = 0;
    std::uint8_t count = 0;
  };
  Range sources[5];
  Range destination;
  std::uint32_t latency = 0;  // issue to use
  Stall why = Stall::operand;
  Resource unit = 0;  // 0: pipelined
  std::uint32_t unit_cycles = 0;
  Stall unit_why = Stall::operand;
  std::uint32_t refill = 0;  // cycles after the issue before the next may issue
  Stall refill_why = Stall::csr;
};

// From CoreParams and the instruction; `vtype` and `vl` matter to vector instructions only. Taken branches
// and divides have a further term that the caller adds.
Use use_of(const Instruction& instruction, const CoreParams& core, std::uint64_t vtype, std::uint64_t vl);

// Issues instructions one after the other: issue = max(previous + 1, operands ready, unit free). A stall is
// charged to what ends it; of several, to the first in order of operands, then the unit.
class Scheduler {
 public:
  explicit Scheduler(const Scoreboard* entry);

  // Moves to the cycle at which the instruction can issue, relative to the entry, charging the stall.
  std::uint64_t ready(const Use& use);
  // ready(), then issues. Returns the cycle of issue.
  std::uint64_t issue(const Use& use);
  // `cycles` in which nothing issues.
  void pass(std::uint64_t cycles, Stall why);
  void set(Resource resource, std::uint64_t cycles_from_now, Stall why);

  std::uint64_t now() const { return now_; }  // earliest issue of the next
  const Lanes& lanes() const { return lanes_; }
  std::vector<Scoreboard::Entry> pending() const;

 private:
  std::uint64_t now_ = 0;
  std::uint64_t ready_[kResources] = {};
  Stall why_[kResources] = {};
  Lanes lanes_{};
};

}  // namespace troupe::isa

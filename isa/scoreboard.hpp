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

// Everything an instruction may have to wait for: registers and units. A vector register is as many resources
// as it has element groups, of DLEN bits each, because these become ready one after the other.
using Resource = std::uint16_t;
inline constexpr Resource kIntegerRegisters = 0, kFloatRegisters = 32, kDivider = 64, kFloatDivider = 65,
                          kVectorArithmetic = 66, kVectorMemory = 67, kStoreQueue = 68, kLoadSlots = 69,
                          kVectorGroups = kLoadSlots + kLoadsInFlightMax;
inline constexpr std::size_t kDlenMin = 64, kResourcesMax = kVectorGroups + 32 * kVlenMax / kDlenMin;
inline constexpr std::size_t kUntimed =
    0;  // as a number of resources: instructions are counted, nothing is waited for
inline std::size_t resources_of(const CoreParams& core) {
  return kVectorGroups + 32 * core.vlen.count / core.dlen.count;
}

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

// How a vector instruction passes over an operand, beat by beat.
enum class Passing : std::uint8_t {
  along,    // each beat its share
  first,    // element 0, by the first beat
  at_once,  // read whole before the first beat
  at_end,   // written whole when the last beat is through
  last,     // element 0, written when the last beat is through
};

// A vector instruction goes through its unit in `beats`, at least `interval` cycles apart. A beat waits for
// what it reads; what it writes is there `latency` cycles later, or with `tail` more what comes at the end.
struct VectorUse {
  struct Operand {
    Resource group = 0;  // its first
    bool write = false;
    Passing passing = Passing::along;
    std::uint32_t bits = 0, beat_bits = 0;  // in all, and in a beat
  };
  std::uint32_t beats = 0, interval = 1, tail = 0;
  std::uint32_t group_bits = 1;
  std::uint32_t operands = 0;
  Operand operand[12];  // fields of a segment, index, mask

  void add(const Operand& o) { operand[operands++] = o; }
};

// What an instruction waits for, and what it occupies and produces.
struct Use {
  Resource sources[3] = {};
  std::uint32_t source_count = 0;
  Resource destination = 0;   // 0: none, as x0 is none
  std::uint32_t latency = 0;  // issue to use; of vectors, beat to use
  Stall why = Stall::operand;
  Resource unit = 0;  // 0: pipelined
  std::uint32_t unit_cycles = 0;
  std::uint32_t unit_slack = 0;  // cycles of work that may await the unit when the instruction issues
  Stall unit_why = Stall::operand;
  std::uint8_t load_slots = 0;  // takes one of so many, 0: none
  std::uint32_t load_slot_cycles = 0;
  std::uint32_t refill = 0;  // cycles after the issue before the next may issue
  Stall refill_why = Stall::csr;
  VectorUse vector;  // beats = 0: not one
};

// From CoreParams and the instruction; `vtype` and `vl` matter to vector instructions only. Taken branches
// and divides have a further term that the caller adds.
Use use_of(const Instruction& instruction, const CoreParams& core, std::uint64_t vtype, std::uint64_t vl);

// Issues instructions one after the other: issue = max(previous + 1, what it reads is there, unit free, and
// late enough for its result not to come before an earlier one of the same register). A stall is charged to
// what ends it; of several, to the first in that order.
class Scheduler {
 public:
  // `resources`: how many of them the core has, or kUntimed.
  Scheduler(const Scoreboard* entry, std::size_t resources);

  // Moves to the cycle at which the instruction can issue, relative to the entry, charging the stall.
  std::uint64_t ready(const Use& use);
  // ready(), then issues. Returns the cycle of issue.
  std::uint64_t issue(const Use& use);
  // `cycles` in which nothing issues.
  void pass(std::uint64_t cycles, Stall why);
  // `resource` is ready at `cycle`, relative to the entry.
  void set(std::size_t resource, std::uint64_t cycle, Stall why);

  std::uint64_t now() const { return now_; }  // earliest issue of the next
  const Lanes& lanes() const { return lanes_; }
  std::vector<Scoreboard::Entry> pending() const;

 private:
  struct Moment {
    std::uint64_t cycle;
    Stall why;  // it is not earlier
  };
  // Moves `moment` until `early` cycles before `resource` is ready.
  void wait(Moment& moment, std::size_t resource, std::uint64_t early) const;
  void wait_for_beat(Moment& moment, const Use& use, std::uint32_t beat) const;
  void pass_beats(const Use& use, std::uint64_t at);
  void take_load_slot(std::uint8_t slots, std::uint64_t until);

  const std::size_t resources_;
  std::uint64_t now_ = 0;
  std::uint64_t ready_[kResourcesMax];  // the first `resources_`
  Stall why_[kResourcesMax];
  Lanes lanes_{};
};

}  // namespace troupe::isa

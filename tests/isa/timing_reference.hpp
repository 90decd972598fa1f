// The reference of the law of timing: a core stepped clock by clock. In every cycle its queues drain, its
// vector units pass a beat if what that beat touches allows it, and the next instruction issues if it can.
//
// It is written as a machine with moving parts, not as the engine's scheduler is: results are events that
// later instructions hold on to, nothing is computed ahead. Values come from an engine that takes one
// instruction at a time and whose own cycles are not looked at.
#pragma once

#include <vector>

#include "sim/base/elf_file.hpp"
#include "tests/isa/guest.hpp"
#include "tests/isa/timing_program.hpp"

namespace troupe::test {

// What answers the device accesses of a run, and sets its timer: the same for every run with the same seed.
class Outside {
 public:
  explicit Outside(std::uint64_t seed) : rng_(seed) {}

  struct Answer {
    std::uint64_t value, wait_cycles, latency;
  };
  Answer answer();
  // The next deadline, seen from the cycle of the store that arms the timer.
  Cycle deadline(Cycle now) { return now + 20 + rng_.below(3000); }

 private:
  Rng rng_;
};

struct ReferenceRun {
  Cycle cycle = 0;  // at which the last instruction can issue
  std::uint64_t traps = 0, interrupts = 0, accesses = 0;
};

// Runs `lines` on `guest`, whose final state it leaves there; `outside_seed` as for the run compared with.
ReferenceRun run_reference(const std::vector<Line>& lines, const ElfFile& elf, const CoreParams& core,
                           std::uint64_t outside_seed, Guest& guest);

}  // namespace troupe::test

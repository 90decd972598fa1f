// An engine that shows every instruction to an observer, with the values and cycles of the engine it stands
// for.
#pragma once

#include <cstdint>
#include <memory>

#include "isa/engine.hpp"

namespace troupe::isa {

// What an instruction did with its hart's time. The steps' `spent` add up to the hart's account.
struct Step {
  enum class End : std::uint8_t {
    retired,
    trapped,  // did not retire: its trap was taken, or it ends the run
    held,     // stands before its device access; another step of the same instruction follows
    waited,   // a wfi that retired before: the hart slept on
  };
  End end = End::retired;
  Cycle cycle = 0;  // from which on it could issue, or go on
  std::uint64_t pc = 0;
  std::uint32_t raw = 0;       // as fetched: 16 or 32 bits
  std::uint32_t expanded = 0;  // its 32-bit form; 0 where there is none
  std::uint8_t bytes = 0;      // 2 or 4; 0 where it cannot be fetched
  Account spent;               // a taken branch's refill and a trap's entry included
};

class StepObserver {
 public:
  virtual ~StepObserver() = default;
  // The hart stands before this instruction. Not called again where it goes on after `held`.
  virtual void about_to([[maybe_unused]] const Hart& hart, [[maybe_unused]] const Step& step) {}
  virtual void step(const Hart& hart, const Step& step) = 0;
};

// As make_engine(), but slower: every instruction is a block of its own.
std::unique_ptr<Engine> make_observed_engine(const CoreParams& core, StepObserver& observer,
                                             EngineOptions options = {});

}  // namespace troupe::isa

// The engine: enters threaded code, and does what threaded code leaves to it.
#pragma once

#include "isa/code_space.hpp"
#include "isa/csr.hpp"
#include "isa/engine.hpp"
#include "isa/scoreboard.hpp"

namespace troupe::isa {

class BlockEngine final : public Engine {
 public:
  BlockEngine(const CoreParams& core, const EngineOptions& options);

  Stop run(Hart& hart, Cycle until) override;
  void complete(Hart& hart, std::uint64_t value, Cycle at, std::uint64_t latency) override;
  void fault(Hart& hart) override;
  void wait(Hart& hart, Cycle cycle) override;
  void external_write(Hart& hart, std::uint64_t address, std::uint64_t bytes) override;

 private:
  // What an event means for run().
  enum class Next : std::uint8_t { look_up, stop };

  static void start(const Hart& hart, Session& session);
  // Extra cycles of a conditional branch that goes this way.
  Cycles branch_cost(const Instruction& branch, bool taken) const;
  const Variant* find_variant(Hart& hart);
  std::unique_ptr<Variant> make_variant(Block& block, const Scoreboard* entry, std::uint64_t vl);

  Next handle(Hart& hart, Session& session, Stop& stop);
  Next at_exit(Hart& hart, Session& session, Cycle until, const Variant*& next, Stop& stop);
  Next system(Hart& hart, Session& session, Stop& stop);
  Next not_an_instruction(Hart& hart, const Instruction& instruction, Scheduler& scheduler, Stop& stop);
  bool csr_access(Hart& hart, const Instruction& instruction, Scheduler& scheduler);

  // Timing of the instructions before `op` in its block.
  Scheduler before(const Session& session) const;
  // Moves the hart's time to scheduler.now().
  void apply(Hart& hart, const Scheduler& scheduler);
  // Enters the trap handler, or stops where there is none.
  Next take_trap(Hart& hart, const TrapInfo& trap, Scheduler& scheduler, Stop& stop);
  Next take_interrupt(Hart& hart, Stop& stop);
  static void return_from_trap(Hart& hart);
  static bool interrupt_due(const Hart& hart);
  static bool interrupt_enabled(const Hart& hart);

  const CoreParams core_;
  const EngineOptions options_;
  const HostLevel level_;
  const std::size_t resources_;
  const DivideTime divide_;
  ScoreboardTable scoreboards_;
};

}  // namespace troupe::isa

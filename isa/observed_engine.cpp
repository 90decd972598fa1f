#include "isa/observed_engine.hpp"

#include <cstring>

#include "isa/code_space.hpp"
#include "isa/decode.hpp"

namespace troupe::isa {
namespace {

constexpr std::uint64_t kWfiBytes = 4;

// As fetch(), without its effects on the hart: what it would find there.
bool peek(const Hart& hart, std::uint64_t pc, std::uint16_t& parcel) {
  const MemoryView& m = hart.memory;
  const std::uint64_t offset = pc - m.base;
  if (pc % 2 != 0 || offset < m.fault_low || offset >= m.size) return false;
  const CodeSpace::Page* page = hart.code == nullptr ? nullptr : hart.code->page(pc / kPageBytes);
  std::memcpy(&parcel, page == nullptr ? m.data + offset : page->data() + pc % kPageBytes, sizeof parcel);
  return true;
}

// The instruction at `pc`, as a step that has not begun to spend anything.
Step step_at(const Hart& hart, std::uint64_t pc) {
  Step step;
  step.cycle = hart.cycle;
  step.pc = pc;
  std::uint16_t low = 0, high = 0;
  if (!peek(hart, pc, low)) return step;
  if ((low & 3) != 3) {
    step.raw = low;
    step.expanded = expand_compressed(low);
    step.bytes = 2;
  } else if (peek(hart, pc + 2, high)) {
    step.raw = step.expanded = std::uint32_t{high} << 16 | low;
    step.bytes = 4;
  }
  return step;
}

class ObservedEngine final : public Engine {
 public:
  ObservedEngine(const CoreParams& core, StepObserver& observer, const EngineOptions& options)
      : engine_(make_engine(core, options)), observer_(observer) {}

  Stop run(Hart& hart, Cycle until) override {
    while (hart.cycle < until || hart.refused || hart.device_pending) {
      const bool held_before = hart.device_pending, asleep = hart.at_wfi;
      Step step = step_at(hart, hart.pc);
      if (!held_before && !asleep && !hart.refused) observer_.about_to(hart, step);
      const Account before = hart.account;
      const Stop stop = engine_->run(hart, hart.cycle + 1);
      step.spent = hart.account.since(before);
      const bool held = stop == Stop::device && !held_before, retired = step.spent.busy != 0;
      step.end = held ? Step::End::held : retired ? Step::End::retired : Step::End::trapped;
      if (asleep && step.end == Step::End::trapped)
        step.end = Step::End::waited;  // the interrupt it slept for
      if (held || step.spent != Account{}) observer_.step(hart, step);
      if (stop != Stop::until) return stop;
    }
    return Stop::until;
  }

  void complete(Hart& hart, std::uint64_t value, Cycle at, std::uint64_t latency) override {
    Step step = step_at(hart, hart.pc);
    const Account before = hart.account;
    engine_->complete(hart, value, at, latency);
    step.spent = hart.account.since(before);
    observer_.step(hart, step);
  }

  void fault(Hart& hart) override { engine_->fault(hart); }

  void wait(Hart& hart, Cycle cycle) override {
    Step step = step_at(hart, hart.at_wfi ? hart.pc - kWfiBytes : hart.pc);
    const Account before = hart.account;
    engine_->wait(hart, cycle);
    step.spent = hart.account.since(before);
    step.end = hart.at_wfi ? Step::End::waited : Step::End::held;
    if (step.spent != Account{}) observer_.step(hart, step);
  }

  void external_write(Hart& hart, std::uint64_t address, std::uint64_t bytes) override {
    engine_->external_write(hart, address, bytes);
  }

 private:
  const std::unique_ptr<Engine> engine_;
  StepObserver& observer_;
};

}  // namespace

std::unique_ptr<Engine> make_observed_engine(const CoreParams& core, StepObserver& observer,
                                             EngineOptions options) {
  options.block_instructions_max = 1;
  return std::make_unique<ObservedEngine>(core, observer, options);
}

}  // namespace troupe::isa

// From the entry point to the run loop, and what happens on a trap. Device only.
#include "runtime/abi/memory_map.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/host_port.hpp"
#include "runtime/device/runtime.hpp"

namespace troupe::device {

// image.ld and start.S repeat these numbers.
static_assert(abi::kStackTop == 0x9000 && abi::kTrapStackTop == 0xA000 && abi::kImageBase == 0xA000);
static_assert(abi::kNiuBase == 0x40000000 && abi::niu::kWait == 0x108 && abi::niu::kTimer == 0x120);

Runtime core_runtime;

void fault(const char* message) {
  std::uint64_t bytes = 0;
  while (message[bytes] != 0) ++bytes;
  send_text(core_runtime, "runtime: ", 9);
  send_text(core_runtime, message, bytes);
  send_text(core_runtime, "\n", 1);
  __builtin_trap();
}

namespace {

// Takes events until one of `kind`, losing all others: the core is at its end.
void await_event(niu::EventKind kind) {
  while (niu::event_kind(niu_load(niu::kWait)) != kind) {
  }
}

// The runtime itself trapped: its state may be half changed, so the trap goes to the host around it.
[[noreturn]] void die(const abi::TrapPayload& payload) {
  niu_store(niu::kTarget, core_runtime.boot().host_address);
  niu_store(niu::kLocal, reinterpret_cast<std::uint64_t>(&payload));
  niu_store(niu::kLength,
            sizeof payload | std::uint64_t{static_cast<std::uint32_t>(abi::SystemType::trap)} << 32);
  niu_store(niu::kSender, core_runtime.boot().runtime_address);
  for (;;) {
    const std::int64_t id = niu_doorbell(niu::Command::message);
    if (id == static_cast<std::int64_t>(niu::DoorbellError::no_credit)) {
      if (niu_doorbell(niu::Command::credit) >= 0) {
        await_event(niu::EventKind::credit);
      } else {
        await_event(niu::EventKind::ready);
      }
    } else if (id == static_cast<std::int64_t>(niu::DoorbellError::busy)) {
      await_event(niu::EventKind::ready);
    } else {
      park();
    }
  }
}

constexpr std::uint64_t kStoreFault = 7, kLoadFault = 5;  // mcause

ExitReason reason_of(std::uint64_t cause, std::uint64_t pc, std::uint64_t value, std::uint64_t sp) {
  if (cause == abi::kTimeBudgetCause) return {ExitKind::time_budget, 0, pc, 0};
  const bool overflow = (cause == kStoreFault || cause == kLoadFault) &&
                        static_cast<std::int64_t>(sp) < static_cast<std::int64_t>(abi::kFaultEnd);
  return {overflow ? ExitKind::stack_overflow : ExitKind::trap, static_cast<std::uint32_t>(cause), pc, value};
}

}  // namespace

}  // namespace troupe::device

extern "C" {
[[noreturn]] void troupe_park();
[[noreturn]] void troupe_main(const troupe::abi::BootBlock* boot);
[[noreturn]] void troupe_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value, std::uint64_t sp);
bool troupe_budget_is_over();
[[noreturn]] void troupe_resume(std::uint64_t cause, std::uint64_t pc, std::uint64_t value, std::uint64_t sp);
[[noreturn]] void troupe_leave_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value,
                                    std::uint64_t sp);
extern const char __runtime_text[], __runtime_text_end[];
}

void troupe::device::park() {
  troupe_park();
}

void troupe_main(const troupe::abi::BootBlock* boot) {
  using namespace troupe::device;
  core_runtime.start(*boot);
  core_runtime.run();
}

bool troupe_budget_is_over() {
  return troupe::device::core_runtime.budget_is_over();
}

// On the trap stack. A trap of an actor ends that actor; one inside the runtime, or of no actor, the program.
void troupe_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value, std::uint64_t sp) {
  using namespace troupe::device;
  const Actor* actor = core_runtime.current;
  const bool in_runtime = pc >= reinterpret_cast<std::uint64_t>(__runtime_text) &&
                          pc < reinterpret_cast<std::uint64_t>(__runtime_text_end);
  if (actor && !in_runtime) troupe_leave_trap(cause, pc, value, sp);
  die({cause, pc, value, actor ? actor->mark : 0});
}

// On the main stack again, which holds nothing any more.
void troupe_resume(std::uint64_t cause, std::uint64_t pc, std::uint64_t value, std::uint64_t sp) {
  using namespace troupe::device;
  core_runtime.abandon_current(reason_of(cause, pc, value, sp));
  core_runtime.run();
}

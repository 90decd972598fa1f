// From the entry point to the run loop, and what happens on a trap. Device only.
#include "runtime/abi/memory_map.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/host_port.hpp"
#include "runtime/device/runtime.hpp"

namespace troupe::device {

// image.ld and start.S repeat these numbers.
static_assert(abi::kStackTop == 0x9000 && abi::kTrapStackTop == 0xA000 && abi::kImageBase == 0xA000);
static_assert(abi::kNiuBase == 0x40000000 && abi::niu::kWait == 0x108);

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

}  // namespace

}  // namespace troupe::device

extern "C" [[noreturn]] void troupe_park();
extern "C" [[noreturn]] void troupe_main(const troupe::abi::BootBlock* boot);
extern "C" [[noreturn]] void troupe_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value);

void troupe::device::park() {
  troupe_park();
}

void troupe_main(const troupe::abi::BootBlock* boot) {
  using namespace troupe::device;
  core_runtime.start(*boot);
  core_runtime.run();
}

// The trap goes to the host around the run-time's lines, whose state may be half changed.
void troupe_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value) {
  using namespace troupe::device;
  namespace abi = troupe::abi;
  const Actor* actor = core_runtime.current;
  const abi::TrapPayload payload{cause, pc, value,
                                 actor ? actor->view.entry << 40 | (actor->view.address & 0xffffffffff) : 0};
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
      troupe_park();
    }
  }
}

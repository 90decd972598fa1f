#include "runtime/device/host_port.hpp"

namespace troupe::device {

namespace {

// Text of one print message. The host's mailbox takes at least as long ones as any runtime's.
constexpr std::uint64_t kTextBytes = abi::kRuntimeSlotBytes - sizeof(abi::MessageHeader);

void send(Runtime& runtime, abi::SystemType type, const void* payload, std::uint64_t bytes) {
  Operation message;
  message.prepare(nullptr, runtime.boot().host_address, payload, bytes, static_cast<std::uint32_t>(type),
                  runtime.current ? runtime.current->view.address : runtime.boot().runtime_address);
  runtime.send_blocking(message);
}

}  // namespace

void send_text(Runtime& runtime, const char* text, std::uint64_t bytes) {
  while (bytes != 0) {
    const std::uint64_t part = bytes < kTextBytes ? bytes : kTextBytes;
    send(runtime, abi::SystemType::print, text, part);
    text += part;
    bytes -= part;
  }
}

void send_exit(Runtime& runtime, std::int64_t code) {
  const abi::ExitPayload payload{code};
  send(runtime, abi::SystemType::exit, &payload, sizeof payload);
}

void send_crash(Runtime& runtime, bool fatal, const abi::TrapPayload& payload) {
  send(runtime, fatal ? abi::SystemType::trap : abi::SystemType::crash, &payload, sizeof payload);
}

}  // namespace troupe::device

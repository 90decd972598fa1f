// What a core tells the host: text to print, the program's end, a trap.
#pragma once

#include <cstdint>

#include "runtime/device/runtime.hpp"

namespace troupe::device {

// Each blocks its core, not its neighbours, until the host's mailbox has taken the message.
void send_text(Runtime& runtime, const char* text, std::uint64_t bytes);
void send_exit(Runtime& runtime, std::int64_t code);
// An actor ended by a trap, and with it the program if `fatal`.
void send_crash(Runtime& runtime, bool fatal, const abi::TrapPayload& payload);

// The core does nothing more.
[[noreturn]] void park();

}  // namespace troupe::device

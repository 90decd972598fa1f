// The host's side of a running program: what its messages to the host tile mean.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "runtime/abi/message.hpp"

namespace troupe {

// How a program ended by itself.
struct ProgramEnd {
  enum class Kind { exited, trapped, malformed } kind = Kind::exited;
  std::int64_t code = 0;    // exited
  abi::TrapPayload trap{};  // trapped
  std::uint16_t tile = 0;   // that said so
  std::string detail;       // malformed: what was wrong with the message
};

class ProgramHost {
 public:
  // `print` takes text as the program sent it; `crash` word of an actor that a trap ended, and not the
  // program.
  ProgramHost(std::function<void(std::string_view)> print,
              std::function<void(std::uint16_t tile, const abi::TrapPayload&)> crash)
      : print_(std::move(print)), crash_(std::move(crash)) {}

  // A message to the host's mailbox. Anything that the abi does not define ends the program as malformed.
  void message(std::uint16_t from_tile, std::uint32_t type, std::span<const std::byte> payload);

  const std::optional<ProgramEnd>& end() const { return end_; }

 private:
  std::function<void(std::string_view)> print_;
  std::function<void(std::uint16_t, const abi::TrapPayload&)> crash_;
  std::optional<ProgramEnd> end_;
};

}  // namespace troupe

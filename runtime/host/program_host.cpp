#include "runtime/host/program_host.hpp"

#include <fmt/core.h>

#include <cstring>

namespace troupe {
namespace {

// Copies a payload record out of a message; false when the length is not the record's.
template <class Record>
bool read(std::span<const std::byte> payload, Record& into) {
  if (payload.size() != sizeof into) return false;
  std::memcpy(&into, payload.data(), sizeof into);
  return true;
}

}  // namespace

void ProgramHost::message(std::uint16_t from_tile, std::uint32_t type, std::span<const std::byte> payload) {
  if (end_) return;  // the first end counts
  ProgramEnd end;
  end.tile = from_tile;
  abi::ExitPayload exit{};
  switch (static_cast<abi::SystemType>(type)) {
    case abi::SystemType::print:
      print_({reinterpret_cast<const char*>(payload.data()), payload.size()});
      return;
    case abi::SystemType::exit:
      if (!read(payload, exit)) break;
      end.code = exit.code;
      end_ = end;
      return;
    case abi::SystemType::trap:
      end.kind = ProgramEnd::Kind::trapped;
      if (!read(payload, end.trap)) break;
      end_ = end;
      return;
    case abi::SystemType::crash:
      if (!read(payload, end.trap)) break;
      crash_(from_tile, end.trap);
      return;
    default:
      break;
  }
  end.kind = ProgramEnd::Kind::malformed;
  end.detail = fmt::format("message of type {:#x} with {} bytes to the host", type, payload.size());
  end_ = end;
}

}  // namespace troupe

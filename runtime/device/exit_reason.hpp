// Why an actor ended, as links, monitors and supervisors are told.
#pragma once

#include <cstdint>

namespace troupe {

enum class ExitKind : std::uint32_t {
  normal = 0,          // its behaviour returned
  shutdown = 1,        // its supervisor asked it to end
  killed = 2,          // kill(): cannot be trapped
  error = 3,           // quit(error(code)), or stop(address, error(code))
  trap = 4,            // the hardware trapped; `code` is mcause, `value` mtval
  stack_overflow = 5,  // its stack ran into the first 4 KiB of L1
  time_budget = 6,     // it ran longer than its time_budget() without waiting
  core_death = 7,      // its core died
  no_actor = 8,        // there was none at that address
};

struct ExitReason {
  ExitKind kind = ExitKind::normal;
  std::uint32_t code = 0;   // error: the program's own; trap: mcause
  std::uint64_t pc = 0;     // trap, stack_overflow, time_budget: where
  std::uint64_t value = 0;  // trap: mtval

  // A transient actor is not restarted after these.
  constexpr bool is_normal() const { return kind == ExitKind::normal || kind == ExitKind::shutdown; }
  friend constexpr bool operator==(const ExitReason&, const ExitReason&) = default;
};

constexpr ExitReason error(std::uint32_t code) {
  return {ExitKind::error, code, 0, 0};
}

// In words, for people.
constexpr const char* exit_kind_name(ExitKind kind) {
  switch (kind) {
    case ExitKind::normal:
      return "normal";
    case ExitKind::shutdown:
      return "shutdown";
    case ExitKind::killed:
      return "killed";
    case ExitKind::error:
      return "error";
    case ExitKind::trap:
      return "trap";
    case ExitKind::stack_overflow:
      return "stack overflow";
    case ExitKind::time_budget:
      return "time budget";
    case ExitKind::core_death:
      return "core death";
    case ExitKind::no_actor:
      return "no actor";
  }
  return "unknown";
}

}  // namespace troupe

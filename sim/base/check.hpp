// Whose fault is it? `InputError` is the user's (exit 2), `CHECK` is ours (exit 70).
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>

namespace troupe {

// Exit codes of every tool (design section 2, "Exit codes").
enum ExitCode : int {
  kExitOk = 0,
  kExitProgram = 1,   // the program's own non-zero
  kExitUser = 2,      // bad flag, file, image, model
  kExitLease = 3,     // lease refused
  kExitTrap = 4,      // trap or deadlock
  kExitInternal = 70  // our bug
};

// The user gave something we cannot work with. `what()` is one line: where, what was found, what was
// expected; `hint` says what to do about it. Thrown anywhere, caught once in `main`.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& cause, std::string hint = {})
      : std::runtime_error(cause), hint_(std::move(hint)) {}
  const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

// Prints "file:line: check failed: ..." and ends the process with exit code 70.
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const std::string& detail);

}  // namespace troupe

// States what must hold in release builds too. `CHECK(head < slots, "tile {} head {}", tile, head);`
// doctest has a CHECK of its own: tests include it first and keep theirs, so no header uses ours.
#ifndef DOCTEST_LIBRARY_INCLUDED
#define CHECK(condition, ...)                                                                \
  do {                                                                                       \
    if (!(condition)) [[unlikely]]                                                           \
      ::troupe::check_failed(__FILE__, __LINE__, #condition, ::fmt::format("" __VA_ARGS__)); \
  } while (false)
#endif

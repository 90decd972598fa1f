#include "sim/cli/terminal_line.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace troupe {

bool has_terminal_line() {
  return isatty(STDERR_FILENO) != 0;
}

void terminal_line(std::string_view text) {
  if (!has_terminal_line()) return;
  fmt::print(stderr, "\r\033[K{}", text);
  std::fflush(stderr);
}

}  // namespace troupe

#include "sim/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace troupe {

void check_failed(const char* file, int line, const char* condition, const std::string& detail) {
  fmt::print(stderr, "{}:{}: check failed: {}{}{}\nThis is a bug in Troupe, not in your program.\n", file,
             line, condition, detail.empty() ? "" : ": ", detail);
  std::fflush(stdout);
  std::_Exit(kExitInternal);
}

}  // namespace troupe

// The levels of instruction set that this host can be tested at; which they are is printed once.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "isa/host_level.hpp"

namespace troupe::isa::test {

inline const std::vector<HostLevel>& levels() {
  static const std::vector<HostLevel> supported = [] {
    std::vector<HostLevel> found;
    std::string names;
    for (const HostLevel level : kHostLevels) {
      names += fmt::format(" {}{}", host_level_name(level),
                           host_supports(level) ? "" : " (SKIPPED: host lacks it)");
      if (host_supports(level)) found.push_back(level);
    }
    fmt::print("levels:{}\n", names);
    return found;
  }();
  return supported;
}

}  // namespace troupe::isa::test

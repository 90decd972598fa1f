// What threaded code is made of at one level of the host: the rows with their handlers, and the handlers
// without a row.
#pragma once

#include <array>
#include <span>

#include "isa/host_level.hpp"
#include "isa/row.hpp"

namespace troupe::isa {

struct HostCode {
  std::array<std::span<const Row>, 11> tables;
  Handler check_vl = nullptr;
  Handler end_of_block = nullptr;
};

// Precondition: host_supports(level).
const HostCode& host_code(HostLevel level);

}  // namespace troupe::isa

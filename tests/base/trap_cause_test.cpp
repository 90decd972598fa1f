#include "sim/base/trap_cause.hpp"

#include <doctest/doctest.h>

using namespace troupe;

TEST_CASE("trap causes have the names of the privileged specification") {
  CHECK(trap_cause_name(2) == "illegal instruction");
  CHECK(trap_cause_name(7) == "store access fault");
  CHECK(trap_cause_name(8) == "environment call from U-mode");
  CHECK(trap_cause_name(std::uint64_t{1} << 63 | 7) == "machine timer interrupt");
  CHECK(trap_cause_name(10) == "cause 0xa");
  CHECK(trap_cause_name(24) == "cause 0x18");
}

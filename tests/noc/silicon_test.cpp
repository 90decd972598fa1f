// The published measurements: what the presets state comes out of the model to the digit.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include "noc/silicon.hpp"

namespace troupe::noc {

TEST_CASE("rows 1 to 7 of the silicon table are exact") {
  const auto rows = measure_facts(preset("wormhole"));
  fmt::print("{}", silicon_table(rows));
  CHECK(rows.size() == 13);
  for (const SiliconRow& r : rows) CHECK_MESSAGE(r.model == r.silicon, r.number, ": ", r.what);
}

}  // namespace troupe::noc

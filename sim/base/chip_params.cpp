#include "sim/base/chip_params.hpp"

#include <fmt/core.h>

namespace troupe {

TileKind ChipParams::kind(std::uint64_t tile) const {
  if (x(tile) == 0) return y(tile) == 0 ? TileKind::host : TileKind::link;
  return x(tile) + 1 == grid.width ? TileKind::dram : TileKind::core;
}

std::vector<std::uint16_t> ChipParams::tiles_of(TileKind wanted) const {
  std::vector<std::uint16_t> found;
  for (std::uint64_t t = 0; t < tiles(); ++t)
    if (kind(t) == wanted) found.push_back(static_cast<std::uint16_t>(t));
  return found;
}

std::string ChipParams::tile_name(std::uint64_t tile) const {
  switch (kind(tile)) {
    case TileKind::core:
      return fmt::format("({},{})", x(tile) - 1, y(tile));
    case TileKind::dram:
      return fmt::format("dram{}", y(tile));
    case TileKind::link:
      return fmt::format("link{}", y(tile) - 1);
    case TileKind::host:
      return "host";
  }
  return "?";
}

}  // namespace troupe

#include "sim/base/chip_params.hpp"

#include <fmt/core.h>

namespace troupe {

std::optional<TileKind> tile_kind(char letter) {
  switch (letter) {
    case 'c':
      return TileKind::core;
    case 'd':
      return TileKind::dram;
    case 'l':
      return TileKind::link;
    case 'h':
      return TileKind::host;
    case '.':
      return TileKind::empty;
    default:
      return std::nullopt;
  }
}

TileKind ChipParams::kind(std::uint64_t tile) const {
  if (!grid.tiles.empty()) return tile_kind(grid.tiles[y(tile)][x(tile)]).value();
  if (x(tile) == 0) return y(tile) == 0 ? TileKind::host : TileKind::link;
  return x(tile) + 1 == grid.width ? TileKind::dram : TileKind::core;
}

std::vector<std::uint16_t> ChipParams::tiles_of(TileKind wanted) const {
  std::vector<std::uint16_t> found;
  for (std::uint64_t t = 0; t < tiles(); ++t)
    if (kind(t) == wanted) found.push_back(static_cast<std::uint16_t>(t));
  return found;
}

std::uint64_t ChipParams::core_columns() const {
  const std::vector<std::uint16_t> cores = tiles_of(TileKind::core);
  std::uint64_t columns = 0;
  while (columns < cores.size() && y(cores[columns]) == y(cores[0])) ++columns;
  return columns;
}

std::uint64_t ChipParams::core_rows() const {
  return tiles_of(TileKind::core).size() / core_columns();
}

std::string ChipParams::tile_name(std::uint64_t tile) const {
  std::uint64_t number = 0;  // among the tiles of its kind
  for (std::uint64_t t = 0; t < tile; ++t) number += kind(t) == kind(tile);
  switch (kind(tile)) {
    case TileKind::core:
      return fmt::format("({},{})", number % core_columns(), number / core_columns());
    case TileKind::dram:
      return fmt::format("dram{}", number);
    case TileKind::link:
      return fmt::format("link{}", number);
    case TileKind::empty:
      return fmt::format("empty{}", number);
    case TileKind::host:
      return "host";
  }
  return "?";
}

}  // namespace troupe

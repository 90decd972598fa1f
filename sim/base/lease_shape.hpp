// The shape of a lease: which rectangle of core tiles a program of n cores gets. The compiler places actors
// on it, the host grants it; both ask this function.
#pragma once

#include <cstdint>

namespace troupe {

struct LeaseShape {
  std::uint64_t width = 0, height = 0;  // core tiles; cores of the lease count row by row
};

// On a chip of columns x rows cores (cores <= columns * rows): the near-square rectangle of at least `cores`
// tiles, width >= height, that wastes least; among equals the squarest: 1 -> 1x1, 2 -> 2x1, 8 -> 4x2, 9 ->
// 3x3, 7 -> 4x2. Where that does not fit, full rows. Core i of the program stands at (i % width, i / width);
// tiles of the rectangle beyond `cores` stay unused.
constexpr LeaseShape lease_shape(std::uint64_t cores, std::uint64_t columns, std::uint64_t rows) {
  std::uint64_t side = 1;
  while ((side + 1) * (side + 1) <= cores) ++side;
  LeaseShape best{cores, 1};
  for (std::uint64_t height = 1; height <= side; ++height) {
    const std::uint64_t width = (cores + height - 1) / height;
    // No slimmer than 4:1 once a squarer one exists; fewer wasted tiles first, then the squarer one.
    if (width * height <= best.width * best.height || best.width > 4 * best.height) best = {width, height};
  }
  if (best.width > columns || best.height > rows) best = {columns, (cores + columns - 1) / columns};
  return best;
}

}  // namespace troupe

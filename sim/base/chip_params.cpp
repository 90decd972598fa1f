#include "sim/base/chip_params.hpp"

#include <fmt/core.h>

#include <bit>
#include <map>

#include "sim/base/check.hpp"

namespace troupe {

void validate(const CoreParams& c, std::string_view where) {
  const auto require = [&](bool ok, const char* key, std::uint64_t found, const std::string& expected) {
    if (!ok)
      throw InputError(fmt::format("{}: {} is {}, expected {}", where, key, found, expected),
                       "see `troupe chip` for the values of a preset");
  };
  const auto in_range = [&](const char* key, std::uint64_t found, std::uint64_t low, std::uint64_t high) {
    require(found >= low && found <= high, key, found, fmt::format("{} to {}", low, high));
  };
  const auto power_of_two = [&](const char* key, std::uint64_t found, std::uint64_t low, std::uint64_t high,
                                const char* expected) {
    require(std::has_single_bit(found) && found >= low && found <= high, key, found, expected);
  };
  power_of_two("core.vlen", c.vlen.count, 128, 1024, "a power of two, 128 to 1024");
  power_of_two("core.dlen", c.dlen.count, 64, c.vlen.count, "a power of two, 64 to core.vlen");
  power_of_two("core.l1_port", c.l1_port.count, 8, 1024, "a power of two, 8 to 1024");
  for (const auto& [key, cycles] : {std::pair{"core.alu", c.alu},
                                    {"core.mul", c.mul},
                                    {"core.mul_high", c.mul_high},
                                    {"core.load_use", c.load_use},
                                    {"core.store_interval", c.store_interval},
                                    {"core.fp", c.fp},
                                    {"core.amo", c.amo},
                                    {"core.csr", c.csr}})
    in_range(key, cycles.count, 1, 64);
  for (const auto& [key, cycles] : {std::pair{"core.div_base", c.div_base},
                                    {"core.div_min", c.div_min},
                                    {"core.fp_div_single", c.fp_div_single},
                                    {"core.fp_div_double", c.fp_div_double}})
    in_range(key, cycles.count, 1, 1024);
  for (const auto& [key, cycles] : {std::pair{"core.mul_stall", c.mul_stall},
                                    {"core.mul_high_stall", c.mul_high_stall},
                                    {"core.load_stall", c.load_stall},
                                    {"core.store_stall", c.store_stall},
                                    {"core.branch_taken", c.branch_taken},
                                    {"core.branch_mispredicted", c.branch_mispredicted},
                                    {"core.jump", c.jump},
                                    {"core.jump_register", c.jump_register},
                                    {"core.fence_i", c.fence_i},
                                    {"core.trap", c.trap},
                                    {"core.div_by_zero", c.div_by_zero},
                                    {"core.div_by_one", c.div_by_one}})
    in_range(key, cycles.count, 0, 1024);
  in_range("core.div_bits_per_cycle", c.div_bits_per_cycle, 1, 64);
  in_range("core.div_blocking", c.div_blocking, 0, 1);
  in_range("core.loads_in_flight", c.loads_in_flight, 0, kLoadsInFlightMax);
  in_range("core.store_queue", c.store_queue, 1, 64);
}

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

std::vector<std::uint16_t> ChipParams::dram_channels() const {
  std::vector<std::uint16_t> channels(tiles(), kNoChannel);
  std::map<char, std::uint16_t> of_letter;
  std::uint16_t next = 0;
  for (std::uint64_t t = 0; t < tiles(); ++t) {
    if (kind(t) != TileKind::dram) continue;
    if (dram.channels.empty()) {
      channels[t] = next++;
      continue;
    }
    const auto [at, is_new] = of_letter.try_emplace(dram.channels[y(t)][x(t)], next);
    next += is_new;
    channels[t] = at->second;
  }
  return channels;
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

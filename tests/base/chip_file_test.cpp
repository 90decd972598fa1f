#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "sim/base/check.hpp"
#include "sim/base/config/chip_file.hpp"

using namespace troupe;

namespace {

// A chip file with this text, removed at the end of the scope.
struct ChipFile {
  explicit ChipFile(const std::string& text) { std::ofstream(path) << text; }
  ~ChipFile() { std::remove(path.c_str()); }
  std::string path = std::string(std::tmpnam(nullptr)) + ".toml";
};

std::string error_of(const std::string& text) {
  ChipFile file(text);
  try {
    load_chip(file.path);
  } catch (const InputError& e) {
    return std::string(e.what()).substr(file.path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("xpu64 has 64 cores, 8 DRAM tiles, 7 link tiles and a host tile") {
  const ChipParams chip = preset("xpu64");
  CHECK(chip.tiles_of(TileKind::core).size() == 64);
  CHECK(chip.tiles_of(TileKind::dram).size() == 8);
  CHECK(chip.tiles_of(TileKind::link).size() == 7);
  CHECK(chip.tiles_of(TileKind::host) == std::vector<std::uint16_t>{0});
  CHECK(chip.tiles_of(TileKind::core)[0] == 1);
  CHECK(chip.tile_name(1) == "(0,0)");
  CHECK(chip.tile_name(9) == "dram0");
}

TEST_CASE("every preset is a chip that validates and survives a round trip through TOML") {
  for (const std::string& name : preset_names()) {
    const ChipParams chip = preset(name);
    validate(chip, name);
    ChipFile file(chip_toml(chip));
    CHECK(chip_toml(load_chip(file.path)) == chip_toml(chip));
  }
}

TEST_CASE("a chip file overrides values of its base") {
  ChipFile file("base = \"tiny\"\n[core]\nmul = 9\n");
  const ChipParams chip = load_chip(file.path);
  CHECK(chip.core.mul == 9_cycles);
  CHECK(chip.grid.width == 4);
}

TEST_CASE("a chip file's faults are named with their place") {
  CHECK(error_of("base = \"tiny\"\n[core]\nmull = 9\n") == ":3:8: unknown key 'core.mull'");
  CHECK(error_of("base = \"tiny\"\nspeed = 9\n") == ":2:9: unknown key 'speed'");
  CHECK(error_of("base = \"tiny\"\n[core]\nmul = \"9\"\n") ==
        ":3:7: core.mul is a string, expected a non-negative integer");
  CHECK(error_of("base = \"tiny\"\n[core]\nvlen = 100\n") ==
        ": core.vlen is 100, expected a power of two, 128 to 1024");
  CHECK(error_of("[core]\nmul = 9\n") == ": no preset named as `base`");
  CHECK(error_of("base = \"tiny\nmul = 9\n").starts_with(":1:"));
}

TEST_CASE("an unknown preset lists those there are") {
  CHECK_THROWS_WITH_AS(preset("xpu65"), "unknown chip 'xpu65'; presets are tiny, xpu64, xpu1024", InputError);
}

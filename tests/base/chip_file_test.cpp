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
  CHECK_THROWS_WITH_AS(preset("xpu65"),
                       "unknown chip 'xpu65'; presets are tiny, xpu64, xpu1024, wormhole, blackhole",
                       InputError);
}

TEST_CASE("tiles may be placed by a map; cores are numbered in the rectangle that they form") {
  ChipFile file(R"(base = "tiny"
[grid]
width = 5
height = 4
tiles = ["dclcd", "lh..l", "dc.cd", ".c.c."]
)");
  const ChipParams chip = load_chip(file.path);
  CHECK(chip.tiles_of(TileKind::core) == std::vector<std::uint16_t>{1, 3, 11, 13, 16, 18});
  CHECK(chip.core_columns() == 2);
  CHECK(chip.core_rows() == 3);
  CHECK(chip.tile_name(13) == "(1,1)");
  CHECK(chip.tile_name(14) == "dram3");
  CHECK(chip.tile_name(5) == "link1");
  CHECK(chip.tile_name(15) == "empty3");
  CHECK(chip.tile_name(6) == "host");
  CHECK(chip.tile_name(17) == "empty4");
}

TEST_CASE("a map of tiles that is no chip is refused") {
  const auto error = [](const std::string& tiles) {
    return error_of("base = \"tiny\"\n[grid]\nwidth = 3\nheight = 2\ntiles = " + tiles + "\n");
  };
  CHECK(error("[\"hcd\", \"lcd\"]") == "no error");
  CHECK(error("[\"hcd\"]") == ": grid.tiles is 1 rows, expected as many as grid.height");
  CHECK(error("[\"hcd\", \"lc\"]") == ": grid.tiles is a row of 2 letters, expected as many as grid.width");
  CHECK(error("[\"hcd\", \"lcx\"]") ==
        ": grid.tiles is lcx, expected c core, d DRAM, l link, h host, . empty");
  CHECK(error("[\"hcd\", \"hcd\"]") == ": grid.tiles is a grid with 2 host tiles, expected one");
  CHECK(error("[\"h.d\", \"l.d\"]") == ": grid.tiles is a grid without cores, expected one or more");
  CHECK(error("[\"hcc\", \".cd\"]") ==
        ": grid.tiles is cores in rows that differ, expected a rectangle of cores once the columns and rows "
        "without any are left out");
  CHECK(error("\"hcd\"") == ":5:9: grid.tiles is a string, expected an array");
  CHECK(error("[\"hcd\", 3]") == ":5:17: grid.tiles is an integer, expected a string");
}

TEST_CASE("a network is chosen by topology, routings and shares of the virtual channels") {
  ChipFile file(R"(base = "tiny"
[noc]
topology = "torus"
networks = ["east_south", "north_west"]
virtual_channels = 16
multicast_channels = 4
reply_channels = 4
vc_depth = 1
pool = 48
pool_per_vc = 15
)");
  const NocParams noc = load_chip(file.path).noc;
  CHECK(noc.topology == Topology::torus);
  CHECK(noc.networks == std::vector{Routing::east_south, Routing::north_west});
  CHECK(noc.request_channels() == 8);
  CHECK(noc.pool == 48_flits);
}

TEST_CASE("a network that could deadlock, or leaves a tile out of reach, is refused with the reason") {
  const auto error = [](const std::string& noc) { return error_of("base = \"tiny\"\n[noc]\n" + noc); };
  CHECK(error("virtual_channels = 2\n") ==
        ": noc.reply_channels is 2, expected 1 or more, and with noc.multicast_channels fewer than "
        "noc.virtual_channels: requests and replies that share a channel can deadlock");
  CHECK(error("reply_channels = 0\n").starts_with(": noc.reply_channels is 0"));
  CHECK(error("multicast_channels = 3\n").starts_with(": noc.reply_channels is 2"));
  CHECK(error("topology = \"torus\"\n").starts_with(": noc.virtual_channels is 5, expected an even number"));
  const std::string torus = "topology = \"torus\"\nvirtual_channels = 6\nmulticast_channels = 2\n";
  CHECK(error(torus + "reply_channels = 1\n") ==
        ": noc.reply_channels is 1, expected an even number on a torus: half of a class before the dateline, "
        "half after it, or a ring can deadlock");
  CHECK(error("networks = [\"east_south\"]\n") ==
        ": noc.networks is \"east_south\", expected xy or yx on a mesh: a mesh with links one way only has "
        "tiles out of reach");
  CHECK(error("networks = []\n") == ": noc.networks is 0 networks, expected 1 or 2");
  CHECK(error("networks = [\"xyz\"]\n") ==
        ":3:13: noc.networks is \"xyz\", expected xy, yx, east_south, south_east, west_north, north_west");
  CHECK(error("topology = \"ring\"\n") == ":3:12: noc.topology is \"ring\", expected mesh, torus");
  CHECK(error("pool = 8\n") ==
        ": noc.pool_per_vc is 0, expected 1 to noc.pool, at most 128; 0 without a pool");
}

TEST_CASE("a chip file may take the numbers of a core by name and override some") {
  ChipFile file("base = \"tiny\"\n[core]\nmul = 9\nbase = \"baby\"\n");
  const ChipParams chip = load_chip(file.path);
  CHECK(chip.core.mul == 9_cycles);
  CHECK(chip.core.load_use == core_preset("baby").load_use);
  CHECK(chip.core.load_use != preset("tiny").core.load_use);
  CHECK(error_of("base = \"tiny\"\n[core]\nbase = \"bay\"\n") ==
        ":3:8: core.base is \"bay\", expected one of xpu, baby, cv32e40p, ibex");
  CHECK(error_of("base = \"tiny\"\n[core]\nbase = 7\n") ==
        ":3:8: core.base is an integer, expected the name of a core");
}

TEST_CASE("a number that has names takes those and no other") {
  ChipFile file("base = \"tiny\"\n[core]\nbranch_prediction = \"backward_taken\"\n");
  CHECK(load_chip(file.path).core.branch_prediction == BranchPrediction::backward_taken);
  CHECK(error_of("base = \"tiny\"\n[core]\nbranch_prediction = \"always\"\n") ==
        ":3:21: core.branch_prediction is \"always\", expected not_taken, backward_taken");
  CHECK(error_of("base = \"tiny\"\n[core]\ndiv_term = 1\n") ==
        ":3:12: core.div_term is an integer, expected a string");
}

TEST_CASE("every core is one that validates, alone and in a chip") {
  for (const std::string& name : core_preset_names()) {
    validate(core_preset(name), name);
    ChipFile file("base = \"tiny\"\n[core]\nbase = \"" + name + "\"\n");
    CHECK(load_chip(file.path).core.load_use == core_preset(name).load_use);
  }
  CHECK_THROWS_WITH_AS(core_preset("xpu64"), "unknown core 'xpu64'; cores are xpu, baby, cv32e40p, ibex",
                       InputError);
  CHECK(error_of("base = \"tiny\"\n[core]\nloads_in_flight = 9\n") ==
        ": core.loads_in_flight is 9, expected 0 to 8");
}

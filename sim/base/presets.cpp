// The numbers of the chips. Each line says where its number comes from: `source:` a publication,
// `fitted:` a calibration of ours, `assumed:` a choice (tests/layering_test.py refuses any other line).
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "sim/base/check.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe {
namespace {

// clang-format off
// `xpu64`, the default: figures are taken on it.
ChipParams xpu64() {
  ChipParams p;
  // preset-lines
  p.name = "xpu64";                         // assumed: design section 2
  p.clock_hz = 1e9;                         // assumed: design section 2
  p.grid.width = 10;                        // assumed: design section 2, columns host+links, 8 cores, DRAM
  p.grid.height = 8;                        // assumed: design section 2
  p.core = core_preset("xpu");              // assumed: design section 2
  p.l1.size = {1536 * 1024};                // assumed: design section 2
  p.l1.niu_read = 50_cycles;                // assumed: as `wormhole`; no program reads another tile's L1
  p.noc.topology = Topology::mesh;          // assumed: design section 2
  p.noc.networks = {Routing::xy};           // assumed: one network, as anchors/noc/booksim2.cfg
  p.noc.virtual_channels = 5;               // assumed: design section 2, 4 for unicasts, and those of multicasts
  p.noc.multicast_channels = 1;             // assumed: the fewest that can be, beside the 4 and as deep
  p.noc.reply_channels = 2;                 // assumed: half of those for unicasts
  p.noc.vc_depth = 8_flits;                 // assumed: design section 2
  p.noc.pool = 0_flits;                     // assumed: private buffers, as anchors/noc/booksim2.cfg
  p.noc.pool_per_vc = 0_flits;              // assumed: private buffers
  p.noc.flit = 32_bytes;                    // source: silicon.md row 3, link width
  p.noc.vc_alloc = 1_cycles;                // assumed: design section 2
  p.noc.switch_alloc = 1_cycles;            // assumed: design section 2
  p.noc.switch_traversal = 1_cycles;        // assumed: design section 2
  p.noc.link = 1_cycles;                    // assumed: design section 2
  p.noc.niu_link = 1_cycles;                // assumed: as anchors/noc/booksim2.cfg
  p.noc.credit = 1_cycles;                  // assumed: as anchors/noc/booksim2.cfg
  p.niu.inject = 5_cycles;                  // source: silicon.md row 1
  p.niu.eject = 5_cycles;                   // source: silicon.md row 1
  p.niu.register_access = 7_cycles;         // source: silicon.md row 20, NoC registers
  p.niu.transactions = 16;                  // source: silicon.md row 7
  p.niu.request_initiators = 4;             // source: silicon.md row 7
  p.niu.mailboxes = 4096;                   // assumed: many actors a core, one row each
  p.niu.credit_rows = 64;                   // assumed: as many correspondents a core as xpu64 has cores
  p.niu.semaphores = 256;                   // assumed: design section 1
  p.niu.packet_payload_max = {8192};        // source: silicon.md row 3, 256 data flits
  p.dram.size = {uint64_t{4} << 30};        // assumed: one channel of 4 GiB
  p.dram.bytes_per_second_peak = 24e9;      // source: silicon.md row 13
  p.dram.efficiency = 0.92;                 // source: silicon.md row 13, 22.2 of 24 GB/s
  p.dram.latency = 100_cycles;              // assumed: design section 2
  p.replay.barrier = 80_cycles;             // assumed: as `wormhole`
  p.replay.notice = 50_cycles;              // assumed: as `wormhole`
  // end preset-lines
  return p;
}

// `tiny`: 2x2 cores, for tests.
ChipParams tiny() {
  ChipParams p = xpu64();
  // preset-lines
  p.name = "tiny";                          // assumed: design section 2
  p.grid.width = 4;                         // assumed: 2 columns of cores between host+link and DRAM
  p.grid.height = 2;                        // assumed: 2 rows of cores
  // end preset-lines
  return p;
}

// `xpu1024`: 32x32 cores.
ChipParams xpu1024() {
  ChipParams p = xpu64();
  // preset-lines
  p.name = "xpu1024";                       // assumed: design section 2
  p.grid.width = 34;                        // assumed: 32 columns of cores between host+links and DRAM
  p.grid.height = 32;                       // assumed: design section 2
  // end preset-lines
  return p;
}

// Wormhole B0. [isa] = github.com/tenstorrent/tt-isa-documentation, folder WormholeB0. Tensix tiles are core
// tiles, Ethernet tiles are link tiles, the PCI Express tile is the host tile, the ARC tile is left empty.
std::vector<std::string> wormhole_tiles() {
  return {"dlllldllll", "dccccdcccc", ".ccccdcccc", "hccccdcccc", ".ccccdcccc", "dccccdcccc",
          "dlllldllll", "dccccdcccc", ".ccccdcccc", ".ccccdcccc", ".ccccdcccc", "dccccdcccc"};
}
std::vector<std::string> wormhole_channels() {
  return {"A....E....", "B....F....", ".....G....", ".....I....", ".....I....", "C....K....",
          "C....K....", "D....L....", ".....J....", ".....H....", ".....G....", "A....E...."};
}

// `wormhole`: its grid and networks, to replay traces on; a core stands for the five of a Tensix tile.
ChipParams wormhole() {
  ChipParams p = xpu64();
  // preset-lines
  p.name = "wormhole";                      // assumed: design section 2
  p.clock_hz = 1e9;                         // source: [isa] DRAMTile/README.md, a link of 32 B a cycle carries 32 GB/s
  p.grid.width = 10;                        // source: silicon.md row 4
  p.grid.height = 12;                       // source: silicon.md row 4
  p.grid.tiles = wormhole_tiles();          // source: [isa] NoC/Coordinates.md with Diagrams/Src/NoC.lua
  p.core = core_preset("baby");             // source: core_presets.cpp; the extensions are ours
  p.l1.niu_read = 50_cycles;                // fitted: see noc/README.md
  p.noc.topology = Topology::torus;         // source: silicon.md row 4
  p.noc.networks = {Routing::east_south, Routing::north_west}; // source: silicon.md row 4, [isa] NoC/RoutingPaths.md
  p.noc.virtual_channels = 16;              // source: silicon.md row 5
  p.noc.multicast_channels = 4;             // source: silicon.md row 5, class 10
  p.noc.reply_channels = 4;                 // source: silicon.md row 5, class 11
  p.noc.vc_depth = 1_flits;                 // source: silicon.md row 6
  p.noc.pool = 48_flits;                    // source: silicon.md row 6, 1.5 KiB
  p.noc.pool_per_vc = 15_flits;             // source: silicon.md row 6, 480 B
  p.noc.flit = 32_bytes;                    // source: silicon.md row 3
  p.noc.vc_alloc = 1_cycles;                // assumed: the 9 cycles of silicon.md row 2 are stages of 1 and the way
  p.noc.switch_alloc = 1_cycles;            // assumed: as vc_alloc
  p.noc.switch_traversal = 1_cycles;        // assumed: as vc_alloc
  p.noc.link = 6_cycles;                    // source: silicon.md row 2: 9 cycles with the stages before it
  p.noc.niu_link = 1_cycles;                // source: silicon.md row 1: 5 cycles with the stages before it and niu.eject
  p.noc.credit = 8_cycles;                  // fitted: silicon.md rows 8 and 9: 16 flits a loop of 18 cycles, 28 B a cycle
  p.niu.inject = 5_cycles;                  // source: silicon.md row 1
  p.niu.eject = 1_cycles;                   // source: silicon.md row 1, see noc.niu_link
  p.niu.packet_payload_max = {8192};        // source: silicon.md row 3
  p.dram.size = {uint64_t{1} << 30};        // source: [isa] DRAMTile/README.md
  p.dram.channels = wormhole_channels();    // source: tt-npe arch-wormhole.yaml: groups; assumed: two of a group's tiles, a channel each
  p.dram.bytes_per_second_peak = 24e9;      // source: silicon.md row 13
  p.dram.efficiency = 0.92;                 // source: silicon.md row 13
  p.dram.latency = 130_cycles;              // fitted: see noc/README.md
  p.replay.barrier = 80_cycles;             // fitted: see noc/README.md
  p.replay.notice = 50_cycles;              // fitted: see noc/README.md
  // end preset-lines
  return p;
}

// Blackhole. [isa] as above, folder BlackholeA0. Tiles of x280 cores, ARC and security are left empty, and so is
// the PCI Express tile that is not in use.
std::vector<std::string> blackhole_tiles() {
  std::vector<std::string> rows(12, "dccccccc.dccccccc");
  rows[0] = "d.h......d.......";
  rows[1] = "dlllllll.dlllllll";
  return rows;
}
std::vector<std::string> blackhole_channels() {
  std::vector<std::string> rows;
  for (const char c : {'A', 'A', 'B', 'B', 'C', 'D', 'D', 'D', 'C', 'C', 'B', 'A'})
    rows.push_back(std::string(1, c) + "........" + static_cast<char>(c + 4) + ".......");
  return rows;
}

// `blackhole`: as `wormhole`, from which it has what nobody has published for it.
ChipParams blackhole() {
  ChipParams p = wormhole();
  // preset-lines
  p.name = "blackhole";                     // assumed: design section 2
  p.clock_hz = 1.35e9;                      // source: [isa] NoC/README.md
  p.grid.width = 17;                        // source: tt-npe arch-blackhole.yaml
  p.grid.height = 12;                       // source: tt-npe arch-blackhole.yaml
  p.grid.tiles = blackhole_tiles();         // source: tt-npe arch-blackhole.yaml
  p.noc.flit = 64_bytes;                    // source: [isa] NoC/README.md
  p.noc.credit = 7_cycles;                  // fitted: silicon.md rows 8 and 9: 16 flits a loop of 17 cycles, 60 B a cycle
  p.niu.packet_payload_max = {16384};       // source: [isa] NoC/README.md, 256 data flits
  p.dram.size = {uint64_t{4} << 30};        // source: [isa] NoC/README.md
  p.dram.channels = blackhole_channels();   // source: tt-npe arch-blackhole.yaml; [isa] NoC/README.md: three tiles share one
  p.dram.bytes_per_second_peak = 64e9;      // source: silicon.md row 18, 512 GB/s of 8 channels
  p.dram.efficiency = 0.977;                // source: silicon.md row 18, 500.5 of 512 GB/s
  // end preset-lines
  return p;
}
// clang-format on

struct Preset {
  std::string_view name;
  ChipParams (*make)();
};
constexpr Preset kPresets[] = {
    {"tiny", tiny}, {"xpu64", xpu64}, {"xpu1024", xpu1024}, {"wormhole", wormhole}, {"blackhole", blackhole}};

}  // namespace

ChipParams preset(std::string_view name) {
  for (const Preset& p : kPresets)
    if (p.name == name) return p.make();
  throw InputError(fmt::format("unknown chip '{}'; presets are {}", name, fmt::join(preset_names(), ", ")),
                   "a chip is a preset's name or a .toml file");
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& p : kPresets) names.emplace_back(p.name);
  return names;
}

}  // namespace troupe

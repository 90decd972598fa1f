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
  p.noc.topology = Topology::mesh;          // assumed: design section 2
  p.noc.networks = {Routing::xy};           // assumed: one network, as anchors/noc/booksim2.cfg
  p.noc.virtual_channels = 4;               // assumed: design section 2
  p.noc.multicast_channels = 0;             // assumed: a multicast is sent as single packets
  p.noc.reply_channels = 2;                 // assumed: half of them
  p.noc.vc_depth = 8_flits;                 // assumed: design section 2
  p.noc.pool = 0_flits;                     // assumed: private buffers, as anchors/noc/booksim2.cfg
  p.noc.pool_per_vc = 0_flits;              // assumed: private buffers
  p.noc.flit = 32_bytes;                    // source: silicon.md row 3, link width
  p.noc.vc_alloc = 1_cycles;                // assumed: design section 2
  p.noc.switch_alloc = 1_cycles;            // assumed: design section 2
  p.noc.switch_traversal = 1_cycles;        // assumed: design section 2
  p.noc.link = 1_cycles;                    // assumed: design section 2
  p.noc.credit = 1_cycles;                  // assumed: as anchors/noc/booksim2.cfg
  p.niu.inject = 5_cycles;                  // source: silicon.md row 1
  p.niu.eject = 5_cycles;                   // source: silicon.md row 1
  p.niu.register_access = 7_cycles;         // source: silicon.md row 20, NoC registers
  p.niu.transactions = 16;                  // source: silicon.md row 7
  p.niu.mailboxes = 4096;                   // assumed: many actors a core, one row each
  p.niu.semaphores = 256;                   // assumed: design section 1
  p.niu.packet_payload_max = {8192};        // source: silicon.md row 3, 256 data flits
  p.dram.size = {uint64_t{4} << 30};        // assumed: one channel of 4 GiB
  p.dram.bytes_per_second_peak = 24e9;      // source: silicon.md row 13
  p.dram.efficiency = 0.92;                 // source: silicon.md row 13, 22.2 of 24 GB/s
  p.dram.latency = 100_cycles;              // assumed: design section 2
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
// clang-format on

struct Preset {
  std::string_view name;
  ChipParams (*make)();
};
constexpr Preset kPresets[] = {{"tiny", tiny}, {"xpu64", xpu64}, {"xpu1024", xpu1024}};

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

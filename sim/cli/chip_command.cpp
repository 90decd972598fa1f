// `troupe chip`: the numbers of a chip, as the TOML that a chip file may override.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/base/config/chip_file.hpp"
#include "sim/cli/commands.hpp"

namespace troupe {

void add_chip_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("chip", "Print every number of a chip as TOML; a chip file overrides some of them");
  auto name = std::make_shared<std::string>("xpu64");
  auto core = std::make_shared<std::string>();
  command->add_option("CHIP", *name, "Preset (tiny, xpu64, xpu1024, wormhole, blackhole) or a .toml file")
      ->capture_default_str();
  command->add_option("--core", *core,
                      fmt::format("With cores of a preset ({}); in a chip file: [core] base = \"NAME\"",
                                  fmt::join(core_preset_names(), ", ")));
  command->callback([name, core, &action] {
    action = [name, core] {
      ChipParams chip = load_chip(*name);
      if (!core->empty()) chip.core = core_preset(*core);
      fmt::print("{}", chip_toml(chip));
      return 0;
    };
  });
}

}  // namespace troupe

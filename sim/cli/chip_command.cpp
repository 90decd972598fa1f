// `troupe chip`: the numbers of a chip, as the TOML that a chip file may override.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/base/config/chip_file.hpp"
#include "sim/cli/commands.hpp"

namespace troupe {

void add_chip_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("chip", "Print every number of a chip as TOML; a chip file overrides some of them");
  auto name = std::make_shared<std::string>("xpu64");
  command->add_option("CHIP", *name, "Preset (tiny, xpu64, xpu1024) or a .toml file")->capture_default_str();
  command->callback([name, &action] {
    action = [name] {
      fmt::print("{}", chip_toml(load_chip(*name)));
      return 0;
    };
  });
}

}  // namespace troupe

// `troupe noc`: the network by itself, without cores and programs.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <memory>

#include "noc/replay.hpp"
#include "noc/silicon.hpp"
#include "noc/sweep.hpp"
#include "sim/base/check.hpp"
#include "sim/base/config/chip_file.hpp"
#include "sim/base/config/noc_trace_file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/output_file.hpp"
#include "sim/cli/terminal_line.hpp"

namespace troupe {
namespace {

struct SweepFlags {
  std::string chip = "xpu64", rates, csv, svg;
  noc::SweepParams params;
};

constexpr double kPointsMax = 1000;

// "FROM:TO:STEP", both ends included.
std::vector<double> parse_rates(const std::string& text) {
  double from, to, step;
  int used = 0;
  if (std::sscanf(text.c_str(), "%lf:%lf:%lf%n", &from, &to, &step, &used) != 3 ||
      static_cast<std::size_t>(used) != text.size())
    throw InputError(fmt::format("--rate {}: expected FROM:TO:STEP", text),
                     "for example --rate 0.02:0.5:0.02");
  if (!(from > 0 && from <= to && to <= 1))
    throw InputError(
        fmt::format("--rate {}: expected 0 < FROM <= TO <= 1, in flits per node and cycle", text));
  if (!(step > 0 && (to - from) / step <= kPointsMax))
    throw InputError(
        fmt::format("--rate {}: expected a STEP above 0 that makes {} points at the most", text, kPointsMax));
  std::vector<double> rates;
  const auto points = static_cast<std::size_t>(std::floor((to - from) / step + 1e-6)) + 1;
  for (std::size_t i = 0; i < points; ++i) rates.push_back(from + static_cast<double>(i) * step);
  return rates;
}

int sweep(SweepFlags& flags) {
  flags.params.rates = parse_rates(flags.rates);
  const ChipParams chip = load_chip(flags.chip);
  OutputFile csv(flags.csv), svg(flags.svg);
  const noc::Sweep result = noc::run_sweep(chip, flags.params, [&](std::size_t point) {
    terminal_line(fmt::format("load {:.3f}, {} of {}", flags.params.rates[point], point + 1,
                              flags.params.rates.size()));
  });
  terminal_line("");
  fmt::print(csv.is_stdout() || svg.is_stdout() ? stderr : stdout, "{}", noc::sweep_table(result));
  if (csv.wanted()) csv.write(noc::sweep_csv(result));
  if (svg.wanted()) svg.write(noc::sweep_svg(result));
  return kExitOk;
}

void add_sweep(CLI::App& noc, Action& action) {
  auto* command = noc.add_subcommand(
      "sweep", "Latency and accepted load of synthetic traffic among the cores, over a range of loads");
  auto flags = std::make_shared<SweepFlags>();
  command
      ->add_option("--pattern", flags->params.pattern,
                   "uniform, transpose, tornado, bitcomp, shuffle or hotspot, as BookSim2 defines them")
      ->capture_default_str();
  command->add_option("--rate", flags->rates, "FROM:TO:STEP, offered load in flits per node and cycle")
      ->required();
  command->add_option("--packet-flits", flags->params.packet_flits, "Flits of each packet, 1 to 257")
      ->check(CLI::Range(1, 257))
      ->capture_default_str();
  command->add_option("--chip", flags->chip, "Preset or a .toml file; see `troupe chip`")
      ->capture_default_str();
  command->add_option("--cycles", flags->params.measured, "Cycles measured at each load")
      ->check(CLI::Range(100, 100'000'000))
      ->capture_default_str();
  command->add_option("--seed", flags->params.seed, "Of arrivals and destinations")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option(
      "--csv", flags->csv,
      "Write the points as CSV to this file; -: to standard output, the table to standard error");
  command->add_option("--svg", flags->svg, "Write a plot to this file; -: to standard output");
  command->callback([flags, &action] { action = [flags] { return sweep(*flags); }; });
}

struct ReplayFlags {
  std::string chip = "wormhole", csv;
  std::vector<std::string> files;
};

int replay(const ReplayFlags& flags) {
  const ChipParams chip = load_chip(flags.chip);
  OutputFile csv(flags.csv);
  // All files are read before the first is replayed: a damaged one costs no time.
  std::vector<NocTrace> traces;
  for (const std::string& file : flags.files) traces.push_back(read_noc_trace(file, chip));
  std::vector<noc::ReplayRow> rows;
  for (const NocTrace& trace : traces) {
    terminal_line(fmt::format("{} ({} of {})", trace.file, rows.size() + 1, traces.size()));
    rows.push_back(noc::replay(trace, chip));
    rows.back().file = std::filesystem::path(trace.file).filename();
  }
  terminal_line("");
  fmt::print(csv.is_stdout() ? stderr : stdout, "{}", noc::replay_table(rows, chip.name));
  if (csv.wanted()) csv.write(noc::replay_csv(rows));
  return kExitOk;
}

void add_replay(CLI::App& noc, Action& action) {
  auto* command = noc.add_subcommand(
      "replay", "Replay NoC traces of real chips and compare how long they take, in the model and measured");
  auto flags = std::make_shared<ReplayFlags>();
  command->add_option("TRACE", flags->files, "NoC traces: JSON as tt-metal's profiler writes it for tt-npe")
      ->required();
  command->add_option("--chip", flags->chip, "Preset or a .toml file; see `troupe chip`")
      ->capture_default_str();
  command->add_option("--csv", flags->csv,
                      "Write file, span and measured span as CSV to this file; -: to standard output, the "
                      "table to standard error");
  command->callback([flags, &action] { action = [flags] { return replay(*flags); }; });
}

void add_silicon(CLI::App& noc, Action& action) {
  auto* command = noc.add_subcommand(
      "silicon", "Published measurements of Tenstorrent chips beside what the presets give");
  command->callback([&action] {
    action = [] {
      const auto rows = noc::measure_silicon(preset("wormhole"), preset("blackhole"), terminal_line);
      terminal_line("");
      fmt::print("{}", noc::silicon_table(rows));
      return 0;
    };
  });
}

}  // namespace

void add_noc_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("noc", "The network of a chip by itself: sweeps of load, replay of traces");
  command->require_subcommand(1);
  add_replay(*command, action);
  add_silicon(*command, action);
  add_sweep(*command, action);
}

}  // namespace troupe

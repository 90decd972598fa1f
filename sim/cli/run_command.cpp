// `troupe run`: a program on a simulated chip, or a bare RISC-V program on one hart.

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "isa/bare.hpp"
#include "isa/extensions.hpp"
#include "noc/lockstep.hpp"
#include "noc/rtl/rtl_router.hpp"
#include "runtime/host/image.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/check.hpp"
#include "sim/base/config/chip_file.hpp"
#include "sim/base/rng.hpp"
#include "sim/chip/simulation.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/observation.hpp"
#include "sim/cli/output_file.hpp"
#include "sim/cli/sanitizer.hpp"
#include "sim/cli/terminal_line.hpp"
#include "sim/cli/watch.hpp"
#include "waveforms/recorder.hpp"
#include "waveforms/report.hpp"

namespace troupe {
namespace {

struct RunFlags {
  std::string image, chip = "xpu64", core, trace, json, quantum = "unlimited", noc = "model";
  ObserveFlags observe;
  std::vector<std::string> kills;
  std::string kill_random;
  Cycle cycles_max = kNever;
  bool bare = false, quiet = false, sanitize = false, watch = false;
};

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The tile of the core at (x, y); `what` is the flag that says so.
std::uint16_t core_tile(unsigned long long x, unsigned long long y, const ChipParams& chip,
                        const std::string& what) {
  if (x >= chip.core_columns() || y >= chip.core_rows())
    throw InputError(fmt::format("{}: no core ({},{}); cores of {} are (0,0) to ({},{})", what, x, y,
                                 chip.name, chip.core_columns() - 1, chip.core_rows() - 1));
  return chip.tiles_of(TileKind::core)[y * chip.core_columns() + x];
}

// "x,y@cycle" -> the tile of that core.
InjectedDeath parse_kill(const std::string& text, const ChipParams& chip) {
  unsigned long long x = 0, y = 0, cycle = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%llu,%llu@%llu%n", &x, &y, &cycle, &used) != 3 ||
      static_cast<std::size_t>(used) != text.size())
    throw InputError(fmt::format("--kill {}: expected X,Y@CYCLE", text), "for example --kill 1,0@50000");
  return {core_tile(x, y, chip, "--kill " + text), cycle};
}

// "SEED,COUNT,CYCLE" -> so many different cores of the lease, but not its first, where the root actor is,
// each at some cycle before that one.
std::vector<InjectedDeath> parse_kill_random(const std::string& text, const Lease& lease) {
  unsigned long long seed = 0, count = 0, cycles = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%llu,%llu,%llu%n", &seed, &count, &cycles, &used) != 3 ||
      static_cast<std::size_t>(used) != text.size() || text.find('-') != std::string::npos || cycles == 0)
    throw InputError(fmt::format("--kill-random {}: expected SEED,COUNT,CYCLES", text),
                     "for example --kill-random 1,2,100000: two cores, before cycle 100,000");
  std::vector<std::uint16_t> tiles(lease.tiles.begin() + 1, lease.tiles.end());
  if (count > tiles.size())
    throw InputError(fmt::format("--kill-random {}: {} cores are to die, the program has {} beside its first",
                                 text, count, tiles.size()));
  Rng rng(seed);
  std::vector<InjectedDeath> deaths;
  for (; count != 0; --count) {
    const auto chosen = tiles.begin() + static_cast<std::ptrdiff_t>(rng.below(tiles.size()));
    deaths.push_back({*chosen, 1 + rng.below(cycles)});
    tiles.erase(chosen);
  }
  return deaths;
}

// The cores that --observe names, by tile; all of the lease where it names none.
std::map<std::uint16_t, std::string> observed_cores(const std::vector<std::string>& names,
                                                    const LoadPlan& plan, const ChipParams& chip) {
  std::map<std::uint16_t, std::string> cores;
  for (const std::string& text : names) {
    unsigned long long x = 0, y = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%llu,%llu%n", &x, &y, &used) != 2 ||
        static_cast<std::size_t>(used) != text.size())
      throw InputError(fmt::format("--observe {}: expected X,Y", text), "for example --observe 1,0");
    const std::uint16_t tile = core_tile(x, y, chip, "--observe " + text);
    if (std::ranges::find(plan.lease.tiles, tile) == plan.lease.tiles.end())
      throw InputError(
          fmt::format("--observe {}: the program is granted {}-{}", text, plan.lease.first, plan.lease.last));
    cores[tile] = chip.tile_name(tile);
  }
  if (names.empty())
    for (const std::uint16_t tile : plan.lease.tiles) cores[tile] = chip.tile_name(tile);
  return cores;
}

Cycle parse_quantum(const std::string& text) {
  if (text == "unlimited") return RunOptions{}.quantum;
  char* end = nullptr;
  const unsigned long long n = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end != 0 || n == 0 || text[0] == '-')
    throw InputError(fmt::format("--quantum {}: expected a number of cycles above 0, or unlimited", text));
  return std::min<Cycle>(n, RunOptions{}.quantum);
}

// What --noc names; the model needs no factory.
noc::RouterFactory routers_of(const std::string& noc) {
  if (noc == "rtl") return noc::rtl_routers();
  if (noc == "lockstep") return noc::lockstep(noc::reference_routers(), noc::rtl_routers());
  return {};
}

// A line on a terminal that overwrites itself: cycles and speed so far.
std::function<void(Cycle, std::uint64_t, const Snapshots&)> progress_line() {
  if (!has_terminal_line()) return {};
  auto watch = std::make_shared<Stopwatch>();
  auto last = std::make_shared<double>(0);
  return [watch, last](Cycle cycle, std::uint64_t instructions, const Snapshots&) {
    const double seconds = watch->seconds();
    if (seconds - *last < 0.5) return;
    *last = seconds;
    terminal_line(fmt::format("{:.1f} M cycles, {:.0f} MIPS ", static_cast<double>(cycle) / 1e6,
                              static_cast<double>(instructions) / 1e6 / seconds));
  };
}

ChipParams chip_of(const RunFlags& flags) {
  ChipParams chip = load_chip(flags.chip);
  if (!flags.core.empty()) chip.core = core_preset(flags.core);
  return chip;
}

int run_bare(const RunFlags& flags) {
  const ChipParams chip = chip_of(flags);
  isa::BareOptions options{.cycles_max = flags.cycles_max};
  if (flags.watch) throw InputError("--watch: a bare program has no actors", "leave it out");
  if (flags.sanitize) throw InputError("--sanitize: a bare program has no NIU", "leave it out");
  if (!flags.observe.cores.empty())
    throw InputError("--observe: a bare program has one hart, on no chip", "leave it out");
  if (flags.noc != "model") throw InputError("--noc: a bare program runs on no network", "leave it out");
  if (!flags.kills.empty() || !flags.kill_random.empty())
    throw InputError("--kill: a bare program has one hart, on no chip", "leave it out");
  std::optional<Observation> observation;
  if (flags.observe.any()) {
    observation.emplace(flags.observe, ElfFile::read(flags.image), flags.image);
    options.observer = &*observation;
  }
  const isa::BareResult result = isa::run_bare(flags.image, chip.core, options);
  if (observation) observation->finish_bare(flags.image);
  fmt::print("{}", result.console);
  fmt::print("instructions {} cycles {}\n", result.instructions, result.cycles);
  if (!result.diagnosis.empty()) {
    fmt::print(stderr, "troupe: {}\n", result.diagnosis);
    return kExitTrap;
  }
  if (result.exit_code != 0)
    fmt::print(stderr, "troupe: {} exited with code {}\n", flags.image, result.exit_code);
  return result.exit_code == 0 ? kExitOk : kExitProgram;
}

// What the sanitizer found makes a run that ended well fail.
int print_findings(const std::vector<std::string>& findings, int exit_code) {
  std::fflush(stdout);
  for (const std::string& finding : findings) fmt::print(stderr, "troupe: {}\n", finding);
  return findings.empty() || exit_code != kExitOk ? exit_code : kExitTrap;
}

int run_image(const RunFlags& flags) {
  if (!flags.observe.any() && !flags.observe.cores.empty())
    throw InputError("--observe: nothing to write about the cores", "add --itrace or --profile");
  const ChipParams chip = chip_of(flags);
  const Image image = load_image(flags.image);
  isa::require_extensions(flags.image, image.elf, chip.core);
  RunOptions options;
  options.quantum = parse_quantum(flags.quantum);
  // In lockstep, so that the cores' lines follow one another in order of time, and end with the run.
  if (!flags.observe.itrace.empty()) options.quantum = 1;
  options.cycles_max = flags.cycles_max;
  options.routers = routers_of(flags.noc);
  for (const std::string& kill : flags.kills) options.deaths.push_back(parse_kill(kill, chip));
  // With --json - standard output is the JSON alone.
  std::FILE* const out = flags.json == "-" ? stderr : stdout;
  options.print = [out](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), out);
    std::fflush(out);
  };
  options.crash = [out](std::string_view text) {
    std::fflush(out);
    fmt::print(stderr, "troupe: {}\n", text);
  };
  options.progress = flags.watch ? watch(chip) : progress_line();

  LoadPlan plan;
  try {
    plan = plan_load(image, chip);
  } catch (const LeaseRefused& refused) {
    fmt::print(stderr, "troupe: this program requires {} XPU cores; {} has {}\n", refused.required, chip.name,
               refused.available);
    return kExitLease;
  }
  if (!flags.kill_random.empty())
    for (const InjectedDeath& death : parse_kill_random(flags.kill_random, plan.lease)) {
      options.deaths.push_back(death);
      if (!flags.quiet)
        fmt::print(stderr, "troupe: {} dies at cycle {}\n", chip.tile_name(death.tile), death.cycle);
    }
  if (!flags.quiet)
    fmt::print(out, "this program requires {} XPU core{}; granted {}-{}\n", image.cores_required,
               image.cores_required == 1 ? "" : "s", plan.lease.first, plan.lease.last);
  std::fflush(out);

  OutputFile json(flags.json);
  Recorder recorder(flags.trace);
  std::optional<Observation> observation;
  std::optional<Sanitizer> sanitizer;
  RunInfo names;
  names.actors = plan.actor_names;
  names.behaviours = plan.behaviour_names;
  TraceSink* sink = &recorder;
  if (flags.sanitize) {
    sanitizer.emplace(image, plan, chip, names, recorder);
    options.observer = &*sanitizer;
    sink = &*sanitizer;
  }
  if (flags.observe.any()) {
    observation.emplace(flags.observe, image.elf, flags.image,
                        observed_cores(flags.observe.cores, plan, chip), names, recorder);
    options.observer = &*observation;
    sink = &*observation;
  }
  const Stopwatch watch;
  const RunResult result = simulate(image, plan, chip, options, *sink);
  recorder.finish(result.info);
  const HostReport host{watch.seconds(), static_cast<double>(result.instructions) / 1e6 / watch.seconds()};
  terminal_line("");
  if (!result.diagnosis.empty()) {
    std::fflush(stdout);
    fmt::print(stderr, "troupe: {}\n", result.diagnosis);
  }
  const Report report = make_report(result.info, recorder.statistics());
  if (!flags.quiet && flags.json != "-") {
    fmt::print("\n{}", report_text(report));
    fmt::print("\ntrace hash {}\nsimulated {} instructions in {:.2f} s: {:.1f} MIPS\n",
               recorder.hash().text(), result.instructions, host.seconds, host.mips);
  }
  if (json.wanted()) json.write(report_json(report, host));
  if (observation) observation->finish(result.info);
  if (sanitizer) return print_findings(sanitizer->report(), result.exit_code);
  return result.exit_code;
}

void add_observe_options(CLI::App& command, ObserveFlags& flags) {
  auto* itrace =
      command.add_option("--itrace", flags.itrace,
                         "Write a line for each instruction to this file when it is done; -: to standard "
                         "error. Runs in lockstep (--quantum 1)");
  itrace->excludes(command.get_option("--quantum"));
  command.add_option("--itrace-lines", flags.itrace_lines, "Only the first that many")
      ->check(CLI::PositiveNumber)
      ->needs(itrace);
  command.add_option(
      "--profile", flags.profile,
      "Write cycles by core, actor, call path and stall reason to this file, as folded stacks for "
      "flamegraph.pl or speedscope; -: to standard error");
  command.add_option("--profile-symbols", flags.profile_symbols,
                     "Write a table of cycles and stalls by function; -: to standard error");
  command.add_option("--profile-lines", flags.profile_lines,
                     "Write a table of cycles and stalls by source line; -: to standard error");
  command.add_option(
      "--observe", flags.cores,
      "X,Y: only this core is traced and profiled; may be repeated. The others run at full speed");
}

void add_sanitize_option(CLI::App& command, bool& flag) {
  auto* option = command.add_flag(
      "--sanitize", flag,
      "Report reads of L1 that nothing has written or that was not observed since it was sent, and payloads "
      "that nothing has written; exit code 4 if there are any");
  for (const char* other : {"--itrace", "--profile", "--profile-symbols", "--profile-lines"})
    option->excludes(command.get_option(other));
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("run", "Run an image on a simulated chip: values, cycles, who waited for what");
  auto flags = std::make_shared<RunFlags>();
  command->add_option("IMAGE", flags->image, "Image made by `troupe compile`; with --bare any RISC-V ELF")
      ->required();
  command
      ->add_option("--chip", flags->chip,
                   "Preset (tiny, xpu64, xpu1024, wormhole, blackhole) or a .toml file; see `troupe chip`")
      ->capture_default_str();
  command->add_option("--core", flags->core,
                      fmt::format("Cores with the timing of a preset ({}) instead of the chip's",
                                  fmt::join(core_preset_names(), ", ")));
  command->add_option("--trace", flags->trace, "Write every event to this file, for `troupe trace`");
  command->add_option(
      "--json", flags->json,
      "Write the report as JSON to this file; -: to standard output, all else to standard error");
  command->add_flag("--quiet", flags->quiet, "Only what the program prints");
  command->add_option("--cycles", flags->cycles_max, "Stop after that many cycles")
      ->check(CLI::PositiveNumber);
  command->add_option("--kill", flags->kills,
                      "X,Y@CYCLE: the core at (X,Y) dies at that cycle; may be repeated");
  command->add_option(
      "--kill-random", flags->kill_random,
      "SEED,COUNT,CYCLES: that many cores of the program, but not its first, die before that cycle");
  command->add_option("--quantum", flags->quantum, "Cycles that a core may run ahead; never changes a result")
      ->capture_default_str();
  command
      ->add_option(
          "--noc", flags->noc,
          "Routers of the network: model; rtl: compiled from noc/rtl; lockstep: both, compared in each "
          "cycle. Never changes a result")
      ->check(CLI::IsMember({"model", "rtl", "lockstep"}))
      ->capture_default_str();
  command->add_flag("--bare", flags->bare,
                    "Run a bare-metal ELF on one hart: RAM at 0x80000000, HTIF console and exit");
  add_observe_options(*command, flags->observe);
  add_sanitize_option(*command, flags->sanitize);
  command->add_flag("--watch", flags->watch,
                    "Show cores, actors and mailboxes on the terminal while the program runs");
  command->callback(
      [flags, &action] { action = [flags] { return flags->bare ? run_bare(*flags) : run_image(*flags); }; });
}

}  // namespace troupe

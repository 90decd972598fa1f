#include "sim/cli/watch.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

#include "sim/base/check.hpp"
#include "sim/cli/terminal_line.hpp"

namespace troupe {
namespace {

constexpr std::size_t kCoresShown = 32, kActorsShown = 8;
constexpr double kSecondsBetween = 0.25;

bool is_ready(const ActorStatus& actor) {
  return actor.view.state == abi::ActorState::ready;
}
std::uint64_t ready_of(const std::vector<ActorStatus>& actors) {
  return static_cast<std::uint64_t>(std::count_if(actors.begin(), actors.end(), is_ready));
}

struct Group {
  std::uint64_t actors = 0, ready = 0;
};

}  // namespace

std::string watch_text(Cycle cycle, double mips, const std::vector<CoreSnapshot>& cores,
                       const ChipParams& chip) {
  constexpr const char* kStates[] = {"busy", "waiting", "dead"};
  std::string out =
      fmt::format("{:.2f} M cycles, {:.0f} MIPS\n  core     state    actors   ready waiting messages\n",
                  static_cast<double>(cycle) / 1e6, mips);
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const CoreSnapshot& core = cores[i];
    const std::uint64_t ready = ready_of(core.actors);
    if (i < kCoresShown)
      out += fmt::format("  {:<8} {:<8} {:>6} {:>7} {:>7} {:>8}\n", chip.tile_name(core.tile),
                         kStates[static_cast<std::size_t>(core.state)], core.actors.size(), ready,
                         core.actors.size() - ready, core.messages);
    for (const ActorStatus& actor : core.actors) {
      Group& group = groups[actor.name];
      ++group.actors;
      group.ready += is_ready(actor);
    }
  }
  if (cores.size() > kCoresShown) out += fmt::format("  and {} more cores\n", cores.size() - kCoresShown);
  std::vector<std::pair<std::string, Group>> most(groups.begin(), groups.end());
  std::stable_sort(most.begin(), most.end(),
                   [](const auto& a, const auto& b) { return a.second.actors > b.second.actors; });
  for (std::size_t i = 0; i < std::min(most.size(), kActorsShown); ++i)
    out += fmt::format("  {} x {}: {} ready\n", most[i].first, most[i].second.actors, most[i].second.ready);
  return out;
}

std::function<void(Cycle, std::uint64_t, const Snapshots&)> watch(const ChipParams& chip) {
  if (!has_terminal_line())
    throw InputError("--watch: standard error is no terminal", "use --trace FILE and `troupe trace`");
  const auto begin = std::chrono::steady_clock::now();
  return [&chip, begin, last = 0.0, lines = std::ptrdiff_t{0}](Cycle cycle, std::uint64_t instructions,
                                                               const Snapshots& cores) mutable {
    const double now = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (last != 0 && now - last < kSecondsBetween) return;
    last = now;
    const std::string text = watch_text(cycle, static_cast<double>(instructions) / 1e6 / now, cores(), chip);
    // Over the picture before.
    const std::string up = lines == 0 ? "" : fmt::format("\033[{}A\033[J", lines);
    fmt::print(stderr, "{}{}", up, text);
    std::fflush(stderr);
    lines = std::count(text.begin(), text.end(), '\n');
  };
}

}  // namespace troupe

#include "runtime/host/diagnosis.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>

namespace troupe {
namespace {

constexpr std::uint64_t kActorsMax = 1 << 16;  // longer tables are damaged: there are no more slots

std::string name_of(const LoadPlan& plan, std::uint64_t address, std::uint64_t entry) {
  if (const auto it = plan.actor_names.find(address); it != plan.actor_names.end()) return it->second;
  if (const auto it = plan.behaviour_names.find(entry); it != plan.behaviour_names.end())
    return it->second + "*";
  return fmt::format("actor {:#x}", address);
}

bool waits(const ActorStatus& a) {
  return a.view.state != abi::ActorState::ready && a.view.state != abi::ActorState::done;
}

// Whom an actor waits for: indices into `actors`.
std::vector<std::vector<std::size_t>> wait_graph(const Image& image, const std::vector<ActorStatus>& actors) {
  std::map<std::uint64_t, std::size_t> by_address;
  std::map<std::string, std::size_t> by_name;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    by_address[actors[i].view.address] = i;
    by_name[actors[i].name] = i;
  }
  std::vector<std::vector<std::size_t>> graph(actors.size());
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (actors[i].view.state == abi::ActorState::credit) {
      const auto owner = by_address.find(actors[i].view.waits_for);
      if (owner != by_address.end()) graph[i].push_back(owner->second);
    } else if (actors[i].view.state == abi::ActorState::receive) {
      for (const auto& e : image.edges)
        if (image.actors[e.to].name == actors[i].name)
          if (const auto from = by_name.find(image.actors[e.from].name); from != by_name.end())
            graph[i].push_back(from->second);
    }
  }
  return graph;
}

// A cycle in the graph, first actor again at its end; empty when there is none.
std::vector<std::size_t> find_cycle(const std::vector<std::vector<std::size_t>>& graph) {
  enum : char { fresh, open, done };
  std::vector<char> state(graph.size(), fresh);
  std::vector<std::size_t> path, cycle;
  const std::function<bool(std::size_t)> visit = [&](std::size_t at) {
    if (state[at] == done) return false;
    path.push_back(at);
    if (state[at] == open) {
      cycle.assign(std::find(path.begin(), path.end(), at), path.end());
      return true;
    }
    state[at] = open;
    for (const std::size_t next : graph[at])
      if (visit(next)) return true;
    state[at] = done;
    path.pop_back();
    return false;
  };
  for (std::size_t i = 0; i < graph.size() && cycle.empty(); ++i) path.clear(), visit(i);
  return cycle;
}

std::string wait_text(const LoadPlan& plan, const ActorStatus& a, const std::vector<std::size_t>& for_whom,
                      const std::vector<ActorStatus>& actors) {
  std::vector<std::string> names;
  for (const std::size_t i : for_whom) names.push_back(actors[i].name);
  switch (a.view.state) {
    case abi::ActorState::credit:
      return fmt::format("for room in the mailbox of {}",
                         names.empty() ? name_of(plan, a.view.waits_for, 0) : names.front());
    case abi::ActorState::reply:
      return "for a reply from memory or a spawn";
    case abi::ActorState::signal:
      return "for word of an end";
    case abi::ActorState::sleep:
      return "for its time";
    default:
      break;
  }
  return names.empty() ? "for a message" : fmt::format("for a message from {}", fmt::join(names, " or "));
}

}  // namespace

std::vector<ActorStatus> read_actors(const Image& image, const LoadPlan& plan, std::uint16_t tile,
                                     const Memory& l1) {
  std::vector<ActorStatus> found;
  const ElfSymbol* symbol = image.elf.symbol("troupe_actors");
  if (symbol == nullptr || !l1.contains(symbol->address, sizeof(abi::ActorTable))) return found;
  const auto read = [&](std::uint64_t at, void* into, std::uint64_t bytes) {
    if (!l1.contains(at, bytes)) return false;
    std::memcpy(into, l1.data() + at, bytes);
    return true;
  };
  abi::ActorTable table{};
  read(symbol->address, &table, sizeof table);
  for (std::uint64_t i = 0; i < std::min(table.count, kActorsMax); ++i) {
    abi::ActorSlot slot{};
    if (!read(table.slots + i * sizeof slot, &slot, sizeof slot)) break;  // damaged
    ActorStatus a;
    if (slot.address == 0 || !read(slot.view, &a.view, sizeof a.view)) continue;
    a.tile = tile;
    a.name = name_of(plan, a.view.address, a.view.entry);
    a.symbol = image.symbol_at(a.view.pc);
    found.push_back(std::move(a));
  }
  return found;
}

std::string deadlock_text(const Image& image, const LoadPlan& plan, const ChipParams& chip,
                          const std::vector<ActorStatus>& all, const std::vector<std::uint16_t>& dead) {
  constexpr std::size_t kShown = 40;
  std::vector<ActorStatus> actors;
  std::copy_if(all.begin(), all.end(), std::back_inserter(actors), waits);
  const auto graph = wait_graph(image, actors);
  std::string out =
      fmt::format("deadlock: no event is pending and {} actors of {} wait\n", actors.size(), image.name);
  for (std::size_t i = 0; i < std::min(kShown, actors.size()); ++i) {
    const ActorStatus& a = actors[i];
    out += fmt::format("  {} on {} waits {}, at pc {:#x}{}\n", a.name, chip.tile_name(a.tile),
                       wait_text(plan, a, graph[i], actors), a.view.pc,
                       a.symbol.empty() ? "" : " in " + a.symbol);
  }
  if (actors.size() > kShown) out += fmt::format("  ... and {} more\n", actors.size() - kShown);
  for (const std::uint16_t tile : dead)
    out += fmt::format("  the core of {} is dead\n", chip.tile_name(tile));
  const auto cycle = find_cycle(graph);
  if (!cycle.empty()) {
    std::vector<std::string> names;
    for (const std::size_t i : cycle) names.push_back(actors[i].name);
    out += fmt::format("  wait-for cycle: {}\n", fmt::join(names, " -> "));
  }
  out.pop_back();  // the last line break
  return out;
}

}  // namespace troupe

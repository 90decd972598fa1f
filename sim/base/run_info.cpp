#include "sim/base/run_info.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <sstream>

#include "sim/base/check.hpp"

namespace troupe {

std::string RunInfo::actor_name(std::uint64_t address, std::uint64_t behaviour_entry) const {
  if (const auto it = actors.find(address); it != actors.end()) return it->second;
  if (const auto it = behaviours.find(behaviour_entry); it != behaviours.end()) return it->second + "*";
  return fmt::format("{:#x}", address);
}

std::string RunInfo::to_text() const {
  std::string out = fmt::format("chip {}\nprogram {}\nclock {}\ngrid {} {}\ncycles {}\nexit {}\n", chip,
                                program, clock_hz, width, height, cycles, exit_code);
  for (const auto& name : tiles) out += fmt::format("tile {}\n", name);
  for (const auto& [address, name] : actors) out += fmt::format("actor {} {}\n", address, name);
  for (const auto& [entry, name] : behaviours) out += fmt::format("behaviour {} {}\n", entry, name);
  for (const auto& c : cores)
    out += fmt::format("core {} {} {} {} {} {}\n", c.tile, c.busy, fmt::join(c.stalled, " "), c.waiting,
                       c.idle, c.instructions);
  for (const auto& l : links) out += fmt::format("link {} {} {}\n", l.from, l.to, l.flits);
  return out;
}

RunInfo RunInfo::parse(std::string_view text, std::string_view where) {
  RunInfo info;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream in(line);
    std::string key;
    in >> key;
    const auto rest = [&] {
      in.get();
      std::string r;
      std::getline(in, r);
      in.clear();
      return r;
    };
    const auto named = [&](std::map<std::uint64_t, std::string>& into) {
      std::uint64_t id = 0;
      in >> id;
      if (in) into[id] = rest();
    };
    if (key == "chip")
      info.chip = rest();
    else if (key == "program")
      info.program = rest();
    else if (key == "clock")
      in >> info.clock_hz;
    else if (key == "grid")
      in >> info.width >> info.height;
    else if (key == "cycles")
      in >> info.cycles;
    else if (key == "exit")
      in >> info.exit_code;
    else if (key == "tile")
      info.tiles.push_back(rest());
    else if (key == "actor")
      named(info.actors);
    else if (key == "behaviour")
      named(info.behaviours);
    else if (key == "core") {
      CoreCounters c;
      in >> c.tile >> c.busy;
      for (auto& s : c.stalled) in >> s;
      in >> c.waiting >> c.idle >> c.instructions;
      info.cores.push_back(c);
    } else if (key == "link") {
      LinkCounters l;
      in >> l.from >> l.to >> l.flits;
      info.links.push_back(l);
    } else {
      throw InputError(fmt::format("{}: run information line {}: unknown key '{}'", where, number, key),
                       "written by another version of troupe?");
    }
    if (!in) throw InputError(fmt::format("{}: run information line {}: malformed '{}'", where, number, key));
  }
  return info;
}

}  // namespace troupe

#include "sim/cli/observation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

// A name as one frame of a folded stack, where ; parts frames and a line ends a stack.
std::string frame(std::string name) {
  std::replace_if(name.begin(), name.end(), [](char c) { return c == ';' || c == '\n'; }, '_');
  return name;
}

// Rows by name, the most cycles first, then their total.
std::string table(const std::string& title, const char* what,
                  const std::map<std::string, isa::Account>& rows) {
  static_assert(isa::kStalls == kStallReasons.size());
  std::string out = title + fmt::format("{:>14}{:>7}{:>14}", "cycles", "%", "instructions");
  for (const auto reason : kStallReasons) out += fmt::format("{:>11}", reason);
  out += fmt::format("{:>12}  {}\n", "waiting", what);

  std::vector<std::pair<std::string, isa::Account>> sorted(rows.begin(), rows.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.total() > b.second.total(); });
  isa::Account total;
  for (const auto& [name, account] : sorted) total += account;
  sorted.emplace_back("total", total);
  for (const auto& [name, account] : sorted) {
    const std::uint64_t cycles = account.total();
    if (cycles == 0) continue;
    out +=
        fmt::format("{:>14}{:>7.2f}{:>14}", cycles,
                    100.0 * static_cast<double>(cycles) / static_cast<double>(total.total()), account.busy);
    for (const std::uint64_t stalled : account.stalled) out += fmt::format("{:>11}", stalled);
    out += fmt::format("{:>12}  {}\n", account.waiting, name);
  }
  return out;
}

isa::Account account_of(const CoreCounters& c) {
  return {.busy = c.busy, .stalled = c.stalled, .waiting = c.waiting};
}

}  // namespace

void InstructionTrace::add(std::uint16_t tile, const std::string& core, const isa::Step& step,
                           CodeNames& names) {
  if (!out_.wanted() || lines_left_ == 0) return;
  const Cycle begin = held_.try_emplace(tile, step.cycle).first->second;
  if (step.end == isa::Step::End::held) return;
  held_.erase(tile);
  if (step.end == isa::Step::End::waited) return;
  --lines_left_;
  const std::string raw = step.bytes == 0 ? "" : fmt::format("{:0{}x}", step.raw, 2 * step.bytes);
  const std::string text = step.bytes == 0
                               ? "not fetched"
                               : isa::disassemble(step.expanded == 0 ? step.raw : step.expanded, step.pc);
  out_.add(fmt::format("{:>10} {}{}{:#010x} {:<8} {:<24} {}{}\n", begin, core, core.empty() ? "" : " ",
                       step.pc, raw, names.place(step.pc), text,
                       step.end == isa::Step::End::trapped ? "  # trap" : ""));
}

Observation::Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path)
    : Observation(flags, elf, path, {{0, ""}}, {}, nullptr) {}

Observation::Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path,
                         std::map<std::uint16_t, std::string> cores, RunInfo names, TraceSink& next)
    : Observation(flags, elf, path, std::move(cores), std::move(names), &next) {}

Observation::Observation(const ObserveFlags& flags, const ElfFile& elf, const std::string& path,
                         std::map<std::uint16_t, std::string> cores, RunInfo names, TraceSink* next)
    : names_(elf),
      cores_(std::move(cores)),
      actor_names_(std::move(names)),
      next_(next),
      itrace_(flags.itrace, flags.itrace_lines),
      folded_(flags.profile, stderr),
      symbols_(flags.profile_symbols, stderr),
      lines_(flags.profile_lines, stderr),
      profiled_(folded_.wanted() || symbols_.wanted() || lines_.wanted()) {
  if (lines_.wanted()) line_table_ = LineTable::read(elf, path);
  for (const auto& [tile, name] : cores_) profiles_[tile];
}

void Observation::step(std::uint16_t tile, const isa::Hart&, const isa::Step& step) {
  itrace_.add(tile, cores_.at(tile), step, names_);
  if (profiled_) profiles_.at(tile).add(step, names_.function_at(step.pc));
}

void Observation::counted(std::uint16_t tile) {
  profiles_.at(tile).settle();
}

void Observation::record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
                         std::uint64_t c) {
  if (kind == EventKind::dispatch && wants(tile)) profiles_.at(tile).dispatch(actor_number(a, b));
  next_->record(tile, kind, cycle, a, b, c);
}

std::size_t Observation::actor_number(std::uint64_t address, std::uint64_t entry) {
  if (address == 0) return 0;
  const auto [it, added] =
      actor_numbers_.try_emplace(actor_names_.actor_name(address, entry), actors_.size());
  if (added) actors_.push_back(it->first);
  return it->second;
}

void Observation::finish(const RunInfo& info) {
  if (profiled_)
    for (const CoreCounters& c : info.cores) {
      const auto tile = static_cast<std::uint16_t>(c.tile);
      if (!wants(tile)) continue;
      CoreProfile& profile = profiles_.at(tile);
      profile.finish(c.waiting - profile.total().waiting);
      CHECK(profile.total() == account_of(c), "tile {}: {} cycles profiled, {} counted", tile,
            profile.total().total(), account_of(c).total());
    }
  write_profiles(info);
}

void Observation::finish_bare(const std::string& program) {
  CoreProfile& profile = profiles_.at(0);
  profile.settle();
  const isa::Account total = profile.total();
  RunInfo info;
  info.program = program;
  info.cycles = total.total();
  info.cores.push_back({.tile = 0,
                        .busy = total.busy,
                        .stalled = total.stalled,
                        .waiting = total.waiting,
                        .idle = 0,
                        .instructions = total.busy});
  write_profiles(info);
}

void Observation::write_profiles(const RunInfo& info) {
  itrace_.finish();
  if (!profiled_) return;
  std::uint64_t idle = 0;
  for (const CoreCounters& c : info.cores)
    if (wants(static_cast<std::uint16_t>(c.tile))) idle += c.idle;
  const std::string title =
      fmt::format("{}: {} cycles on {} core{}, {} of them idle and not listed\n", info.program,
                  info.cycles * cores_.size(), cores_.size(), cores_.size() == 1 ? "" : "s", idle);
  const auto write_table = [&](OutputFile& out, const char* what,
                               const std::function<std::string(std::uint64_t)>& name_of) {
    if (!out.wanted()) return;
    std::map<std::string, isa::Account> rows;
    for (const auto& [tile, profile] : profiles_)
      for (const auto& [address, account] : profile.by_address()) rows[name_of(address)] += account;
    out.write(table(title, what, rows));
  };
  if (folded_.wanted()) write_folded(info);
  write_table(symbols_, "function", [&](std::uint64_t at) { return names_.name(names_.function_at(at)); });
  write_table(lines_, "line", [&](std::uint64_t at) { return line_table_->at(at); });
}

// Per core, actor and call path. Instructions count for the path itself; what stalled or waited for a frame
// that says why.
void Observation::write_folded(const RunInfo& info) {
  for (const CoreCounters& c : info.cores) {
    const auto core = cores_.find(static_cast<std::uint16_t>(c.tile));
    if (core == cores_.end()) continue;
    const std::string above = core->second.empty() ? "" : "core " + core->second + ";";
    const CoreProfile& profile = profiles_.at(core->first);
    for (const auto& [actor, node] : profile.nodes()[0].children)
      write_path(profile, node, core->second.empty() ? "" : above + frame(actors_[actor]) + ";");
    if (c.idle > 0) folded_.add(fmt::format("{}[idle] {}\n", above, c.idle));
  }
  folded_.finish();
}

void Observation::write_path(const CoreProfile& profile, std::size_t node, const std::string& path) {
  std::multimap<std::string, std::size_t> children;
  for (const auto& [function, child] : profile.nodes()[node].children)
    children.emplace(frame(names_.name(function)), child);
  for (const auto& [name, child] : children) {
    write_account(profile.of_node(child), path + name);
    write_path(profile, child, path + name + ";");
  }
}

void Observation::write_account(const isa::Account& account, const std::string& path) {
  if (account.busy > 0) folded_.add(fmt::format("{} {}\n", path, account.busy));
  for (std::size_t i = 0; i < account.stalled.size(); ++i)
    if (account.stalled[i] > 0)
      folded_.add(fmt::format("{};[{}] {}\n", path, kStallReasons[i], account.stalled[i]));
  if (account.waiting > 0) folded_.add(fmt::format("{};[waiting] {}\n", path, account.waiting));
}

}  // namespace troupe

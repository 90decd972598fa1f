#include "waveforms/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "sim/base/config/json_writer.hpp"

namespace troupe {
namespace {

// The value below which `share` of the sorted values lie (nearest rank); 0 for none.
std::uint64_t percentile(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(sorted.size()) + 0.999999);
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

// Names of addresses: a static actor's own, a spawned one's behaviour with a star, else where it is.
class Names {
 public:
  Names(const RunInfo& info, const Statistics& statistics) : info_(info), statistics_(statistics) {}

  std::string of(std::uint64_t address) const {
    if (~address < info_.tiles.size()) return "runtime" + info_.tiles[~address];
    const auto it = statistics_.actors().find(address);
    return info_.actor_name(address, it == statistics_.actors().end() ? 0 : it->second.entry);
  }

 private:
  const RunInfo& info_;
  const Statistics& statistics_;
};

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<FlowReport> make_flows(const Names& names, const Statistics& statistics) {
  struct Sum {
    std::uint64_t messages = 0, bytes = 0;
    std::vector<std::uint32_t> latencies;
  };
  std::map<std::pair<std::string, std::string>, Sum> sums;
  for (const auto& [ends, flow] : statistics.flows()) {
    Sum& sum = sums[{names.of(ends.first), names.of(ends.second)}];
    sum.messages += flow.messages;
    sum.bytes += flow.bytes;
    sum.latencies.insert(sum.latencies.end(), flow.latencies.begin(), flow.latencies.end());
  }
  std::vector<FlowReport> flows;
  for (auto& [ends, sum] : sums) {
    std::sort(sum.latencies.begin(), sum.latencies.end());
    flows.push_back({ends.first, ends.second, sum.messages, sum.bytes, percentile(sum.latencies, 0.5),
                     percentile(sum.latencies, 0.99)});
  }
  std::stable_sort(flows.begin(), flows.end(), [](auto& a, auto& b) { return a.bytes > b.bytes; });
  return flows;
}

std::vector<ActorReport> make_actors(const Names& names, const Statistics& statistics) {
  std::map<std::string, ActorReport> sums;
  for (const auto& [address, time] : statistics.actors()) {
    ActorReport& a =
        sums.try_emplace(names.of(address), ActorReport{names.of(address), 0, 0, 0}).first->second;
    ++a.actors;
    a.dispatches += time.dispatches;
    a.cycles += time.cycles;
  }
  std::vector<ActorReport> actors;
  for (auto& [name, a] : sums) actors.push_back(a);
  std::stable_sort(actors.begin(), actors.end(), [](auto& a, auto& b) { return a.cycles > b.cycles; });
  return actors;
}

void print_cores(std::string& out, const RunInfo& info) {
  out += "\ncores, % of all cycles\n  tile      busy ";
  for (const auto reason : kStallReasons) out += fmt::format("{:>8}", reason);
  out += " waiting    idle  instructions\n";
  std::size_t unused = 0;
  for (const CoreCounters& c : info.cores) {
    if (c.idle == info.cycles) {
      ++unused;
      continue;
    }
    out += fmt::format("  {:<8}{:>6.1f}", info.tiles[c.tile], share(c.busy, info.cycles));
    for (const auto stalled : c.stalled) out += fmt::format("{:>8.1f}", share(stalled, info.cycles));
    out += fmt::format("{:>8.1f}{:>8.1f}{:>14}\n", share(c.waiting, info.cycles), share(c.idle, info.cycles),
                       c.instructions);
  }
  if (unused > 0) out += fmt::format("  {} more cores were not used\n", unused);
}

void print_rest(std::string& out, std::size_t total, std::size_t shown, const char* what) {
  if (total > shown) out += fmt::format("  ... {} more {}\n", total - shown, what);
}

}  // namespace

Report make_report(const RunInfo& info, const Statistics& statistics) {
  Report r;
  r.info = info;
  std::stable_sort(r.info.links.begin(), r.info.links.end(),
                   [](auto& a, auto& b) { return a.flits > b.flits; });
  const Names names(info, statistics);
  r.flows = make_flows(names, statistics);
  r.actors = make_actors(names, statistics);
  r.messages = statistics.messages();
  r.local_messages = statistics.local_messages();
  r.dead_letters = statistics.dead_letters();
  r.message_bytes = statistics.message_bytes();
  std::vector<std::uint32_t> all;
  for (const auto& [ends, flow] : statistics.flows())
    all.insert(all.end(), flow.latencies.begin(), flow.latencies.end());
  std::sort(all.begin(), all.end());
  r.latency_p50 = percentile(all, 0.5);
  r.latency_p99 = percentile(all, 0.99);
  r.latency_max = all.empty() ? 0 : all.back();
  return r;
}

std::string report_text(const Report& r, std::size_t rows) {
  const RunInfo& info = r.info;
  std::string out =
      fmt::format("program {} on chip {}: {} cycles ({:.3f} ms at {:.2f} GHz), exit {}\n", info.program,
                  info.chip, info.cycles, static_cast<double>(info.cycles) / info.clock_hz * 1e3,
                  info.clock_hz / 1e9, info.exit_code);
  print_cores(out, info);

  out += "\nactors                          runs        cycles\n";
  for (std::size_t i = 0; i < std::min(rows, r.actors.size()); ++i) {
    const ActorReport& a = r.actors[i];
    const std::string name = a.actors > 1 ? fmt::format("{} x {}", a.name, a.actors) : a.name;
    out += fmt::format("  {:<26}{:>8}{:>14}\n", name, a.dispatches, a.cycles);
  }
  print_rest(out, r.actors.size(), rows, "actors");

  out += fmt::format("\nmessages: {} ({}), latency p50 {} p99 {} max {} cycles\n", r.messages,
                     bytes_text(r.message_bytes), r.latency_p50, r.latency_p99, r.latency_max);
  if (r.local_messages != 0) out += fmt::format("  and {} within cores\n", r.local_messages);
  if (r.dead_letters != 0) out += fmt::format("  {} dead letters: no mailbox took them\n", r.dead_letters);
  if (!r.flows.empty()) out += "  from             to                 messages       bytes     p50     p99\n";
  for (std::size_t i = 0; i < std::min(rows, r.flows.size()); ++i) {
    const FlowReport& f = r.flows[i];
    out += fmt::format("  {:<16} {:<16}{:>11}{:>12}{:>8}{:>8}\n", f.from, f.to, f.messages,
                       bytes_text(f.bytes), f.p50, f.p99);
  }
  print_rest(out, r.flows.size(), rows, "flows");

  out += "\nhottest links            flits  utilisation\n";
  for (std::size_t i = 0; i < std::min(rows, info.links.size()); ++i) {
    const LinkCounters& l = info.links[i];
    out += fmt::format("  {:<16}{:>12}{:>12.2f}%\n", l.from + " > " + l.to, l.flits,
                       share(l.flits, info.cycles));
  }
  print_rest(out, info.links.size(), rows, "links");
  return out;
}

std::string report_json(const Report& r, const HostReport& host) {
  const RunInfo& info = r.info;
  JsonWriter j;
  j.begin_object();
  j.field("schema", 1);
  j.field("chip", info.chip);
  j.field("program", info.program);
  j.field("cycles", info.cycles);
  j.field("exit", info.exit_code);
  j.key("cores");
  j.begin_array();
  for (const CoreCounters& c : info.cores) {
    j.newline();
    j.begin_object();
    j.field("tile", info.tiles[c.tile]);
    j.field("busy", c.busy);
    j.key("stalled");
    j.begin_object();
    for (std::size_t i = 0; i < kStallReasons.size(); ++i) j.field(kStallReasons[i], c.stalled[i]);
    j.end_object();
    j.field("waiting", c.waiting);
    j.field("idle", c.idle);
    j.field("instructions", c.instructions);
    j.end_object();
  }
  j.end_array();
  j.key("flows");
  j.begin_array();
  for (const FlowReport& f : r.flows) {
    j.newline();
    j.begin_object();
    j.field("from", f.from);
    j.field("to", f.to);
    j.field("messages", f.messages);
    j.field("bytes", f.bytes);
    j.field("p50", f.p50);
    j.field("p99", f.p99);
    j.end_object();
  }
  j.end_array();
  j.key("links");
  j.begin_array();
  for (const LinkCounters& l : info.links) {
    j.newline();
    j.begin_object();
    j.field("from", l.from);
    j.field("to", l.to);
    j.field("flits", l.flits);
    j.field("utilisation", share(l.flits, info.cycles) / 100);
    j.end_object();
  }
  j.end_array();
  j.newline();
  j.key("host");
  j.begin_object();
  j.field("seconds", host.seconds);
  j.field("mips", host.mips);
  j.end_object();
  j.end_object();
  return j.take() + "\n";
}

}  // namespace troupe

#include "waveforms/perfetto.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "sim/base/check.hpp"
#include "sim/base/config/json_writer.hpp"

namespace troupe {
namespace {

// Streams events into the file; one call per trace-event record.
class PerfettoFile {
 public:
  explicit PerfettoFile(const std::string& path)
      : path_(path), file_(std::fopen(path.c_str(), "wb"), std::fclose) {
    if (file_ == nullptr) throw InputError(fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
    j_.begin_object();
    j_.field("displayTimeUnit", "ns");
    j_.key("traceEvents");
    j_.begin_array();
  }

  // Opens a record of phase `ph`; the caller adds fields and calls end().
  JsonWriter& begin(const char* phase, std::string_view name, std::uint64_t tile, Cycle at) {
    j_.newline();
    j_.begin_object();
    j_.field("ph", phase);
    j_.field("name", name);
    j_.field("pid", 1);
    j_.field("tid", tile + 1);
    j_.field("ts", at);
    return j_;
  }
  void end() {
    j_.end_object();
    if (j_.text().size() > 1 << 16) write();
  }
  void close() {
    j_.end_array();
    j_.end_object();
    write();
    if (std::fflush(file_.get()) != 0)
      throw InputError(fmt::format("{}: cannot write: {}", path_, std::strerror(errno)));
  }

 private:
  void write() {
    const std::string text = j_.take();
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
      throw InputError(fmt::format("{}: cannot write: {}", path_, std::strerror(errno)));
  }
  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  JsonWriter j_;
};

std::string name_of(const RunInfo& info, std::uint64_t address, std::uint64_t entry) {
  if (const auto it = info.actors.find(address); it != info.actors.end()) return it->second;
  if (const auto it = info.behaviours.find(entry); it != info.behaviours.end()) return it->second;
  return fmt::format("{:#x}", address);
}

void name_tracks(PerfettoFile& out, const RunInfo& info, const std::vector<Event>& events) {
  std::set<std::uint16_t> used;
  for (const Event& e : events) used.insert(e.tile);
  JsonWriter& process = out.begin("M", "process_name", 0, 0);
  process.key("args");
  process.begin_object();
  process.field("name", fmt::format("{} on {} (1 us = 1 cycle)", info.program, info.chip));
  process.end_object();
  out.end();
  for (const std::uint16_t tile : used) {
    JsonWriter& j = out.begin("M", "thread_name", tile, 0);
    j.key("args");
    j.begin_object();
    j.field("name", tile < info.tiles.size() ? info.tiles[tile] : fmt::format("tile {}", tile));
    j.end_object();
    out.end();
  }
}

void slice(PerfettoFile& out, std::string_view name, std::uint16_t tile, Cycle from, Cycle to) {
  JsonWriter& j = out.begin("X", name, tile, from);
  j.field("cat", "actor");
  j.field("dur", to - from);
  out.end();
}

// An arrow begins and ends at a slice: one of a single cycle, which always nests in the others of its track.
void end_of_arrow(PerfettoFile& out, std::string_view name, const char* phase, const Event& e) {
  slice(out, name, e.tile, e.cycle, e.cycle + 1);
  JsonWriter& j = out.begin(phase, "message", e.tile, e.cycle);
  j.field("cat", "message");
  j.field("id", e.a);
  if (*phase == 'f') j.field("bp", "e");
  out.end();
}

}  // namespace

void write_perfetto(const TraceContents& trace, const std::string& path) {
  std::vector<Event> events = trace.events;
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.cycle < b.cycle; });

  PerfettoFile out(path);
  name_tracks(out, trace.info, events);
  struct Running {
    std::string name;
    Cycle since = 0;
  };
  std::map<std::uint16_t, Running> running;
  std::set<std::uint64_t> sent;
  for (const Event& e : events) {
    switch (e.kind) {
      case EventKind::dispatch: {
        Running& now = running[e.tile];
        if (!now.name.empty()) slice(out, now.name, e.tile, now.since, e.cycle);
        now = {e.a == 0 ? std::string() : name_of(trace.info, e.a, e.b), e.cycle};
        break;
      }
      case EventKind::wait:
        slice(out, "waiting", e.tile, e.a, e.cycle);
        break;
      case EventKind::send:
        if (e.c >> 32 == 0) {
          end_of_arrow(out, "send", "s", e);
          sent.insert(e.a);
        }
        break;
      case EventKind::mailbox:
        if (sent.erase(e.a) > 0) end_of_arrow(out, "arrival", "f", e);
        break;
      default:
        break;
    }
  }
  for (const auto& [tile, now] : running)
    if (!now.name.empty()) slice(out, now.name, tile, now.since, std::max(now.since, trace.info.cycles));
  out.close();
}

}  // namespace troupe

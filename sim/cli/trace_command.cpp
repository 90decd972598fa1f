// `troupe trace`: what happened in a run, from its trace file.
#include <CLI/CLI.hpp>
#include <memory>

#include "sim/base/check.hpp"
#include "sim/cli/commands.hpp"
#include "waveforms/perfetto.hpp"
#include "waveforms/recorder.hpp"
#include "waveforms/report.hpp"
#include "waveforms/trace_file.hpp"

namespace troupe {
namespace {

struct TraceOptions {
  std::string file, perfetto;
  std::size_t rows = 20;
};

int inspect(const TraceOptions& options) {
  const TraceContents trace = read_trace(options.file);
  if (!trace.damage.empty()) fmt::print(stderr, "troupe: {}: {}\n", options.file, trace.damage);
  Statistics statistics;
  TraceHash hash;
  for (const Event& e : trace.events) statistics.add(e), hash.add(e);
  if (!options.perfetto.empty()) {
    write_perfetto(trace, options.perfetto);
    fmt::print("wrote {}: open it in https://ui.perfetto.dev\n", options.perfetto);
  } else {
    fmt::print("{}", report_text(make_report(trace.info, statistics), options.rows));
    fmt::print("\n{} events, trace hash {}\n", trace.events.size(), hash.text());
  }
  return trace.damage.empty() ? kExitOk : kExitUser;
}

}  // namespace

void add_trace_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("trace", "Show what happened in a run: cores, flows, hot links; or export it");
  auto options = std::make_shared<TraceOptions>();
  command->add_option("TRACE", options->file, "File written by `troupe run --trace`")->required();
  command->add_option(
      "--perfetto", options->perfetto,
      "Write JSON for ui.perfetto.dev: cores as tracks, actors as slices, messages as arrows");
  command->add_option("--rows", options->rows, "Rows of each table at the most")->capture_default_str();
  command->callback([options, &action] { action = [options] { return inspect(*options); }; });
}

}  // namespace troupe

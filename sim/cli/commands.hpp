// The commands of `troupe`, one function each: it adds the command's flags to the app.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace troupe {

// What the chosen command does; its result is the exit code.
using Action = std::function<int()>;

void add_compile_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_trace_command(CLI::App& app, Action& action);
void add_chip_command(CLI::App& app, Action& action);
void add_noc_command(CLI::App& app, Action& action);

}  // namespace troupe

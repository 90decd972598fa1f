// `troupe`: compile, run and inspect neural actor programs on a simulated many-core chip.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "sim/base/check.hpp"
#include "sim/cli/commands.hpp"

namespace {

constexpr char kDescription[] =
    "Troupe: neural actor programs on a simulated many-core chip.\n\n"
    "  troupe compile graph.mlir -o p.xpu      lower a program onto cores; says what it placed where\n"
    "  troupe run p.xpu                        run it: values, cycles, who waited for what\n"
    "  troupe run p.xpu --trace run.trace      the same, and keep every event\n"
    "  troupe trace run.trace                  flows, hot links; --perfetto out.json for ui.perfetto.dev\n\n"
    "Exit codes: 0 ok, 1 the program's own, 2 bad input, 3 lease refused, 4 trap or deadlock, 70 our bug.";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(kDescription, "troupe");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");

  // Each command adds its flags and stores what it is to do; `main` runs the chosen one.
  troupe::Action action;
  troupe::add_compile_command(app, action);
  troupe::add_run_command(app, action);
  troupe::add_trace_command(app, action);
  troupe::add_chip_command(app, action);
  troupe::add_noc_command(app, action);

  try {
    app.parse(argc, argv);
    return action();
  } catch (const CLI::Success& e) {  // --help
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "troupe: {}\nhint: `troupe --help` and `troupe COMMAND --help` list the flags\n",
               e.what());
    return troupe::kExitUser;
  } catch (const troupe::InputError& e) {
    fmt::print(stderr, "troupe: {}\n", e.what());
    if (!e.hint().empty()) fmt::print(stderr, "hint: {}\n", e.hint());
    return troupe::kExitUser;
  } catch (const std::exception& e) {
    fmt::print(stderr, "troupe: {}\nThis is a bug in Troupe, not in your program.\n", e.what());
    return troupe::kExitInternal;
  }
}

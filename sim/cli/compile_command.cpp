// `troupe compile`: runs `troupec`, so that `troupe` itself has no LLVM in it and starts at once.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "sim/base/check.hpp"
#include "sim/cli/commands.hpp"

namespace troupe {
namespace {

// troupec stands beside troupe.
std::filesystem::path compiler_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  CHECK(!error, "/proc/self/exe: {}", error.message());
  return self.parent_path() / "troupec";
}

[[noreturn]] void run_compiler(const std::vector<std::string>& arguments) {
  const std::string path = compiler_path();
  std::vector<char*> argv{const_cast<char*>(path.c_str())};
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  throw InputError(fmt::format("{}: cannot run the compiler: {}", path, std::strerror(errno)),
                   "build it with `./dev build`");
}

}  // namespace

void add_compile_command(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("compile", "Compile a program (.mlir or .cc) to an image (.xpu): `troupec`");
  command->prefix_command();  // every flag is troupec's
  command->set_help_flag();   // --help too
  command->callback(
      [command, &action] { action = [command]() -> int { run_compiler(command->remaining()); }; });
}

}  // namespace troupe

#include "compiler/toolchain/temp_folder.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

char to_remove[4096];  // read by the signal handler

// The process ends here, so what a handler may not do in general (allocate) can at worst leave the folder.
void interrupted(int signal) {
  std::error_code ignored;
  if (to_remove[0] != '\0') std::filesystem::remove_all(to_remove, ignored);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

TempFolder::TempFolder(bool keep) : keep_(keep) {
  path_ = (std::filesystem::temp_directory_path() / "troupec-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr)
    throw InputError(fmt::format("{}: cannot make a folder: {}", path_, std::strerror(errno)),
                     "TMPDIR says where");
  if (keep) {
    fmt::print(stderr, "troupec: intermediate files are in {}\n", path_);
    return;
  }
  CHECK(path_.size() < sizeof to_remove, "{}", path_);
  std::memcpy(to_remove, path_.c_str(), path_.size() + 1);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, interrupted);
}

TempFolder::~TempFolder() {
  if (keep_) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  to_remove[0] = '\0';
}

}  // namespace troupe

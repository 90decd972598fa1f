#include "compiler/toolchain/home.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/base/check.hpp"

namespace troupe {
namespace fs = std::filesystem;
namespace {

constexpr char kHint[] = "set TROUPE_HOME to a Troupe repository";

// One flag a line; # begins a comment line; ${ROOT} is the repository.
std::vector<std::string> read_flags(const fs::path& path, const std::string& root) {
  std::ifstream in(path);
  if (!in) throw InputError(fmt::format("{}: cannot read the flags of on-core code", path.string()), kHint);
  std::vector<std::string> flags;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    for (std::size_t at; (at = line.find("${ROOT}")) != std::string::npos;) line.replace(at, 7, root);
    flags.push_back(line);
  }
  return flags;
}

}  // namespace

Home Home::find() {
  const char* env = std::getenv("TROUPE_HOME");
  Home home;
  home.root =
      fs::absolute(env != nullptr && *env != '\0' ? env : TROUPE_SOURCE_ROOT).lexically_normal().string();
  if (home.root.size() > 1 && home.root.back() == '/') home.root.pop_back();
  if (home.root.find("${ROOT}") != std::string::npos)
    throw InputError(fmt::format("{}: a repository's path cannot hold ${{ROOT}}", home.root), kHint);
  const fs::path device = fs::path(home.root) / "runtime/device";
  if (!fs::is_directory(device))
    throw InputError(fmt::format("{}: no such folder, expected the device runtime", device.string()), kHint);
  home.flags = read_flags(device / "flags.txt", home.root);
  home.linker_script = (device / "image.ld").string();
  for (const auto& entry : fs::directory_iterator(device))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".S")
      home.runtime.push_back(entry.path().string());
  std::sort(home.runtime.begin(), home.runtime.end());
  return home;
}

}  // namespace troupe

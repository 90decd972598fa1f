// riscv-tests: every -p- ELF of rv64 ui um ua uf ud uc mi in the folder that TROUPE_RISCV_TESTS names, and of
// uzba uzbb uzbs uzfh uzicond where there are any. Those of "u" run in user mode.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "isa/bare.hpp"
#include "tests/isa/row_observer.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

// Tests of what a core does not have. One that passes does not belong here.
struct CannotApply {
  const char* file;
  const char* reason;
};
constexpr CannotApply kCannotApply[] = {
    {"rv64mi-p-pmpaddr", "no PMP: user mode reaches what machine mode reaches"},
};

const char* cannot_apply(const std::string& file) {
  for (const CannotApply& c : kCannotApply)
    if (file == c.file) return c.reason;
  return nullptr;
}

TEST_CASE("riscv-tests pass, suite by suite") {
  const char* folder = std::getenv("TROUPE_RISCV_TESTS");
  if (folder == nullptr) {
    fmt::print("riscv-tests: SKIPPED, TROUPE_RISCV_TESTS names no folder of rv64*-p-* ELFs\n");
    return;
  }
  isa::test::RowObserver observer;
  for (const std::string suite :
       {"ui", "um", "ua", "uf", "ud", "uc", "mi", "uzba", "uzbb", "uzbs", "uzfh", "uzicond"}) {
    const bool required = suite.size() == 2;  // the others where the assembler at hand knew them
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (path.filename().string().starts_with("rv64" + suite + "-p-") && !path.has_extension())
        files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    std::size_t passed = 0, outside = 0;
    for (const fs::path& file : files) {
      const isa::BareResult r =
          isa::run_bare(file.string(), preset("xpu64").core, {.cycles_max = 10'000'000});
      isa::run_bare(file.string(), preset("xpu64").core, {.cycles_max = 10'000'000, .observer = &observer});
      const bool good = r.diagnosis.empty() && r.exit_code == 0;
      const std::string name = file.filename().string();
      if (const char* reason = cannot_apply(name); reason != nullptr) {
        fmt::print("{}: cannot apply: {}\n", name, reason);
        CHECK_MESSAGE(!good, name << " passes, although it is said to be out of reach: " << reason);
        ++outside;
        continue;
      }
      passed += good ? 1 : 0;
      CHECK_MESSAGE(good, name << ": test " << r.exit_code << " " << r.diagnosis);
    }
    fmt::print("{} {}/{}{}\n", suite, passed, files.size() - outside,
               files.empty() ? " SKIPPED, no files" : "");
    CHECK_MESSAGE((!required || !files.empty()), "no rv64" << suite << "-p-* in " << folder);
  }
  isa::test::write_executed("riscv-tests", "all", observer.executed);
}

}  // namespace
}  // namespace troupe

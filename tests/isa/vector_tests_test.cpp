// riscv-vector-tests: every ELF in the folder that TROUPE_VECTOR_TESTS names, on a core of its VLEN, 512.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include "isa/bare.hpp"
#include "tests/isa/row_observer.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

TEST_CASE("riscv-vector-tests pass, instruction by instruction") {
  const char* folder = std::getenv("TROUPE_VECTOR_TESTS");
  if (folder == nullptr) {
    fmt::print("riscv-vector-tests: SKIPPED, TROUPE_VECTOR_TESTS names no folder of ELFs for VLEN 512\n");
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  CHECK_MESSAGE(!files.empty(), "no file in " << folder);
  CoreParams core = preset("xpu64").core;
  REQUIRE(core.vlen.count == 512);
  isa::test::RowObserver observer;
  std::set<std::string> instructions;
  std::size_t passed = 0;
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    // The first file of an instruction tells which rows there are: observing takes longer.
    isa::BareOptions options{.cycles_max = 1'000'000'000};
    if (instructions.insert(name.substr(0, name.rfind('-'))).second) options.observer = &observer;
    const isa::BareResult r = isa::run_bare(file.string(), core, options);
    const bool good = r.diagnosis.empty() && r.exit_code == 0;
    passed += good ? 1 : 0;
    CHECK_MESSAGE(good, name << ": test " << r.exit_code << " " << r.diagnosis);
  }
  fmt::print("riscv-vector-tests {}/{} files, {} instructions\n", passed, files.size(), instructions.size());
  isa::test::write_executed("riscv-vector-tests", "all", observer.executed);
}

}  // namespace
}  // namespace troupe

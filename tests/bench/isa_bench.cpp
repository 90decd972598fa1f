// Speed of the core, timing on: `isa.int 540 MIPS`, million guest instructions per second of user CPU time,
// median of five runs. Kernels are ELFs given as NAME=FILE, or built from the folder $TROUPE_ANCHORS/kernels
// (default ../shared/anchors).
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "isa/bare.hpp"
#include "sim/base/check.hpp"
#include "tests/bench/user_seconds.hpp"
#include "tests/scratch_folder.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

struct Kernel {
  std::string name, file;
};

void measure(const Kernel& kernel) {
  std::vector<double> mips;
  for (int i = 0; i < 5; ++i) {
    const double start = bench::user_seconds();
    const isa::BareResult r = isa::run_bare(kernel.file, preset("xpu64").core);
    const double seconds = bench::user_seconds() - start;
    if (!r.diagnosis.empty() || r.exit_code != 0)
      throw InputError(
          fmt::format("{}: wrong answer: exit code {} {}", kernel.file, r.exit_code, r.diagnosis));
    mips.push_back(static_cast<double>(r.instructions) / 1e6 / seconds);
  }
  std::sort(mips.begin(), mips.end());
  fmt::print("isa.{} {:.0f} MIPS\n", kernel.name, mips[mips.size() / 2]);
}

// The anchors, with the flags their README gives.
std::vector<Kernel> build_anchors(const fs::path& sources, const fs::path& out) {
  std::vector<Kernel> kernels;
  const auto build = [&](const std::string& name, const std::string& source, const std::string& flags) {
    const std::string file = (out / name).string();
    const auto in = [&](const char* f) { return " " + (sources / f).string(); };
    const std::string command =
        "clang-19 --target=riscv64-unknown-elf -mabi=lp64d -mcmodel=medany -O3 -ffast-math -ffreestanding "
        "-nostdlib "
        "-fuse-ld=lld " +
        flags + in(source.c_str()) + in("crt_bare.S") + in("mem.c") + " -Wl,-T," +
        (sources / "bare.ld").string() + " -o " + file;
    if (std::system(command.c_str()) != 0) throw InputError("cannot build a kernel: " + command);
    kernels.push_back({name, file});
  };
  for (const std::string name : {"int", "fp", "ptr"}) build(name, name + ".c", "-march=rv64gc");
  const std::string vectors[] = {"vector_matmul", "vector_axpy", "vector_softmax",
                                 "vector_matmul_intrinsics"};
  for (int k = 0; k < 4; ++k)
    build(vectors[k], "vec.c", fmt::format("-march=rv64gcv -DREP=400 -DKERN={}", k));
  return kernels;
}

int run(int argc, char** argv) {
  std::vector<Kernel> kernels;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) throw InputError(argument + ": expected NAME=FILE");
    kernels.push_back({argument.substr(0, equals), argument.substr(equals + 1)});
  }
  const test::ScratchFolder folder;
  if (kernels.empty()) {
    const char* set = std::getenv("TROUPE_ANCHORS");
    const fs::path sources = fs::path(set != nullptr ? set : "../shared/anchors") / "kernels";
    if (!fs::exists(sources / "vec.c")) {
      fmt::print(stderr, "isa: SKIPPED, no kernels in {} (set TROUPE_ANCHORS)\n", sources.string());
      return kExitOk;
    }
    kernels = build_anchors(sources, folder.path());
  }
  for (const Kernel& kernel : kernels) measure(kernel);
  return kExitOk;
}

}  // namespace
}  // namespace troupe

int main(int argc, char** argv) {
  try {
    return troupe::run(argc, argv);
  } catch (const troupe::InputError& e) {
    fmt::print(stderr, "isa_bench: {}\n", e.what());
    return troupe::kExitUser;
  }
}

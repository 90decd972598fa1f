#include "tests/bench/kernels.hpp"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdlib>

#include "sim/base/check.hpp"

extern char** environ;

namespace troupe::bench {
namespace {

// As the README of the kernels says.
constexpr const char* kCompiler =
    "clang-19 --target=riscv64-unknown-elf -mabi=lp64d -mcmodel=medany -O3 -ffast-math -ffreestanding "
    "-nostdlib "
    "-fuse-ld=lld";

std::string build(const Kernel& kernel, int repetitions, const std::filesystem::path& sources,
                  const std::string& start, const std::string& out) {
  const std::string command =
      fmt::format("{} {} -DREP={} {} {} {} -o {}", kCompiler, kernel.flags, repetitions,
                  (sources / kernel.source).string(), start, (sources / "mem.c").string(), out);
  if (std::system(command.c_str()) != 0) throw InputError("cannot build a kernel: " + command);
  return out;
}

}  // namespace

const std::vector<Kernel>& kernels() {
  static const std::vector<Kernel> all = {
      {"int", "int.c", "-march=rv64gc", 100, 300},
      {"fp", "fp.c", "-march=rv64gc", 100, 80},
      {"ptr", "ptr.c", "-march=rv64gc", 40, 80},
      {"vector_matmul", "vec.c", "-march=rv64gcv -DKERN=0", 400, 8},
      {"vector_axpy", "vec.c", "-march=rv64gcv -DKERN=1", 800, 15},
      {"vector_softmax", "vec.c", "-march=rv64gcv -DKERN=2", 400, 4},
      {"vector_matmul_intrinsics", "vec.c", "-march=rv64gcv -DKERN=3", 1200, 40},
  };
  return all;
}

std::string build_bare(const Kernel& kernel, int repetitions, const std::filesystem::path& sources,
                       const std::filesystem::path& out) {
  return build(kernel, repetitions, sources,
               (sources / "crt_bare.S").string() + " -Wl,-T," + (sources / "bare.ld").string(),
               (out / fmt::format("{}-{}", kernel.name, repetitions)).string());
}

std::string build_linux(const Kernel& kernel, int repetitions, const std::filesystem::path& sources,
                        const std::filesystem::path& out) {
  return build(kernel, repetitions, sources, "tests/bench/linux_start.S",
               (out / fmt::format("{}-{}-linux", kernel.name, repetitions)).string());
}

bool have_qemu() {
  return std::system("command -v qemu-riscv64 >/dev/null 2>&1") == 0;
}

double qemu_seconds(const std::string& file, bool check) {
  const char* const arguments[] = {"qemu-riscv64", "-cpu", "rv64,v=true,vlen=512,elen=64,vext_spec=v1.0",
                                   file.c_str(), nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, arguments[0], nullptr, nullptr, const_cast<char* const*>(arguments), environ) != 0)
    throw InputError("cannot start qemu-riscv64");
  int status = 0;
  rusage usage{};
  CHECK(wait4(child, &status, 0, &usage) == child, "wait for qemu-riscv64");
  if (check && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
    throw InputError(fmt::format("{} in qemu-riscv64: wrong answer: status {:#x}", file, status));
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

}  // namespace troupe::bench

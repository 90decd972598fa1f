// The kernels of isa.*: built twice from the same sources with the same flags, as bare programs for us and as
// programs of Linux for qemu-riscv64.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace troupe::bench {

struct Kernel {
  std::string name;    // "vector_axpy"
  std::string source;  // "vec.c"
  std::string flags;
  int repetitions = 0;       // that take us about half a second
  int qemu_repetitions = 0;  // and QEMU
};

// Of the folder `anchors/kernels`.
const std::vector<Kernel>& kernels();

// `repetitions` of the kernel's work after its initialisation; 0 is the initialisation alone, whose answer is
// wrong.
std::string build_bare(const Kernel& kernel, int repetitions, const std::filesystem::path& sources,
                       const std::filesystem::path& out);
std::string build_linux(const Kernel& kernel, int repetitions, const std::filesystem::path& sources,
                        const std::filesystem::path& out);

bool have_qemu();
// User CPU seconds of `file` in qemu-riscv64 (VLEN 512). Throws InputError when its answer is wrong and
// `check`.
double qemu_seconds(const std::string& file, bool check);

}  // namespace troupe::bench

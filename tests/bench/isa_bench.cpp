// Speed of the core, timing on; seconds are user CPU time, figures are medians of five runs, answers are
// checked.
//
// clang-format off
//   isa.NAME              million guest instructions a second
//   isa.NAME_vs_qemu      how many times the work a second of qemu-riscv64 on the same kernel in this run
//   isa.NAME_timing_cost  how much longer it takes than the same engine without timing
//   isa.NAME_vector_mips  of the instructions, vector instructions alone
//   isa.NAME_cores64      64 busy harts of one image: their rate in total over that of one
// clang-format on
//
// The kernels are those of the folder $TROUPE_ANCHORS/kernels (default ../shared/anchors).
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "isa/bare.hpp"
#include "isa/decode.hpp"
#include "isa/engine.hpp"
#include "isa/observed_engine.hpp"
#include "sim/base/check.hpp"
#include "sim/base/memory.hpp"
#include "tests/bench/kernels.hpp"
#include "tests/bench/user_seconds.hpp"
#include "tests/environment.hpp"
#include "tests/scratch_folder.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Run {
  double seconds = 0;
  isa::BareResult result;
};
Run run_once(const std::string& file, const isa::BareOptions& options = {}) {
  const double start = bench::user_seconds();
  Run run;
  run.result = isa::run_bare(file, preset("xpu64").core, options);
  run.seconds = bench::user_seconds() - start;
  return run;
}
// Checks the answer, too.
Run run_checked(const std::string& file, const isa::BareOptions& options) {
  Run run = run_once(file, options);
  if (!run.result.diagnosis.empty() || run.result.exit_code != 0)
    throw InputError(
        fmt::format("{}: wrong answer: exit code {} {}", file, run.result.exit_code, run.result.diagnosis));
  return run;
}
struct Timed {
  double seconds = 0, untimed_seconds = 0;
  std::uint64_t instructions = 0;
};
// With and without timing in turns, so that both meet the same weather.
Timed run_five_times(const std::string& file) {
  std::vector<double> timed, untimed;
  Timed result;
  for (int i = 0; i < 5; ++i) {
    const Run with = run_checked(file, {}), without = run_checked(file, {.engine = {.timing = false}});
    CHECK(with.result.instructions == without.result.instructions, "{} without timing", file);
    CHECK(without.result.cycles == without.result.instructions, "{} without timing", file);
    timed.push_back(with.seconds);
    untimed.push_back(without.seconds);
    result.instructions = with.result.instructions;
  }
  result.seconds = median(timed);
  result.untimed_seconds = median(untimed);
  return result;
}

// Counts instructions, and the vector ones among them but vsetvl.
struct VectorCount : isa::StepObserver {
  std::uint64_t vector = 0, all = 0;
  void step(const isa::Hart&, const isa::Step& step) override {
    const isa::Row* row = isa::find_row(step.expanded);
    ++all;
    if (row != nullptr && is_vector(row->unit) && row->unit != isa::Unit::v_set) ++vector;
  }
};

// The share of vector instructions in a run of one repetition.
double vector_share(const std::string& file) {
  VectorCount count;
  run_once(file, {.observer = &count});
  return static_cast<double>(count.vector) / static_cast<double>(count.all);
}

struct Built {
  fs::path sources, out;
};

void measure(const bench::Kernel& kernel, const Built& built, bool with_qemu) {
  const auto bare = [&](int n) { return bench::build_bare(kernel, n, built.sources, built.out); };
  const auto in_linux = [&](int n) { return bench::build_linux(kernel, n, built.sources, built.out); };
  const Timed run = run_five_times(bare(kernel.repetitions));
  const double mips = static_cast<double>(run.instructions) / 1e6 / run.seconds;
  fmt::print("isa.{} {:.0f} MIPS\n", kernel.name, mips);
  fmt::print("isa.{}_timing_cost {:.0f} percent\n", kernel.name,
             100 * (run.seconds / run.untimed_seconds - 1));
  if (kernel.name == "vector_matmul")
    fmt::print("isa.{}_vector_mips {:.0f} MIPS\n", kernel.name, mips * vector_share(bare(1)));
  if (!with_qemu) return;
  const double ours = kernel.repetitions / (run.seconds - run_once(bare(0)).seconds);
  std::vector<double> qemu;
  const std::string file = in_linux(kernel.qemu_repetitions), start = in_linux(0);
  for (int i = 0; i < 3; ++i)
    qemu.push_back(bench::qemu_seconds(file, true) - bench::qemu_seconds(start, false));
  fmt::print("isa.{}_vs_qemu {:.2f} ratio\n", kernel.name, ours * median(qemu) / kernel.qemu_repetitions);
}

// Harts that run one image from one CodeSpace, each on memory of its own, taking turns as the tiles of a chip
// do.
class Harts {
 public:
  Harts(const std::string& file, std::size_t count)
      : elf_(ElfFile::read(file)), engine_(isa::make_engine(core())) {
    const std::shared_ptr<isa::CodeSpace> code = isa::make_code_space(elf_);
    for (std::size_t i = 0; i < count; ++i) {
      Memory& memory = memories_.emplace_back(Bytes{kMemoryBytes});
      for (const ElfSegment& s : elf_.segments()) memory.write(s.address - isa::kBareBase, s.bytes);
      isa::Hart& hart = *harts_.emplace_back(new isa::Hart);
      isa::reset(hart,
                 {.data = memory.data(),
                  .base = isa::kBareBase,
                  .size = memory.size(),
                  .tohost = elf_.symbol("tohost")->address},
                 code, elf_.entry(), 0, 0);
    }
  }

  // Instructions of all harts in `turns` turns of 2^20 cycles each, as a chip's unlimited quantum has it.
  std::uint64_t run(int turns) {
    const std::uint64_t before = instructions();
    for (int turn = 0; turn < turns; ++turn)
      for (const auto& hart : harts_) {
        const isa::Stop stop = engine_->run(*hart, hart->cycle + (Cycle{1} << 20));
        CHECK(stop == isa::Stop::until, "a kernel that was to be busy stopped: {}", static_cast<int>(stop));
      }
    return instructions() - before;
  }

 private:
  static constexpr std::uint64_t kMemoryBytes = 2 << 20;
  static CoreParams core() { return preset("xpu64").core; }
  std::uint64_t instructions() const {
    std::uint64_t sum = 0;
    for (const auto& hart : harts_) sum += hart->instructions();
    return sum;
  }

  const ElfFile elf_;
  const std::unique_ptr<isa::Engine> engine_;
  std::vector<Memory> memories_;
  std::vector<std::unique_ptr<isa::Hart>> harts_;
};

double rate(Harts& harts, int turns) {
  harts.run(2);  // decodes
  std::vector<double> rates;
  for (int i = 0; i < 5; ++i) {
    const double start = bench::user_seconds();
    const std::uint64_t instructions = harts.run(turns);
    rates.push_back(static_cast<double>(instructions) / (bench::user_seconds() - start));
  }
  return median(rates);
}

void measure_cores64(const bench::Kernel& kernel, const Built& built) {
  const std::string file = bench::build_bare(kernel, 1'000'000, built.sources, built.out);
  Harts one(file, 1), many(file, 64);
  const double alone = rate(one, 256), together = rate(many, 4);
  fmt::print("isa.{}_cores64 {:.0f} percent\n", kernel.name, 100 * together / alone);
}

int run() {
  const fs::path sources = test::anchors() / "kernels";
  if (!fs::exists(sources / "vec.c")) {
    fmt::print(stderr, "isa: SKIPPED, no kernels in {} (set TROUPE_ANCHORS)\n", sources.string());
    return kExitOk;
  }
  const bool with_qemu = bench::have_qemu();
  if (!with_qemu) fmt::print(stderr, "isa: ratios SKIPPED, no qemu-riscv64 (Debian package qemu-user)\n");
  const test::ScratchFolder folder;
  const Built built{sources, folder.path()};
  for (const bench::Kernel& kernel : bench::kernels()) measure(kernel, built, with_qemu);
  for (const bench::Kernel& kernel : bench::kernels())
    if (kernel.name == "int" || kernel.name == "vector_matmul") measure_cores64(kernel, built);
  return kExitOk;
}

}  // namespace
}  // namespace troupe

int main() {
  try {
    return troupe::run();
  } catch (const troupe::InputError& e) {
    fmt::print(stderr, "isa_bench: {}\n", e.what());
    return troupe::kExitUser;
  }
}

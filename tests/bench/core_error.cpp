// The error table of the core model: cycles of the model beside published ones, a line each:
//
//     core.baby.mul_chain 2.00 cycles (published 2, error +0.0 %)
//
// Microbenchmarks always; CoreMark where TROUPE_COREMARK names an ELF of it, Embench where TROUPE_EMBENCH
// names a folder of its ELFs (tests/README.md says how they have to print their cycles). No parameter of a
// core is fitted to any of these numbers: they come from the manuals that core_presets.cpp names.
#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "isa/bare.hpp"
#include "sim/base/check.hpp"
#include "tests/isa/guest.hpp"

namespace troupe {
namespace {

namespace fs = std::filesystem;

// A sequence of instructions and the cycles that each repetition takes by the core's manual.
struct Micro {
  const char* core;
  const char* name;
  const char* setup;
  const char* body;  // %: the number of the repetition
  double published;
};

// x20: memory that points to itself; x21: the device window.
constexpr Micro kMicros[] = {
    // tt-isa-documentation, WormholeB0/TensixTile/BabyRISCV/README.md (silicon.md row 20)
    {"baby", "add_chain", "", "addi x5, x5, 1", 1},
    {"baby", "mul_chain", "", "mul x5, x5, x6", 2},
    {"baby", "mul_independent", "", "mul x0, x5, x6", 2},
    {"baby", "div_by_zero", "li x5, 1000", "divw x7, x5, x0", 2},
    {"baby", "div_by_one", "li x5, 1000\nli x6, 1", "divw x7, x5, x6", 2},
    {"baby", "div_shortest", "li x5, 3\nli x6, 2", "divw x7, x5, x6", 6},
    {"baby", "div_longest", "li x5, -1\nli x6, 3", "divuw x7, x5, x6", 33},
    {"baby", "load_chain", "", "ld x20, 0(x20)", 8},
    {"baby", "load_stream", "", "ld x0, 0(x20)", 7.0 / 4},
    {"baby", "store_stream", "", "sd x5, 8(x20)", 5},
    {"baby", "noc_register_chain", "", "ld x5, 0(x21)\nadd x22, x21, x5\nand x21, x22, x21", 7 + 1 + 1},
    {"baby", "branch_predicted", "", "bne x0, x0, .+8", 1},
    {"baby", "branch_mispredicted", "", "beq x0, x0, over%\nover%:", 3},
    // cv32e40p docs/source/pipeline.rst, table of cycle counts
    {"cv32e40p", "mul_chain", "", "mul x5, x5, x6", 1},
    {"cv32e40p", "mulh_chain", "", "mulh x5, x5, x6", 5},
    {"cv32e40p", "div_shortest", "li x5, 7\nlui x6, 0x80000", "divuw x7, x5, x6", 3},
    {"cv32e40p", "div_by_zero", "li x5, 7", "divuw x7, x5, x0", 35},
    {"cv32e40p", "load_stream", "", "ld x5, 0(x20)", 1},
    {"cv32e40p", "load_chain", "", "ld x20, 0(x20)", 2},
    {"cv32e40p", "store_stream", "", "sd x5, 8(x20)", 1},
    {"cv32e40p", "jump", "", "j over%\nover%:", 2},
    {"cv32e40p", "branch_not_taken", "", "bne x0, x0, .+8", 1},
    {"cv32e40p", "branch_taken", "", "beq x0, x0, over%\nover%:", 3},
    {"cv32e40p", "csr_cycle", "", "csrr x5, mcycle", 4},
    {"cv32e40p", "fence_i", "", "fence.i", 2},
    // ibex doc/03_reference/pipeline_details.rst, configuration "small"
    {"ibex", "mul_chain", "", "mul x5, x5, x6", 3},
    {"ibex", "mulh_chain", "", "mulh x5, x5, x6", 4},
    {"ibex", "div", "li x5, 7\nli x6, 3", "divw x7, x5, x6", 37},
    {"ibex", "div_by_zero", "li x5, 7", "divw x7, x5, x0", 2},
    {"ibex", "load_chain", "", "ld x20, 0(x20)", 2},
    {"ibex", "load_stream", "", "ld x5, 0(x20)", 2},
    {"ibex", "store_stream", "", "sd x5, 8(x20)", 2},
    {"ibex", "jump", "", "j over%\nover%:", 2},
    {"ibex", "branch_not_taken", "", "bne x0, x0, .+8", 1},
    {"ibex", "branch_taken", "", "beq x0, x0, over%\nover%:", 3},
    {"ibex", "csr_cycle", "", "csrr x5, mcycle", 1},
};

// Embench 0.5 on RI5CY, now CV32E40P: milliseconds at 1 MHz, GCC 9.2 -O2 for RV32IMC, from
// embench-iot-results results/ri5cy-rv32imc-gcc-9.2-o2.json.
struct Embench {
  const char* name;
  double milliseconds;
  bool wide = false;  // computes in 64 bits or floating point: a 32-bit core runs other code for it than ours
};
constexpr Embench kEmbench[] = {
    {"aha-mont64", 5351, true},
    {"crc32", 4531},
    {"cubic", 8299, true},
    {"edn", 4284},
    {"huffbench", 3682},
    {"matmult-int", 3934},
    {"minver", 6919, true},
    {"nbody", 3751, true},
    {"nettle-aes", 4720},
    {"nettle-sha256", 4854},
    {"nsichneu", 3629},
    {"picojpeg", 4349},
    {"qrduino", 3579},
    {"sglib-combined", 3529},
    {"slre", 3345},
    {"st", 4942, true},
    {"statemate", 2090},
    {"ud", 4998},
    {"wikisort", 2109},
};

// Of several programs.
struct Errors {
  double logarithms = 0, absolute = 0;
  int programs = 0;

  void add(double ratio) {
    logarithms += std::log(ratio);
    absolute += std::abs(ratio - 1);
    ++programs;
  }
  void print(const char* name) const {
    if (programs != 0)
      fmt::print("core.{} {:+.1f} % (geometric, {} programs; mean of absolute errors {:.1f} %)\n", name,
                 100 * std::expm1(logarithms / programs), programs, 100 * absolute / programs);
  }
};

// CoreMark/MHz of Ibex "small": ibex README.md, table of configurations.
constexpr double kIbexCoreMarkPerMhz = 2.47;

void print(const std::string& name, double model, const char* unit, double published) {
  fmt::print("core.{} {:.2f} {} (published {:.4g}, error {:+.1f} %)\n", name, model, unit, published,
             100 * (model / published - 1));
}

// Cycles until `repetitions` of the body are through.
Cycle cycles_of(const Micro& micro, const CoreParams& core, std::uint64_t register_latency, int repetitions) {
  std::string text = fmt::format(
      ".option norvc\nlui x20, 0x20\nsd x20, 0(x20)\nlui x21, 0x40000\nli x6, 3\n{}\nfence\n", micro.setup);
  for (int n = 0; n < repetitions; ++n) {
    for (const char* c = micro.body; *c != 0; ++c) text += *c == '%' ? std::to_string(n) : std::string(1, *c);
    text += '\n';
  }
  test::Guest guest(test::assemble(text + "nop\nebreak\n"));
  const auto engine = isa::make_engine(core);
  for (;;) {
    const isa::Stop stop = engine->run(guest.hart, kNever);
    if (stop == isa::Stop::unhandled_trap) return guest.hart.cycle;
    if (stop != isa::Stop::device)
      throw InputError(fmt::format("core.{}.{} stopped", micro.core, micro.name));
    engine->complete(guest.hart, 0, guest.hart.cycle, register_latency);
  }
}

void run_micros() {
  for (const Micro& micro : kMicros) {
    const CoreParams core = core_preset(micro.core);
    const std::uint64_t latency = preset("xpu64").niu.register_access.count;  // silicon.md row 20 as well
    constexpr int kFew = 64, kMany = 192;  // multiples of any throughput pattern; the difference has no ends
    const Cycle cycles = cycles_of(micro, core, latency, kMany) - cycles_of(micro, core, latency, kFew);
    print(fmt::format("{}.{}", micro.core, micro.name), static_cast<double>(cycles) / (kMany - kFew),
          "cycles", micro.published);
  }
}

isa::BareResult run_checked(const std::string& file, const char* core) {
  isa::BareResult result = isa::run_bare(file, core_preset(core));
  if (!result.diagnosis.empty() || result.exit_code != 0)
    throw InputError(
        fmt::format("{}: wrong answer: exit code {} {}", file, result.exit_code, result.diagnosis));
  return result;
}

// The number behind `label` on a line of its own; blanks and a colon may stand between.
double number_behind(const std::string& console, const std::string& label, const std::string& file) {
  const std::size_t at = console.find("\n" + label + " ");
  const std::size_t digits =
      at == std::string::npos ? at : console.find_first_not_of(" :", at + 1 + label.size());
  if (digits == std::string::npos || std::isdigit(static_cast<unsigned char>(console[digits])) == 0)
    throw InputError(fmt::format("{}: its output has no line '{} NUMBER'", file, label));
  return std::strtod(console.c_str() + digits, nullptr);
}

void run_coremark() {
  const char* file = std::getenv("TROUPE_COREMARK");
  if (file == nullptr) {
    fmt::print(stderr, "core.ibex.coremark: SKIPPED, TROUPE_COREMARK names no ELF (see tests/README.md)\n");
    return;
  }
  const isa::BareResult result = run_checked(file, "ibex");
  if (result.console.find("Correct operation validated") == std::string::npos)
    throw InputError(fmt::format("{}: CoreMark did not validate its answer", file));
  const double ticks = number_behind(result.console, "Total ticks", file),
               iterations = number_behind(result.console, "Iterations", file);
  print("ibex.coremark", 1e6 * iterations / ticks, "CoreMark/MHz", kIbexCoreMarkPerMhz);
}

void run_embench() {
  const char* folder = std::getenv("TROUPE_EMBENCH");
  if (folder == nullptr) {
    fmt::print(stderr,
               "core.cv32e40p.embench: SKIPPED, TROUPE_EMBENCH names no folder (see tests/README.md)\n");
    return;
  }
  Errors narrow, wide;
  for (const Embench& e : kEmbench) {
    const std::string file = (fs::path(folder) / (std::string(e.name) + ".elf")).string();
    if (!fs::exists(file)) {
      fmt::print(stderr, "core.cv32e40p.{}: SKIPPED, no {}\n", e.name, file);
      continue;
    }
    const isa::BareResult result = run_checked(file, "cv32e40p");
    const double cycles = number_behind("\n" + result.console, "cycles", file);
    print(fmt::format("cv32e40p.{}", e.name), cycles / 1000, "kcycles", e.milliseconds);
    (e.wide ? wide : narrow).add(cycles / 1000 / e.milliseconds);
  }
  narrow.print("cv32e40p.embench_mean_error");
  wide.print("cv32e40p.embench_wide_mean_error");
}

}  // namespace
}  // namespace troupe

int main() {
  try {
    troupe::run_micros();
    troupe::run_coremark();
    troupe::run_embench();
    return troupe::kExitOk;
  } catch (const troupe::InputError& e) {
    fmt::print(stderr, "core_error: {}\n", e.what());
    return troupe::kExitUser;
  }
}

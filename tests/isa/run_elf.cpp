// Runs one ELF in bare mode: run_elf FILE [CYCLES_MAX [QUANTUM]]. Prints what `troupe run --bare` prints.
#include <fmt/core.h>
#include <cstdlib>
#include "isa/bare.hpp"
#include "sim/base/check.hpp"

int main(int argc, char** argv) {
  using namespace troupe;
  if (argc < 2) return 2;
  try {
    const isa::BareResult r =
        isa::run_bare(argv[1], preset("xpu64").core,
                      {.cycles_max = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : kNever,
                       .quantum = argc > 3 ? std::strtoull(argv[3], nullptr, 0) : kNever});
    fmt::print("{}instructions {} cycles {}\n", r.console, r.instructions, r.cycles);
    if (!r.diagnosis.empty()) fmt::print("{}\n", r.diagnosis);
    return r.diagnosis.empty() ? static_cast<int>(r.exit_code & 0xff) : 4;
  } catch (const InputError& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 2;
  }
}

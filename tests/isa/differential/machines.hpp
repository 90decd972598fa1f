// The two machines that run an image: our engine, and QEMU in user mode.
#pragma once

#include <string>
#include <vector>

#include "isa/host_level.hpp"
#include "tests/isa/differential/image.hpp"

namespace troupe::isa::differential {

// What a machine wrote, and how it ended: empty for an exit, else in words.
struct Outcome {
  std::vector<std::byte> states;
  std::string end;
};

Outcome run_engine(const Image& image, HostLevel level);

// True when qemu-riscv64 can be started.
bool have_qemu();
Outcome run_qemu(const Image& image);

}  // namespace troupe::isa::differential

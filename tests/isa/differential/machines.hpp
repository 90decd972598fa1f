// The two machines that run an image: our engine, and QEMU in user mode.
#pragma once

#include <string>
#include <vector>

#include "isa/host_level.hpp"
#include "tests/isa/differential/image.hpp"
#include "tests/isa/differential/trap_image.hpp"

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

// Both machines with a memory of kTrapMemoryBytes, a timer and an exit: QEMU's `virt` board and its likeness.
Outcome run_engine(const TrapImage& image, HostLevel level);
bool have_qemu_system();
Outcome run_qemu(const TrapImage& image);

}  // namespace troupe::isa::differential

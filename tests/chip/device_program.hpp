// Test programs for the chip that talk to the NIU themselves: compiled from tests/chip/programs, without the
// actor runtime, and given the manifest that a compiler would write.
#pragma once

#include <memory>
#include <string>

#include "runtime/host/image.hpp"
#include "sim/base/trace.hpp"
#include "sim/chip/simulation.hpp"
#include "waveforms/recorder.hpp"

namespace troupe::test {

// Compiles tests/chip/programs/`name`.cpp with the device's flags and linker script. Actor i stands on core i
// with a mailbox of slots x slot_bytes, and an edge with `credits` leads from each actor to each other one.
Image device_program(const std::string& name, std::uint32_t cores, std::uint32_t slots,
                     std::uint32_t slot_bytes, std::uint32_t credits);

// A finished run with what its recorder saw.
struct Run {
  RunResult result;
  std::string printed, hash;
};
Run run(const Image& image, const ChipParams& chip, RunOptions options = {});

}  // namespace troupe::test

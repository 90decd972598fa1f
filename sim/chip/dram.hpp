// A DRAM tile: one channel with a peak rate, an efficiency and a latency, behind the tile's NIU.
#pragma once

#include "noc/endpoint.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/memory.hpp"

namespace troupe {

// Requests share the channel in order of arrival: each occupies it for bytes / (peak x efficiency), and its
// data is ready `latency` after that began. Contents are functional at once.
class Dram : public noc::Endpoint {
 public:
  Dram(const DramParams& params, double clock_hz);

  noc::Served serve(const noc::Request& request, Cycle now, std::vector<std::byte>& reply) override;
  Memory& memory() { return memory_; }

 private:
  // Occupies the channel for `bytes` from `now` on; the cycle at which the last byte is ready.
  Cycle occupy(std::uint64_t bytes, Cycle now);

  // Channel time in 1/65536 cycles, so that rates which are no whole bytes per cycle stay exact integers.
  static constexpr unsigned kFractionBits = 16;
  Memory memory_;
  Cycle latency_;
  std::uint64_t fraction_per_byte_;
  std::uint64_t free_at_ = 0;  // in fractions
};

}  // namespace troupe

#include "sim/chip/dram.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

Dram::Dram(const DramParams& params, double clock_hz)
    : memory_(params.size),
      latency_(params.latency.count),
      fraction_per_byte_(static_cast<std::uint64_t>(std::llround(
          clock_hz / (params.bytes_per_second_peak * params.efficiency) * (1 << kFractionBits)))) {}

Cycle Dram::occupy(std::uint64_t bytes, Cycle now) {
  const std::uint64_t begin = std::max(free_at_, now << kFractionBits);
  free_at_ = begin + bytes * fraction_per_byte_;
  return ((free_at_ + (1 << kFractionBits) - 1) >> kFractionBits) + latency_;
}

noc::Served Dram::serve(const noc::Request& r, Cycle now, std::vector<std::byte>& reply) {
  const std::uint64_t at = r.location.offset();
  if (r.location.is_semaphore()) return {abi::Status::refused, now};
  if (!memory_.contains(at, r.bytes)) return {abi::Status::range, now};
  const Cycle ready = occupy(r.bytes, now);
  if (r.command == noc::Command::write || r.command == noc::Command::write_acked) {
    memory_.write(at, r.payload);
    return {abi::Status::ok, ready};
  }
  const auto old = memory_.view(at, r.bytes);
  reply.assign(old.begin(), old.end());
  if (r.command == noc::Command::read) return {abi::Status::ok, ready};
  const std::uint64_t value = memory_.load64(at);
  switch (r.command) {
    case noc::Command::atomic_add:
      memory_.store64(at, value + r.operand);
      break;
    case noc::Command::atomic_swap:
      memory_.store64(at, r.operand);
      break;
    case noc::Command::compare_swap:
      if (value == r.compare) memory_.store64(at, r.operand);
      break;
    default:
      return {abi::Status::refused, now};
  }
  return {abi::Status::ok, ready};
}

}  // namespace troupe

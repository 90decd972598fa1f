// A flit: the unit that moves over a link in one cycle. Payload bytes stay with the packet.
#pragma once

#include <cstdint>

#include "noc/routing.hpp"

namespace troupe::noc {

// Virtual channels first..last, ends included: what a packet may take at each hop. A range of one makes the
// choice static, which keeps packets of one (source, destination) in order.
struct VcRange {
  std::uint8_t first : 4 = 0;
  std::uint8_t last : 4 = 0;

  constexpr std::uint64_t mask() const { return (std::uint64_t{2} << last) - (std::uint64_t{1} << first); }
  friend constexpr bool operator==(VcRange, VcRange) = default;
};

struct Flit {
  std::uint32_t packet = 0;    // index into the network's packet table
  std::uint16_t sequence = 0;  // 0 .. flits-1 within the packet
  bool head : 1 = false;
  bool tail : 1 = false;
  std::uint8_t route : 3 = 0;  // output port at the router it is going to (lookahead), valid in heads
  VcRange range;               // valid in heads

  friend constexpr bool operator==(const Flit&, const Flit&) = default;
};
static_assert(sizeof(Flit) == 8);

}  // namespace troupe::noc

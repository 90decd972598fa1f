// A flit: the unit that moves over a link in one cycle. Payload bytes stay with the packet.
#pragma once

#include <cstdint>

#include "noc/routing.hpp"

namespace troupe::noc {

// Virtual channels first..last, ends included: what a packet may take at each hop; on a torus of each half of
// the VCs. A range of one makes the choice static, which keeps packets of one (source, destination) in order.
struct VcRange {
  std::uint8_t first : 4 = 0;
  std::uint8_t last : 4 = 0;

  constexpr unsigned mask() const { return (2u << last) - (1u << first); }
  friend constexpr bool operator==(VcRange, VcRange) = default;
};

// One word, so that a router moves it in a register and never looks anything up for it.
//
//   bits 0-31   index into the network's packet table
//        32-47  head: the destination, x | y << 8; other flits: their number in the packet, from 1
//        48-55  head: the range of VCs
//        56-60  head: what to do at the router it is going to (lookahead): half | port << 2
//        61, 62 head, tail; a packet of one flit is both
//        63     of a multicast; its head has the corner of the rectangle for destination and no hop
class Flit {
 public:
  constexpr Flit() = default;
  static constexpr Flit of_head(std::uint32_t packet, Position to, VcRange range, std::uint8_t hop,
                                bool tail) {
    const std::uint64_t place = to.x | std::uint64_t{to.y} << 8;
    const std::uint64_t vcs = range.first | std::uint64_t{range.last} << 4;
    return Flit(packet | place << 32 | vcs << 48 | kHead | (tail ? kTail : 0)).with_hop(hop);
  }
  static constexpr Flit of_body(std::uint32_t packet, unsigned number, bool tail) {
    return Flit(packet | std::uint64_t{number} << 32 | (tail ? kTail : 0));
  }

  constexpr std::uint64_t bits() const { return bits_; }
  static constexpr Flit of_bits(std::uint64_t bits) { return Flit(bits); }

  constexpr std::uint32_t packet() const { return static_cast<std::uint32_t>(bits_); }
  constexpr unsigned detail() const { return bits_ >> 32 & 0xffff; }  // destination or number
  constexpr unsigned number() const { return head() ? 0u : detail(); }
  constexpr Position to() const {
    return {static_cast<std::uint16_t>(detail() & 0xff), static_cast<std::uint16_t>(detail() >> 8)};
  }
  constexpr VcRange range() const {
    VcRange r;
    r.first = bits_ >> 48 & 15;
    r.last = bits_ >> 52 & 15;
    return r;
  }
  constexpr Port port() const { return static_cast<Port>(bits_ >> 58 & 7); }
  constexpr Half half() const { return static_cast<Half>(bits_ >> 56 & 3); }
  // Range and half together: what the VCs that it may take depend on.
  static constexpr unsigned kVcKeys = 1024;
  constexpr unsigned vc_key() const { return bits_ >> 48 & (kVcKeys - 1); }
  constexpr bool head() const { return (bits_ & kHead) != 0; }
  constexpr bool tail() const { return (bits_ & kTail) != 0; }
  constexpr bool multicast() const { return (bits_ & kMulticast) != 0; }

  // The same flit on its way to the next router.
  constexpr Flit with_hop(unsigned hop) const {
    return Flit((bits_ & ~(std::uint64_t{31} << 56)) | std::uint64_t{hop & 31} << 56);
  }

  constexpr Flit of_multicast() const { return Flit(bits_ | kMulticast); }

  friend constexpr bool operator==(Flit, Flit) = default;

 private:
  static constexpr std::uint64_t kHead = std::uint64_t{1} << 61, kTail = std::uint64_t{1} << 62,
                                 kMulticast = std::uint64_t{1} << 63;
  explicit constexpr Flit(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_ = 0;
};

constexpr std::uint8_t packed(Hop hop) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(hop.half) | hop.port << 2);
}

}  // namespace troupe::noc

// What can stand behind a network interface: a core's L1, a memory controller, or a host-side consumer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/abi/address.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/abi/niu_registers.hpp"
#include "sim/base/units.hpp"

namespace troupe::noc {

using TileId = std::uint16_t;
using abi::niu::Command;

// A request for bytes, as the NIU of a DRAM tile hands it to what stands behind it.
struct Request {
  Command command;  // write, write_acked, read or an atomic; never message or credit
  TileId source;
  std::uint32_t tenant;
  abi::Location location;
  std::uint64_t bytes;                 // to read or write; atomics: 8
  std::uint64_t operand, compare;      // atomics
  std::span<const std::byte> payload;  // writes
};

struct Served {
  abi::Status status;
  Cycle ready;  // >= now: when the reply's data is at the NIU
};

// A memory controller: functional at once, timed by `ready`.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Requests come in order of `now`, and of the tile's arrivals within a cycle. `reply` is empty; a read
  // appends its bytes, an atomic the 8 bytes of the old value. They travel only when the status is ok.
  virtual Served serve(const Request& request, Cycle now, std::vector<std::byte>& reply) = 0;
};

// A consumer of messages that is no core (the host tile): takes each one at its arrival and frees its slot.
class MessageConsumer {
 public:
  virtual ~MessageConsumer() = default;
  virtual void consume(TileId tile, std::uint32_t slot, const abi::MessageHeader& header,
                       std::span<const std::byte> payload, Cycle now) = 0;
};

// Told of every range of L1 bytes that inbound data changed, at the access that made it visible; it had
// arrived at cycle `arrived`.
class LandingObserver {
 public:
  virtual ~LandingObserver() = default;
  virtual void landed(TileId tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) = 0;
};

}  // namespace troupe::noc

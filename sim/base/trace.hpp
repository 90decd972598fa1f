// What a model tells the outside: events. A model records them into a `TraceSink`; the trace file, the
// report and the trace hash are functions of the events, never of the order in which models ran.
#pragma once

#include <cstdint>

#include "sim/base/units.hpp"

namespace troupe {

// The meaning of `a`, `b`, `c` by kind. Addresses are 64-bit actor addresses (runtime/abi/address.hpp). A
// packet id is the source tile << 40 | the packet's number there, so the sender of a message is (id >> 40) <<
// 40 | c >> 24.
// clang-format off
enum class EventKind : std::uint8_t {
  send = 1,       // doorbell of a request at its NIU      a packet id, b destination (address or location), c bytes | request kind << 32
  inject = 2,     // first flit enters the network         a packet id, b destination tile, c flits
  arrive = 3,     // last flit reached the destination     a packet id, b source tile, c bytes | request kind << 32
  reply = 4,      // the requester learnt the outcome      a packet id of the request, b status
  mailbox = 5,    // message appended to a mailbox         a packet id, b address of the mailbox, c bytes | low 40 bits of the sender's address << 24
  receive = 6,    // core freed the slot of a message      a packet id, b address of the mailbox
  credit = 7,     // credit granted or returned to a tile  b address of the mailbox, c credits
  dispatch = 8,   // core starts or leaves an actor        a address of the actor, 0 = none, b entry of its behaviour
  wait = 9,       // core waited in NIU WAIT until now     a cycle at which the wait began
  print = 10,     // host printed                          a bytes, b FNV-1a of the text
  exit = 11,      // program ended                         a exit code
  trap = 12,      // a trap ended an actor or a core       a mcause, b mepc, c mtval
  kill = 13,      // a core died by injection
  pass = 14,      // message within a core                 a address of the sender (0 = the runtime), b address of the mailbox (generation 0 = none open), c bytes | status << 32
};
// clang-format on

struct Event {
  Cycle cycle;
  std::uint64_t a, b, c;
  std::uint32_t sequence;  // order among the events of one (cycle, tile, kind)
  std::uint16_t tile;
  EventKind kind;
};

// Takes events. Calls need not be in order of cycle across tiles; for one tile and kind they are.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
                      std::uint64_t c) = 0;
};

}  // namespace troupe

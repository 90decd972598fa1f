// A recorded run of a real chip's network: what each data-movement processor asked for, and when.
//
// tt-metal's profiler writes such traces and tt-npe reads them (`sim/base/config/noc_trace_file.hpp` is our
// reader). A stream is what one processor of one tile did, in the order of its timestamps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/units.hpp"

namespace troupe {

enum class NocTraceKind : std::uint8_t {
  marker,         // takes its time in the stream and asks nothing of the network
  read,           // `bytes` from tile `to`
  write,          // `bytes` to tile `to`, acknowledged
  multicast,      // `bytes` to every core tile of the rectangle `to`..`to_end`, acknowledged by each
  atomic,         // semaphore increment at tile `to`, acknowledged
  read_group,     // reads from here on belong to the next transaction id
  barrier_start,  // the stream waits for its transactions of the kinds in `awaits` ...
  barrier_end,    // ... and goes on. Says what came between; the wait is the model's
  wait,           // as barrier_start, but the trace does not say when the stream went on
};

// What a barrier waits for, bits.
enum NocTraceAwaits : std::uint8_t {
  kAwaitReads = 1,
  kAwaitWrites = 2,
  kAwaitAtomics = 4,
  kAwaitWritesSent = 8,       // the data has left the tile
  kAwaitOldestReadGroup = 16  // reads of the oldest transaction id that has some unfinished
};

inline constexpr std::int8_t kNocTraceNoVc = -1;

struct NocTraceEvent {
  Cycle timestamp = 0;       // as recorded
  std::uint32_t number = 0;  // in the file, from 1
  std::uint32_t bytes = 0;
  std::uint16_t to = 0, to_end = 0;  // tiles; of a multicast: corner with the least coordinates, the greatest
  NocTraceKind kind = NocTraceKind::marker;
  std::uint8_t network = 0;
  std::uint8_t awaits = 0;
  std::int8_t vc = kNocTraceNoVc;  // that the request names
};

struct NocTraceStream {
  std::string processor;
  std::uint16_t tile = 0;
  std::vector<NocTraceEvent> events;
};

struct NocTrace {
  std::string file;
  std::vector<NocTraceStream> streams;  // as they first appear in the file
  Cycle first = 0, last = 0;            // least and greatest timestamp

  // The profiler's own end of a kernel takes 20 cycles (anchors/noc/README.md).
  static constexpr Cycle kEndCycles = 20;
  Cycle span() const { return last - first < kEndCycles ? 0 : last - first - kEndCycles; }
};

}  // namespace troupe

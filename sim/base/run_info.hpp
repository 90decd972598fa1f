// What a reader of a trace must know beside the events: the chip, the program, names, and final counters.
// The simulator fills one at the end of a run; the trace file carries it; the report is a function of it
// and of the events.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/units.hpp"

namespace troupe {

// Why a core with an instruction to issue did not issue it.
inline constexpr std::array<std::string_view, 7> kStallReasons = {"operand", "branch", "divide", "vector",
                                                                  "niu",     "csr",    "trap"};

// Cycles of one core; busy + the stalls + waiting + idle = the cycles of the run, exactly.
struct CoreCounters {
  std::uint64_t tile = 0;
  std::uint64_t busy = 0;                                     // an instruction issued
  std::array<std::uint64_t, kStallReasons.size()> stalled{};  // by kStallReasons
  std::uint64_t waiting = 0;                                  // in NIU WAIT: every actor waits
  std::uint64_t idle = 0;                                     // not leased, ended or dead
  std::uint64_t instructions = 0;
};

// One direction of a link, or a tile's own port into (`niu` = from) or out of (`niu` = to) its router.
struct LinkCounters {
  std::string from, to;
  std::uint64_t flits = 0;
};

struct RunInfo {
  std::string chip, program;
  double clock_hz = 0;
  std::uint64_t width = 0, height = 0;
  std::vector<std::string> tiles;  // name of each tile, by physical number
  Cycle cycles = 0;
  int exit_code = 0;
  std::map<std::uint64_t, std::string> actors;      // static actors: address -> name
  std::map<std::uint64_t, std::string> behaviours;  // entry -> name
  std::vector<CoreCounters> cores;                  // in logical order
  std::vector<LinkCounters> links;                  // those that carried anything

  // Name of an actor: a static one's own, else its behaviour's with a star, else its address.
  std::string actor_name(std::uint64_t address, std::uint64_t behaviour_entry) const;

  // One `key value...` line each; parse(to_text()) gives the same back. Throws InputError naming the line.
  std::string to_text() const;
  static RunInfo parse(std::string_view text, std::string_view where);
};

}  // namespace troupe

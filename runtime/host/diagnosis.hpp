// What a program's cores were doing when it ended wrongly: the actors as a debugger finds them in L1, who
// waits for whom, and the names of trap causes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/abi/manifest.hpp"
#include "runtime/host/image.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/memory.hpp"

namespace troupe {

struct ActorStatus {
  std::uint16_t tile = 0;
  abi::ActorView view{};
  std::string name;    // of a static actor, else its behaviour's
  std::string symbol;  // of view.pc
};

// Follows the list behind symbol `troupe_actors` in a core's L1. A list that leaves L1 or never ends is cut:
// the program may have overwritten it.
std::vector<ActorStatus> read_actors(const Image& image, const LoadPlan& plan, std::uint16_t tile,
                                     const Memory& l1);

// "deadlock: every actor waits" with one line an actor (name, tile, what it waits for, pc, symbol), and the
// wait-for cycle by name where there is one. An actor that waits for a message waits for those with an edge
// to it. `dead`: tiles whose cores died; their actors are not among `actors`.
std::string deadlock_text(const Image& image, const LoadPlan& plan, const ChipParams& chip,
                          const std::vector<ActorStatus>& actors,
                          const std::vector<std::uint16_t>& dead = {});

}  // namespace troupe

// A behaviour on fake chips that differ in the order of their events.
#pragma once

#include <doctest/doctest.h>

#include "runtime/device/troupe.hpp"
#include "tests/environment.hpp"
#include "tests/runtime/device/fake_chip.hpp"

namespace troupe::test {

// Runs `First`, with a mailbox of 8 slots, in 40 orders from SEED on; `world` is the chip meanwhile and
// `check` looks at the end.
template <auto First, class Check>
void in_many_orders(FakeParams params, FakeChip*& world, Check check) {
  for (std::uint64_t i = 0; i < 40; ++i) {
    params.seed = seed_or(1) + i;
    CAPTURE(params.seed);
    FakeChip chip(params);
    world = &chip;
    chip.start(&Behaviour<First>::entry, 8);
    check(chip);
  }
}

// Actors on the chip's first `cores` cores.
inline std::uint32_t live_actors(FakeChip& chip, std::uint32_t cores) {
  std::uint32_t live = 0;
  for (std::uint32_t core = 0; core < cores; ++core) live += chip.runtime(core).live_actors();
  return live;
}

}  // namespace troupe::test

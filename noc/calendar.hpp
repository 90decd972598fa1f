// What is due when: a heap ordered by (cycle, tile, order of entry), so that equal cycles have one order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/base/units.hpp"

namespace troupe::noc {

struct Due {
  Cycle cycle;
  std::uint16_t tile;
  bool timer;            // after all arrivals of its cycle and tile
  std::uint64_t serial;  // order of entry
  std::uint32_t packet;

  // True when `a` comes after `b`.
  friend bool operator<(const Due& b, const Due& a) {
    if (a.cycle != b.cycle) return a.cycle < b.cycle;
    if (a.tile != b.tile) return a.tile < b.tile;
    if (a.timer != b.timer) return !a.timer;
    return a.serial < b.serial;
  }
};

class Calendar {
 public:
  void add(Cycle cycle, std::uint16_t tile, std::uint32_t packet, bool timer = false) {
    heap_.push_back({cycle, tile, timer, serial_++, packet});
    std::push_heap(heap_.begin(), heap_.end());
  }
  Cycle next() const { return heap_.empty() ? kNever : heap_.front().cycle; }
  // Precondition: not empty.
  Due take() {
    std::pop_heap(heap_.begin(), heap_.end());
    const Due due = heap_.back();
    heap_.pop_back();
    return due;
  }

 private:
  std::vector<Due> heap_;
  std::uint64_t serial_ = 0;
};

}  // namespace troupe::noc

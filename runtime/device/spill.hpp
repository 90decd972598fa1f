// Mailboxes without a bound (Overflow::spill): what does not fit into L1 waits in the core's part of DRAM.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/abi/address.hpp"
#include "runtime/device/actor.hpp"
#include "runtime/device/heap.hpp"
#include "runtime/device/operation.hpp"

namespace troupe::device {

// A core's part of DRAM, in pages that its mailboxes take and give back.
class SpillPages {
 public:
  static constexpr std::uint32_t kBytes = 64 * 1024;
  static constexpr std::uint16_t kNone = 0xffff;

  void start(abi::Location at, std::uint64_t bytes) {
    at_ = at;
    count_ = static_cast<std::uint32_t>(bytes / kBytes < kNone ? bytes / kBytes : kNone);
  }
  // kNone: all are in use, or there is no memory for the table of pages.
  std::uint16_t take(Heap& heap);
  void release(std::uint16_t page) {
    next_[page] = free_;
    free_ = page;
  }

  // The page behind this one in its mailbox's line; kNone after take().
  std::uint16_t next(std::uint16_t page) const { return next_[page]; }
  void set_next(std::uint16_t page, std::uint16_t next) { next_[page] = next; }
  abi::Location location(std::uint16_t page, std::uint32_t offset) const {
    return at_.plus(std::uint64_t{page} * kBytes + offset);
  }
  // Of the table, which is made with the first page and then stays.
  std::uint64_t table_bytes() const { return next_ ? count_ * sizeof(std::uint16_t) : 0; }

 private:
  abi::Location at_;
  std::uint32_t count_ = 0, used_ = 0;  // pages from used_ on were never taken
  std::uint16_t free_ = kNone;
  std::uint16_t* next_ = nullptr;
};

// What such a mailbox has beside its items. Its messages, oldest first: the items, those of `batch`, those in
// DRAM, `late`, those in the ring. It is itself the read that brings a batch back.
struct Spill : Transfer {
  Spill* next_stuck;  // in the runtime's list, if is_listed
  std::byte* batch;   // messages read back, or being read; null: none
  std::uint32_t batch_bytes;
  std::uint32_t batch_next, batch_left;     // offset of the first that is no item yet; how many are none
  std::uint32_t stored;                     // messages in DRAM, without those of the batch
  std::uint32_t first_offset, last_offset;  // of the oldest in its page; behind the youngest in its page
  std::uint16_t first_page, last_page;
  std::uint32_t in_ring;
  Item* late;  // from this core, when the NIU was busy or no page free
  bool is_reading, is_listed, is_full;
  std::uint64_t spilled;  // messages that went through DRAM
  std::uint64_t full;     // times that no page was free, and so the senders had to wait

  bool has_stored() const { return stored != 0 || batch != nullptr; }
  // Nothing more can be taken in before that is gone.
  bool is_stuck() const { return late != nullptr || in_ring != 0; }
  // Messages that are no items yet.
  std::uint32_t waiting() const { return batch_left + stored + (late ? 1 : 0) + in_ring; }
};

}  // namespace troupe::device

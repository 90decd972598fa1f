// Decoded text: blocks by address and mode, and the copy of memory they were decoded from.
//
// Fetch sees memory as of the last fence.i. A shared space holds the image's text as it was loaded, whatever
// a tile has stored since; it serves until that hart executes a fence.i after text was written, or fetches
// from outside the image's text. Then the hart gets a private space, which copies each page of memory when it
// is first fetched from.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "isa/engine.hpp"
#include "isa/exec.hpp"
#include "isa/scoreboard.hpp"

namespace troupe::isa {

// What decoding depends on besides the bits.
struct Mode {
  std::uint32_t bits = 0;

  static Mode of(const Csrs& csr);
  std::uint32_t vtype() const { return bits & 0xff; }
  bool vill() const { return (bits >> 8 & 1) != 0; }
  bool vstart() const { return (bits >> 9 & 1) != 0; }  // not 0
  bool float_on() const { return (bits >> 10 & 1) != 0; }
  bool vector_on() const { return (bits >> 11 & 1) != 0; }
  std::uint8_t frm() const { return bits >> 12 & 7; }
  bool float_dirty() const { return (bits >> 15 & 1) != 0; }  // mstatus.FS
  bool vector_dirty() const { return (bits >> 16 & 1) != 0; }
  friend bool operator==(Mode, Mode) = default;
};

struct Block {
  std::uint64_t pc = 0;
  Mode mode;
  std::vector<Instruction> instructions;  // the last may be one that is not there: row null
  std::vector<Op> ops;                    // one per instruction, then what ends the block
  std::uint64_t exit_pc[2] = {0, 0};      // [0] also what follows a call-like end
  Unit ending = Unit::alu;                // unit of the last instruction, alu when the block just ends
  bool vector = false;                    // has instructions whose timing depends on vl
  std::vector<std::unique_ptr<Variant>> variants;

  // Ends in a branch or jump: an interrupt may be taken after it.
  bool transfer() const {
    return ending == Unit::branch || ending == Unit::jump || ending == Unit::jump_register;
  }
};

class CodeSpace {
 public:
  using Page = std::array<std::byte, kPageBytes>;

  CodeSpace(bool shared, std::map<std::uint64_t, std::shared_ptr<const Page>> pages);

  Block* find(std::uint64_t pc, Mode mode) const;
  void add(std::unique_ptr<Block> block);
  JumpEntry* jumps() { return jumps_.get(); }

  bool shared() const { return shared_; }
  const std::map<std::uint64_t, std::shared_ptr<const Page>>& pages() const { return pages_; }
  // Contents of the page `number` = address >> 12, or null.
  const Page* page(std::uint64_t number) const;
  void add_page(std::uint64_t number, std::shared_ptr<const Page> page);

 private:
  std::size_t slot(std::uint64_t pc, Mode mode) const;

  const bool shared_;
  std::map<std::uint64_t, std::shared_ptr<const Page>> pages_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<Block*> table_;  // open addressing, a power of two
  std::unique_ptr<JumpEntry[]> jumps_;
};

// The parcel of text at `pc`, as `hart` fetches it; false: it cannot. May give the hart a private space.
bool fetch(Hart& hart, std::uint64_t pc, std::uint16_t& parcel);

// Marks in hart.page_flags what hart.code holds, and tohost.
void flag_pages(Hart& hart);

// Decodes the block at hart.pc in `mode`, for handlers of `level`, and adds it to hart.code.
Block* decode_block(Hart& hart, Mode mode, HostLevel level, const EngineOptions& options);

}  // namespace troupe::isa

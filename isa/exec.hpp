// How blocks run: threaded code. Every instruction of a decoded block is an Op; its handler does the work and
// tail-calls the handler of the next, so nothing is decoded, fetched or timed per instruction.
//
// Time is added once per block. A block is run in the form of a Variant: the block together with what was
// still on its way when it was entered (the scoreboard) and vl. For these its cost and its exit scoreboard
// are fixed, so a variant's exits hold the cost, the stall breakdown and the variant that follows.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "isa/hart.hpp"
#include "isa/host_level.hpp"
#include "sim/base/chip_params.hpp"

namespace troupe::isa {

struct Op;
struct Variant;
struct Session;
struct Block;
class BlockEngine;

// All arguments stay in registers across handlers. Under AddressSanitizer, which gives handlers stack frames
// that this convention cannot have, the ordinary convention does too, with six.
#if __has_feature(address_sanitizer)
#define TROUPE_THREADED
#else
#define TROUPE_THREADED __attribute__((preserve_none))
#endif
using Handler = TROUPE_THREADED void (*)(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                         Cycle cycle, Session* session);

struct Op {
  Handler handler;
  std::int64_t imm;
  std::uint8_t rd, rs1, rs2, rs3;  // an integer rd of 0 is 32: nobody reads it
  std::uint16_t index;             // of the instruction in its block
  std::uint8_t rm;                 // rounding mode, resolved
  std::uint8_t vm;                 // vector: 1 = unmasked
};
static_assert(sizeof(Op) == 24);

// Cycles by use: [0] busy, [1 + reason] stalled. 32 bits hold what passes between two flushes.
using Lanes = std::uint32_t __attribute__((vector_size(32)));
inline constexpr std::size_t kLanes = 1 + kStalls;
static_assert(kLanes == 8);

struct alignas(32) Exit {
  Lanes lanes{};
  mutable const Variant* next = nullptr;   // null: not linked
  mutable std::uint64_t key = 0;           // dynamic exits: what `next` is for
  std::uint64_t cost = 0;                  // cycles from entry to the next instruction's earliest issue
  const Scoreboard* scoreboard = nullptr;  // there; without the operand term of a divide
};

struct alignas(32) Variant {
  Exit exits[2];  // [0] falls through or is the only one, [1] taken
  const Op* ops = nullptr;
  Block* block = nullptr;
  const Scoreboard* entry = nullptr;
  std::uint64_t vl = 0;  // blocks with vector instructions only
};

// Why the threaded code returned to the engine.
enum class Event : std::uint8_t {
  exit,     // at exits[exit] of variant, which is accounted: not linked, or the limit is reached
  dynamic,  // the same; the successor depends on `key` (jump target, divide latency)
  system,   // before an instruction that the engine itself carries out
  trap,     // before an instruction that raises cause, value
  device,   // before an access to the device window
  tohost,   // after a store to tohost
  vl,       // before the first instruction: this variant is for another vl
};

struct JumpEntry {
  const Exit* exit = nullptr;
  std::uint64_t key = 0;
  const Variant* next = nullptr;
};
inline constexpr std::uint64_t kJumpEntries = 1 << 12;
inline namespace TROUPE_LEVEL {
inline std::uint64_t jump_slot(const Exit* exit, std::uint64_t key) {
  const std::uint64_t h =
      (reinterpret_cast<std::uintptr_t>(exit) >> 5) * 0x9e3779b97f4a7c15 ^ key * 0xd6e8feb86659fd93;
  return h >> 52;
}
}  // namespace TROUPE_LEVEL
static_assert(kJumpEntries == std::uint64_t{1} << (64 - 52));

// How long an integer divide takes, from CoreParams.
struct DivideTime {
  DivideTerm term = DivideTerm::none;
  bool blocking = false;  // nothing issues meanwhile
  std::uint64_t base = 0, bits_per_cycle = 1, min = 0, by_zero = 0, by_one = 0;

  // By the magnitudes of operands that are `width` bits wide; `one`: the divisor is 1, or the quotient
  // overflows.
  [[gnu::always_inline]] std::uint64_t cycles(std::uint64_t a, std::uint64_t b, int width, bool one) const {
    if (b == 0 && by_zero != 0) return by_zero;
    if (one && by_one != 0) return by_one;
    std::uint64_t bits = 0;
    switch (term) {
      case DivideTerm::none:
        break;
      case DivideTerm::quotient:
        if (b != 0 && a >= b) bits = static_cast<std::uint64_t>(std::bit_width(a) - std::bit_width(b)) + 1;
        break;
      case DivideTerm::dividend:
        bits = static_cast<std::uint64_t>(std::bit_width(a));
        break;
      case DivideTerm::divisor:
        bits = static_cast<std::uint64_t>(width - std::bit_width(b));
        break;
    }
    const std::uint64_t cycles = base + (bits + bits_per_cycle - 1) / bits_per_cycle;
    return cycles < min ? min : cycles;
  }
};

// What handlers need besides the hart, for one stay in threaded code.
struct Session {
  alignas(32) Lanes lanes{};
  Cycle limit = 0;          // leave at the first exit at or after it
  std::uint64_t low = 0;    // first address of memory
  std::uint64_t room[4]{};  // an access of 1 << n bytes is inside when address - low <= room[n]
  const std::uint8_t* page_flags = nullptr;  // by address >> 12, biased; non-zero: a store must look closer
  JumpEntry* jumps = nullptr;
  DivideTime divide;

  Event event = Event::exit;
  const Variant* variant = nullptr;
  const Op* op = nullptr;
  Cycle cycle = 0;  // Event::exit and dynamic: at the exit; others: at the entry of the block
  std::uint64_t exit = 0, key = 0;
  TrapInfo trap;
};

inline namespace TROUPE_LEVEL {

inline std::byte* at(std::byte* memory, std::uint64_t address) {
  return reinterpret_cast<std::byte*>(reinterpret_cast<std::uintptr_t>(memory) + address);
}

// Leaves threaded code. In a handler: `return leave(...)`.
inline void leave(Session* session, Event event, const Op* op, const Variant* variant, Cycle cycle) {
  session->event = event;
  session->op = op;
  session->variant = variant;
  session->cycle = cycle;
}

// An instruction that always goes on to the next: body(op, hart, session).
template <auto Body>
TROUPE_THREADED void step(const Op* op, Hart* hart, std::byte* memory, const Variant* variant, Cycle cycle,
                          Session* session) {
  [[clang::always_inline]] Body(*op, *hart);
  [[clang::musttail]] return op[1].handler(op + 1, hart, memory, variant, cycle, session);
}

// Goes on along an exit whose successor is fixed.
template <int kExit>
[[gnu::always_inline]] TROUPE_THREADED inline void follow(const Op* op, Hart* hart, std::byte* memory,
                                                          const Variant* variant, Cycle cycle,
                                                          Session* session) {
  const Exit& exit = variant->exits[kExit];
  cycle += exit.cost;
  session->lanes += exit.lanes;
  const Variant* const next = exit.next;
  if (next == nullptr || cycle >= session->limit) [[unlikely]] {
    session->exit = kExit;
    return leave(session, Event::exit, op, variant, cycle);
  }
  [[clang::musttail]] return next->ops->handler(next->ops, hart, memory, next, cycle, session);
}

// Goes on along an exit whose successor depends on session->key.
[[gnu::always_inline]] TROUPE_THREADED inline void follow_dynamic(const Op* op, Hart* hart, std::byte* memory,
                                                                  const Variant* variant, Cycle cycle,
                                                                  Session* session) {
  const Exit& exit = variant->exits[0];
  const std::uint64_t key = session->key;
  cycle += exit.cost;
  session->lanes += exit.lanes;
  const Variant* next = exit.next;
  if (next == nullptr || exit.key != key) {
    const JumpEntry& entry = session->jumps[jump_slot(&exit, key)];
    next = entry.exit == &exit && entry.key == key ? entry.next : nullptr;
  }
  if (next == nullptr || cycle >= session->limit) [[unlikely]]
    return leave(session, Event::dynamic, op, variant, cycle);
  [[clang::musttail]] return next->ops->handler(next->ops, hart, memory, next, cycle, session);
}

}  // namespace TROUPE_LEVEL

// The handler of instructions that the engine itself carries out: Event::system.
TROUPE_THREADED void hand_to_engine(const Op* op, Hart* hart, std::byte* memory, const Variant* variant,
                                    Cycle cycle, Session* session);

// Raises a trap before the instruction of `op`. In a handler: `return raise(...)`.
void raise(const Op* op, const Variant* variant, Cycle cycle, Session* session, Cause cause,
           std::uint64_t value);

// Slow halves of memory access (isa/exec.cpp). True: go on; false: leave threaded code as `session` says.
bool slow_store(const Op* op, Hart* hart, const Variant* variant, Cycle cycle, Session* session,
                std::uint64_t address, std::uint64_t value, std::uint32_t bytes, bool integer);
void slow_load(const Op* op, Hart* hart, const Variant* variant, Cycle cycle, Session* session,
               std::uint64_t address, std::uint32_t bytes, bool integer);

// mtval of an access at `address` that does not lie in memory: the first of its bytes that does not.
std::uint64_t faulting_address(const MemoryView& memory, std::uint64_t address);

// Notes a write to [address, address + bytes), which is inside memory, when text is there.
void note_text_write(Hart& hart, std::uint64_t address, std::uint64_t bytes);

}  // namespace troupe::isa

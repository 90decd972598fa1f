#include "isa/scoreboard.hpp"

#include <algorithm>

#include "isa/vector_shape.hpp"

namespace troupe::isa {

const Scoreboard* ScoreboardTable::intern(std::vector<Scoreboard::Entry> entries) {
  if (entries.empty()) return nullptr;
  std::uint64_t hash = 0;
  for (const auto& e : entries)
    hash = (hash ^ e.resource ^ std::uint64_t{static_cast<std::uint8_t>(e.why)} << 8 ^
            std::uint64_t{e.cycles} << 16) *
           0x9e3779b97f4a7c15;
  auto& bucket = buckets_[hash >> 54];
  for (const auto& s : bucket)
    if (s->entries == entries) return s.get();
  bucket.push_back(std::make_unique<Scoreboard>(Scoreboard{std::move(entries)}));
  return bucket.back().get();
}

Scheduler::Scheduler(const Scoreboard* entry, std::size_t resources) : resources_(resources) {
  std::fill_n(ready_, resources_, 0);
  std::fill_n(why_, resources_, Stall::operand);
  if (entry == nullptr) return;
  for (const auto& e : entry->entries) {
    ready_[e.resource] = e.cycles;
    why_[e.resource] = e.why;
  }
}

void Scheduler::wait(Moment& moment, std::size_t resource, std::uint64_t early) const {
  if (ready_[resource] <= moment.cycle + early) return;
  moment.cycle = ready_[resource] - early;
  moment.why = why_[resource];
}

namespace {

// The element groups of an operand that `beat` touches, or all of them: [first, end).
struct Groups {
  std::size_t first, end;
};
Groups groups_of(const VectorUse& use, const VectorUse::Operand& o, std::uint32_t beat, bool all) {
  if (o.passing == Passing::first || o.passing == Passing::last) return {o.group, o.group + 1u};
  const std::uint64_t from = all ? 0 : std::uint64_t{beat} * o.beat_bits,
                      to = all ? o.bits : std::min<std::uint64_t>(from + o.beat_bits, o.bits);
  if (from >= to) return {o.group, o.group};
  return {o.group + from / use.group_bits, o.group + (to - 1) / use.group_bits + 1};
}

// Is `beat` the one that touches the operand; for `along` each is.
bool touches(const VectorUse& use, const VectorUse::Operand& o, std::uint32_t beat) {
  switch (o.passing) {
    case Passing::along:
      return true;
    case Passing::first:
    case Passing::at_once:
      return beat == 0;
    default:
      return beat + 1 == use.beats;
  }
}

}  // namespace

void Scheduler::wait_for_beat(Moment& moment, const Use& use, std::uint32_t beat) const {
  const VectorUse& v = use.vector;
  for (std::uint32_t i = 0; i < v.operands; ++i) {
    const VectorUse::Operand& o = v.operand[i];
    if (!touches(v, o, beat)) continue;
    const Groups groups = groups_of(v, o, beat, o.passing != Passing::along);
    for (std::size_t g = groups.first; g < groups.end; ++g) wait(moment, g, 0);
  }
}

std::uint64_t Scheduler::ready(const Use& use) {
  if (resources_ == kUntimed) return now_;
  Moment moment{now_, Stall::operand};
  for (std::uint32_t i = 0; i < use.source_count; ++i) wait(moment, use.sources[i], 0);
  if (use.unit != 0) wait(moment, use.unit, use.unit_slack);
  if (use.load_slots != 0) wait(moment, kLoadSlots + use.load_slots - 1u, 0);
  // Pipelined results come in order; those of the vector unit, whose time is not fixed, are waited for.
  if (use.destination != 0)
    wait(moment, use.destination, why_[use.destination] == Stall::vector ? 0 : use.latency + use.vector.tail);
  if (use.vector.beats != 0) wait_for_beat(moment, use, 0);
  pass(moment.cycle - now_, moment.why);
  return now_;
}

std::uint64_t Scheduler::issue(const Use& use) {
  if (resources_ == kUntimed) {
    lanes_[0] += 1;
    return now_++;
  }
  const std::uint64_t at = ready(use);
  if (use.vector.beats != 0) {
    pass_beats(use, at);
  } else {
    if (use.destination != 0) set(use.destination, at + use.latency, use.why);
    if (use.unit != 0) set(use.unit, std::max(at, ready_[use.unit]) + use.unit_cycles, use.unit_why);
    if (use.load_slots != 0) take_load_slot(use.load_slots, at + use.load_slot_cycles);
  }
  lanes_[0] += 1;
  now_ = at + 1;
  pass(use.refill, use.refill_why);
  return at;
}

// When the beats go, from what was there before the instruction, and then what they write.
void Scheduler::pass_beats(const Use& use, std::uint64_t at) {
  const VectorUse& v = use.vector;
  std::vector<std::uint64_t> beat_cycles(v.beats, at);
  for (std::uint32_t beat = 1; beat < v.beats; ++beat) {
    Moment moment{beat_cycles[beat - 1] + v.interval, Stall::vector};
    wait_for_beat(moment, use, beat);
    beat_cycles[beat] = moment.cycle;
  }
  for (std::uint32_t i = 0; i < v.operands; ++i) {
    const VectorUse::Operand& o = v.operand[i];
    for (std::uint32_t beat = 0; o.write && beat < v.beats; ++beat) {
      if (!touches(v, o, beat)) continue;
      const bool late = o.passing == Passing::at_end || o.passing == Passing::last;
      const std::uint64_t there = beat_cycles[beat] + use.latency + (late ? v.tail : 0);
      const Groups groups = groups_of(v, o, beat, o.passing != Passing::along);
      for (std::size_t g = groups.first; g < groups.end; ++g) set(g, there, use.why);
    }
  }
  const std::uint64_t last = beat_cycles.back();
  if (use.destination != 0) set(use.destination, last + use.latency + v.tail, use.why);
  set(use.unit, last + v.interval, use.unit_why);
}

// The slots are kept in order, the longest taken first, so that which of them is which makes no difference;
// the last is the one to be taken next.
void Scheduler::take_load_slot(std::uint8_t slots, std::uint64_t until) {
  std::size_t i = kLoadSlots + slots - 1u;
  for (; i > kLoadSlots && ready_[i - 1] < until; --i) set(i, ready_[i - 1], why_[i - 1]);
  set(i, until, Stall::operand);
}

void Scheduler::pass(std::uint64_t cycles, Stall why) {
  if (resources_ == kUntimed) return;
  lanes_[1 + static_cast<int>(why)] += static_cast<std::uint32_t>(cycles);
  now_ += cycles;
}

void Scheduler::set(std::size_t resource, std::uint64_t cycle, Stall why) {
  if (resources_ == kUntimed) return;
  ready_[resource] = cycle;
  why_[resource] = why;
}

std::vector<Scoreboard::Entry> Scheduler::pending() const {
  std::vector<Scoreboard::Entry> entries;
  for (std::size_t r = 0; r < resources_; ++r)
    if (ready_[r] > now_)
      entries.push_back({static_cast<Resource>(r), why_[r], static_cast<std::uint32_t>(ready_[r] - now_)});
  return entries;
}

namespace {

// mulh, mulhsu, mulhu.
bool is_multiply_high(const Row& row) {
  const std::uint32_t funct3 = row.match >> 12 & 7;
  return funct3 >= 1 && funct3 <= 3;
}

std::uint32_t n(Cycles cycles) {
  return static_cast<std::uint32_t>(cycles.count);
}

void load_cost(Use& use, const CoreParams& core) {
  use.latency = n(core.load_use);
  use.refill = n(core.load_stall);
  use.refill_why = Stall::operand;
  use.load_slots = static_cast<std::uint8_t>(core.loads_in_flight);
  use.load_slot_cycles = use.latency - 1;
}

void store_cost(Use& use, const CoreParams& core) {
  use.refill = n(core.store_stall);
  use.refill_why = Stall::operand;
  use.unit = kStoreQueue;
  use.unit_cycles = n(core.store_interval);
  // A full queue of n drains in n - 1 intervals and what is left of the first.
  use.unit_slack = (static_cast<std::uint32_t>(core.store_queue) - 1) * use.unit_cycles;
}

void multiply_cost(Use& use, bool high, const CoreParams& core) {
  use.latency = n(high ? core.mul_high : core.mul);
  use.refill = n(high ? core.mul_high_stall : core.mul_stall);
  use.refill_why = Stall::operand;
}

void float_divide_cost(Use& use, Cycles cycles) {
  use.latency = n(cycles);
  use.why = use.unit_why = Stall::divide;
  use.unit = kFloatDivider;
  use.unit_cycles = use.latency;
}

// Latency, unit and refill of a scalar instruction.
void scalar_cost(Use& use, const Row& row, const CoreParams& core) {
  use.latency = n(core.alu);
  switch (row.unit) {
    case Unit::mul:
      return multiply_cost(use, is_multiply_high(row), core);
    case Unit::load:
    case Unit::fp_load:
      return load_cost(use, core);
    case Unit::store:
    case Unit::fp_store:
      return store_cost(use, core);
    case Unit::amo:
      use.latency = n(core.amo);
      return;
    case Unit::fp:
      use.latency = n(core.fp);
      return;
    case Unit::fp_div_single:
      return float_divide_cost(use, core.fp_div_single);
    case Unit::fp_div_double:
      return float_divide_cost(use, core.fp_div_double);
    case Unit::div:
      use.latency = 1;  // at least; the rest is known when it has executed
      use.why = use.unit_why = Stall::divide;
      use.unit = kDivider;
      return;
    case Unit::csr:
      use.latency = n(core.csr);
      use.refill = n(core.csr) - 1;
      return;
    case Unit::fence_i:
      use.refill = n(core.fence_i);
      return;
    case Unit::jump:
    case Unit::jump_register:
      use.refill = n(row.unit == Unit::jump ? core.jump : core.jump_register);
      use.refill_why = Stall::branch;
      return;
    default:
      return;
  }
}

std::uint8_t bits5(std::uint32_t raw, int at) {
  return raw >> at & 31;
}

}  // namespace

Use use_of(const Instruction& instruction, const CoreParams& core, std::uint64_t vtype, std::uint64_t vl) {
  Use use;
  if (instruction.row == nullptr) return use;
  const Row& row = *instruction.row;
  const std::uint32_t raw = instruction.raw;
  const auto source = [&](Resource file, int at) {
    const std::uint8_t r = bits5(raw, at);
    if (file != kIntegerRegisters || r != 0)
      use.sources[use.source_count++] = static_cast<Resource>(file + r);
  };
  for (const Field f : row.fields) {
    switch (f) {
      case Field::rs1:
        source(kIntegerRegisters, 15);
        break;
      case Field::rs2:
        source(kIntegerRegisters, 20);
        break;
      case Field::fs1:
        source(kFloatRegisters, 15);
        break;
      case Field::fs2:
        source(kFloatRegisters, 20);
        break;
      case Field::fs3:
        source(kFloatRegisters, 27);
        break;
      case Field::rd:
        use.destination = bits5(raw, 7);
        break;
      case Field::fd:
        use.destination = static_cast<Resource>(kFloatRegisters + bits5(raw, 7));
        break;
      default:
        break;
    }
  }
  if (is_vector(row.unit)) {
    vector_use(use, instruction, core, vtype, vl);
  } else {
    scalar_cost(use, row, core);
  }
  return use;
}

}  // namespace troupe::isa

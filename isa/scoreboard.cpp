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

Scheduler::Scheduler(const Scoreboard* entry) {
  if (entry == nullptr) return;
  for (const auto& e : entry->entries) {
    ready_[e.resource] = e.cycles;
    why_[e.resource] = e.why;
  }
}

std::uint64_t Scheduler::ready(const Use& use) {
  std::uint64_t at = now_;
  Stall why = Stall::operand;
  const auto wait = [&](Resource r) {
    if (ready_[r] <= at) return;
    at = ready_[r];
    why = why_[r];
  };
  for (const Use::Range& range : use.sources)
    for (std::uint8_t i = 0; i < range.count; ++i) wait(static_cast<Resource>(range.first + i));
  if (use.unit != 0) wait(use.unit);
  pass(at - now_, why);
  return now_;
}

std::uint64_t Scheduler::issue(const Use& use) {
  const std::uint64_t at = ready(use);
  for (std::uint8_t i = 0; i < use.destination.count; ++i) {
    ready_[use.destination.first + i] = at + use.latency;
    why_[use.destination.first + i] = use.why;
  }
  if (use.unit != 0) {
    ready_[use.unit] = at + use.unit_cycles;
    why_[use.unit] = use.unit_why;
  }
  lanes_[0] += 1;
  now_ = at + 1;
  pass(use.refill, use.refill_why);
  return at;
}

void Scheduler::pass(std::uint64_t cycles, Stall why) {
  lanes_[1 + static_cast<int>(why)] += static_cast<std::uint32_t>(cycles);
  now_ += cycles;
}

void Scheduler::set(Resource resource, std::uint64_t cycles_from_now, Stall why) {
  ready_[resource] = now_ + cycles_from_now;
  why_[resource] = why;
}

std::vector<Scoreboard::Entry> Scheduler::pending() const {
  std::vector<Scoreboard::Entry> entries;
  for (std::size_t r = 0; r < kResources; ++r)
    if (ready_[r] > now_)
      entries.push_back({static_cast<Resource>(r), why_[r], static_cast<std::uint32_t>(ready_[r] - now_)});
  return entries;
}

namespace {

std::uint32_t n(Cycles cycles) {
  return static_cast<std::uint32_t>(cycles.count);
}

// Latency, unit and refill of a scalar instruction.
void scalar_cost(Use& use, Unit unit, const CoreParams& core) {
  switch (unit) {
    case Unit::mul:
      use.latency = n(core.mul);
      break;
    case Unit::load:
    case Unit::fp_load:
      use.latency = n(core.load_use);
      break;
    case Unit::amo:
      use.latency = n(core.amo);
      break;
    case Unit::fp:
      use.latency = n(core.fp);
      break;
    case Unit::fp_div_single:
    case Unit::fp_div_double:
      use.latency = n(unit == Unit::fp_div_single ? core.fp_div_single : core.fp_div_double);
      use.why = use.unit_why = Stall::divide;
      use.unit = kFloatDivider;
      use.unit_cycles = use.latency;
      break;
    case Unit::div:
      use.latency = 0;  // set by operand when it has executed
      use.unit = kDivider;
      use.unit_why = use.why = Stall::divide;
      break;
    case Unit::csr:
      use.latency = n(core.csr);
      use.refill = n(core.csr) - 1;
      break;
    case Unit::fence_i:
      use.refill = n(core.fence_i);
      break;
    case Unit::jump:
    case Unit::jump_register:
      use.latency = n(core.alu);
      use.refill = n(core.branch_taken);
      use.refill_why = Stall::branch;
      break;
    default:
      use.latency = n(core.alu);
      break;
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
  std::size_t sources = 0;
  const auto source = [&](Resource file, int at) {
    const std::uint8_t r = bits5(raw, at);
    if (file != kIntegerRegisters || r != 0) use.sources[sources++] = {static_cast<Resource>(file + r), 1};
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
        if (bits5(raw, 7) != 0) use.destination = {bits5(raw, 7), 1};
        break;
      case Field::fd:
        use.destination = {static_cast<Resource>(kFloatRegisters + bits5(raw, 7)), 1};
        break;
      default:
        break;
    }
  }
  if (is_vector(row.unit)) {
    vector_use(use, sources, instruction, core, vtype, vl);
  } else {
    scalar_cost(use, row.unit, core);
  }
  return use;
}

}  // namespace troupe::isa

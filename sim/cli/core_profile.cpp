#include "sim/cli/core_profile.hpp"

namespace troupe {
namespace {

constexpr std::size_t kDepthMax = 256;

enum class Transfer { none, call, back };

// What an instruction does to the stack of calls (ISA manual, "Unconditional Jumps", return-address hints).
Transfer transfer_of(const isa::Step& step) {
  const std::uint32_t opcode = step.expanded & 0x7f, rd = step.expanded >> 7 & 31,
                      rs1 = step.expanded >> 15 & 31;
  const auto is_link = [](std::uint32_t r) { return r == 1 || r == 5; };
  if (step.end != isa::Step::End::retired || (opcode != 0x6f && opcode != 0x67)) return Transfer::none;
  if (is_link(rd)) return Transfer::call;
  return opcode == 0x67 && is_link(rs1) ? Transfer::back : Transfer::none;
}

}  // namespace

void Ledger::add(std::size_t index, const isa::Account& spent) {
  if (index >= entries_.size()) entries_.resize(index + 1);
  Entry& entry = entries_[index];
  entry.pending += spent;
  if (entry.listed) return;
  entry.listed = true;
  pending_.push_back(index);
}

void Ledger::settle() {
  for (const std::size_t index : pending_) {
    Entry& entry = entries_[index];
    entry.settled += entry.pending;
    entry.pending = {};
    entry.listed = false;
  }
  pending_.clear();
}

void Ledger::drop() {
  for (const std::size_t index : pending_) {
    entries_[index].pending = {};
    entries_[index].listed = false;
  }
  pending_.clear();
}

const isa::Account& Ledger::settled(std::size_t index) const {
  static const isa::Account nothing;
  return index < entries_.size() ? entries_[index].settled : nothing;
}

std::size_t CoreProfile::child(std::size_t parent, std::size_t name) {
  const auto [it, added] = nodes_[parent].children.try_emplace(name, nodes_.size());
  const std::size_t node = it->second;
  if (added) nodes_.push_back({name, {}});
  return node;
}

void CoreProfile::add(const isa::Step& step, std::size_t function) {
  last_node_ = child(callers_.empty() ? actor_node_ : callers_.back().node, function);
  const auto [it, added] = address_numbers_.try_emplace(step.pc, addresses_.size());
  if (added) addresses_.push_back(step.pc);
  last_address_ = it->second;
  by_node_.add(last_node_, step.spent);
  by_address_.add(last_address_, step.spent);
  transfer(step, last_node_, function);
}

void CoreProfile::transfer(const isa::Step& step, std::size_t here, std::size_t function) {
  switch (transfer_of(step)) {
    case Transfer::none:
      return;
    case Transfer::call:
      if (callers_.size() == kDepthMax)
        ++calls_beyond_;
      else
        callers_.push_back({function, here});
      return;
    case Transfer::back:
      if (calls_beyond_ > 0)
        --calls_beyond_;
      else if (!callers_.empty())
        callers_.pop_back();
  }
}

// Another actor runs: the same callers, below its frame.
void CoreProfile::dispatch(std::size_t actor) {
  std::size_t node = actor_node_ = child(0, actor);
  for (Frame& frame : callers_) node = frame.node = child(node, frame.function);
}

void CoreProfile::settle() {
  by_node_.settle();
  by_address_.settle();
}

void CoreProfile::finish(std::uint64_t cycles) {
  by_node_.drop();
  by_address_.drop();
  if (cycles == 0) return;
  isa::Account wait;
  wait.waiting = cycles;
  by_node_.add(last_node_, wait);
  by_address_.add(last_address_, wait);
  settle();
}

isa::Account CoreProfile::total() const {
  isa::Account sum;
  for (std::size_t node = 0; node < nodes_.size(); ++node) sum += by_node_.settled(node);
  return sum;
}

std::map<std::uint64_t, isa::Account> CoreProfile::by_address() const {
  std::map<std::uint64_t, isa::Account> sums;
  for (std::size_t i = 0; i < addresses_.size(); ++i) sums[addresses_[i]] = by_address_.settled(i);
  return sums;
}

}  // namespace troupe

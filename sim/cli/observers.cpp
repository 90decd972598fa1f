#include "sim/cli/observers.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>

#include "isa/engine.hpp"
#include "sim/base/check.hpp"

namespace troupe {
namespace {

constexpr std::size_t kDepthMax = 256;

enum class Transfer { none, call, back };

// What an instruction does to the stack of calls (ISA manual, "Unconditional Jumps", return-address hints).
Transfer transfer_of(const isa::BareStep& step) {
  const std::uint32_t opcode = step.expanded & 0x7f, rd = step.expanded >> 7 & 31,
                      rs1 = step.expanded >> 15 & 31;
  const auto is_link = [](std::uint32_t r) { return r == 1 || r == 5; };
  if (!step.retired || (opcode != 0x6f && opcode != 0x67)) return Transfer::none;
  if (is_link(rd)) return Transfer::call;
  return opcode == 0x67 && is_link(rs1) ? Transfer::back : Transfer::none;
}

std::string symbol_name(const isa::BareStep& step) {
  return step.symbol == nullptr ? "?" : step.symbol->name;
}

}  // namespace

TextOutput::TextOutput(const std::string& path) : path_(path) {
  if (path.empty()) return;
  file_.reset(path == "-" ? stderr : std::fopen(path.c_str(), "w"));
  if (file_ == nullptr) fail();
}

void TextOutput::write(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail();
}

void TextOutput::finish() {
  if (file_ != nullptr && std::fflush(file_.get()) != 0) fail();
}

void TextOutput::fail() const {
  throw InputError(fmt::format("{}: cannot write: {}", path_, std::strerror(errno)));
}

void InstructionTrace::add(const isa::BareStep& step) {
  if (!out_.wanted() || lines_left_ == 0) return;
  --lines_left_;
  const std::string raw = step.bytes == 0 ? "" : fmt::format("{:0{}x}", step.raw, 2 * step.bytes);
  const std::string where = step.symbol == nullptr
                                ? "?"
                                : fmt::format("{}+{:#x}", step.symbol->name, step.pc - step.symbol->address);
  const std::string text = step.bytes == 0
                               ? "not fetched"
                               : isa::disassemble(step.expanded == 0 ? step.raw : step.expanded, step.pc);
  out_.write(fmt::format("{:>10} {:#010x} {:<8} {:<24} {}{}\n", step.cycle, step.pc, raw, where, text,
                         step.retired ? "" : "  # trap"));
}

std::size_t CycleProfile::child(std::size_t parent, const std::string& name) {
  const auto [it, added] = nodes_[parent].children.try_emplace(name, nodes_.size());
  const std::size_t index = it->second;
  if (added) nodes_.push_back({name, 0, {}});
  return index;
}

void CycleProfile::add(const isa::BareStep& step) {
  if (!out_.wanted()) return;
  const std::size_t here = child(caller_, symbol_name(step));
  nodes_[here].cycles += step.cycles;
  switch (transfer_of(step)) {
    case Transfer::none:
      return;
    case Transfer::call:
      if (calls_.size() == kDepthMax) {
        ++too_deep_;
        return;
      }
      calls_.push_back(caller_);
      caller_ = here;
      return;
    case Transfer::back:
      if (too_deep_ > 0) {
        --too_deep_;
      } else if (!calls_.empty()) {
        caller_ = calls_.back();
        calls_.pop_back();
      }
  }
}

void CycleProfile::write_tree(std::size_t node, const std::string& prefix) {
  const std::string path = prefix + nodes_[node].name;
  if (nodes_[node].cycles > 0) out_.write(fmt::format("{} {}\n", path, nodes_[node].cycles));
  for (const auto& [name, index] : nodes_[node].children) write_tree(index, path + ";");
}

void CycleProfile::finish() {
  if (!out_.wanted()) return;
  for (const auto& [name, index] : nodes_[0].children) write_tree(index, "");
  out_.finish();
}

}  // namespace troupe

#include "sim/cli/code_names.hpp"

#include <fmt/core.h>

namespace troupe {

std::size_t CodeNames::function_at(std::uint64_t address) {
  const auto known = functions_.find(address);
  if (known != functions_.end()) return known->second;
  const ElfSymbol* symbol = elf_.symbol_at(address);
  const auto [it, added] =
      numbers_.try_emplace(symbol == nullptr ? "?" : symbol->plain_name(), names_.size());
  if (added) names_.push_back(it->first);
  functions_[address] = it->second;
  return it->second;
}

std::string CodeNames::place(std::uint64_t address) {
  const std::string& function = name(function_at(address));
  const ElfSymbol* symbol = elf_.symbol_at(address);
  return symbol == nullptr ? function : fmt::format("{}+{:#x}", function, address - symbol->address);
}

}  // namespace troupe

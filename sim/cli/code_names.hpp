// Functions of a program by address. Each address is looked up once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/base/elf_file.hpp"

namespace troupe {

class CodeNames {
 public:
  explicit CodeNames(ElfFile elf) : elf_(std::move(elf)) {}

  // The function that covers `address`, as an index into its names; equal names, equal index.
  std::size_t function_at(std::uint64_t address);
  const std::string& name(std::size_t function) const { return names_[function]; }  // "?": no symbol
  // "inner+0x2"
  std::string place(std::uint64_t address);

 private:
  const ElfFile elf_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t> numbers_;
  std::unordered_map<std::uint64_t, std::size_t> functions_;  // by address
};

}  // namespace troupe

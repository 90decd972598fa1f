// Which rows a test executed and compared: a file of names for each test, in the folder that
// TROUPE_EXECUTED_ROWS names (ctest sets it). tests/isa/coverage_test.cpp reads them all.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "isa/decode.hpp"

namespace troupe::isa::test {

using ExecutedRows = std::set<std::string>;

// An instruction as fetched, of 2 or 4 bytes, and its 32-bit form.
inline void add_executed(ExecutedRows& rows, std::uint32_t raw, std::uint32_t expanded) {
  if (const Row* row = find_row(expanded)) rows.insert(row->name);
  if ((raw & 3) != 3)
    if (const char* name = compressed_name(static_cast<std::uint16_t>(raw))) rows.insert(name);
}

// `column` is one of those of the coverage table; `test` makes the file's name its own.
inline void write_executed(const std::string& column, const std::string& test, const ExecutedRows& rows) {
  const char* folder = std::getenv("TROUPE_EXECUTED_ROWS");
  if (folder == nullptr) return;
  std::filesystem::create_directories(folder);
  std::ofstream file(std::filesystem::path(folder) / (column + "." + test));
  for (const std::string& name : rows) file << name << "\n";
}

}  // namespace troupe::isa::test

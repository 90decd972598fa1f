// No row without a test: every row of the tables and every compressed form was executed by a test that
// compares its result. The list derives from the rows; who executed what comes from the tests themselves
// (tests/isa/executed_rows.hpp), which ctest runs before this one.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "isa/decode.hpp"
#include "isa/host_code.hpp"
#include "tests/isa/executed_rows.hpp"

namespace troupe::isa {
namespace {

namespace fs = std::filesystem;

struct Group {
  std::string name;
  std::vector<std::string> rows;
};

const char* group_of(const Row& row, std::span<const Row> table) {
  const std::pair<std::span<const Row>, const char*> kTables[] = {
      {float_rows(), "F, D"},
      {half_rows(), "Zfh, Zfbfmin"},
      {vector_integer_rows(), "V integer"},
      {vector_widening_rows(), "V integer"},
      {vector_fixed_point_rows(), "V integer"},
      {vector_float_rows(), "V and Zvfh FP, Zvfbfmin, Zvfbfwma"},
      {vector_convert_rows(), "V and Zvfh FP, Zvfbfmin, Zvfbfwma"},
      {vector_bitmanip_rows(), "Zvbb"},
      {vector_mask_rows(), "V masks and permutations"},
      {vector_memory_rows(), "V memory, vsetvl"}};
  for (const auto& [rows, name] : kTables)
    if (rows.data() == table.data()) return name;
  switch (row.unit) {
    case Unit::mul:
    case Unit::div:
      return "M";
    case Unit::amo:
      return "A";
    case Unit::csr:
      return "Zicsr";
    default:
      CHECK_FALSE(is_vector(row.unit));  // its table is missing above
      return "I, Zifencei, Zba, Zbb, Zbs, Zicond";
  }
}

std::vector<Group> groups() {
  std::vector<Group> all;
  const auto add = [&](const std::string& group, const std::string& row) {
    auto at = std::find_if(all.begin(), all.end(), [&](const Group& g) { return g.name == group; });
    if (at == all.end()) at = all.insert(all.end(), {group, {}});
    if (std::find(at->rows.begin(), at->rows.end(), row) == at->rows.end()) at->rows.push_back(row);
  };
  for (const auto& table : host_code(HostLevel::portable).tables)
    for (const Row& row : table) add(group_of(row, table), row.name);
  for (std::uint32_t parcel = 0; parcel < 0x10000; ++parcel)
    if (const char* name = compressed_name(static_cast<std::uint16_t>(parcel))) add("C", name);
  return all;
}

constexpr std::array kColumns = {"reference", "differential", "riscv-tests", "riscv-vector-tests"};

// Rows by column, from the files that the tests wrote.
std::map<std::string, test::ExecutedRows> read_executed(const fs::path& folder) {
  std::map<std::string, test::ExecutedRows> executed;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::ifstream file(entry.path());
    for (std::string row; std::getline(file, row);) executed[name.substr(0, name.find('.'))].insert(row);
  }
  return executed;
}

TEST_CASE("every row is executed by a test that compares its result") {
  const char* folder = std::getenv("TROUPE_EXECUTED_ROWS");
  if (folder == nullptr) {
    fmt::print("coverage: SKIPPED, TROUPE_EXECUTED_ROWS names no folder; ctest sets it\n");
    return;
  }
  REQUIRE(fs::is_directory(folder));
  auto executed = read_executed(folder);
  fmt::print("| {:<36} | {:>5} |", "extension", "rows");
  for (const char* column : kColumns) fmt::print(" {} |", column);
  fmt::print("\n");
  std::vector<std::string> missing;
  for (const Group& group : groups()) {
    fmt::print("| {:<36} | {:>5} |", group.name, group.rows.size());
    for (const char* column : kColumns) {
      const auto& rows = executed[column];
      const auto count = std::count_if(group.rows.begin(), group.rows.end(),
                                       [&](const auto& r) { return rows.contains(r); });
      fmt::print(" {:>{}} |", rows.empty() ? "-" : std::to_string(count), std::string_view(column).size());
    }
    fmt::print("\n");
    for (const std::string& row : group.rows) {
      const auto has = [&](const char* column) { return executed[column].contains(row); };
      if (std::none_of(kColumns.begin(), kColumns.end(), has)) missing.push_back(row);
    }
  }
  if (executed["differential"].empty()) {
    fmt::print("coverage: {} rows NOT CHECKED, the differential tester did not run\n", missing.size());
    return;
  }
  for (const std::string& row : missing) FAIL_CHECK(row << " is executed by no test");
}

}  // namespace
}  // namespace troupe::isa

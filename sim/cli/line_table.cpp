#include "sim/cli/line_table.hpp"

#include <elfutils/libdw.h>
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

struct Row {
  std::uint64_t address;
  int line;
  const char* file;
  bool ends_sequence;
};

// All rows of one line table, by address.
std::vector<Row> rows_of(Dwarf_Lines* lines, std::size_t count, const std::string& path) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* const line = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int number = 0;
    bool ends = false;
    if (line == nullptr || dwarf_lineaddr(line, &address) != 0 || dwarf_lineno(line, &number) != 0 ||
        dwarf_lineendsequence(line, &ends) != 0)
      throw InputError(fmt::format("{}: damaged line table: {}", path, dwarf_errmsg(-1)));
    rows.push_back({address, number, dwarf_linesrc(line, nullptr, nullptr), ends});
  }
  return rows;
}

bool in_text(const ElfFile& elf, std::uint64_t address) {
  return std::any_of(elf.segments().begin(), elf.segments().end(), [&](const ElfSegment& s) {
    return s.executable && address - s.address < s.memory_bytes;
  });
}

}  // namespace

LineTable LineTable::read(const ElfFile& elf, const std::string& path) {
  if (!elf.section(".debug_line"))
    throw InputError(fmt::format("{}: no line table (section .debug_line)", path),
                     "compile it with -gline-tables-only; troupe compile does");
  elf_version(EV_CURRENT);
  // libelf writes to no image that it only reads; its interface is older than const.
  auto* const image = const_cast<char*>(reinterpret_cast<const char*>(elf.bytes().data()));
  const std::unique_ptr<Elf, int (*)(Elf*)> file(elf_memory(image, elf.bytes().size()), elf_end);
  const std::unique_ptr<Dwarf, int (*)(Dwarf*)> dwarf(
      file == nullptr ? nullptr : dwarf_begin_elf(file.get(), DWARF_C_READ, nullptr), dwarf_end);
  if (dwarf == nullptr) throw InputError(fmt::format("{}: debug sections: {}", path, dwarf_errmsg(-1)));

  LineTable table;
  std::map<std::string, std::size_t> numbers;
  const auto number_of = [&](const char* name) {
    const std::string plain = std::filesystem::path(name).lexically_normal().string();
    const auto [it, added] = numbers.try_emplace(plain, table.files_.size());
    if (added) table.files_.push_back(plain);
    return it->second;
  };
  Dwarf_Off offset = 0;
  Dwarf_CU* unit = nullptr;
  Dwarf_Files* files = nullptr;
  Dwarf_Lines* lines = nullptr;
  std::size_t file_count = 0, line_count = 0;
  int result = 0;
  while ((result = dwarf_next_lines(dwarf.get(), offset, &offset, &unit, &files, &file_count, &lines,
                                    &line_count)) == 0) {
    const std::vector<Row> rows = rows_of(lines, line_count, path);
    // Functions that the linker dropped stand at addresses outside the text.
    for (std::size_t i = 0; i + 1 < rows.size(); ++i)
      if (!rows[i].ends_sequence && rows[i].file != nullptr && rows[i].address < rows[i + 1].address &&
          in_text(elf, rows[i].address))
        table.ranges_.push_back(
            {rows[i].address, rows[i + 1].address, number_of(rows[i].file), rows[i].line});
  }
  if (result < 0) throw InputError(fmt::format("{}: damaged line table: {}", path, dwarf_errmsg(-1)));
  std::stable_sort(table.ranges_.begin(), table.ranges_.end(),
                   [](const Range& a, const Range& b) { return a.begin < b.begin; });
  return table;
}

std::string LineTable::at(std::uint64_t address) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                      [](std::uint64_t a, const Range& r) { return a < r.begin; });
  if (after == ranges_.begin() || address >= after[-1].end) return "??:0";
  return fmt::format("{}:{}", files_[after[-1].file], after[-1].line);
}

}  // namespace troupe

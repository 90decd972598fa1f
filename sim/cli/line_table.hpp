// Source lines by address, as a program's DWARF line tables tell. The only home of libdw.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/elf_file.hpp"

namespace troupe {

class LineTable {
 public:
  // Throws InputError, with `path`, for a program without line tables and for damaged ones.
  static LineTable read(const ElfFile& elf, const std::string& path);

  // "programs/fib/fib.cc:12"; line 0 for code that the compiler gives to no line of that file; "??:0" for an
  // address that the tables do not have.
  std::string at(std::uint64_t address) const;

 private:
  struct Range {
    std::uint64_t begin, end;
    std::size_t file;
    int line;
  };
  std::vector<Range> ranges_;  // ascending
  std::vector<std::string> files_;
};

}  // namespace troupe

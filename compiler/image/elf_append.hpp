// Adds sections that are not loaded to a finished ELF64 file, which stays readable by objdump and gdb.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace troupe {

struct NewSection {
  std::string name;
  std::vector<std::byte> bytes;
};

// `elf` with the sections appended, 8-byte aligned; nothing that was there moves. Precondition: a well-formed
// little-endian ELF64 file with fewer than 65,000 sections, as our linker writes it.
std::vector<std::byte> append_sections(std::span<const std::byte> elf, std::span<const NewSection> sections);

}  // namespace troupe

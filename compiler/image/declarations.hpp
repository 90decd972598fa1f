// What the C++ of a program declares about itself, read out of the linked ELF: its behaviours and, where it
// says TROUPE_PROGRAM, the program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/elf_file.hpp"

namespace troupe {

struct DeclaredBehaviour {
  std::string name;
  std::string signature;  // letters of abi::ArgumentKind, in parameter order
  std::uint64_t entry = 0;
  std::uint64_t message_bytes = 0;  // of the payload its inbox takes
  std::uint64_t inbox_slots = 0;    // that its inbox asks for

  bool has_inbox() const { return signature.find('i') != std::string::npos; }
};
struct DeclaredProgram {
  std::string name, root;
  std::uint64_t cores_required = 0;
};

struct Declarations {
  std::vector<DeclaredBehaviour> behaviours;  // by name
  std::optional<DeclaredProgram> program;
  std::uint64_t image_end = 0;  // L1 address behind text, data and bss

  const DeclaredBehaviour* find(std::string_view name) const;
};

// Throws InputError for two behaviours of one name, two programs, and records that point nowhere.
Declarations read_declarations(const ElfFile& elf);

}  // namespace troupe

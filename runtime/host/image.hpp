// An image: a program as the compiler left it, read strictly. `load_image` checks every offset and every
// index, so that whatever it returns can be used without another check.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/abi/manifest.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe {

// The manifest's records with their strings and tables resolved (runtime/abi/manifest.hpp).
struct ImageActor {
  std::string name;
  std::uint32_t behaviour, core, slots, slot_bytes, line;
  std::vector<abi::ArgumentRecord> arguments;
};
struct ImageBehaviour {
  std::string name, signature;
  std::uint64_t entry;
};
struct ImageSegment {
  std::string name;
  std::uint32_t dram;
  std::uint64_t dram_offset;
  std::span<const std::byte> bytes;  // into the image's file
};

struct Image {
  std::string path;
  ElfFile elf;
  std::string name;  // of the program
  std::uint32_t cores_required = 0, root_actor = 0;
  std::vector<ImageBehaviour> behaviours;
  std::vector<ImageActor> actors;
  std::vector<abi::EdgeRecord> edges;
  std::vector<ImageSegment> segments;
  std::uint64_t image_end = 0;  // L1 address behind text, data and bss

  // "relay.resume + 0x1c" for an address in the text; empty when no symbol covers it.
  std::string symbol_at(std::uint64_t pc) const;
};

// Throws InputError that names the file, what was found and what was expected.
Image load_image(const std::string& path);
// The same from an ELF that was read already; `path` names it in errors.
Image parse_image(const std::string& path, ElfFile elf);

}  // namespace troupe

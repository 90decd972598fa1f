// Section .riscv.attributes of an ELF file: which instruction set its code was compiled for.
#pragma once

#include <string>
#include <vector>

#include "sim/base/elf_file.hpp"

namespace troupe {

// Base and extensions in the order of Tag_RISCV_arch, without versions: {"rv64", "i", "m", ..., "zba"}; "g"
// is expanded. Empty where the file says nothing. Throws InputError, naming `path`, for a section that cannot
// be read (RISC-V ELF psABI, "Attributes"; ISA manual, "ISA Extension Naming Conventions").
std::vector<std::string> compiled_for(const std::string& path, const ElfFile& elf);

}  // namespace troupe

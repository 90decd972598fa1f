// Which extensions of RISC-V the core has, and the refusal of programs that were compiled for others.
#pragma once

#include <string>

#include "sim/base/chip_params.hpp"
#include "sim/base/elf_file.hpp"

namespace troupe::isa {

// Throws InputError naming every extension in the file's .riscv.attributes that the core lacks, a vector
// length (zvl<N>b) above the core's, or a base other than rv64i. A file without attributes passes.
void require_extensions(const std::string& path, const ElfFile& elf, const CoreParams& core);

}  // namespace troupe::isa

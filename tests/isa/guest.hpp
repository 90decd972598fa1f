// For tests of the core: assembles a program and holds a hart that runs it on a chip-like memory.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "isa/engine.hpp"
#include "sim/base/memory.hpp"
#include "tests/environment.hpp"
#include "tests/scratch_folder.hpp"

namespace troupe::test {

// An ELF from assembler text, linked at `base`; `_start` is its entry.
inline ElfFile assemble(const std::string& text, std::uint64_t base = 0xA000) {
  const ScratchFolder folder;
  std::ofstream(folder.file("a.s")) << ".globl _start\n_start:\n" << text << "\n";
  const std::string command =
      "clang-19 --target=riscv64-unknown-elf -march=rv64gcv_zba_zbb_zbs_zicond -mno-relax -nostdlib "
      "-fuse-ld=lld "
      "-Wl,--omagic,-Ttext=" +
      fmt::format("{:#x}", base) + " -o " + folder.file("a.elf") + " " + folder.file("a.s");
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command + "\n" + text);
  return ElfFile::read(folder.file("a.elf"));
}

inline constexpr std::uint64_t kDevice = 0x40000000;

// A core tile without a chip: memory at 0, the first 4 KiB faulting, a device window.
struct Guest {
  Memory memory{Bytes{1 << 20}};
  isa::Hart hart;

  explicit Guest(const ElfFile& elf) : Guest(elf, isa::make_code_space(elf)) {}
  Guest(const ElfFile& elf, std::shared_ptr<isa::CodeSpace> code) {
    for (const ElfSegment& s : elf.segments()) memory.write(s.address, s.bytes);
    isa::reset(hart,
               {.data = memory.data(),
                .size = memory.size(),
                .fault_low = 0x1000,
                .device_begin = kDevice,
                .device_end = kDevice + 0x1000},
               std::move(code), elf.entry(), 0, 0);
  }
  std::uint64_t x(int r) const { return hart.x[r]; }
};

inline CoreParams core() {
  return preset("xpu64").core;
}

// Everything that must not depend on how a hart was run.
inline bool same_state(const isa::Hart& a, const isa::Hart& b) {
  return std::equal(a.x, a.x + 32, b.x) && std::equal(a.f, a.f + 32, b.f) && a.pc == b.pc &&
         a.cycle == b.cycle && a.account == b.account && a.csr.fflags == b.csr.fflags &&
         a.csr.mepc == b.csr.mepc && a.csr.mcause == b.csr.mcause && a.csr.mstatus == b.csr.mstatus &&
         a.privilege == b.privilege && a.csr.vl == b.csr.vl && a.csr.vtype == b.csr.vtype &&
         std::equal(&a.v[0][0], &a.v[0][0] + sizeof a.v, &b.v[0][0]);
}

}  // namespace troupe::test

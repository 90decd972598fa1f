#include "isa/bare.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "isa/engine.hpp"
#include "isa/extensions.hpp"
#include "sim/base/check.hpp"
#include "sim/base/memory.hpp"

namespace troupe::isa {
namespace {

constexpr std::uint64_t kSyscallWrite = 64;

// The host's side of HTIF: an even value is the address of a system call block, an odd one ends the program.
class Htif {
 public:
  Htif(Memory& memory, std::uint64_t tohost, std::uint64_t fromhost, BareResult& result)
      : memory_(memory), tohost_(tohost - kBareBase), fromhost_(fromhost), result_(result) {}

  // Serves the value in tohost. True: the program ended.
  bool serve() {
    const std::uint64_t value = memory_.load64(tohost_);
    if (value == 0) return false;
    if ((value & 1) != 0) {
      result_.exit_code = value >> 1;
      return true;
    }
    memory_.store64(tohost_, 0);
    return !system_call(value);
  }

 private:
  // False: the request makes no sense; result_.diagnosis says why.
  bool system_call(std::uint64_t block) {
    const std::uint64_t offset = block - kBareBase;
    if (!memory_.contains(offset, 32))
      return refuse(fmt::format("HTIF request at {:#x} outside memory", block));
    const std::uint64_t number = memory_.load64(offset), text = memory_.load64(offset + 16) - kBareBase,
                        bytes = memory_.load64(offset + 24);
    if (number != kSyscallWrite)
      return refuse(fmt::format("HTIF system call {}; only write (64) is there", number));
    if (!memory_.contains(text, bytes))
      return refuse(fmt::format("HTIF write of {} bytes outside memory", bytes));
    const auto view = memory_.view(text, bytes);
    result_.console.append(reinterpret_cast<const char*>(view.data()), view.size());
    memory_.store64(offset, bytes);
    if (fromhost_ != 0) memory_.store64(fromhost_ - kBareBase, 1);
    return true;
  }
  bool refuse(std::string why) {
    result_.diagnosis = std::move(why);
    return false;
  }

  Memory& memory_;
  std::uint64_t tohost_, fromhost_;
  BareResult& result_;
};

// Copies the segments; each must lie inside memory.
void load(const ElfFile& elf, const std::string& path, Memory& memory) {
  for (const ElfSegment& s : elf.segments()) {
    if (!memory.contains(s.address - kBareBase, s.memory_bytes))
      throw InputError(fmt::format("{}: segment at {:#x}, {} bytes, is not in memory {:#x}-{:#x}", path,
                                   s.address, s.memory_bytes, kBareBase, kBareBase + memory.size()),
                       "link it for RAM at 0x80000000");
    memory.write(s.address - kBareBase, s.bytes);
  }
}

// Address of an 8-byte HTIF word, 0 when the program has none.
std::uint64_t word_address(const ElfFile& elf, const std::string& path, const char* name,
                           const Memory& memory) {
  const ElfSymbol* symbol = elf.symbol(name);
  if (symbol == nullptr) return 0;
  if (!memory.contains(symbol->address - kBareBase, 8) || symbol->address % 8 != 0)
    throw InputError(
        fmt::format("{}: symbol {} at {:#x} is not an aligned word in memory", path, name, symbol->address));
  return symbol->address;
}

std::string where(const ElfFile& elf, std::uint64_t pc) {
  const ElfSymbol* symbol = elf.symbol_at(pc);
  return symbol == nullptr ? "" : fmt::format(" in {}", symbol->name);
}

}  // namespace

BareResult run_bare(const std::string& path, const CoreParams& core, const BareOptions& options) {
  const ElfFile elf = ElfFile::read(path);
  require_extensions(path, elf, core);
  Memory memory(options.memory);
  load(elf, path, memory);
  const std::uint64_t tohost = word_address(elf, path, "tohost", memory);
  if (tohost == 0)
    throw InputError(fmt::format("{}: no symbol tohost, so the program could never end", path),
                     "bare programs speak HTIF: see isa/README.md");
  BareResult result;
  Htif htif(memory, tohost, word_address(elf, path, "fromhost", memory), result);
  const auto engine = options.observer == nullptr ? make_engine(core, options.engine)
                                                  : make_observed_engine(core, *options.observer);
  Hart hart;
  reset(hart, {.data = memory.data(), .base = kBareBase, .size = memory.size(), .tohost = tohost},
        make_code_space(elf), elf.entry(), 0, 0);
  for (bool running = true; running;) {
    const Cycle until =
        std::min(options.cycles_max, hart.cycle + std::min(options.quantum, kNever - hart.cycle));
    switch (engine->run(hart, until)) {
      case Stop::until:
        running = hart.cycle < options.cycles_max;
        if (!running)
          result.diagnosis = fmt::format("stopped at its limit of {} cycles, pc {:#x}{}", options.cycles_max,
                                         hart.pc, where(elf, hart.pc));
        break;
      case Stop::tohost:
        running = !htif.serve();
        break;
      case Stop::wait_for_interrupt:
        running = false;
        result.diagnosis =
            fmt::format("wfi at pc {:#x}{}: nothing will interrupt", hart.pc - 4, where(elf, hart.pc - 4));
        break;
      case Stop::unhandled_trap:
        running = false;
        result.diagnosis =
            fmt::format("trap without a handler: {}{}", trap_text(hart), where(elf, hart.trap.pc));
        break;
      case Stop::device:
        CHECK(false, "bare mode has no devices");
    }
  }
  result.instructions = hart.instructions();
  result.cycles = hart.cycle;
  CHECK(hart.account.total() == hart.cycle, "accounted {} of {} cycles", hart.account.total(), hart.cycle);
  return result;
}

}  // namespace troupe::isa

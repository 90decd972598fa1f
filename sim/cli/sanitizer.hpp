// `troupe run --sanitize`: reads of what has not been written, or not been observed, and payloads outside
// what a core has written. Watches every instruction; changes no cycle.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/host/image.hpp"
#include "runtime/host/loader.hpp"
#include "sim/base/chip_params.hpp"
#include "sim/base/run_info.hpp"
#include "sim/base/trace.hpp"
#include "sim/chip/simulation.hpp"
#include "sim/cli/code_names.hpp"
#include "sim/cli/line_table.hpp"

namespace troupe {

// Bytes never written may be copied: compilers copy the padding of structs, and vector code whole blocks. So
// registers carry which of their bits come from such bytes, a store gives them on, and a finding is their
// use: as an address, in a branch, in a floating-point or vector operation, as a value for the NIU. Memory
// that was in use before counts as written.
class Sanitizer final : public CoreObserver, public TraceSink {
 public:
  Sanitizer(const Image& image, const LoadPlan& plan, const ChipParams& chip, RunInfo names, TraceSink& next);

  bool wants(std::uint16_t tile) const override { return cores_.contains(tile); }
  void about_to(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) override;
  void step(std::uint16_t tile, const isa::Hart& hart, const isa::Step& step) override;
  void landed(std::uint16_t tile, std::uint64_t address, std::uint64_t bytes, Cycle arrived) override;
  void counted(std::uint16_t) override {}
  void record(std::uint16_t tile, EventKind kind, Cycle cycle, std::uint64_t a, std::uint64_t b,
              std::uint64_t c) override;

  // Lines to print, the earliest findings first; none when the program is clean.
  std::vector<std::string> report() const;

 private:
  // A mailbox ring: its slots from `freed` on, `observed` - `freed` of them, hold messages the core knows of.
  struct Ring {
    std::uint64_t base = 0, slots = 0, slot_bytes = 0, freed = 0, observed = 0;
  };
  struct Range {
    std::uint64_t begin, end;
  };
  struct Load {
    Cycle cycle;
    std::uint64_t pc;
  };
  struct Core {
    std::string name, actor = "the runtime";
    std::vector<std::uint8_t> written;            // of L1, by byte
    std::array<std::uint64_t, 32> unwritten_x{};  // bits of integer registers that come from unwritten bytes
    std::array<std::uint64_t, 32> origin{};       // an address they come from
    std::bitset<32> unwritten_f;
    std::vector<std::uint8_t> unwritten_v;           // by byte of the vector register file
    std::map<std::uint64_t, std::uint32_t> ring_at;  // the mailbox slot, by base
    std::map<std::uint32_t, Ring> rings;             // by mailbox slot
    std::map<std::uint32_t, Range> reads;            // under way, by transaction
    std::unordered_map<std::uint64_t, Load> loads;   // last load of each word since the last NIU access
    std::uint64_t niu_local = 0, niu_length = 0, mailbox = 0, ring_base = 0, ring_shape = 0;
    struct Access {
      std::uint64_t offset, value;
      bool store;
    };
    std::optional<Access> access;  // of the NIU, not done yet
  };
  // What an instruction is seen with.
  struct Now {
    Core& core;
    const isa::Hart& hart;
    std::uint64_t pc;
    Cycle cycle;
    std::uint32_t raw;
    unsigned rd, rs1, rs2, funct3;
  };

  void find(const Now& now, const std::string& what);
  // The mailbox slot in whose ring that is; null: in none.
  static const std::uint32_t* ring_around(const Core& core, std::uint64_t address);
  static void open_ring(Core& core, std::uint32_t slot, const Ring& ring);
  static void close_ring(Core& core, std::uint32_t slot);
  void use(Now& now, unsigned x, const char* as);
  void check_load(const Now& now, std::uint64_t address, std::uint64_t bytes);
  void store_bytes(Core& core, std::uint64_t address, std::uint64_t bytes, bool written) const;
  bool all_written(const Core& core, std::uint64_t address, std::uint64_t bytes) const;
  void integer_load(Now& now);
  void integer_store(Now& now);
  void atomic(Now& now);
  void compute(Now& now, std::uint32_t opcode);
  void floating(Now& now, std::uint32_t opcode);
  void vector_memory(Now& now, bool store);
  void vector_compute(Now& now);
  void niu_access(const Now& now, std::uint64_t result);
  void doorbell(const Now& now, std::uint64_t command, std::int64_t result);
  void check_payload(const Now& now);

  const Image& image_;
  const RunInfo names_;
  TraceSink& next_;
  CodeNames code_;
  std::optional<LineTable> lines_;
  std::map<std::uint16_t, Core> cores_;
  std::set<std::pair<std::uint64_t, std::string>> seen_;  // by pc and the words up to the first digit
  std::map<std::pair<Cycle, std::string>, std::string> findings_;  // by cycle and core
};

}  // namespace troupe

#include "tests/isa/differential/compare.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "isa/decode.hpp"
#include "isa/engine.hpp"
#include "tests/isa/differential/quirks.hpp"
#include "tests/isa/levels.hpp"

namespace troupe::isa::differential {
namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

enum class Kind { none, state, engine_stopped, qemu_stopped };

struct Verdict {
  Kind kind = Kind::none;
  std::size_t call = 0;  // the first that differs
  HostLevel level = HostLevel::portable;
  Outcome engine, qemu;
};

// Where the states of the two machines differ; Kind::none when they do not.
void judge(Verdict& v, Profile profile, std::size_t calls) {
  const std::size_t bytes = StateLayout(profile).bytes;
  const std::size_t engine = v.engine.states.size() / bytes, qemu = v.qemu.states.size() / bytes;
  v.call = 0;
  while (v.call < std::min(engine, qemu) &&
         std::memcmp(&v.engine.states[v.call * bytes], &v.qemu.states[v.call * bytes], bytes) == 0)
    ++v.call;
  if (v.call == calls && v.engine.end.empty() && v.qemu.end.empty())
    v.kind = Kind::none;
  else if (v.call < std::min(engine, qemu))
    v.kind = Kind::state;
  else
    v.kind = engine < qemu ? Kind::engine_stopped : Kind::qemu_stopped;
}

// QEMU, and the engine at every level of the host; the first level that differs.
template <class Image>
Verdict run_both(Profile profile, const Image& image, std::size_t calls) {
  Verdict v;
  v.qemu = run_qemu(image);
  if (profile == Profile::traps) hide_unlike(v.qemu.states);
  for (const HostLevel level : test::levels()) {
    v.level = level;
    v.engine = run_engine(image, level);
    if (profile == Profile::traps) hide_unlike(v.engine.states);
    judge(v, profile, calls);
    if (v.kind != Kind::none) break;
  }
  return v;
}

Verdict run_both(Profile profile, u64 seed, const std::vector<Program>& programs,
                 const std::vector<Call>& calls) {
  if (profile == Profile::traps)
    return run_both(profile, make_trap_image(seed, programs, calls), calls.size());
  return run_both(profile, make_image(profile, seed, programs, calls), calls.size());
}

// Behind `count` items and what is tied to them.
std::size_t behind(const std::vector<Item>& items, std::size_t at, std::size_t count) {
  for (; count > 0 && at < items.size(); --count) at += 1u + items[at].tied;
  return std::min(at, items.size());
}

// Drops what the difference does not need: halves first, then single items.
Program minimise(u64 seed, Program program, u32 round, const Verdict& original) {
  for (std::size_t chunk = program.items.size() / 2; chunk > 0;) {
    bool dropped = false;
    for (std::size_t at = 0; at < program.items.size();) {
      Program smaller = program;
      const std::size_t end = behind(program.items, at, chunk);
      smaller.items.erase(smaller.items.begin() + static_cast<std::ptrdiff_t>(at),
                          smaller.items.begin() + static_cast<std::ptrdiff_t>(end));
      const Verdict v = run_both(program.profile, seed, {smaller}, {{0, round}});
      if (v.kind == original.kind && v.engine.end == original.engine.end && v.qemu.end == original.qemu.end) {
        program = smaller;
        dropped = true;
      } else {
        at = end;
      }
    }
    if (chunk > 1)
      chunk /= 2;
    else if (!dropped)
      break;
  }
  return program;
}

u64 word(const std::vector<std::byte>& state, std::size_t at) {
  u64 value;
  std::memcpy(&value, &state[at], 8);
  return value;
}

// "x5", "v3[2]" (the third 64 bits), "scratch+16".
std::string place(const StateLayout& layout, std::size_t at) {
  if (at < StateLayout::kF) return fmt::format("x{}", at / 8);
  if (at < StateLayout::kCsr) return fmt::format("f{}", (at - StateLayout::kF) / 8);
  if (at < StateLayout::kScratch) {
    const std::size_t i = (at - StateLayout::kCsr) / 8;
    return i < std::size(kCsrNames) ? kCsrNames[i] : "unused";
  }
  if (at < layout.v) return fmt::format("scratch+{}", at - StateLayout::kScratch);
  if (at < layout.machine)
    return fmt::format("v{}[{}]", (at - layout.v) / kVlenBytes, (at - layout.v) % kVlenBytes / 8);
  return trap_state_place(at);
}

// Whether an instruction names the register at `at` as a source; of vectors, the first of a group.
bool reads(const Program& program, const StateLayout& layout, std::size_t at) {
  for (const Item& item : program.items) {
    const u32 raw = item.expanded();
    if (find_row(raw) == nullptr) continue;
    const Row& row = *find_row(raw);
    const auto is = [&](Field field, std::size_t first, int bit, std::size_t bytes) {
      const std::size_t begin = first + (raw >> bit & 31) * bytes;
      return row.has(field) && at >= begin && at < begin + bytes;
    };
    if (is(Field::rs1, StateLayout::kX, 15, 8) || is(Field::rs2, StateLayout::kX, 20, 8) ||
        is(Field::fs1, StateLayout::kF, 15, 8) || is(Field::fs2, StateLayout::kF, 20, 8) ||
        is(Field::fs3, StateLayout::kF, 27, 8) || is(Field::vs1, layout.v, 15, kVlenBytes) ||
        is(Field::vs2, layout.v, 20, kVlenBytes))
      return true;
  }
  return false;
}

// The program, and for all that differs and all it read: before, and after on both machines.
std::string report(u64 seed, const Program& program, u32 round) {
  std::string text = fmt::format("{}, SEED={}, initial state {} of index class {}; minimised:\n",
                                 profile_name(program.profile), seed, round, program.index_class);
  for (const Item& item : program.items)
    text += fmt::format("  {:0{}x}  {}{}\n", item.raw, item.bytes * 2, disassemble(item.expanded(), 0),
                        item.skip != 0 ? fmt::format("  (over {} items)", item.skip) : "");
  const Verdict v = run_both(program.profile, seed, {program}, {{0, round}});
  text += fmt::format("host level {}\n", host_level_name(v.level));
  if (v.kind != Kind::state)
    return text + fmt::format("engine: {}\nqemu: {}\n", v.engine.end.empty() ? "done" : v.engine.end,
                              v.qemu.end.empty() ? "done" : v.qemu.end);
  const StateLayout layout(program.profile);
  auto before = program.profile == Profile::traps
                    ? initial_trap_state(seed, program.index_class, round)
                    : initial_state(program.profile, seed, program.index_class, round,
                                    make_image(program.profile, seed, {program}, {{0, round}}).dump);
  before.resize(layout.bytes);
  text += fmt::format("{:14} {:>18} {:>18} {:>18}\n", "", "before", "engine", "qemu");
  for (std::size_t at = 0; at < layout.bytes; at += 8) {
    const u64 ours = word(v.engine.states, at), theirs = word(v.qemu.states, at);
    const bool csr = (at >= StateLayout::kCsr && at < StateLayout::kCsr + 8 * std::size(kCsrNames)) ||
                     (at >= layout.machine && ours != 0);
    if (ours != theirs || csr || (program.items.size() <= 4 && reads(program, layout, at)))
      text += fmt::format("{:14} {:#018x} {:#018x} {:#018x}{}\n", place(layout, at), word(before, at), ours,
                          theirs, ours != theirs ? "  <" : "");
  }
  return text;
}

}  // namespace

std::optional<Difference> compare(Profile profile, u64 seed, const std::vector<Program>& programs,
                                  u32 rounds) {
  std::vector<Call> calls;
  for (std::size_t p = 0; p < programs.size(); ++p)
    for (u32 round = 0; round < rounds; ++round) calls.push_back({p, round});
  const Verdict v = run_both(profile, seed, programs, calls);
  if (v.kind == Kind::none) return std::nullopt;
  const Call call = calls[std::min(v.call, calls.size() - 1)];
  const Program minimised = minimise(seed, programs[call.program], call.round, v);
  return Difference{minimised, report(seed, minimised, call.round)};
}

}  // namespace troupe::isa::differential

#include "sim/base/config/chip_file.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <bit>
#include <set>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

// The one list of keys: `visit("core.mul", chip.core.mul.count)` for every number of a chip.
template <class Chip, class Visit>
void visit_numbers(Chip& c, Visit visit) {
  visit("clock_hz", c.clock_hz);
  visit("grid.width", c.grid.width);
  visit("grid.height", c.grid.height);
  visit("core.vlen", c.core.vlen.count);
  visit("core.dlen", c.core.dlen.count);
  visit("core.alu", c.core.alu.count);
  visit("core.mul", c.core.mul.count);
  visit("core.div_base", c.core.div_base.count);
  visit("core.div_bits_per_cycle", c.core.div_bits_per_cycle);
  visit("core.load_use", c.core.load_use.count);
  visit("core.fp", c.core.fp.count);
  visit("core.fp_div_single", c.core.fp_div_single.count);
  visit("core.fp_div_double", c.core.fp_div_double.count);
  visit("core.branch_taken", c.core.branch_taken.count);
  visit("core.amo", c.core.amo.count);
  visit("core.csr", c.core.csr.count);
  visit("core.fence_i", c.core.fence_i.count);
  visit("core.trap", c.core.trap.count);
  visit("core.l1_port", c.core.l1_port.count);
  visit("l1.size", c.l1.size.count);
  visit("noc.virtual_channels", c.noc.virtual_channels);
  visit("noc.vc_depth", c.noc.vc_depth.count);
  visit("noc.flit", c.noc.flit.count);
  visit("noc.vc_alloc", c.noc.vc_alloc.count);
  visit("noc.switch_alloc", c.noc.switch_alloc.count);
  visit("noc.switch_traversal", c.noc.switch_traversal.count);
  visit("noc.link", c.noc.link.count);
  visit("noc.credit", c.noc.credit.count);
  visit("niu.inject", c.niu.inject.count);
  visit("niu.eject", c.niu.eject.count);
  visit("niu.register_access", c.niu.register_access.count);
  visit("niu.transactions", c.niu.transactions);
  visit("niu.mailboxes", c.niu.mailboxes);
  visit("niu.semaphores", c.niu.semaphores);
  visit("niu.packet_payload_max", c.niu.packet_payload_max.count);
  visit("dram.size", c.dram.size.count);
  visit("dram.bytes_per_second_peak", c.dram.bytes_per_second_peak);
  visit("dram.efficiency", c.dram.efficiency);
  visit("dram.latency", c.dram.latency.count);
}

std::string place(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}:{}", file, node.source().begin.line, node.source().begin.column);
}

const char* type_name(const toml::node& node) {
  if (node.is_string()) return "a string";
  if (node.is_floating_point()) return "a fraction";
  if (node.is_boolean()) return "a boolean";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "an integer";
}

void assign(const std::string& file, const std::string& key, const toml::node& node, std::uint64_t& target) {
  const auto* value = node.as_integer();
  if (value == nullptr || value->get() < 0)
    throw InputError(fmt::format("{}: {} is {}, expected a non-negative integer", place(file, node), key,
                                 value == nullptr ? type_name(node) : "negative"));
  target = static_cast<std::uint64_t>(value->get());
}

void assign(const std::string& file, const std::string& key, const toml::node& node, double& target) {
  const auto value = node.value<double>();
  if (!value || !(*value > 0))
    throw InputError(fmt::format("{}: {} is not a number above 0", place(file, node), key));
  target = *value;
}

// Applies every key of `table` (names prefixed by `prefix`) to `chip`.
void apply(const std::string& file, const std::string& prefix, const toml::table& table, ChipParams& chip) {
  for (const auto& [name, node] : table) {
    const std::string key =
        prefix.empty() ? std::string(name.str()) : fmt::format("{}.{}", prefix, name.str());
    if (key == "base") continue;
    if (key == "name") {
      if (!node.is_string()) throw InputError(fmt::format("{}: name is not a string", place(file, node)));
      chip.name = node.as_string()->get();
      continue;
    }
    bool known = false;
    std::set<std::string> siblings;
    visit_numbers(chip, [&](const char* field, auto& value) {
      const std::string_view path = field;
      if (path.starts_with(prefix)) siblings.emplace(path);
      if (path == key) known = true, assign(file, key, node, value);
      if (path.starts_with(key + ".") && node.is_table() && !known) {
        known = true;
        apply(file, key, *node.as_table(), chip);
      }
    });
    if (!known)
      throw InputError(fmt::format("{}: unknown key '{}'", place(file, node), key),
                       fmt::format("keys here: {}", fmt::join(siblings, ", ")));
  }
}

ChipParams load_file(const std::string& file) {
  toml::table table;
  try {
    table = toml::parse_file(file);
  } catch (const toml::parse_error& e) {
    throw InputError(fmt::format("{}:{}:{}: {}", file, e.source().begin.line, e.source().begin.column,
                                 std::string(e.description())),
                     "a chip file is TOML: base = \"xpu64\", then tables of values to override");
  }
  const auto* base = table.get("base");
  if (base == nullptr || !base->is_string())
    throw InputError(
        fmt::format("{}: no preset named as `base`", file),
        fmt::format("write base = \"NAME\" first; presets are {}", fmt::join(preset_names(), ", ")));
  ChipParams chip = preset(base->as_string()->get());
  chip.name = file;
  apply(file, "", table, chip);
  validate(chip, file);
  return chip;
}

}  // namespace

ChipParams load_chip(const std::string& name_or_file) {
  return name_or_file.ends_with(".toml") ? load_file(name_or_file) : preset(name_or_file);
}

std::string chip_toml(const ChipParams& chip) {
  std::string text = fmt::format("base = \"xpu64\"\nname = \"{}\"\n", chip.name);
  visit_numbers(
      chip, [&](const char* field, const auto& value) { text += fmt::format("{} = {}\n", field, value); });
  return text;
}

void validate(const ChipParams& c, std::string_view where) {
  const auto require = [&](bool ok, const char* key, auto found, const char* expected) {
    if (!ok) throw InputError(fmt::format("{}: {} is {}, expected {}", where, key, found, expected));
  };
  const auto power_of_two = [](std::uint64_t n, std::uint64_t low, std::uint64_t high) {
    return std::has_single_bit(n) && n >= low && n <= high;
  };
  require(c.grid.width >= 3 && c.grid.width <= 64, "grid.width", c.grid.width,
          "3 to 64 (host column, cores, DRAM column)");
  require(c.grid.height >= 1 && c.grid.height <= 63, "grid.height", c.grid.height, "1 to 63");
  require(power_of_two(c.core.vlen.count, 128, 1024), "core.vlen", c.core.vlen.count,
          "a power of two, 128 to 1024");
  require(power_of_two(c.core.dlen.count, 64, c.core.vlen.count), "core.dlen", c.core.dlen.count,
          "a power of two, 64 to core.vlen");
  for (const auto& [key, value] : {std::pair{"core.alu", c.core.alu},
                                   {"core.mul", c.core.mul},
                                   {"core.load_use", c.core.load_use},
                                   {"core.fp", c.core.fp},
                                   {"core.amo", c.core.amo},
                                   {"core.csr", c.core.csr}})
    require(value.count >= 1 && value.count <= 64, key, value.count, "1 to 64 cycles");
  require(c.core.div_bits_per_cycle >= 1 && c.core.div_bits_per_cycle <= 64, "core.div_bits_per_cycle",
          c.core.div_bits_per_cycle, "1 to 64");
  require(power_of_two(c.core.l1_port.count, 8, 1024), "core.l1_port", c.core.l1_port.count,
          "a power of two, 8 to 1024");
  require(c.l1.size.count >= 65536 && c.l1.size.count <= (16u << 20) && c.l1.size.count % 4096 == 0,
          "l1.size", c.l1.size.count, "a multiple of 4096, 64 KiB to 16 MiB");
  require(c.noc.virtual_channels >= 2 && c.noc.virtual_channels <= 12 && c.noc.virtual_channels % 2 == 0,
          "noc.virtual_channels", c.noc.virtual_channels,
          "an even number, 2 to 12 (half requests, half replies)");
  require(c.noc.vc_depth.count >= 1 && c.noc.vc_depth.count <= 64, "noc.vc_depth", c.noc.vc_depth.count,
          "1 to 64");
  require(power_of_two(c.noc.flit.count, 8, 256), "noc.flit", c.noc.flit.count, "a power of two, 8 to 256");
  for (const auto& [key, value] : {std::pair{"noc.vc_alloc", c.noc.vc_alloc},
                                   {"noc.switch_alloc", c.noc.switch_alloc},
                                   {"noc.switch_traversal", c.noc.switch_traversal},
                                   {"noc.link", c.noc.link},
                                   {"noc.credit", c.noc.credit},
                                   {"niu.eject", c.niu.eject}})
    require(value.count >= 1 && value.count <= 64, key, value.count, "1 to 64 cycles");
  require(c.niu.inject > c.noc.link && c.niu.inject.count <= 1024, "niu.inject", c.niu.inject.count,
          "more than noc.link, which it includes, and at most 1024 cycles");
  require(c.niu.transactions >= 1 && c.niu.transactions <= 64, "niu.transactions", c.niu.transactions,
          "1 to 64");
  require(c.niu.mailboxes >= 1 && c.niu.mailboxes <= 65536, "niu.mailboxes", c.niu.mailboxes, "1 to 65536");
  require(c.niu.semaphores <= 256, "niu.semaphores", c.niu.semaphores, "at most 256");
  require(power_of_two(c.niu.packet_payload_max.count, 64, 8192), "niu.packet_payload_max",
          c.niu.packet_payload_max.count, "a power of two, 64 to 8192");
  require(c.dram.size.count >= (1u << 20) && c.dram.size.count <= (std::uint64_t{1} << 38), "dram.size",
          c.dram.size.count, "1 MiB to 256 GiB");
  require(c.dram.efficiency <= 1, "dram.efficiency", c.dram.efficiency, "above 0, at most 1");
}

}  // namespace troupe

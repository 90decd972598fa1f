#include "sim/base/config/chip_file.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <bit>
#include <set>
#include <type_traits>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

// The one list of keys: `visit("core.mul", chip.core.mul.count)` for every value of a chip.
template <class Chip, class Visit>
void visit_values(Chip& c, Visit visit) {
  visit("clock_hz", c.clock_hz);
  visit("grid.width", c.grid.width);
  visit("grid.height", c.grid.height);
  visit("grid.tiles", c.grid.tiles);
  visit("core.vlen", c.core.vlen.count);
  visit("core.dlen", c.core.dlen.count);
  visit("core.alu", c.core.alu.count);
  visit("core.mul", c.core.mul.count);
  visit("core.mul_stall", c.core.mul_stall.count);
  visit("core.mul_high", c.core.mul_high.count);
  visit("core.mul_high_stall", c.core.mul_high_stall.count);
  visit("core.div_term", c.core.div_term);
  visit("core.div_base", c.core.div_base.count);
  visit("core.div_bits_per_cycle", c.core.div_bits_per_cycle);
  visit("core.div_min", c.core.div_min.count);
  visit("core.div_by_zero", c.core.div_by_zero.count);
  visit("core.div_by_one", c.core.div_by_one.count);
  visit("core.div_blocking", c.core.div_blocking);
  visit("core.load_use", c.core.load_use.count);
  visit("core.load_stall", c.core.load_stall.count);
  visit("core.loads_in_flight", c.core.loads_in_flight);
  visit("core.store_stall", c.core.store_stall.count);
  visit("core.store_interval", c.core.store_interval.count);
  visit("core.store_queue", c.core.store_queue);
  visit("core.fp", c.core.fp.count);
  visit("core.fp_div_single", c.core.fp_div_single.count);
  visit("core.fp_div_double", c.core.fp_div_double.count);
  visit("core.branch_prediction", c.core.branch_prediction);
  visit("core.branch_taken", c.core.branch_taken.count);
  visit("core.branch_mispredicted", c.core.branch_mispredicted.count);
  visit("core.jump", c.core.jump.count);
  visit("core.jump_register", c.core.jump_register.count);
  visit("core.amo", c.core.amo.count);
  visit("core.csr", c.core.csr.count);
  visit("core.fence_i", c.core.fence_i.count);
  visit("core.trap", c.core.trap.count);
  visit("core.l1_port", c.core.l1_port.count);
  visit("l1.size", c.l1.size.count);
  visit("l1.niu_read", c.l1.niu_read.count);
  visit("noc.topology", c.noc.topology);
  visit("noc.networks", c.noc.networks);
  visit("noc.virtual_channels", c.noc.virtual_channels);
  visit("noc.multicast_channels", c.noc.multicast_channels);
  visit("noc.reply_channels", c.noc.reply_channels);
  visit("noc.vc_depth", c.noc.vc_depth.count);
  visit("noc.pool", c.noc.pool.count);
  visit("noc.pool_per_vc", c.noc.pool_per_vc.count);
  visit("noc.flit", c.noc.flit.count);
  visit("noc.vc_alloc", c.noc.vc_alloc.count);
  visit("noc.switch_alloc", c.noc.switch_alloc.count);
  visit("noc.switch_traversal", c.noc.switch_traversal.count);
  visit("noc.link", c.noc.link.count);
  visit("noc.niu_link", c.noc.niu_link.count);
  visit("noc.credit", c.noc.credit.count);
  visit("niu.inject", c.niu.inject.count);
  visit("niu.eject", c.niu.eject.count);
  visit("niu.register_access", c.niu.register_access.count);
  visit("niu.transactions", c.niu.transactions);
  visit("niu.request_initiators", c.niu.request_initiators);
  visit("niu.mailboxes", c.niu.mailboxes);
  visit("niu.credit_rows", c.niu.credit_rows);
  visit("niu.semaphores", c.niu.semaphores);
  visit("niu.packet_payload_max", c.niu.packet_payload_max.count);
  visit("dram.size", c.dram.size.count);
  visit("dram.channels", c.dram.channels);
  visit("dram.bytes_per_second_peak", c.dram.bytes_per_second_peak);
  visit("dram.efficiency", c.dram.efficiency);
  visit("dram.latency", c.dram.latency.count);
  visit("replay.barrier", c.replay.barrier.count);
  visit("replay.notice", c.replay.notice.count);
}

// The names of a parameter's values, in the order of their enum.
template <class E>
struct Names;
template <>
struct Names<Topology> {
  static constexpr std::string_view list[] = {"mesh", "torus"};
};
template <>
struct Names<Routing> {
  static constexpr std::string_view list[] = {"xy",         "yx",         "east_south",
                                              "south_east", "west_north", "north_west"};
};
template <>
struct Names<BranchPrediction> {
  static constexpr std::string_view list[] = {"not_taken", "backward_taken"};
};
template <>
struct Names<DivideTerm> {
  static constexpr std::string_view list[] = {"none", "quotient", "dividend", "divisor"};
};

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

std::string text_of(const std::string& file, const std::string& key, const toml::node& node) {
  if (!node.is_string())
    throw InputError(fmt::format("{}: {} is {}, expected a string", place(file, node), key, type_name(node)));
  return node.as_string()->get();
}

void assign(const std::string& file, const std::string& key, const toml::node& node, std::string& target) {
  target = text_of(file, key, node);
}

template <class E>
  requires std::is_enum_v<E>
void assign(const std::string& file, const std::string& key, const toml::node& node, E& target) {
  const std::string text = text_of(file, key, node);
  const auto* name = std::find(std::begin(Names<E>::list), std::end(Names<E>::list), text);
  if (name == std::end(Names<E>::list))
    throw InputError(fmt::format("{}: {} is \"{}\", expected {}", place(file, node), key, text,
                                 fmt::join(Names<E>::list, ", ")));
  target = static_cast<E>(name - std::begin(Names<E>::list));
}

template <class T>
void assign(const std::string& file, const std::string& key, const toml::node& node, std::vector<T>& target) {
  if (!node.is_array())
    throw InputError(fmt::format("{}: {} is {}, expected an array", place(file, node), key, type_name(node)));
  target.clear();
  for (const toml::node& element : *node.as_array()) assign(file, key, element, target.emplace_back());
}

// A value as TOML.
std::string toml_of(std::uint64_t value) {
  return fmt::format("{}", value);
}
std::string toml_of(double value) {
  return fmt::format("{}", value);
}
std::string toml_of(const std::string& value) {
  return fmt::format("\"{}\"", value);
}
template <class E>
  requires std::is_enum_v<E>
std::string toml_of(E value) {
  return fmt::format("\"{}\"", Names<E>::list[static_cast<std::size_t>(value)]);
}
template <class T>
std::string toml_of(const std::vector<T>& values) {
  std::vector<std::string> elements;
  for (const T& value : values) elements.push_back(toml_of(value));
  return fmt::format("[{}]", fmt::join(elements, ", "));
}

// The `base` of a [core] table: a core's numbers, which the other keys override.
void apply_core_base(const std::string& file, const toml::table& chip_table, ChipParams& chip) {
  const auto* core = chip_table.get_as<toml::table>("core");
  const auto* base = core == nullptr ? nullptr : core->get("base");
  if (base == nullptr) return;
  if (!base->is_string())
    throw InputError(
        fmt::format("{}: core.base is {}, expected the name of a core", place(file, *base), type_name(*base)),
        fmt::format("cores are {}", fmt::join(core_preset_names(), ", ")));
  const std::string& name = base->as_string()->get();
  const std::vector<std::string> names = core_preset_names();
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw InputError(fmt::format("{}: core.base is \"{}\", expected one of {}", place(file, *base), name,
                                 fmt::join(names, ", ")));
  chip.core = core_preset(name);
}

// Applies every key of `table` (names prefixed by `prefix`) to `chip`.
void apply(const std::string& file, const std::string& prefix, const toml::table& table, ChipParams& chip) {
  for (const auto& [name, node] : table) {
    const std::string key =
        prefix.empty() ? std::string(name.str()) : fmt::format("{}.{}", prefix, name.str());
    if (key == "base" || key == "core.base") continue;
    if (key == "name") {
      if (!node.is_string()) throw InputError(fmt::format("{}: name is not a string", place(file, node)));
      chip.name = node.as_string()->get();
      continue;
    }
    bool known = false;
    std::set<std::string> siblings;
    visit_values(chip, [&](const char* field, auto& value) {
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
  apply_core_base(file, table, chip);
  apply(file, "", table, chip);
  validate(chip, file);
  return chip;
}

struct Require {
  std::string_view where;
  template <class T>
  void operator()(bool ok, const char* key, const T& found, const char* expected) const {
    if (!ok) throw InputError(fmt::format("{}: {} is {}, expected {}", where, key, found, expected));
  }
};

bool power_of_two(std::uint64_t n, std::uint64_t low, std::uint64_t high) {
  return std::has_single_bit(n) && n >= low && n <= high;
}

void validate_grid(const ChipParams& c, const Require& require) {
  const GridParams& grid = c.grid;
  require(grid.width >= 1 && grid.width <= 64, "grid.width", grid.width, "1 to 64");
  require(grid.height >= 1 && grid.height <= 63, "grid.height", grid.height, "1 to 63");
  if (grid.tiles.empty())
    require(grid.width >= 3, "grid.width", grid.width,
            "3 or more where grid.tiles is empty (host column, cores, DRAM column)");
  else
    require(grid.tiles.size() == grid.height, "grid.tiles", fmt::format("{} rows", grid.tiles.size()),
            "as many as grid.height");
  for (const std::string& row : grid.tiles) {
    require(row.size() == grid.width, "grid.tiles", fmt::format("a row of {} letters", row.size()),
            "as many as grid.width");
    require(std::all_of(row.begin(), row.end(), [](char letter) { return tile_kind(letter).has_value(); }),
            "grid.tiles", row, "c core, d DRAM, l link, h host, . empty");
  }
  const auto hosts = c.tiles_of(TileKind::host).size();
  require(hosts == 1, "grid.tiles", fmt::format("a grid with {} host tiles", hosts), "one");
  const auto cores = c.tiles_of(TileKind::core);
  require(!cores.empty(), "grid.tiles", "a grid without cores", "one or more");
  const std::uint64_t columns = c.core_columns();
  for (std::size_t i = 0; i < cores.size(); ++i)
    require(cores.size() % columns == 0 && c.x(cores[i]) == c.x(cores[i % columns]) &&
                c.y(cores[i]) == c.y(cores[i / columns * columns]),
            "grid.tiles", "cores in rows that differ",
            "a rectangle of cores once the columns and rows without any are left out");
}

// A network that these rules let through cannot deadlock (noc/README.md).
void validate_noc(const NocParams& noc, const Require& require) {
  const bool torus = noc.topology == Topology::torus;
  require(noc.networks.size() == 1 || noc.networks.size() == 2, "noc.networks",
          fmt::format("{} networks", noc.networks.size()), "1 or 2");
  for (const Routing routing : noc.networks)
    require(torus || routing == Routing::xy || routing == Routing::yx, "noc.networks", toml_of(routing),
            "xy or yx on a mesh: a mesh with links one way only has tiles out of reach");
  require(noc.virtual_channels >= 2 && noc.virtual_channels <= 16, "noc.virtual_channels",
          noc.virtual_channels, "2 to 16");
  require(noc.multicast_channels + noc.reply_channels < noc.virtual_channels && noc.reply_channels >= 1,
          "noc.reply_channels", noc.reply_channels,
          "1 or more, and with noc.multicast_channels fewer than noc.virtual_channels: requests and replies "
          "that share a channel can deadlock");
  for (const auto& [key, channels] : {std::pair{"noc.virtual_channels", noc.virtual_channels},
                                      {"noc.multicast_channels", noc.multicast_channels},
                                      {"noc.reply_channels", noc.reply_channels}})
    require(!torus || channels % 2 == 0, key, channels,
            "an even number on a torus: half of a class before the dateline, half after it, or a ring can "
            "deadlock");
  require(noc.vc_depth.count >= 1 && noc.vc_depth.count <= 64, "noc.vc_depth", noc.vc_depth.count, "1 to 64");
  require(noc.pool.count <= 1024, "noc.pool", noc.pool.count, "0 to 1024");
  require(noc.pool_per_vc <= noc.pool && noc.pool_per_vc.count <= 128 &&
              (noc.pool_per_vc.count != 0 || noc.pool.count == 0),
          "noc.pool_per_vc", noc.pool_per_vc.count, "1 to noc.pool, at most 128; 0 without a pool");
  require(power_of_two(noc.flit.count, 8, 256), "noc.flit", noc.flit.count, "a power of two, 8 to 256");
  for (const auto& [key, value] : {std::pair{"noc.vc_alloc", noc.vc_alloc},
                                   {"noc.switch_alloc", noc.switch_alloc},
                                   {"noc.switch_traversal", noc.switch_traversal},
                                   {"noc.link", noc.link},
                                   {"noc.niu_link", noc.niu_link},
                                   {"noc.credit", noc.credit}})
    require(value.count >= 1 && value.count <= 64, key, value.count, "1 to 64 cycles");
}

void validate_channels(const ChipParams& c, const Require& require) {
  if (c.dram.channels.empty()) return;
  require(c.dram.channels.size() == c.grid.height, "dram.channels",
          fmt::format("{} rows", c.dram.channels.size()), "as many as grid.height");
  for (const std::string& row : c.dram.channels)
    require(row.size() == c.grid.width, "dram.channels", fmt::format("a row of {} letters", row.size()),
            "as many as grid.width");
  for (std::uint64_t t = 0; t < c.tiles(); ++t)
    require((c.dram.channels[c.y(t)][c.x(t)] != '.') == (c.kind(t) == TileKind::dram), "dram.channels",
            fmt::format("'{}' at ({},{})", c.dram.channels[c.y(t)][c.x(t)], c.x(t), c.y(t)),
            "a letter where a DRAM tile is and '.' elsewhere");
}

}  // namespace

ChipParams load_chip(const std::string& name_or_file) {
  return name_or_file.ends_with(".toml") ? load_file(name_or_file) : preset(name_or_file);
}

std::string chip_toml(const ChipParams& chip) {
  std::string text = fmt::format("base = \"xpu64\"\nname = \"{}\"\n", chip.name);
  visit_values(chip, [&](const char* field, const auto& value) {
    text += fmt::format("{} = {}\n", field, toml_of(value));
  });
  return text;
}

void validate(const ChipParams& c, std::string_view where) {
  const Require require{where};
  validate_grid(c, require);
  validate(c.core, where);
  require(c.l1.size.count >= 65536 && c.l1.size.count <= (16u << 20) && c.l1.size.count % 4096 == 0,
          "l1.size", c.l1.size.count, "a multiple of 4096, 64 KiB to 16 MiB");
  validate_noc(c.noc, require);
  require(c.niu.eject.count >= 1 && c.niu.eject.count <= 64, "niu.eject", c.niu.eject.count,
          "1 to 64 cycles");
  require(c.niu.inject > c.noc.niu_link && c.niu.inject.count <= 1024, "niu.inject", c.niu.inject.count,
          "more than noc.niu_link, which it includes, and at most 1024 cycles");
  require(c.niu.transactions >= 1 && c.niu.transactions <= 64, "niu.transactions", c.niu.transactions,
          "1 to 64");
  require(c.niu.request_initiators >= 1 && c.niu.request_initiators <= 64, "niu.request_initiators",
          c.niu.request_initiators, "1 to 64");
  require(c.niu.mailboxes >= 1 && c.niu.mailboxes <= 65536, "niu.mailboxes", c.niu.mailboxes, "1 to 65536");
  require(c.niu.credit_rows >= 1 && c.niu.credit_rows <= 65536, "niu.credit_rows", c.niu.credit_rows,
          "1 to 65536");
  require(c.niu.semaphores <= 256, "niu.semaphores", c.niu.semaphores, "at most 256");
  require(power_of_two(c.niu.packet_payload_max.count, 64, 16384), "niu.packet_payload_max",
          c.niu.packet_payload_max.count, "a power of two, 64 to 16384");
  require(c.dram.size.count >= (1u << 20) && c.dram.size.count <= (std::uint64_t{1} << 38), "dram.size",
          c.dram.size.count, "1 MiB to 256 GiB");
  validate_channels(c, require);
  for (const auto& [key, value] : {std::pair{"l1.niu_read", c.l1.niu_read},
                                   {"dram.latency", c.dram.latency},
                                   {"replay.barrier", c.replay.barrier},
                                   {"replay.notice", c.replay.notice}})
    require(value.count >= 1 && value.count <= 100'000, key, value.count, "1 to 100000 cycles");
  require(c.dram.efficiency <= 1, "dram.efficiency", c.dram.efficiency, "above 0, at most 1");
}

}  // namespace troupe

#include "noc/silicon.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "noc/flows.hpp"
#include "sim/base/rng.hpp"

namespace troupe::noc {
namespace {

// Of each flow: enough that its begin counts little.
constexpr std::uint64_t kStreamBytes = 256 << 10, kLoneStreamBytes = 1 << 20;
constexpr unsigned kPairings = 8;  // random ones that are averaged
constexpr std::uint64_t kSeed = 1;

Flow flow(const ChipParams& chip, TransferKind kind, std::uint16_t from, std::uint16_t to,
          std::uint8_t network = 0, std::uint64_t bytes = kStreamBytes) {
  const auto packet = static_cast<std::uint32_t>(chip.niu.packet_payload_max.count);
  Flow f;
  f.transfer.kind = kind;
  f.transfer.network = network;
  f.transfer.from = from;
  f.transfer.to = f.transfer.to_end = to;
  f.transfer.bytes = packet;
  f.count = static_cast<unsigned>(std::max<std::uint64_t>(1, bytes / packet));
  return f;
}

class Bench {
 public:
  explicit Bench(const ChipParams& chip)
      : chip_(chip), cores_(chip.tiles_of(TileKind::core)), channel_of_(chip.dram_channels()) {
    for (const std::uint16_t tile : chip.tiles_of(TileKind::dram)) {
      if (channel_of_[tile] >= drams_.size()) drams_.resize(channel_of_[tile] + 1u);
      drams_[channel_of_[tile]].push_back(tile);
    }
  }

  // Acknowledged write of one word to a tile and back: no data flit needs more than its header's way.
  double round_trip(std::uint16_t from, std::uint16_t to) const {
    Flow f;
    f.transfer.kind = TransferKind::write;
    f.transfer.from = from;
    f.transfer.to = to;
    f.transfer.bytes = 4;
    f.count = 1;
    return static_cast<double>(run_flows(chip_, {f}).cycles);
  }

  double one_to_one(TransferKind kind) const {
    return run_flows(chip_, {flow(chip_, kind, cores_[0], cores_[1], 0, kLoneStreamBytes)}).bytes_per_cycle();
  }
  // One core and all others.
  double one_and_all(TransferKind kind) const {
    std::vector<Flow> flows;
    for (std::size_t i = 1; i < cores_.size(); ++i)
      flows.push_back(flow(chip_, kind, cores_[0], cores_[i], 0, kStreamBytes / 8));
    return run_flows(chip_, flows).bytes_per_cycle();
  }
  // To all cores; the rate at which each receives.
  double multicast() const {
    Flow f = flow(chip_, TransferKind::multicast, cores_[0], cores_[0]);
    f.transfer.to_end = cores_.back();
    return run_flows(chip_, {f}).bytes_per_cycle();
  }
  double one_core_dram(TransferKind kind) const {
    return run_flows(chip_, {flow(chip_, kind, cores_[0], drams_[0][0], 0, kLoneStreamBytes)})
        .bytes_per_cycle();
  }

  // `tiles` cores and all channels, as many each: every channel with cores of its own row or close to it, in
  // the direction of the data.
  double chosen(TransferKind kind, std::size_t tiles, bool dynamic) const {
    std::vector<Flow> flows;
    std::vector<bool> used(cores_.size(), false);
    for (std::size_t n = 0; n < tiles; ++n) {
      const std::uint16_t dram = drams_[n % drams_.size()][0];
      const std::size_t core = nearest(dram, kind == TransferKind::read, used);
      used[core] = true;
      flows.push_back(pair(kind, cores_[core], dram, 0, dynamic));
    }
    return run_flows(chip_, flows).bytes_per_cycle();
  }
  double random(TransferKind kind, std::size_t tiles, std::uint8_t network, bool dynamic) const {
    Rng rng(kSeed);
    double sum = 0;
    for (unsigned i = 0; i < kPairings; ++i) {
      std::vector<Flow> flows;
      const std::vector<std::uint16_t> some = sample(tiles, rng);
      for (std::size_t n = 0; n < tiles; ++n) {
        const std::vector<std::uint16_t>& tiles_of_channel = drams_[n % drams_.size()];
        const std::uint16_t dram = tiles_of_channel[rng.below(tiles_of_channel.size())];
        flows.push_back(pair(kind, some[n], dram, network, dynamic));
      }
      sum += run_flows(chip_, flows).bytes_per_cycle();
    }
    return sum / kPairings;
  }
  // Random cores and one channel.
  double one_channel(TransferKind kind, std::size_t tiles, bool dynamic) const {
    Rng rng(kSeed);
    std::vector<Flow> flows;
    for (const std::uint16_t core : sample(tiles, rng))
      flows.push_back(pair(kind, core, drams_[0][0], 0, dynamic));
    return run_flows(chip_, flows).bytes_per_cycle();
  }

 private:
  Flow pair(TransferKind kind, std::uint16_t core, std::uint16_t dram, std::uint8_t network,
            bool dynamic) const {
    Flow f = flow(chip_, kind, core, dram, network);
    f.transfer.dynamic_vc = dynamic;
    return f;
  }

  std::vector<std::uint16_t> sample(std::size_t count, Rng& rng) const {
    std::vector<std::uint16_t> tiles = cores_;
    for (std::size_t i = 0; i < count; ++i) std::swap(tiles[i], tiles[i + rng.below(tiles.size() - i)]);
    tiles.resize(count);
    return tiles;
  }

  // The unused core with the shortest way of the data on the first network.
  std::size_t nearest(std::uint16_t dram, bool from_dram, const std::vector<bool>& used) const {
    const Geometry g = geometry_of(chip_.grid, chip_.noc, 0);
    std::size_t best = cores_.size();
    unsigned best_routers = ~0u;
    for (std::size_t i = 0; i < cores_.size(); ++i) {
      if (used[i]) continue;
      const Position core = position(g, cores_[i]), there = position(g, dram);
      const unsigned routers =
          from_dram ? routers_traversed(g, there, core) : routers_traversed(g, core, there);
      if (routers < best_routers) best = i, best_routers = routers;
    }
    return best;
  }

  const ChipParams& chip_;
  std::vector<std::uint16_t> cores_, channel_of_;
  std::vector<std::vector<std::uint16_t>> drams_;  // tiles of each channel
};

struct Measurement {
  const char* number;
  std::string what;
  const char* unit;
  double silicon;
  std::function<double()> model;  // none: what the row before has
  const char* why = "";
};

// Rows 1 to 7: what the preset states.
std::vector<Measurement> facts(const ChipParams& chip, const Bench& bench) {
  const std::uint16_t core = chip.tiles_of(TileKind::core)[0];
  const std::uint64_t row = chip.y(core) * chip.grid.width;
  const auto next = static_cast<std::uint16_t>(row + (chip.x(core) + 1) % chip.grid.width);
  const auto stated = [](std::uint64_t value) { return [=] { return static_cast<double>(value); }; };
  const NocParams& noc = chip.noc;
  const bool opposite = noc.topology == Topology::torus &&
                        noc.networks == std::vector{Routing::east_south, Routing::north_west};
  // A packet of two flits and its acknowledgement of one go from the NIU to its router and back, or, to the
  // next tile, besides once round the ring.
  return {
      {"1", "NIU to router, router to NIU", "cycles", 5,
       [=] { return (bench.round_trip(core, core) - 1) / 4; }},
      {"2", "router to router", "cycles", 9,
       [=, width = static_cast<double>(chip.grid.width)] {
         return (bench.round_trip(core, next) - bench.round_trip(core, core)) / width;
       }},
      {"3", "link width", "B/cycle", 32, stated(noc.flit.count)},
      {"3", "longest packet, header included", "flits", 257,
       stated(1 + chip.niu.packet_payload_max.count / noc.flit.count)},
      {"4", "opposite one-way tori", "", 2, stated(opposite ? noc.networks.size() : 0)},
      {"4", "columns, of 12 tiles", "", 10, stated(chip.grid.height == 12 ? chip.grid.width : 0)},
      {"5", "virtual channels", "", 16, stated(noc.virtual_channels)},
      {"5", "of these for broadcasts", "", 4, stated(noc.multicast_channels)},
      {"5", "of these for responses", "", 4, stated(noc.reply_channels)},
      {"6", "input buffer of a port", "B", 2048,
       stated((noc.vc_depth.count * noc.virtual_channels + noc.pool.count) * noc.flit.count)},
      {"6", "that one VC may have of it", "B", 512,
       stated((noc.vc_depth + noc.pool_per_vc).count * noc.flit.count)},
      {"7", "request initiators of an NIU", "", 4, stated(chip.niu.request_initiators)},
      {"7", "transaction ids of an NIU", "", 16, stated(chip.niu.transactions)},
  };
}

constexpr char kOneVc[] = "all on one static VC, which holds 16 flits over a loop of credits that is longer";
constexpr char kUnlinked[] =
    "the chip reserves the paths of each by itself, the model of none: see the linked ones";
constexpr char kSinks[] = "the model's NIU takes a flit in every cycle";
constexpr char kShare[] =
    "a core gets the whole channel here; what holds it back on the chip is not published";
constexpr char kHeld[] =
    "packets that wait for a busy link hold both reply VCs of those behind it, here more than there";
constexpr char kNoPressure[] = "DRAM NIUs take every flit here, so writes never fill the network's buffers";

// Rows 8 to 12, which both chips have.
std::vector<Measurement> ideals(const Bench& bench, const std::string& chip,
                                const std::array<double, 8>& silicon, const char* why_dram) {
  using enum TransferKind;
  const auto what = [&](const char* text) { return fmt::format("{}, {}", text, chip); };
  return {
      {"8", what("one-to-one write"), "B/cycle", silicon[0], [=] { return bench.one_to_one(write); }},
      {"9", what("one-from-one read"), "B/cycle", silicon[1], [=] { return bench.one_to_one(read); }},
      {"10", what("one-to-all unicast"), "B/cycle", silicon[2], [=] { return bench.one_and_all(write); },
       kOneVc},
      {"10", what("one-to-all multicast"), "B/cycle", silicon[3], [=] { return bench.multicast(); },
       kUnlinked},
      {"10", what("one-to-all linked multicast"), "B/cycle", silicon[4], {}},
      {"11", what("one-from-all read"), "B/cycle", silicon[5], [=] { return bench.one_and_all(read); },
       kSinks},
      {"12", what("DRAM read by one core"), "B/cycle", silicon[6], [=] { return bench.one_core_dram(read); },
       why_dram},
      {"12", what("DRAM write by one core"), "B/cycle", silicon[7],
       [=] { return bench.one_core_dram(write); }, why_dram},
  };
}

// Rows 13 to 17: DRAM of Wormhole.
std::vector<Measurement> drams(const Bench& bench) {
  using enum TransferKind;
  return {
      {"13", "one DRAM channel read", "GB/s", 22.2, [=] { return bench.one_channel(read, 12, false); }},
      {"14", "12 channels read by 12 tiles, NoC0, chosen", "GB/s", 265.5,
       [=] { return bench.chosen(read, 12, false); }},
      {"14", "the same, random pairs", "GB/s", 189.8, [=] { return bench.random(read, 12, 0, false); },
       kHeld},
      {"15", "the same, random pairs, NoC1", "GB/s", 82.1, [=] { return bench.random(read, 12, 1, false); },
       kHeld},
      {"16", "12 channels written by 48 tiles, chosen, static VC", "GB/s", 263.7,
       [=] { return bench.chosen(write, 48, false); }},
      {"16", "the same, random pairs, dynamic VC", "GB/s", 18.2,
       [=] { return bench.random(write, 48, 0, true); }, kNoPressure},
      {"17", "one channel written by 12 tiles, static VC", "GB/s", 22.0,
       [=] { return bench.one_channel(write, 12, false); }},
      {"17", "the same, dynamic VC", "GB/s", 7.6, [=] { return bench.one_channel(write, 12, true); },
       kNoPressure},
  };
}

}  // namespace

std::vector<SiliconRow> measure_facts(const ChipParams& wormhole) {
  std::vector<SiliconRow> rows;
  for (const Measurement& m : facts(wormhole, Bench(wormhole)))
    rows.push_back({m.number, m.what, m.unit, m.silicon, m.model(), true, ""});
  return rows;
}

std::vector<SiliconRow> measure_silicon(const ChipParams& wormhole, const ChipParams& blackhole,
                                        const std::function<void(const std::string&)>& progress) {
  const Bench wh(wormhole), bh(blackhole);
  std::vector<SiliconRow> rows = measure_facts(wormhole);
  const auto measure = [&](const std::vector<Measurement>& list, double scale) {
    for (const Measurement& m : list) {
      progress(m.what);
      const double model = m.model ? m.model() * scale : rows.back().model;
      rows.push_back({m.number, m.what, m.unit, m.silicon, model, false, m.why});
    }
  };
  measure(ideals(wh, "Wormhole", {29, 28, 31, 15, 22, 30, 22, 21}, ""), 1);
  measure(ideals(bh, "Blackhole", {60, 60, 62, 24, 41, 60, 33, 34}, kShare), 1);
  measure(drams(wh), wormhole.clock_hz * 1e-9);
  return rows;
}

std::string silicon_table(const std::vector<SiliconRow>& rows) {
  std::string text =
      fmt::format("row  {:52} {:>9} {:>9}  {:8} {:>7}\n", "measurement", "silicon", "model", "unit", "error");
  for (const SiliconRow& r : rows) {
    const std::string error =
        r.exact ? (r.silicon == r.model ? "exact" : "WRONG") : fmt::format("{:+.1f}%", r.error());
    text += fmt::format("{:>3}  {:52} {:9.1f} {:9.1f}  {:8} {:>7}", r.number, r.what, r.silicon, r.model,
                        r.unit, error);
    text += r.why.empty() ? "\n" : fmt::format("  {}\n", r.why);
  }
  return text;
}

}  // namespace troupe::noc

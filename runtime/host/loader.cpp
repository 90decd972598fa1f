#include "runtime/host/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "runtime/abi/core_layout.hpp"
#include "runtime/abi/memory_map.hpp"
#include "runtime/abi/message.hpp"
#include "sim/base/check.hpp"
#include "sim/base/lease_shape.hpp"

namespace troupe {
namespace {

constexpr std::uint32_t kFirstGeneration = 1;
constexpr std::uint32_t kHostSlot = 1;  // of the host tile
constexpr std::uint32_t kHostCreditsPerCore = 4;
constexpr std::uint32_t kHostSlotBytes = 1024;
constexpr std::uint64_t kSpillBytesMax = 16 << 20, kSpillAlignment = 64 << 10;  // a core

// Actors of the lease with their slots: behind the core's runtime, static actors in manifest order.
struct Placed {
  std::vector<abi::Address> address;  // by actor
  std::vector<std::vector<std::uint32_t>> actors_of_core;
};

Placed place(const Image& image, const Lease& lease) {
  Placed placed;
  placed.actors_of_core.resize(image.cores_required);
  for (std::uint32_t i = 0; i < image.actors.size(); ++i) {
    auto& on_core = placed.actors_of_core[image.actors[i].core];
    placed.address.push_back(abi::Address::make(0, lease.tiles[image.actors[i].core],
                                                abi::kFirstActorSlot + on_core.size(), kFirstGeneration));
    on_core.push_back(i);
  }
  return placed;
}

abi::Location dram_location(const ImageSegment& segment, const std::vector<std::uint16_t>& dram_tiles) {
  return abi::Location::make(0, dram_tiles[segment.dram % dram_tiles.size()], segment.dram_offset);
}

// DRAM for messages that do not fit into a core's mailboxes: behind the data segments of a DRAM tile, shared
// out evenly among the cores of the lease that use that tile. A tile may have no room left: then mailboxes
// spill nothing.
struct SpillRegion {
  abi::Location at;
  std::uint64_t bytes;
};

SpillRegion spill_region(const Image& image, const ChipParams& chip, std::uint32_t core) {
  const auto dram_tiles = chip.tiles_of(TileKind::dram);
  if (dram_tiles.empty()) return {};
  const std::uint64_t tile = core % dram_tiles.size();
  std::uint64_t used = 0;
  for (const ImageSegment& s : image.segments)
    if (s.dram % dram_tiles.size() == tile) used = std::max(used, s.dram_offset + s.bytes.size());
  const std::uint64_t begin = abi::align_up(used, kSpillAlignment);
  const std::uint64_t sharers = (image.cores_required - tile + dram_tiles.size() - 1) / dram_tiles.size();
  const std::uint64_t room = begin < chip.dram.size.count ? chip.dram.size.count - begin : 0;
  const std::uint64_t bytes = std::min(kSpillBytesMax, room / sharers / kSpillAlignment * kSpillAlignment);
  return {abi::Location::make(0, dram_tiles[tile], begin + core / dram_tiles.size() * bytes), bytes};
}

// Lays out one core: boot block, argument records, tile table, rings, heap, in this order.
class CoreLayout {
 public:
  CoreLayout(const Image& image, const ChipParams& chip, const Placed& placed, LoadPlan& plan,
             std::uint32_t core)
      : image_(image),
        chip_(chip),
        placed_(placed),
        plan_(plan),
        core_(core),
        tile_(plan.lease.tiles[core]) {}

  CoreLoad build() {
    const auto& mine = placed_.actors_of_core[core_];
    const std::uint64_t boot = abi::boot_block_address(image_.image_end);
    std::vector<abi::BootActor> actors;
    std::vector<abi::BootArgument> arguments;
    const std::uint64_t actors_at = boot + sizeof(abi::BootBlock);
    const std::uint64_t arguments_at = actors_at + mine.size() * sizeof(abi::BootActor);
    std::uint64_t argument_count = 0;
    for (const auto i : mine) argument_count += image_.actors[i].arguments.size();
    const std::uint64_t tiles_at = arguments_at + argument_count * sizeof(abi::BootArgument);
    next_ = abi::rings_address(image_.image_end, mine.size(), argument_count, plan_.lease.tiles.size());

    abi::BootBlock block{};
    block.version = abi::kManifestVersion;
    block.core_index = core_;
    block.core_count = image_.cores_required;
    block.actor_count = static_cast<std::uint32_t>(mine.size());
    block.actors = actors_at;
    block.core_tiles = tiles_at;
    block.host_address = plan_.host.bits;
    block.runtime_address = abi::Address::make(0, tile_, abi::kRuntimeSlot, kFirstGeneration).bits;
    block.runtime_slots = abi::kRuntimeSlots;
    block.runtime_slot_bytes = abi::kRuntimeSlotBytes;
    block.runtime_ring = ring(abi::kRuntimeSlot, abi::kRuntimeSlots, abi::kRuntimeSlotBytes);
    for (const auto i : mine) {
      const ImageActor& a = image_.actors[i];
      const abi::Address address = placed_.address[i];
      actors.push_back({address.bits, image_.behaviours[a.behaviour].entry,
                        a.slots == 0 ? 0 : ring(address.slot(), a.slots, a.slot_bytes), a.slots, a.slot_bytes,
                        arguments_at + arguments.size() * sizeof(abi::BootArgument),
                        static_cast<std::uint32_t>(a.arguments.size()), i == image_.root_actor ? 1u : 0u});
      for (const auto& argument : a.arguments) arguments.push_back(resolve(argument, address));
    }
    block.first_free_slot = abi::kFirstActorSlot + mine.size();
    block.heap = abi::align_up(next_, abi::kCoreAlignment);
    block.heap_end = chip_.l1.size.count;
    const SpillRegion spill = spill_region(image_, chip_, core_);
    block.spill = spill.at.bits;
    block.spill_bytes = spill.bytes;
    require_fit(block.heap);

    CoreLoad load{tile_, boot, std::vector<std::byte>(next_of(tiles_at) - boot)};
    put(load, boot, &block, sizeof block);
    put(load, actors_at, actors.data(), actors.size() * sizeof(abi::BootActor));
    put(load, arguments_at, arguments.data(), arguments.size() * sizeof(abi::BootArgument));
    put(load, tiles_at, plan_.lease.tiles.data(), plan_.lease.tiles.size() * sizeof(std::uint16_t));
    return load;
  }

 private:
  std::uint64_t next_of(std::uint64_t tiles_at) const {
    return tiles_at + plan_.lease.tiles.size() * sizeof(std::uint16_t);
  }
  std::uint64_t ring(std::uint32_t slot, std::uint32_t slots, std::uint32_t slot_bytes) {
    const std::uint64_t base = next_;
    next_ += std::uint64_t{slots} * slot_bytes;
    plan_.mailboxes.push_back({tile_, slot, base, slots, slot_bytes});
    return base;
  }
  abi::BootArgument resolve(const abi::ArgumentRecord& a, abi::Address self) const {
    switch (a.kind) {
      case abi::ArgumentKind::inbox:
        return {a.kind, 0, self.bits, 0};
      case abi::ArgumentKind::address:
        return {a.kind, 0, placed_.address[a.value].bits, 0};
      case abi::ArgumentKind::segment: {
        const ImageSegment& s = image_.segments[a.value];
        return {a.kind, 0, dram_location(s, chip_.tiles_of(TileKind::dram)).bits, s.bytes.size()};
      }
      case abi::ArgumentKind::integer:
      case abi::ArgumentKind::real:
        return {a.kind, 0, a.value, 0};
    }
    CHECK(false, "argument kind {}", static_cast<std::uint32_t>(a.kind));
  }
  void require_fit(std::uint64_t heap) const {
    if (heap + abi::kHeapBytesMin <= chip_.l1.size.count) return;
    throw InputError(
        fmt::format(
            "{}: core {} needs {} bytes of L1 (image, boot block, mailboxes, {} of heap), the chip has {}",
            image_.path, core_, heap + abi::kHeapBytesMin, abi::kHeapBytesMin, chip_.l1.size.count),
        "use fewer or smaller mailbox slots, or a chip with more L1");
  }
  static void put(CoreLoad& load, std::uint64_t at, const void* from, std::uint64_t bytes) {
    if (bytes > 0) std::memcpy(load.boot_block.data() + (at - load.boot_address), from, bytes);
  }

  const Image& image_;
  const ChipParams& chip_;
  const Placed& placed_;
  LoadPlan& plan_;
  std::uint32_t core_;
  std::uint16_t tile_;
  std::uint64_t next_ = 0;
};

void require_segments_fit(const Image& image, const ChipParams& chip) {
  for (const ElfSegment& s : image.elf.segments())
    if (s.address < abi::kImageBase || s.address + s.memory_bytes > chip.l1.size.count)
      throw InputError(
          fmt::format("{}: a segment of {} bytes at {:#x} lies outside L1 ({:#x} to {:#x})", image.path,
                      s.memory_bytes, s.address, abi::kImageBase, chip.l1.size.count),
          "images are linked by `troupe compile`; a bare program runs with --bare");
  if (image.image_end > chip.l1.size.count)
    throw InputError(fmt::format("{}: the image ends at {:#x}, L1 at {:#x}", image.path, image.image_end,
                                 chip.l1.size.count));
  for (const ImageSegment& s : image.segments)
    if (s.dram_offset > chip.dram.size.count || s.bytes.size() > chip.dram.size.count - s.dram_offset)
      throw InputError(fmt::format("{}: segment {} ends at {} in its DRAM tile, which has {} bytes",
                                   image.path, s.name, s.dram_offset + s.bytes.size(), chip.dram.size.count));
}

}  // namespace

Lease grant_lease(const ChipParams& chip, std::uint64_t cores) {
  const auto core_tiles = chip.tiles_of(TileKind::core);
  const std::uint64_t columns = chip.core_columns(), rows = chip.core_rows();
  if (cores > core_tiles.size()) throw LeaseRefused{cores, core_tiles.size(), "the chip has fewer"};
  const LeaseShape shape = lease_shape(cores, columns, rows);
  Lease lease;
  for (std::uint64_t i = 0; i < cores; ++i)
    lease.tiles.push_back(core_tiles[i / shape.width * columns + i % shape.width]);
  lease.first = chip.tile_name(lease.tiles.front());
  lease.last = fmt::format("({},{})", std::min(cores, shape.width) - 1, (cores - 1) / shape.width);
  return lease;
}

LoadPlan plan_load(const Image& image, const ChipParams& chip) {
  LoadPlan plan;
  plan.lease = grant_lease(chip, image.cores_required);
  require_segments_fit(image, chip);
  plan.entry = image.elf.entry();
  const std::uint16_t host_tile = chip.tiles_of(TileKind::host).front();
  plan.host = abi::Address::make(0, host_tile, kHostSlot, kFirstGeneration);
  plan.mailboxes.push_back(
      {host_tile, kHostSlot, 0, kHostCreditsPerCore * image.cores_required, kHostSlotBytes});

  const Placed placed = place(image, plan.lease);
  for (std::uint32_t core = 0; core < image.cores_required; ++core) {
    if (placed.actors_of_core[core].size() + abi::kFirstActorSlot > chip.niu.mailboxes)
      throw InputError(fmt::format("{}: core {} has {} actors, its NIU {} mailboxes ({} are the runtime's)",
                                   image.path, core, placed.actors_of_core[core].size(), chip.niu.mailboxes,
                                   abi::kFirstActorSlot));
    plan.cores.push_back(CoreLayout(image, chip, placed, plan, core).build());
    plan.grants.push_back({plan.host, plan.lease.tiles[core], kHostCreditsPerCore});
  }
  for (const auto& e : image.edges)
    if (e.credits > 0)
      plan.grants.push_back({placed.address[e.to], plan.lease.tiles[image.actors[e.from].core], e.credits});
  const auto dram_tiles = chip.tiles_of(TileKind::dram);
  for (const ImageSegment& s : image.segments)
    plan.dram.push_back(
        {static_cast<std::uint16_t>(dram_location(s, dram_tiles).tile()), s.dram_offset, s.bytes});
  for (std::uint32_t i = 0; i < image.actors.size(); ++i)
    plan.actor_names[placed.address[i].bits] = image.actors[i].name;
  for (const ImageBehaviour& b : image.behaviours) plan.behaviour_names[b.entry] = b.name;
  return plan;
}

}  // namespace troupe

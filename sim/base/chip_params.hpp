// Every number that describes a chip, in one struct; presets fill it, TOML files override it.
// A model takes the part it needs by const reference and holds no number of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/units.hpp"

namespace troupe {

// What stands at a grid position; `empty`: a router and an NIU with nothing behind them.
enum class TileKind : std::uint8_t { core, dram, link, host, empty };

// Grid of tiles. Physical tile number = y * width + x.
struct GridParams {
  std::uint64_t width = 0;   // tiles
  std::uint64_t height = 0;  // tiles
  // One string a row, one letter a tile: c core, d DRAM, l link, h host, . empty. No strings = the edge form:
  // column 0 holds the host tile at y = 0 and link tiles below it, the last column DRAM tiles, the rest
  // cores.
  std::vector<std::string> tiles = {};
};

// Which way a core's front end goes at a conditional branch before it knows.
enum class BranchPrediction : std::uint8_t { not_taken, backward_taken };
// What the operand term of an integer divide counts: nothing, bits of the quotient, significant bits of the
// dividend, leading zeros of the divisor.
enum class DivideTerm : std::uint8_t { none, quotient, dividend, divisor };

inline constexpr std::uint64_t kLoadsInFlightMax = 8;

// One in-order, single-issue RV64 hart with its vector unit. Latencies are issue-to-use. A stall is how many
// further cycles nothing issues after an instruction of that kind, whatever follows.
struct CoreParams {
  Bits vlen;                               // vector register length
  Bits dlen;                               // vector datapath: chime = ceil(vl * SEW / DLEN)
  Cycles alu;                              // integer add, logic, shift, compare
  Cycles mul, mul_stall;                   // integer multiply, low word
  Cycles mul_high, mul_high_stall;         // integer multiply, high word
  DivideTerm div_term = DivideTerm::none;  // integer divide and remainder:
  Cycles div_base;                         //   max(div_min, div_base + term / div_bits_per_cycle) cycles,
  std::uint64_t div_bits_per_cycle = 0;    //
  Cycles div_min;                          //
  Cycles div_by_zero;                      //   unless this is not 0 and the divisor is;
  Cycles div_by_one;                       //   the same for the divisor 1 and the one overflow
  std::uint64_t div_blocking = 0;          //   1: nothing issues meanwhile
  Cycles load_use, load_stall;             // L1 load to first use: scalar, FP and vector
  std::uint64_t loads_in_flight = 0;       // scalar loads that may await their data, up to 8; 0: any
  Cycles store_stall;                      // scalar and FP stores
  Cycles store_interval;                   // one of them reaches L1 every so many cycles,
  std::uint64_t store_queue = 0;           //   and that many wait for it before issue does
  Cycles fp;                               // FP add, multiply, fused multiply-add, convert, compare, move
  Cycles fp_div_single;                    // FP divide and square root, single precision, blocking
  Cycles fp_div_double;                    // the same, double precision
  BranchPrediction branch_prediction = BranchPrediction::not_taken;
  Cycles branch_taken;         // extra cycles of a branch taken as predicted
  Cycles branch_mispredicted;  // extra cycles of a branch that went the other way
  Cycles jump;                 // extra cycles of jal
  Cycles jump_register;        // extra cycles of jalr and mret
  Cycles amo;                  // LR, SC and AMO on L1
  Cycles csr;                  // CSR read or write
  Cycles fence_i;              // fence.i: the front end refills
  Cycles trap;                 // trap entry: the front end refills
  Bytes l1_port;               // vector load and store bytes per cycle
};

// Local memory of a core tile.
struct L1Params {
  Bytes size;
  Cycles niu_read;  // another tile's read of it, which only replayed traces have: served to first data
};

// A torus has a link from each end of a row and column to the other end, a mesh has none.
enum class Topology : std::uint8_t { mesh, torus };

// The order in which packets take the axes, and the directions there are. xy and yx have links both ways;
// the others name their only two directions, first leg first, and need a torus to reach every tile.
enum class Routing : std::uint8_t { xy, yx, east_south, south_east, west_north, north_west };

// Routers and links (design section 2; the pipeline is VA | SA | ST | LT). A requester picks one of the
// networks, which share nothing and have the same parameters but for the routing; a reply takes its
// request's.
struct NocParams {
  Topology topology = Topology::mesh;
  std::vector<Routing> networks;         // one or two
  std::uint64_t virtual_channels = 0;    // per port; on a torus one half before the dateline, one after it
  std::uint64_t multicast_channels = 0;  // of these: for multicasts, 0 = there are none
  std::uint64_t reply_channels = 0;      // of these: for replies; requests have what is left
  Flits vc_depth;                        // input buffer that a virtual channel has to itself
  Flits pool;                            // input buffer that the virtual channels of a port share, 0 = none
  Flits pool_per_vc;                     // most of the pool that one of them may take
  Bytes flit;                            // payload of a flit = link width
  Cycles vc_alloc;                       // VA stage
  Cycles switch_alloc;                   // SA stage
  Cycles switch_traversal;               // ST stage
  Cycles link;                           // LT stage, router to router
  Cycles niu_link;                       // the same between a router and its NIU, both ways
  Cycles credit;                         // credit return wire

  std::uint64_t request_channels() const { return virtual_channels - multicast_channels - reply_channels; }
};

// Network interface of a tile.
struct NiuParams {
  Cycles inject;                   // doorbell to the first flit at the router's local port
  Cycles eject;                    // last flit out of the router to arrival in L1
  Cycles register_access;          // load of an NIU register, issue to use
  std::uint64_t transactions = 0;  // outstanding requests per tile
  std::uint64_t request_initiators =
      0;                          // requests per tile and network that may wait to enter the network; replay
  std::uint64_t mailboxes = 0;    // rows of the mailbox table, and of the table of credit requests
  std::uint64_t credit_rows = 0;  // mailboxes whose granted credits stay in hand, least recently used go
  std::uint64_t semaphores = 0;   // 64-bit semaphore words
  Bytes packet_payload_max;       // longest payload of one packet
};

// DRAM: channels behind the NIUs of DRAM tiles.
struct DramParams {
  // Tiles with the same letter share a channel: one string a row, one letter a tile, '.' for tiles without.
  // No strings = each DRAM tile has its own. Replay; a program's chip has one tile a channel.
  std::vector<std::string> channels = {};
  Bytes size;                        // capacity of a tile
  double bytes_per_second_peak = 0;  // channel peak
  double efficiency = 0;             // share of the peak that a stream reaches
  Cycles latency;                    // request at the channel to first data
};

// Replay of recorded runs: what a processor's software does around a barrier.
struct ReplayParams {
  Cycles barrier;  // begin to end of a barrier that has nothing to wait for
  Cycles notice;   // completion of the last transaction to the end of the barrier that waits for it
};

// The kind that a letter of GridParams::tiles stands for.
std::optional<TileKind> tile_kind(char letter);

struct ChipParams {
  std::string name;
  double clock_hz = 0;
  GridParams grid;
  CoreParams core;
  L1Params l1;
  NocParams noc;
  NiuParams niu;
  DramParams dram;
  ReplayParams replay;

  std::uint64_t tiles() const { return grid.width * grid.height; }
  TileKind kind(std::uint64_t tile) const;
  // Physical tile numbers of one kind. Core tiles come in logical order: (0,0), (1,0), ... row by row.
  std::vector<std::uint16_t> tiles_of(TileKind kind) const;
  // Core tiles form a rectangle once the columns and rows without any are left out; its size. Logical
  // coordinates of a core count in it.
  std::uint64_t core_columns() const;
  std::uint64_t core_rows() const;
  std::uint64_t x(std::uint64_t tile) const { return tile % grid.width; }
  std::uint64_t y(std::uint64_t tile) const { return tile / grid.width; }
  // DRAM channel of each tile, kNoChannel for tiles without; channels are numbered as they first appear.
  static constexpr std::uint16_t kNoChannel = 0xffff;
  std::vector<std::uint16_t> dram_channels() const;
  // "(3,1)": logical coordinates of a core tile; "host", "dram2", "link0" for the others.
  std::string tile_name(std::uint64_t tile) const;
};

// Core by name: xpu (ours), baby (Tenstorrent), cv32e40p (OpenHW), ibex (lowRISC). Throws InputError that
// lists the names there are.
CoreParams core_preset(std::string_view name);
std::vector<std::string> core_preset_names();

// Throws InputError that starts with `where` for numbers that no core can have.
void validate(const CoreParams& core, std::string_view where);

// Preset by name. Throws InputError that lists the names there are.
ChipParams preset(std::string_view name);
std::vector<std::string> preset_names();

}  // namespace troupe

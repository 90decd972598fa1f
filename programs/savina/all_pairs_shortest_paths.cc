// Shortest paths between all nodes of a graph, by Floyd and Warshall: each actor owns a block of the
// distances. In round k the owners of row k and column k send their parts of it to the blocks of the same
// column or row. Stresses exchange between neighbours in rounds.
#include <riscv_vector.h>

#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef NODES
#define NODES 300
#endif
#ifndef BLOCK
#define BLOCK 50
#endif
constexpr int kBlocks = NODES / BLOCK;  // in a row
static_assert(NODES % BLOCK == 0);
constexpr int kWeights = 100;  // edges weigh 1 to this

using Part = std::array<std::int32_t, BLOCK>;
using Distances = std::array<Part, BLOCK>;

struct Note {
  enum { row, column, same_row, same_column } kind;
  int index;              // row, column: which; same_row, same_column: which block of those
  Address<Note> address;  // same_row, same_column: of that block
  Part part;              // row, column: of the distances
};
// What a block sends in the end, row by row.
struct Result {
  int row, column;  // of the first distance
  Part part;
};

using Graph = std::array<std::array<std::int32_t, NODES>, NODES>;

// There is an edge between any two nodes; its weight is the same for everybody who asks.
std::int32_t weight(int from, int to) {
  return from == to ? 0 : static_cast<std::int32_t>(1 + Random(from * NODES + to).below(kWeights));
}

// Distances from one node, by way of the node to which it has `to_k` and whose distances `row` holds.
template <std::size_t N>
void relax(std::array<std::int32_t, N>& distances, std::int32_t to_k,
           const std::array<std::int32_t, N>& row) {
  for (std::size_t j = 0, vl; j < N; j += vl) {
    vl = __riscv_vsetvl_e32m4(N - j);
    const vint32m4_t through = __riscv_vadd_vx_i32m4(__riscv_vle32_v_i32m4(&row[j], vl), to_k, vl);
    const vint32m4_t direct = __riscv_vle32_v_i32m4(&distances[j], vl);
    __riscv_vse32_v_i32m4(&distances[j], __riscv_vmin_vv_i32m4(direct, through, vl), vl);
  }
}

// A part may come before it is needed: some blocks are rounds ahead of others. The mailbox has a slot for
// every message that ever comes, so no send waits.
constexpr std::uint32_t kMessages = 2 * kBlocks + 2 * NODES;

// What a block has received: its peers, and parts of rows and columns.
struct Received {
  int peers;
  std::array<Address<Note>, kBlocks> same_row, same_column;
  std::array<Part, NODES> rows, columns;
  std::array<bool, NODES> has_row, has_column;

  void take(const Note& note) {
    switch (note.kind) {
      case Note::row:
        rows[note.index] = note.part;
        has_row[note.index] = true;
        return;
      case Note::column:
        columns[note.index] = note.part;
        has_column[note.index] = true;
        return;
      case Note::same_row:
        same_row[note.index] = note.address;
        break;
      case Note::same_column:
        same_column[note.index] = note.address;
        break;
    }
    ++peers;
  }
};

actor block(Inbox<Note, kMessages> in, int row, int column, Address<Result> root) {
  auto distances = Buffer<Distances>::make();
  auto received = Buffer<Received>::make();
  require(distances && received, "no room for a block");
  Distances& d = *distances;
  for (int i = 0; i < BLOCK; ++i) {
    for (int j = 0; j < BLOCK; ++j) d[i][j] = weight(row * BLOCK + i, column * BLOCK + j);
  }
  received->peers = 0;
  received->has_row = {};
  received->has_column = {};
  while (received->peers < 2 * kBlocks) received->take(*co_await in.borrow());

  for (int k = 0; k < NODES; ++k) {
    if (k / BLOCK == row) {
      const Note note = {Note::row, k, {}, d[k % BLOCK]};
      for (const auto& to : received->same_column) co_await to.send(note);
    }
    if (k / BLOCK == column) {
      Note note = {Note::column, k, {}, {}};
      for (int i = 0; i < BLOCK; ++i) note.part[i] = d[i][k % BLOCK];
      for (const auto& to : received->same_row) co_await to.send(note);
    }
    while (!received->has_row[k] || !received->has_column[k]) received->take(*co_await in.borrow());
    for (int i = 0; i < BLOCK; ++i) relax(d[i], received->columns[k][i], received->rows[k]);
  }
  for (int i = 0; i < BLOCK; ++i) co_await root.send({row * BLOCK + i, column * BLOCK, d[i]});
}
TROUPE_BEHAVIOUR(block);

// The same on one core, in place.
void plain(Graph& d) {
  for (int k = 0; k < NODES; ++k) {
    const auto row = d[k];  // which this round does not change
    for (auto& distances : d) relax(distances, distances[k], row);
  }
}

actor all_pairs_shortest_paths(Inbox<Result> in) {
  const std::uint64_t begin = cycles();
  std::array<Address<Note>, kBlocks * kBlocks> blocks;
  for (int b = 0; b < kBlocks * kBlocks; ++b)
    blocks[b] = present(co_await spawn<block>(b / kBlocks, b % kBlocks, in.address(), on(1 + b)));
  for (int b = 0; b < kBlocks * kBlocks; ++b) {
    for (int i = 0; i < kBlocks; ++i) {
      co_await blocks[b].send({Note::same_row, i, blocks[b / kBlocks * kBlocks + i], {}});
      co_await blocks[b].send({Note::same_column, i, blocks[i * kBlocks + b % kBlocks], {}});
    }
  }
  auto result = Buffer<Graph>::make(), expected = Buffer<Graph>::make();
  require(result && expected, "no room for the graph");
  for (int i = 0; i < NODES * kBlocks; ++i) {
    const auto r = co_await in.borrow();
    for (int j = 0; j < BLOCK; ++j) (*result)[r->row][r->column + j] = r->part[j];
  }
  const std::uint64_t end = cycles();

  std::uint64_t hash = 0;
  for (int i = 0; i < NODES; ++i) {
    for (int j = 0; j < NODES; ++j) (*expected)[i][j] = weight(i, j);
  }
  plain(*expected);
  for (int i = 0; i < NODES; ++i) {
    for (int j = 0; j < NODES; ++j) {
      require((*result)[i][j] == (*expected)[i][j], "a distance");
      hash = hash * 31 + static_cast<std::uint64_t>((*result)[i][j]);
    }
  }
  print("the distances of {} nodes equal those of plain Floyd-Warshall, hash {:016x}\n", NODES, hash);
  print("cycles {}\n", end - begin);
}
TROUPE_PROGRAM(all_pairs_shortest_paths, requires_cores(40));

// Counts the ways to place queens on a board so that none attacks another. A master hands boards to workers;
// they give back the boards that follow, or below a threshold the number of solutions. Deeper boards go
// first, so that the master never has many. Stresses a work pool with uneven work.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef QUEENS
#define QUEENS 12
#endif
constexpr int kWorkers = 20;
constexpr int kSplitRows = 4;  // boards with fewer rows filled are split, the others are solved at once
static_assert(QUEENS > kSplitRows && QUEENS <= 16);

// Rows are filled from the top; bits are the columns of the next row that a queen attacks, by direction.
struct Board {
  std::uint32_t rows, columns, left, right;
};
constexpr std::uint32_t free_columns(const Board& b) {
  return ((1u << QUEENS) - 1) & ~(b.columns | b.left | b.right);
}
constexpr Board with(const Board& b, std::uint32_t queen) {
  return {b.rows + 1, b.columns | queen, (b.left | queen) << 1, (b.right | queen) >> 1};
}

long solutions(const Board& b) {
  if (b.rows == QUEENS) return 1;
  long sum = 0;
  for (std::uint32_t free = free_columns(b); free != 0; free &= free - 1)
    sum += solutions(with(b, free & -free));
  return sum;
}

struct Answer {
  Address<Board> worker;  // it is free again
  long solutions;
  std::uint32_t count;
  std::array<Board, QUEENS> boards;  // `count` of them, to be worked on
};

// The master sends to workers that wait for it, so it never waits for one.
actor worker(Inbox<Board, 1> in, Address<Answer> master) {
  for (Answer answer = {in.address(), 0, 0, {}};;) {
    co_await master.send(answer);
    const Board board = co_await in.receive();
    if (board.rows == QUEENS) co_return;  // there is no more work
    answer.count = 0;
    answer.solutions = 0;
    if (board.rows >= kSplitRows) {
      answer.solutions = solutions(board);
    } else {
      for (std::uint32_t free = free_columns(board); free != 0; free &= free - 1)
        answer.boards[answer.count++] = with(board, free & -free);
    }
  }
}
TROUPE_BEHAVIOUR(worker);

actor nqueens(Inbox<Answer> in) {
  for (int i = 0; i < kWorkers; ++i) {
    // Not here: computing, a worker would hold up the master.
    present(co_await spawn<worker>(in.address(), on(1 + i % (core_count() - 1))));
  }
  std::array<Board, 1024> boards;  // the last one goes first
  std::size_t waiting = 0;
  boards[waiting++] = {0, 0, 0, 0};
  std::array<Address<Board>, kWorkers> idle;
  int idle_count = 0, asked = kWorkers;  // workers without work; workers that will answer
  long sum = 0;
  while (asked != 0) {
    const Answer answer = co_await in.receive();
    --asked;
    sum += answer.solutions;
    require(waiting + answer.count <= boards.size(), "room for boards");
    for (std::uint32_t i = 0; i < answer.count; ++i) boards[waiting++] = answer.boards[i];
    idle[idle_count++] = answer.worker;
    for (; waiting != 0 && idle_count != 0; ++asked) co_await idle[--idle_count].send(boards[--waiting]);
  }
  for (const auto& w : idle) co_await w.send({QUEENS, 0, 0, 0});
  print("{} queens: {} solutions\n", QUEENS, sum);
}
TROUPE_PROGRAM(nqueens, requires_cores(21));

// The product of two square matrices, recursively: an actor splits its own into eight products of quarters,
// down to a leaf that multiplies. Matrices travel as tiles, one a message. Stresses fork and join with much
// data.
#include <riscv_vector.h>

#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef SIZE
#define SIZE 256
#endif
constexpr int kTile = 32;
constexpr int kLeaf = 64;  // size of the products that are not split
static_assert(SIZE % kLeaf == 0 && (SIZE / kLeaf & (SIZE / kLeaf - 1)) == 0);

using Row = std::array<float, kTile>;

// Elements are whole numbers so small that every sum is exact, in whatever order.
struct Tile {
  enum Matrix : std::uint32_t { a, b, c } matrix;
  std::uint16_t row, column;  // counted in tiles, of the receiver's matrix
  std::array<Row, kTile> element;
};

// A row of a tile in vector registers: two of f32 at VLEN 512.
using Lanes = vfloat32m2_t;
Lanes load(const Row& row) {
  return __riscv_vle32_v_f32m2(row.data(), kTile);
}

// c += a b, eight rows at a time, so that a multiply-add never waits for the one before it.
void multiply_add(Tile& c, const Tile& a, const Tile& b) {
  for (int i = 0; i < kTile; i += 8) {
    Row* const to = &c.element[i];
    const Row* const x = &a.element[i];
    Lanes s0 = load(to[0]), s1 = load(to[1]), s2 = load(to[2]), s3 = load(to[3]);
    Lanes s4 = load(to[4]), s5 = load(to[5]), s6 = load(to[6]), s7 = load(to[7]);
    const auto add = [](Lanes& sum, float x, Lanes y) { sum = __riscv_vfmacc_vf_f32m2(sum, x, y, kTile); };
    for (int j = 0; j < kTile; ++j) {
      const Lanes y = load(b.element[j]);
      add(s0, x[0][j], y), add(s1, x[1][j], y), add(s2, x[2][j], y), add(s3, x[3][j], y);
      add(s4, x[4][j], y), add(s5, x[5][j], y), add(s6, x[6][j], y), add(s7, x[7][j], y);
    }
    const auto store = [&](int row, Lanes sum) { __riscv_vse32_v_f32m2(to[row].data(), sum, kTile); };
    store(0, s0), store(1, s1), store(2, s2), store(3, s3);
    store(4, s4), store(5, s5), store(6, s6), store(7, s7);
  }
}
void add(Tile& to, const Tile& tile) {
  for (int i = 0; i < kTile; ++i) {
    for (int k = 0; k < kTile; ++k) to.element[i][k] += tile.element[i][k];
  }
}

// A matrix on the heap of its core.
class Matrix {
 public:
  Matrix(Tile::Matrix name, int size) : size_(size / kTile), tiles_(new Tile[size_ * size_]) {
    for (int i = 0; i < size_ * size_; ++i) {
      tiles_[i].matrix = name;
      tiles_[i].row = static_cast<std::uint16_t>(i / size_);
      tiles_[i].column = static_cast<std::uint16_t>(i % size_);
      tiles_[i].element = {};
    }
  }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  ~Matrix() { delete[] tiles_; }
  int size() const { return size_; }  // in tiles
  int count() const { return size_ * size_; }
  Tile& operator()(int row, int column) { return tiles_[row * size_ + column]; }

 private:
  int size_;
  Tile* tiles_;
};

// Which quarters a product takes, and what its tiles are added to. `place` says where a tile of its result
// goes.
struct Place {
  std::uint16_t row, column;
};

// c += a b by eight products of quarters.
task<> split(Inbox<Tile>& in, Matrix& a, Matrix& b, Matrix& c);

// A product: the parent sends a and b and then takes c, tile by tile. It receives everything before
// it sends anything down, and sends up only after it has received all answers: the parent never waits for one
// who waits for it.
actor product(Inbox<Tile> in, int size, Place at, Address<Tile> parent) {
  Matrix a(Tile::a, size), b(Tile::b, size), c(Tile::c, size);
  for (int i = 0; i < 2 * a.count(); ++i) {
    const auto tile = co_await in.borrow();
    (tile->matrix == Tile::a ? a : b)(tile->row, tile->column) = *tile;
  }
  if (size > kLeaf) {
    co_await split(in, a, b, c);
  } else {
    for (int i = 0; i < c.size(); ++i) {
      for (int j = 0; j < c.size(); ++j) {
        for (int k = 0; k < c.size(); ++k) multiply_add(c(i, j), a(i, k), b(k, j));
      }
    }
  }
  for (int i = 0; i < c.size(); ++i) {
    for (int j = 0; j < c.size(); ++j) {
      Tile& tile = c(i, j);
      tile.row = static_cast<std::uint16_t>(i + at.row);
      tile.column = static_cast<std::uint16_t>(j + at.column);
      co_await parent.send(tile);
    }
  }
}
TROUPE_BEHAVIOUR(product);

// Sends a quarter, whose first tile is (row, column), with the places that its tiles have in it.
task<> send_quarter(Matrix& m, int row, int column, Address<Tile> to) {
  const int half = m.size() / 2;
  for (int i = 0; i < half; ++i) {
    for (int j = 0; j < half; ++j) {
      Tile& tile = m(row + i, column + j);
      tile.row = static_cast<std::uint16_t>(i);
      tile.column = static_cast<std::uint16_t>(j);
      co_await to.send(tile);
    }
  }
}

task<> split(Inbox<Tile>& in, Matrix& a, Matrix& b, Matrix& c) {
  const int half = a.size() / 2;
  for (int i = 0; i < a.size(); i += half) {
    for (int j = 0; j < a.size(); j += half) {
      for (int k = 0; k < a.size(); k += half) {
        const Place at = {static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(j)};
        const auto to = present(co_await spawn<product>(half * kTile, at, in.address()));
        co_await send_quarter(a, i, k, to);
        co_await send_quarter(b, k, j, to);
      }
    }
  }
  for (int i = 0; i < 2 * c.count(); ++i) {
    const auto tile = co_await in.borrow();
    add(c(tile->row, tile->column), *tile);
  }
}

actor recursive_matmul(Inbox<Tile> in) {
  Matrix a(Tile::a, SIZE), b(Tile::b, SIZE), c(Tile::c, SIZE);
  Random random(SIZE);
  for (Matrix* m : {&a, &b}) {
    for (int i = 0; i < SIZE; ++i) {
      for (int j = 0; j < SIZE; ++j)
        (*m)(i / kTile, j / kTile).element[i % kTile][j % kTile] = static_cast<float>(random.below(17)) - 8;
    }
  }
  const std::uint64_t begin = cycles();
  co_await split(in, a, b, c);
  const std::uint64_t end = cycles();

  // A plain product, row by row, compared and hashed.
  std::uint64_t hash = 0;
  for (int i = 0; i < SIZE; ++i) {
    std::array<float, SIZE> row = {};
    for (int j = 0; j < SIZE; ++j) {
      const float x = a(i / kTile, j / kTile).element[i % kTile][j % kTile];
      for (int k = 0; k < SIZE; k += kTile) {
        const auto& from = b(j / kTile, k / kTile).element[j % kTile];
#pragma clang loop unroll(disable)  // otherwise it does not become vector code
        for (int l = 0; l < kTile; ++l) row[k + l] += x * from[l];
      }
    }
    for (int j = 0; j < SIZE; ++j) {
      const float value = c(i / kTile, j / kTile).element[i % kTile][j % kTile];
      require(value == row[j], "an element of the product");
      hash = hash * 31 + static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    }
  }
  print("the product of {} x {} equals a plain one, hash {:016x}\n", SIZE, SIZE, hash);
  print("cycles {}\n", end - begin);
}
TROUPE_PROGRAM(recursive_matmul, requires_cores(64));

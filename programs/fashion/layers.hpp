// The layers of the network for ten images at a time, in vectors of 16 lanes. On-core code. Every sum takes
// its inputs in ascending order with fused multiply-adds, as reference.cpp does, so that both give the same
// bits.
#pragma once

#include <riscv_vector.h>

#include "programs/fashion/network.hpp"
#include "troupe.hpp"

namespace troupe::fashion {

inline constexpr int kBatch = 10;  // images of a message: as many as fit into the longest one

using Image = std::array<std::uint8_t, kPixels>;

// One vector of f32, 16 lanes at VLEN 512.
using Lanes = vfloat32m1_t;
inline Lanes load(const std::array<float, kLanes>& from) {
  return __riscv_vle32_v_f32m1(from.data(), kLanes);
}
inline void store(std::array<float, kLanes>& to, Lanes v) {
  __riscv_vse32_v_f32m1(to.data(), v, kLanes);
}
inline Lanes multiply_add(Lanes sum, float x, Lanes w) {
  return __riscv_vfmacc_vf_f32m1(sum, x, w, kLanes);
}

// Ten sums side by side, one an image, so that a multiply-add never waits for the one before it. Vectors
// cannot be array elements, hence the names.
struct Sums {
  std::array<std::array<float, kLanes>, kBatch> values;
};
inline void accumulate(Sums& sums, const float* x, int stride, const std::array<float, kLanes>* weights,
                       int count) {
  auto& v = sums.values;
  Lanes s0 = load(v[0]), s1 = load(v[1]), s2 = load(v[2]), s3 = load(v[3]), s4 = load(v[4]);
  Lanes s5 = load(v[5]), s6 = load(v[6]), s7 = load(v[7]), s8 = load(v[8]), s9 = load(v[9]);
  for (int i = 0; i < count; ++i, ++x) {
    const Lanes w = load(weights[i]);
    const float x0 = x[0 * stride], x1 = x[1 * stride], x2 = x[2 * stride], x3 = x[3 * stride],
                x4 = x[4 * stride];
    const float x5 = x[5 * stride], x6 = x[6 * stride], x7 = x[7 * stride], x8 = x[8 * stride],
                x9 = x[9 * stride];
    s0 = multiply_add(s0, x0, w), s1 = multiply_add(s1, x1, w), s2 = multiply_add(s2, x2, w);
    s3 = multiply_add(s3, x3, w), s4 = multiply_add(s4, x4, w), s5 = multiply_add(s5, x5, w);
    s6 = multiply_add(s6, x6, w), s7 = multiply_add(s7, x7, w), s8 = multiply_add(s8, x8, w);
    s9 = multiply_add(s9, x9, w);
  }
  store(v[0], s0), store(v[1], s1), store(v[2], s2), store(v[3], s3), store(v[4], s4);
  store(v[5], s5), store(v[6], s6), store(v[7], s7), store(v[8], s8), store(v[9], s9);
}

// The hidden layer's block for a batch. Pixels become floats sixteen at a time.
inline void hidden_layer(const HiddenBlock& w, const std::array<Image, kBatch>& images,
                         std::array<std::array<float, kLanes>, kBatch>& out) {
  Sums sums;
  for (auto& s : sums.values) s = w.bias;
  std::array<std::array<float, kLanes>, kBatch> x;
  for (int i = 0; i < kPixels; i += kLanes) {
    for (int k = 0; k < kBatch; ++k) {
      const vuint8mf4_t bytes = __riscv_vle8_v_u8mf4(&images[k][i], kLanes);
      const vuint32m1_t wide = __riscv_vzext_vf4_u32m1(bytes, kLanes);
      store(x[k], __riscv_vfcvt_f_xu_v_f32m1(wide, kLanes));
    }
    accumulate(sums, x[0].data(), kLanes, &w.weight[i], kLanes);
  }
  for (int k = 0; k < kBatch; ++k) {
    store(out[k], __riscv_vfmax_vf_f32m1(load(sums.values[k]), 0, kLanes));
  }
}

// The classes of a batch whose hidden values are complete.
inline void output_layer(const OutputBlock& w, const std::array<std::array<float, kHidden>, kBatch>& hidden,
                         std::array<std::uint8_t, kBatch>& classes) {
  Sums sums;
  for (auto& s : sums.values) s = w.bias;
  accumulate(sums, hidden[0].data(), kHidden, w.weight.data(), kHidden);
#pragma clang loop vectorize(disable)
  for (int k = 0; k < kBatch; ++k) {
    int best = 0;
#pragma clang loop vectorize(disable)
    for (int c = 1; c < kClasses; ++c) {
      if (sums.values[k][c] > sums.values[k][best]) best = c;
    }
    classes[k] = static_cast<std::uint8_t>(best);
  }
}

// A shorter vector register would cut the 16 lanes short.
inline void require_lanes() {
  if (__riscv_vsetvlmax_e32m1() >= kLanes) return;
  print("fashion needs vector registers of 512 bits\n");
  exit(1);
}

}  // namespace troupe::fashion

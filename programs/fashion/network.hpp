// The network of programs/fashion: 784-64-10, f32, ReLU; its shape and how its weights lie in weights.bin.
#pragma once

#include <array>
#include <cstdint>

namespace troupe::fashion {

inline constexpr int kPixels = 784, kHidden = 64, kClasses = 10;
inline constexpr int kLanes = 16;  // neurons of one hidden actor: one f32 vector at VLEN 512
inline constexpr int kHiddenActors = kHidden / kLanes;

// weights.bin, little-endian f32: a block for each hidden actor, then the output block. The scale 1/255 of
// the pixels is folded into `weight` of the hidden blocks, so x[i] is the pixel's byte as a float.
struct HiddenBlock {
  std::array<std::array<float, kLanes>, kPixels> weight;  // [pixel][neuron]
  std::array<float, kLanes> bias;
};
struct OutputBlock {
  std::array<std::array<float, kLanes>, kHidden> weight;  // [neuron][class]; classes 10 to 15 are zero
  std::array<float, kLanes> bias;
};
struct Weights {
  std::array<HiddenBlock, kHiddenActors> hidden;
  OutputBlock output;
};
static_assert(sizeof(HiddenBlock) == 50'240 && sizeof(OutputBlock) == 4'160 && sizeof(Weights) == 205'120);

// FNV-1a over the classes of all images, in order: one number that says whether two answers are the same.
inline constexpr std::uint64_t kHashBasis = 14695981039346656037u;
constexpr std::uint64_t add_class(std::uint64_t hash, int c) {
  return (hash ^ static_cast<std::uint64_t>(c)) * 1099511628211u;
}

}  // namespace troupe::fashion

// The host's answer to programs/fashion: the same network, weights and order of summation, one image at a
// time. usage: fashion_reference WEIGHTS [IMAGES]   prints `accuracy ...` and `classes ...` as the program
// does.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include "programs/fashion/idx_file.hpp"
#include "programs/fashion/network.hpp"

using namespace troupe;
using namespace troupe::fashion;

namespace {

std::unique_ptr<Weights> read_weights(const char* path) {
  auto weights = std::make_unique<Weights>();
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(weights.get()), sizeof(Weights));
  if (!in || in.peek() != EOF)
    throw InputError(fmt::format("{}: not {} bytes of weights", path, sizeof(Weights)));
  return weights;
}

// hidden[n] and out[c] start at their bias and take one fused multiply-add an input, in ascending order.
int classify(const Weights& w, const std::uint8_t* image) {
  std::array<float, kHidden> hidden;
  for (int n = 0; n < kHidden; ++n) {
    const HiddenBlock& block = w.hidden[n / kLanes];
    float sum = block.bias[n % kLanes];
    for (int i = 0; i < kPixels; ++i)
      sum = std::fma(static_cast<float>(image[i]), block.weight[i][n % kLanes], sum);
    hidden[n] = sum > 0 ? sum : 0;
  }
  int best = 0;
  float best_sum = 0;
  for (int c = 0; c < kClasses; ++c) {
    float sum = w.output.bias[c];
    for (int n = 0; n < kHidden; ++n) sum = std::fma(hidden[n], w.output.weight[n][c], sum);
    if (c == 0 || sum > best_sum) best = c, best_sum = sum;
  }
  return best;
}

int run(int argc, char** argv) {
  if (argc < 2 || argc > 3) throw InputError("usage: fashion_reference WEIGHTS [IMAGES]");
  const auto weights = read_weights(argv[1]);
  const IdxFile images = read_idx(std::string(kDataSet) + "t10k-images-idx3-ubyte.gz", 3);
  const IdxFile labels = read_idx(std::string(kDataSet) + "t10k-labels-idx1-ubyte.gz", 1);
  const int count = argc == 3 ? std::atoi(argv[2]) : static_cast<int>(labels.dimensions[0]);
  if (count < 1 || count > static_cast<int>(labels.dimensions[0]))
    throw InputError(fmt::format("{} images asked for, there are {}", count, labels.dimensions[0]));
  int hits = 0;
  std::uint64_t hash = kHashBasis;
  for (int i = 0; i < count; ++i) {
    const int c = classify(*weights, &images.bytes[static_cast<std::size_t>(i) * kPixels]);
    hits += c == labels.bytes[i];
    hash = add_class(hash, c);
  }
  fmt::print("accuracy {:.2f}% ({} of {})\nclasses {:016x}\n", 100.0 * hits / count, hits, count, hash);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const InputError& e) {
    fmt::print(stderr, "fashion_reference: {}\n", e.what());
    return kExitUser;
  }
}

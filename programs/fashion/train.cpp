// Trains the network of programs/fashion and writes weights.bin: plain stochastic gradient descent in one
// fixed order from one seed, so that every machine writes the same bytes (no threads, no fast-math, no
// contraction; every sum that a compiler may vectorise runs over independent elements). usage: fashion_train
// OUT [EPOCHS]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <numeric>

#include "programs/fashion/idx_file.hpp"
#include "programs/fashion/network.hpp"
#include "sim/base/rng.hpp"

using namespace troupe;
using namespace troupe::fashion;

namespace {

constexpr std::uint64_t kSeed = 20261123;
constexpr int kEpochs = 12;
constexpr float kRate = 0.01f;      // of the first epoch
constexpr float kRateDecay = 0.8f;  // per epoch

struct Network {
  float w1[kPixels][kHidden], b1[kHidden], w2[kHidden][kClasses], b2[kClasses];
};

// e^x for x <= 0 by range reduction and a polynomial: the host's libm may differ between machines.
float exponential(float x) {
  if (x < -80.0f) return 0.0f;
  const float n = std::nearbyintf(x * 1.44269504f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040;
  for (const float c : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) p = p * r + c;
  return std::ldexp(p, static_cast<int>(n));
}

// Uniform in +-sqrt(6 / inputs) (He et al., 2015).
void initialise(Network& net, Rng& rng) {
  const auto fill = [&](float* w, int count, int inputs) {
    const double bound = std::sqrt(6.0 / inputs);
    for (int i = 0; i < count; ++i) w[i] = static_cast<float>((2 * rng.uniform() - 1) * bound);
  };
  fill(&net.w1[0][0], kPixels * kHidden, kPixels);
  fill(&net.w2[0][0], kHidden * kClasses, kHidden);
  std::fill(std::begin(net.b1), std::end(net.b1), 0.0f);
  std::fill(std::begin(net.b2), std::end(net.b2), 0.0f);
}

// One image: forward, softmax cross-entropy, backward, update.
void step(Network& net, const std::uint8_t* image, int label, float rate) {
  float x[kPixels], hidden[kHidden], out[kClasses], delta[kHidden];
  for (int i = 0; i < kPixels; ++i) x[i] = static_cast<float>(image[i]) * (1.0f / 255);
  std::copy(std::begin(net.b1), std::end(net.b1), hidden);
  for (int i = 0; i < kPixels; ++i)
    if (x[i] != 0)
      for (int n = 0; n < kHidden; ++n) hidden[n] += x[i] * net.w1[i][n];
  for (float& h : hidden) h = h > 0 ? h : 0;
  std::copy(std::begin(net.b2), std::end(net.b2), out);
  for (int n = 0; n < kHidden; ++n)
    for (int c = 0; c < kClasses; ++c) out[c] += hidden[n] * net.w2[n][c];

  const float top = *std::max_element(out, out + kClasses);
  float sum = 0;
  for (float& o : out) sum += o = exponential(o - top);
  for (int c = 0; c < kClasses; ++c) out[c] = out[c] / sum - (c == label ? 1.0f : 0.0f);

  for (int n = 0; n < kHidden; ++n) {
    float d = 0;
    for (int c = 0; c < kClasses; ++c) {
      d += out[c] * net.w2[n][c];
      net.w2[n][c] -= rate * out[c] * hidden[n];
    }
    delta[n] = hidden[n] > 0 ? rate * d : 0;
    net.b1[n] -= delta[n];
  }
  for (int c = 0; c < kClasses; ++c) net.b2[c] -= rate * out[c];
  for (int i = 0; i < kPixels; ++i)
    if (x[i] != 0)
      for (int n = 0; n < kHidden; ++n) net.w1[i][n] -= delta[n] * x[i];
}

void write_weights(const Network& net, const char* path) {
  auto w = std::make_unique<Weights>();
  for (int n = 0; n < kHidden; ++n) {
    HiddenBlock& block = w->hidden[n / kLanes];
    for (int i = 0; i < kPixels; ++i) block.weight[i][n % kLanes] = net.w1[i][n] / 255.0f;
    block.bias[n % kLanes] = net.b1[n];
    for (int c = 0; c < kClasses; ++c) w->output.weight[n][c] = net.w2[n][c];
  }
  std::copy(std::begin(net.b2), std::end(net.b2), w->output.bias.begin());
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(w.get()), sizeof *w);
  out.flush();
  if (!out) throw InputError(fmt::format("{}: cannot write", path));
}

int run(int argc, char** argv) {
  if (argc < 2 || argc > 3) throw InputError("usage: fashion_train OUT [EPOCHS]");
  const int epochs = argc == 3 ? std::atoi(argv[2]) : kEpochs;
  const IdxFile images = read_idx(std::string(kDataSet) + "train-images-idx3-ubyte.gz", 3);
  const IdxFile labels = read_idx(std::string(kDataSet) + "train-labels-idx1-ubyte.gz", 1);
  auto net = std::make_unique<Network>();
  Rng rng(kSeed);
  initialise(*net, rng);
  std::vector<std::uint32_t> order(labels.dimensions[0]);
  std::iota(order.begin(), order.end(), 0);
  float rate = kRate;
  for (int epoch = 0; epoch < epochs; ++epoch, rate *= kRateDecay) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    for (const std::uint32_t i : order)
      step(*net, &images.bytes[std::size_t{i} * kPixels], labels.bytes[i], rate);
    fmt::print(stderr, "epoch {} of {}\n", epoch + 1, epochs);
  }
  write_weights(*net, argv[1]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const InputError& e) {
    fmt::print(stderr, "fashion_train: {}\n", e.what());
    return kExitUser;
  }
}

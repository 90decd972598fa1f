// Fashion-MNIST served by a pool of workers whose cores may die: what a dead worker has not answered, another
// one does again. The answers are those of programs/fashion.
#include "programs/fashion/layers.hpp"
#include "task_pool.hpp"
#include "troupe.hpp"

using namespace troupe;
using namespace troupe::fashion;

namespace {

constexpr int kServedBatches = 5, kServed = kServedBatches * kBatch;  // images of a request

struct Request {
  std::uint64_t first;  // image
  Data<Image> images;
  Data<HiddenBlock> hidden;
  Data<OutputBlock> output;
};
struct Classes {
  std::array<std::uint8_t, kServed> classes;
};

// Of one request. The hidden layer's blocks are in use one after the other, so that a few workers fit into a
// core.
struct Workspace {
  std::array<std::array<Image, kBatch>, kServedBatches> images;
  std::array<std::array<std::array<float, kHidden>, kBatch>, kServedBatches> hidden;
  std::array<std::array<float, kLanes>, kBatch> part;
  std::array<std::uint8_t, kBatch> classes;
  union {
    HiddenBlock block;
    OutputBlock output;
  };
};

void require(Status status) {
  if (status != Status::ok) exit(1);
}

task<Classes> classify(Request request) {
  require_lanes();
  const auto work = Buffer<Workspace>::make();
  if (!work) exit(1);
  for (int b = 0; b < kServedBatches; ++b)
    require(co_await request.images.read(request.first + static_cast<std::uint64_t>(b) * kBatch,
                                         work->images[b]));
  for (int h = 0; h < kHiddenActors; ++h) {
    require(co_await request.hidden.read(static_cast<std::uint64_t>(h), {&work->block, 1}));
    for (int b = 0; b < kServedBatches; ++b) {
      hidden_layer(work->block, work->images[b], work->part);
      for (int k = 0; k < kBatch; ++k)
        __riscv_vse32_v_f32m1(&work->hidden[b][k][h * kLanes], load(work->part[k]), kLanes);
    }
  }
  require(co_await request.output.read(0, {&work->output, 1}));
  Classes answer;
  for (int b = 0; b < kServedBatches; ++b) {
    output_layer(work->output, work->hidden[b], work->classes);
    for (int k = 0; k < kBatch; ++k) answer.classes[b * kBatch + k] = work->classes[k];
  }
  co_return answer;
}

}  // namespace

actor server(Data<Image> images, Data<std::uint8_t> labels, Data<HiddenBlock> hidden,
             Data<OutputBlock> output) {
  using Labels = std::array<std::uint8_t, 10'000>;
  struct Requests {
    alignas(Request) std::byte bytes[10'000 / kServed * sizeof(Request)];
  };
  const std::uint64_t count = labels.size();
  const auto label = Buffer<Labels>::make();
  const auto memory = Buffer<Requests>::make();
  if (!label || !memory || count > label->size() || count % kServed != 0) exit(1);
  require(co_await labels.read(0, {label->data(), count}));
  auto* requests = reinterpret_cast<Request*>(memory->bytes);
  for (std::uint64_t i = 0; i < count / kServed; ++i)
    new (&requests[i]) Request{i * kServed, images, hidden, output};

  int hits = 0;
  std::uint64_t hash = kHashBasis, given_up = 0;
  const auto told = [&](std::uint64_t index, const Classes* answer) {
    if (!answer) {
      ++given_up;
      return;
    }
    for (int k = 0; k < kServed; ++k) {
      hits += answer->classes[k] == (*label)[index * kServed + static_cast<std::uint64_t>(k)];
      hash = add_class(hash, answer->classes[k]);
    }
  };
  const bool done = co_await run_pool<classify>(std::span<const Request>(requests, count / kServed), told,
                                                {.workers = 8, .attempts = 8});
  if (!done || given_up != 0) {
    print("{} requests were given up\n", given_up);
    exit(1);
  }
  print("accuracy {:.2}% ({} of {})\n", 100.0 * hits / static_cast<double>(count), hits, count);
  print("classes {:016x}\n", hash);
}
TROUPE_BEHAVIOUR(server);

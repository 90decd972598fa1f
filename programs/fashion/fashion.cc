// Behaviours of the Fashion-MNIST classifier: a source streams images from DRAM to four hidden actors of 16
// neurons each; two output actors take turns with the batches; a sink collects the classes. fashion.mlir says
// who runs where and knows whom.
#include "programs/fashion/layers.hpp"
#include "troupe.hpp"

using namespace troupe;
using namespace troupe::fashion;

namespace {

struct Images {
  std::uint32_t batch;
  std::array<Image, kBatch> pixels;
};
// What one hidden actor makes of a batch.
struct Activations {
  std::uint32_t batch, block;
  std::array<std::array<float, kLanes>, kBatch> values;
};
struct Classes {
  std::uint32_t batch;
  std::array<std::uint8_t, kBatch> classes;
};

}  // namespace

actor source(Data<Image> images, Address<Images> h0, Address<Images> h1, Address<Images> h2,
             Address<Images> h3) {
  const Address<Images> hidden[] = {h0, h1, h2, h3};
  auto buffer = Buffer<Images>::make();
  const auto batches = static_cast<std::uint32_t>(images.size() / kBatch);
  for (buffer->batch = 0; buffer->batch < batches; ++buffer->batch) {
    if (co_await images.read(std::uint64_t{buffer->batch} * kBatch, buffer->pixels) != Status::ok) exit(1);
    for (const auto& to : hidden) co_await to.send(*buffer);
  }
}
TROUPE_BEHAVIOUR(source);

// `block` says which of the four this is.
actor hidden(Inbox<Images> in, Data<HiddenBlock> weights, std::uint32_t block, Address<Activations> even,
             Address<Activations> odd) {
  require_lanes();
  auto w = Buffer<HiddenBlock>::make();
  if (co_await weights.read(0, {w.get(), 1}) != Status::ok) exit(1);
  auto out = Buffer<Activations>::make();
  out->block = block;
  for (;;) {
    {
      const auto images = co_await in.borrow();
      out->batch = images->batch;
      hidden_layer(*w, images->pixels, out->values);
    }
    co_await (out->batch % 2 == 0 ? even : odd).send(*out);
  }
}
TROUPE_BEHAVIOUR(hidden);

namespace {

// A batch whose four blocks come one by one.
struct Assembly {
  std::uint32_t batch, blocks;
  std::array<std::array<float, kHidden>, kBatch> hidden;
};
// The hidden actors are at most four batches apart, since each has a mailbox of two; of those, every other
// batch comes here.
constexpr std::uint32_t kAssemblies = 4;

}  // namespace

actor output(Inbox<Activations> in, Data<OutputBlock> weights, Address<Classes> to) {
  require_lanes();
  auto w = Buffer<OutputBlock>::make();
  if (co_await weights.read(0, {w.get(), 1}) != Status::ok) exit(1);
  auto assemblies = Buffer<std::array<Assembly, kAssemblies>>::make();
  for (Assembly& a : *assemblies) a.blocks = 0;
  for (;;) {
    Assembly* a;
    {
      const auto part = co_await in.borrow();
      a = &(*assemblies)[part->batch / 2 % kAssemblies];
      if (a->blocks == 0) a->batch = part->batch;
      if (a->batch != part->batch) exit(1);
      for (int k = 0; k < kBatch; ++k) {
        __riscv_vse32_v_f32m1(&a->hidden[k][part->block * kLanes], load(part->values[k]), kLanes);
      }
    }
    if (++a->blocks < kHiddenActors) continue;
    a->blocks = 0;
    Classes done{a->batch, {}};
    output_layer(*w, a->hidden, done.classes);
    co_await to.send(done);
  }
}
TROUPE_BEHAVIOUR(output);

// The root: the program ends with it.
actor sink(Inbox<Classes> in, Data<std::uint8_t> labels) {
  using Bytes = std::array<std::uint8_t, 10'000>;
  const std::uint64_t count = labels.size();
  auto label = Buffer<Bytes>::make();
  auto answer = Buffer<Bytes>::make();
  if (count > label->size() || co_await labels.read(0, {label->data(), count}) != Status::ok) exit(1);
  for (std::uint64_t done = 0; done < count; done += kBatch) {
    const Classes c = co_await in.receive();
    for (int k = 0; k < kBatch; ++k) (*answer)[c.batch * kBatch + k] = c.classes[k];
  }
  int hits = 0;
  std::uint64_t hash = kHashBasis;
  for (std::uint64_t i = 0; i < count; ++i) {
    hits += (*answer)[i] == (*label)[i];
    hash = add_class(hash, (*answer)[i]);
  }
  print("accuracy {:.2}% ({} of {})\n", 100.0 * hits / static_cast<double>(count), hits, count);
  print("classes {:016x}\n", hash);
}
TROUPE_BEHAVIOUR(sink);

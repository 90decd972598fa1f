// Producers and consumers around a manager whose buffer has few slots: it asks a producer for an item only if
// there will be room, and hands items to consumers that asked. Stresses a mailbox with two kinds of senders.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef ITEMS
#define ITEMS 1'000
#endif
constexpr int kProducers = 40, kConsumers = 40;
constexpr int kSlots = 50;
constexpr int kAllItems = kProducers * ITEMS;
constexpr int kCost = 25;  // rounds of computing, for the producer and for the consumer of an item

std::uint64_t computed(std::uint64_t value) {
  Random random(value);
  for (int i = 1; i < kCost; ++i) random.next();
  return random.next();
}

struct Item {
  int id;  // kNone from the manager: the end
  std::uint64_t value;
};
constexpr int kNone = -1;

struct Request {
  enum { produced, wanted } kind;
  Item item;               // produced
  Address<bool> producer;  // of it, which waits to be asked for the next one
  Address<Item> consumer;  // who wants one
};

// Which items a consumer got, one bit each, and the sum of what it computed of them.
struct Consumed {
  std::array<std::uint64_t, (kAllItems + 63) / 64> items;
  std::uint64_t sum;
};

// A producer or consumer has one message under way to the manager and then waits for one: the manager's sends
// always find room.
actor producer(Inbox<bool, 1> in, int first, Address<Request> manager) {
  for (int i = 0; i < ITEMS; ++i) {
    co_await in.receive();
    const int id = first + i;
    co_await manager.send({Request::produced, {id, computed(id)}, in.address(), {}});
  }
}
TROUPE_BEHAVIOUR(producer);

actor consumer(Inbox<Item, 1> in, Address<Request> manager, Address<Consumed> root) {
  auto consumed = Buffer<Consumed>::make();
  require(static_cast<bool>(consumed), "no room for a consumer's items");
  *consumed = {};
  for (;;) {
    co_await manager.send({Request::wanted, {}, {}, in.address()});
    const Item item = co_await in.receive();
    if (item.id == kNone) break;
    consumed->items[item.id / 64] |= std::uint64_t{1} << item.id % 64;
    consumed->sum += computed(item.value);
  }
  co_await root.send(std::move(consumed));
}
TROUPE_BEHAVIOUR(consumer);

// A line of at most `Capacity` values.
template <class T, int Capacity>
class Queue {
 public:
  bool empty() const { return size_ == 0; }
  int size() const { return size_; }
  void push(const T& value) {
    require(size_ < Capacity, "a queue overflows");
    values_[(first_ + size_++) % Capacity] = value;
  }
  T pop() {
    const T value = values_[first_];
    first_ = (first_ + 1) % Capacity;
    --size_;
    return value;
  }

 private:
  std::array<T, Capacity> values_;
  int first_ = 0, size_ = 0;
};

// Where it runs, there is only the root besides.
actor manager(Inbox<Request, 128> in, Address<Consumed> root) {
  Queue<Address<bool>, kProducers> producers;  // which have not been asked
  Queue<Address<Item>, kConsumers> consumers;
  Queue<Item, kSlots> buffer;
  int asked = 0, delivered = 0;  // producers that are making an item; items
  for (int i = 0; i < kProducers; ++i) {
    const auto core = 1 + i % (core_count() - 1);
    producers.push(present(co_await spawn<producer>(i * ITEMS, in.address(), on(core))));
    present(co_await spawn<consumer>(in.address(), root, on(core)));
  }
  while (delivered < kAllItems || consumers.size() < kConsumers) {
    for (; !producers.empty() && buffer.size() + asked < kSlots; ++asked) co_await producers.pop().send(true);
    const Request request = co_await in.receive();
    if (request.kind == Request::wanted) {
      consumers.push(request.consumer);
    } else {
      --asked;
      buffer.push(request.item);
      if (request.item.id % ITEMS != ITEMS - 1) producers.push(request.producer);
    }
    for (; !buffer.empty() && !consumers.empty(); ++delivered) co_await consumers.pop().send(buffer.pop());
  }
  while (!consumers.empty()) co_await consumers.pop().send({kNone, 0});
}
TROUPE_BEHAVIOUR(manager);

actor bounded_buffer(Inbox<Consumed> in) {
  present(co_await spawn<manager>(in.address(), near(self())));
  auto all = Buffer<Consumed>::make();
  require(static_cast<bool>(all), "no room for the items");
  *all = {};
  for (int i = 0; i < kConsumers; ++i) {
    const auto consumed = co_await in.borrow();
    std::uint64_t twice = 0;
    for (std::size_t w = 0; w < all->items.size(); ++w) {
      twice |= all->items[w] & consumed->items[w];
      all->items[w] |= consumed->items[w];
    }
    require(twice == 0, "an item was consumed twice");
    all->sum += consumed->sum;
  }
  int count = 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t word : all->items) count += __builtin_popcountll(word);
  for (int id = 0; id < kAllItems; ++id) sum += computed(computed(id));
  require(count == kAllItems && sum == all->sum, "the items consumed");
  print("{} items consumed, each once, checksum {:016x}\n", count, sum);
}
TROUPE_PROGRAM(bounded_buffer, requires_cores(16));

// Calls, and the behaviours of which programs are made: server, state machine, event manager, task pool,
// pipeline.
#include <doctest/doctest.h>

#include <string>

#include "runtime/device/event_manager.hpp"
#include "runtime/device/pipeline.hpp"
#include "runtime/device/server.hpp"
#include "runtime/device/state_machine.hpp"
#include "runtime/device/task_pool.hpp"
#include "runtime/device/troupe.hpp"
#include "tests/runtime/device/fake_chip.hpp"
#include "tests/runtime/device/orders.hpp"

using namespace troupe;
using troupe::test::FakeChip;
using troupe::test::FakeParams;

namespace {

FakeChip* world = nullptr;

template <auto First>
void run(const std::string& printed, std::uint32_t left = 0) {
  troupe::test::in_many_orders<First>({.cores = 3}, world, [&](FakeChip& chip) {
    CHECK(chip.printed == printed);
    CHECK(troupe::test::live_actors(chip, 3) == left);
  });
}

struct Account {
  struct Question {
    int withdraw;  // below 0: breaks; 0: never answers
  };
  using Answer = int;
  using Cast = int;
  int balance;

  task<int> on_call(Question q) {
    if (q.withdraw < 0) co_await quit(error(5));
    if (q.withdraw == 0) co_await sleep_for(100'000);
    balance -= q.withdraw;
    co_return balance;
  }
  void on_cast(int deposit) { balance += deposit; }
};

template <int Core>
actor banks(Inbox<int> in) {
  const Server<Account> account{co_await spawn<server<Account>>(Account{100}, on(Core))};
  co_await account.cast(50);
  print("{} ", *co_await account.call({30}));
  // Messages to the caller stay where they are, and a late answer comes to nobody.
  co_await in.address().send(1);
  const auto late = co_await account.call({0}, 1000);
  print("{} ", late.status == CallStatus::timed_out);
  print("{} ", *co_await account.call({20}));
  print("{} ", co_await in.receive());
  const auto broken = co_await account.call({-1});
  print("{} {} ", broken.status == CallStatus::ended, broken.reason.code);
  const auto gone = co_await account.call({1});
  print("{} {}", gone.status == CallStatus::ended, exit_kind_name(gone.reason.kind));
}

actor caller_that_dies(Server<Account> account) {
  co_await account.call({0});
}
actor calls_of_the_dead(Inbox<int>) {
  const Server<Account> account{co_await spawn<server<Account>>(Account{7}, on(1))};
  const auto caller = co_await spawn<caller_that_dies>(account, on(0));
  co_await sleep_for(10);
  kill(caller);
  print("{}", *co_await account.call({1}));
  kill(account.address);
}

// A door with a code: events that it does not take wait until it is open.
struct Door {
  enum class State { locked, open, end };
  struct Event {
    int digit;  // 0: go through; -1: take it down
    Address<int> report;
  };
  State state = State::locked;
  int right = 0;

  bool takes(const Event& e) const { return state == State::open ? e.digit <= 0 : e.digit > 0; }
  std::uint64_t patience() const { return state == State::open ? 5000 : kForever; }
  task<State> on_event(Event e) {
    if (state == State::locked) {
      right = e.digit == right + 1 ? right + 1 : 0;
      co_return right == 3 ? State::open : State::locked;
    }
    right = 0;
    co_await e.report.send(e.digit);
    co_return e.digit < 0 ? State::end : State::locked;
  }
  State on_timeout() {
    right = 0;
    return State::locked;
  }
};
template <int Core>
actor opens(Inbox<int> in) {
  const auto door = co_await spawn<state_machine<Door>>(Door{}, on(Core));
  for (const int digit : {0, 1, 3, 1, 2, 3}) co_await door.send({digit, in.address()});
  print("{} ", co_await in.receive());
  for (const int digit : {1, 2, 3}) co_await door.send({digit, in.address()});
  co_await sleep_for(20'000);  // it falls shut
  co_await door.send({0, in.address()});
  print("{} ", (co_await in.receive_within(1000)).has_value());
  for (const int digit : {1, 2, 3}) co_await door.send({digit, in.address()});
  print("{} ", co_await in.receive());
  for (const int digit : {-1, 1, 2, 3}) co_await door.send({digit, in.address()});
  print("{}", co_await in.receive());
}

actor listener(Inbox<int, 4> in, Address<int> report, int times) {
  for (; times != 0; --times) co_await report.send(co_await in.receive());
}
actor announces(Inbox<int, 16> in) {
  const Events<int> events{co_await spawn<event_manager<int>>(on(1))};
  const auto twice = co_await spawn<listener>(in.address(), 2, on(0));
  const auto once = co_await spawn<listener>(in.address(), 1, on(2));
  co_await events.subscribe(twice);
  co_await events.subscribe(once);
  co_await events.subscribe(once);
  co_await events.notify(10);
  int sum = co_await in.receive() + co_await in.receive();
  // One has ended; the other is told.
  co_await events.sync_notify(100);
  sum += co_await in.receive();
  print("{} ", sum);
  const auto quiet = co_await spawn<listener>(in.address(), 1, on(2));
  co_await events.subscribe(quiet);
  co_await events.unsubscribe(quiet);
  co_await events.sync_notify(1000);
  print("{}", (co_await in.receive_within(5000)).has_value());
  kill(quiet);
  kill(events.address);
}

task<int> square_or_fail(int n) {
  if (n == 6) co_await quit(error(1));
  if (n % 2 == 0) co_await yield();
  co_return n* n;
}
template <bool InOrder>
actor pools(Inbox<int>) {
  int tasks[20];
  for (int i = 0; i < 20; ++i) tasks[i] = i;
  std::uint64_t sum = 0, failed = 0, count = 0;
  bool ordered = true;
  co_await run_pool<square_or_fail>(tasks,
                                    [&](std::uint64_t index, const int* result) {
                                      ordered &= index == count++;
                                      if (result)
                                        sum += static_cast<std::uint64_t>(*result);
                                      else
                                        failed = index;
                                    },
                                    {.workers = 5, .attempts = 2, .in_order = InOrder});
  print("{} {} {} {}", count, sum, failed, ordered || !InOrder);
}

int slow(const int& n) {
  return n + 1;
}
actor pool_loses_a_core(Inbox<int>) {
  int tasks[200];
  for (int i = 0; i < 200; ++i) tasks[i] = i;
  int sum = 0, failed = 0, count = 0;
  co_await run_pool<slow>(tasks,
                          [&](std::uint64_t, const int* result) {
                            if (++count == 50) world->kill(1);
                            if (result)
                              sum += *result;
                            else
                              ++failed;
                          },
                          {.workers = 6});
  print("{} {} {}", count, sum, failed);
}

actor pool_owner(Inbox<int>) {
  int tasks[200] = {};
  co_await run_pool<slow>(tasks, [](std::uint64_t, const int*) {});
}
actor pool_without_owner(Inbox<int>) {
  const auto owner = co_await spawn<pool_owner>(on(1));
  co_await sleep_for(1);
  kill(owner);
}

std::optional<int> odd(int n) {
  if (n % 2 == 0) return {};
  return n;
}
task<std::uint64_t> squared(int n) {
  co_await yield();
  co_return static_cast<std::uint64_t>(n * n);
}
actor flows(Inbox<Flow<std::uint64_t>, 2> in) {
  const auto first = co_await pipeline<odd, squared>(in.address());
  for (int i = 0; i < 3; ++i) co_await first.send({i, false});
  print("{} ", (co_await in.receive()).value);
  for (int i = 3; i < 8; ++i) co_await first.send({i, false});
  co_await first.send({0, true});
  for (;;) {
    const auto flow = co_await in.receive();
    print("{} ", flow.end ? std::uint64_t{0} : flow.value);
    if (flow.end) co_return;
  }
}

}  // namespace

TEST_CASE("a server answers calls, takes casts, is late, breaks and is gone") {
  run<banks<0>>("120 true 100 1 true 5 true no actor");
  run<banks<1>>("120 true 100 1 true 5 true no actor");
}

TEST_CASE("a caller that is killed leaves nothing behind") {
  run<calls_of_the_dead>("6");
}

TEST_CASE("a state machine takes events as its state allows, and loses patience") {
  run<opens<0>>("0 false 0 -1");
  run<opens<1>>("0 false 0 -1");
}

TEST_CASE("an event manager tells each subscriber once, and forgets those that end or ask for it") {
  run<announces>("120 false");
}

TEST_CASE(
    "a task pool gives every outcome once, in order or as they come, and gives up what fails too often") {
  run<pools<true>>("20 2434 6 true");
  run<pools<false>>("20 2434 6 true");
}

TEST_CASE("a task pool does the tasks of a core that died on others") {
  run<pool_loses_a_core>("200 20100 0", 2);  // on the dead core
}

TEST_CASE("a task pool ends with the actor that runs it") {
  run<pool_without_owner>("");
}

TEST_CASE("a pipeline passes values through its stages in order, and its end") {
  run<flows>("1 9 25 49 0 ");
}

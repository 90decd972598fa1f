// Laws of links and monitors, exits, deadlines, and receives that choose: Erlang's.
#include <doctest/doctest.h>

#include <string>

#include "runtime/device/troupe.hpp"
#include "tests/runtime/device/fake_chip.hpp"
#include "tests/runtime/device/orders.hpp"

using namespace troupe;
using troupe::test::FakeChip;
using troupe::test::FakeParams;

namespace {

FakeChip* world = nullptr;

// Runs `first` on a fake chip of two cores for several orders of events; what it prints, and that nothing but
// `left` actors is left.
template <auto First>
void run(const std::string& printed, std::uint32_t left = 0, FakeParams params = {}) {
  troupe::test::in_many_orders<First>(params, world, [&](FakeChip& chip) {
    CHECK(chip.printed == printed);
    CHECK(troupe::test::live_actors(chip, params.cores) == left);
  });
}

const char* name(const ExitReason& reason) {
  return exit_kind_name(reason.kind);
}

actor sleeper(Inbox<int> in) {
  co_await in.receive();
}
actor talker(int count, Address<int> to) {
  for (int i = 0; i < count; ++i) co_await to.send(i);
}
actor failing(Inbox<int, 1> in) {
  const int code = co_await in.receive();
  co_await quit(error(static_cast<std::uint32_t>(code)));
  print("never");
}

template <int Core>
actor monitors(Inbox<int> in) {
  // All that it sent is there before the word of its end.
  auto [talking, first] = co_await spawn_monitor<talker>(3, in.address(), on(Core));
  for (;;) {
    const auto received = co_await in.next();
    if (received.message) print("{} ", *received.message);
    if (!received.down) continue;
    print("{} {} ", name(received.down->reason), received.down->reference == first);
    break;
  }
  const auto [failed, second] = co_await spawn_monitor<failing>(on(Core));
  co_await failed.send(7);
  const auto down = co_await next_down();
  print("{} {} {} ", name(down->reason), down->reason.code, down->reference == second);
  // Of one that is no more.
  const auto third = monitor(failed);
  const auto gone = co_await next_down();
  print("{} {}", name(gone->reason), gone->reference == third);
}

template <int Core>
actor demonitors(Inbox<int>) {
  const auto [other, reference] = co_await spawn_monitor<sleeper>(on(Core));
  demonitor(reference);
  kill(other);
  co_await sleep_for(10'000);
  const auto down = co_await next_down(100);
  print("{}", down.has_value());
}

template <int Core>
actor kills(Inbox<int>) {
  const auto [other, reference] = co_await spawn_monitor<sleeper>(on(Core));
  kill(other);
  print("{} ", name((co_await next_down())->reason));
  print("{}", static_cast<int>(co_await other.send(1)));
  for (int i = 0; i < 3; ++i) co_await yield();
}

// An actor that is linked to one that fails.
actor linked(Address<int> victim, Address<int> report) {
  link(victim);
  co_await report.send(1);
  co_await sleep_for(kForever);
}
template <int Core>
actor links(Inbox<int> in) {
  const auto victim = co_await spawn<failing>(on(1));
  [[maybe_unused]] const auto [other, reference] =
      co_await spawn_monitor<linked>(victim, in.address(), on(Core));
  co_await in.receive();
  co_await victim.send(5);
  const auto down = co_await next_down();
  print("{} {}", name(down->reason), down->reason.code);
}

template <int Core>
actor traps(Inbox<int>) {
  trap_exits();
  const auto child = co_await spawn_link<failing>(on(Core));
  co_await child.send(9);
  auto down = co_await next_down();
  print("{} {} {} ", name(down->reason), down->reason.code, down->from == child);
  // A normal end is told to who traps exits, too.
  co_await spawn_link<talker>(0, Address<int>{}, on(Core));
  down = co_await next_down();
  print("{}", name(down->reason));
}

template <int Core>
actor outlives_the_killed(Inbox<int>) {
  trap_exits();
  const auto child = co_await spawn_link<sleeper>(on(Core));
  kill(child);
  print("{}", name((co_await next_down())->reason));
}

actor child_of_the_linked(Inbox<int> in) {
  co_await in.receive();
}
template <int Core>
actor parent_of(Address<int> report) {
  co_await spawn_link<child_of_the_linked>(on(Core));
  co_await spawn_link<child_of_the_linked>(on(0));
  co_await report.send(1);
  co_await quit(error(3));
}
// Nothing of a linked family is left.
template <int Core>
actor family(Inbox<int> in) {
  co_await spawn<parent_of<Core>>(in.address(), on(1));
  co_await in.receive();
}

struct Request {
  std::uint64_t reference;
  Address<Request> back_to;
  int value;
};
actor doubler(Inbox<Request> in) {
  for (;;) {
    const Request r = co_await in.receive();
    if (r.value < 0) co_return;
    co_await r.back_to.send({r.reference, {}, 2 * r.value});
  }
}
actor noise(Address<Request> to) {
  for (int i = 0; i < 3; ++i) co_await to.send({0, {}, i});
}
template <int Core>
actor chooses(Inbox<Request, 8> in) {
  const auto server = co_await spawn<doubler>(on(Core));
  co_await spawn<noise>(in.address(), on(0));
  co_await spawn<noise>(in.address(), on(1));
  for (int i = 0; i < 3; ++i) {
    const Mark mark = in.mark();
    co_await server.send({mark.reference, in.address(), i});
    const auto answer =
        co_await in.receive_since(mark, [&](const Request& r) { return r.reference == mark.reference; });
    print("{} ", answer->value);
  }
  int sum = 0;
  for (int i = 0; i < 2; ++i)
    sum += (co_await in.receive_if([](const Request& r) { return r.value == 2; }))->value;
  for (int i = 0; i < 4; ++i) sum += (co_await in.receive()).value;
  print("{}", sum);
  co_await server.send({0, {}, -1});
}

actor gives_up(Inbox<int> in) {
  // What it does not want does not prolong its patience.
  co_await spawn<talker>(3, in.address(), on(1));
  print("{} ", (co_await in.receive_if([](int n) { return n == 5; }, 10'000)).has_value());
  for (int i = 0; i < 3; ++i) co_await in.receive();
  print("{} ", (co_await in.receive_within(50)).has_value());
  const std::uint64_t before = cycles();
  co_await sleep_for(1000);
  print("{} ", cycles() - before >= 1000);
  co_await spawn<talker>(1, in.address(), on(1));
  print("{} ", *co_await in.receive_within(1'000'000));
  const auto nothing = co_await in.next(100);
  print("{} {}", nothing.message.has_value(), nothing.down.has_value());
}

template <Overflow Full>
actor small_sink(Inbox<int, 2, Full> in, Address<int> ready) {
  co_await ready.send(0);
  co_await sleep_for(100'000);
  int sum = 0, count = 0;
  while (in.ready()) {
    sum = 10 * sum + co_await in.receive() + 1;
    ++count;
  }
  print("{} {} {} ", count, sum, in.dropped());
}
template <Overflow Full, int Core>
actor overflows(Inbox<int> in) {
  const auto sink = co_await spawn<small_sink<Full>>(in.address(), on(Core));
  co_await in.receive();
  int full = 0;
  for (int i = 0; i < 5; ++i) full += co_await sink.send(i) == Status::full;
  print("{} ", full);
}

}  // namespace

TEST_CASE("a monitor is told once of a normal end, of a failure and of an actor that is no more") {
  run<monitors<0>>("0 1 2 normal true error 7 true no actor true");
  run<monitors<1>>("0 1 2 normal true error 7 true no actor true");
}

TEST_CASE("a monitor that is taken back tells nothing") {
  run<demonitors<0>>("false");
  run<demonitors<1>>("false");
}

TEST_CASE("a killed actor is told of as killed, and its address is stale") {
  run<kills<0>>("killed 1");
  run<kills<1>>("killed 1");
}

TEST_CASE("a linked actor ends for the same reason") {
  run<links<0>>("error 5");
  run<links<1>>("error 5");
}

TEST_CASE("an actor that traps exits is told of them instead of ending") {
  run<traps<0>>("error 9 true normal");
  run<traps<1>>("error 9 true normal");
}

TEST_CASE("an actor that traps exits outlives a linked one that is killed") {
  run<outlives_the_killed<0>>("killed");
  run<outlives_the_killed<1>>("killed");
}

TEST_CASE("a failing parent takes its linked children along, on every core") {
  run<family<0>>("");
  run<family<1>>("");
}

TEST_CASE("a receive that chooses leaves the other messages in order") {
  run<chooses<0>>("0 2 4 6");
  run<chooses<1>>("0 2 4 6");
}

TEST_CASE("a receive with a deadline gives up, and sleep lasts as long as it says") {
  run<gives_up>("false false true 0 false false");
}

TEST_CASE("a full mailbox fails, drops the new or drops the old") {
  run<overflows<Overflow::fail, 0>>("3 2 12 0 ");
  run<overflows<Overflow::drop_new, 0>>("0 2 12 3 ");
  run<overflows<Overflow::drop_old, 0>>("0 2 45 3 ");
  run<overflows<Overflow::fail, 1>>("3 2 12 0 ");
  run<overflows<Overflow::drop_new, 1>>("0 2 12 3 ");
  run<overflows<Overflow::drop_old, 1>>("0 2 45 3 ");
}

namespace {

template <int Core>
actor chooses_one(Inbox<int, 8, Overflow::drop_new> in, Address<int> done) {
  co_await spawn<talker>(6, in.address(), on(Core));
  const auto fifth = co_await in.receive_if([](int m) { return m == 4; });
  int sum = 0;
  for (int i = 0; i < 5; ++i) sum = sum * 10 + co_await in.receive();
  co_await done.send(*fifth * 100'000 + sum);
}
template <int Core>
actor chooses_where_some_drop(Inbox<int> in) {
  co_await spawn<chooses_one<Core>>(in.address(), on(0));
  print("{}", co_await in.receive());
}

}  // namespace

TEST_CASE("a receive that chooses from a mailbox that drops sees what comes while it waits") {
  run<chooses_where_some_drop<0>>("401235");
  run<chooses_where_some_drop<1>>("401235");
}

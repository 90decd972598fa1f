// What supervisors do beyond Erlang's: cores die, and children are found again at new addresses.
#include "runtime/device/supervisor.hpp"

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

template <auto First>
void run(const std::string& printed) {
  troupe::test::in_many_orders<First>({.cores = 3}, world, [&](FakeChip& chip) {
    CHECK(chip.printed == printed);
    CHECK(chip.runtime(0).live_actors() == 0);
    CHECK(chip.runtime(2).live_actors() == 0);
  });
}

struct Ping {
  Address<int> back_to;
};

// Answers with its core.
actor echo(Inbox<Ping> in) {
  for (;;) {
    const Ping ping = co_await in.receive();
    co_await ping.back_to.send(static_cast<int>(core_index()));
  }
}

actor plain(Inbox<SupervisorRequest> in) {
  Supervisor supervisor({.intensity = 3});
  supervisor.add(child<echo>("echo").at(on(1)));
  co_await supervisor.run(in);
}

task<int> ask(SupervisorAddress supervisor, Inbox<int>& in) {
  const Address<Ping> echo = co_await child_address<Ping>(supervisor, "echo");
  if (co_await echo.send({in.address()}) != Status::ok) co_return -1;
  co_return co_await in.receive();
}

actor loses_a_core(Inbox<int> in) {
  const auto supervisor = co_await spawn_link<plain>(on(0));
  print("{} ", co_await ask(supervisor, in));
  world->kill(1);
  co_await sleep_for(1000);
  print("{} ", co_await ask(supervisor, in));
  // Of another type, and of another name.
  print("{} ", static_cast<bool>(co_await child_address<int>(supervisor, "echo")));
  print("{}", static_cast<bool>(co_await child_address<Ping>(supervisor, "nobody")));
  stop(supervisor);
}

actor over_plain(Inbox<SupervisorRequest> in) {
  Supervisor supervisor;
  supervisor.add(child_supervisor<plain>("plain").at(on(1)));
  co_await supervisor.run(in);
}

// The core of a supervisor and its child dies: both come back on the next one.
actor loses_a_supervisor(Inbox<int> in) {
  const auto top = co_await spawn_link<over_plain>(on(0));
  print("{} ", co_await ask(co_await child_address<SupervisorRequest>(top, "plain"), in));
  world->kill(1);
  co_await sleep_for(1000);
  print("{}", co_await ask(co_await child_address<SupervisorRequest>(top, "plain"), in));
  stop(top);
}

// The supervisor's start is under way to a core that dies.
actor starts_on_a_dying_core(Inbox<int> in) {
  const auto supervisor = co_await spawn_link<plain>(on(0));
  world->kill(1);
  print("{}", co_await ask(supervisor, in));
  stop(supervisor);
}

actor never_ready(Inbox<int>) {
  co_await quit(error(1));
}
actor impatient(Inbox<SupervisorRequest> in) {
  Supervisor supervisor({.intensity = 3});
  supervisor.add(child<echo>("echo"));
  supervisor.add(child<never_ready>("never ready").awaiting_start());
  co_await supervisor.run(in);
}
actor hears_of_a_failed_start(Inbox<int>) {
  co_await spawn_monitor<impatient>(on(2));
  print("{}", exit_kind_name((co_await next_down())->reason.kind));
}

actor many(Inbox<SupervisorRequest> in) {
  Supervisor supervisor({.strategy = Strategy::simple_one_for_one});
  supervisor.add(child<echo>("echo").at(on(2)));
  co_await supervisor.run(in);
}
actor lists_many(Inbox<int>) {
  const auto supervisor = co_await spawn_link<many>(on(1));
  for (int i = 0; i < 20; ++i) co_await start_child(supervisor);
  std::uint32_t seen = 0, pages = 0;
  for (ChildPage page; seen == 0 || seen < page.total; ++pages) {
    page = co_await which_children(supervisor, seen);
    seen += page.here;
  }
  print("{} {} ", seen, pages);
  print("{} ", static_cast<int>((co_await start_child(supervisor, child<never_ready>("other"))).status ==
                                SupervisorStatus::other_behaviour));
  unlink(supervisor);
  stop(supervisor);
  co_await sleep_for(10'000);
  print("{}",
        static_cast<int>((co_await count_children(supervisor)).status == SupervisorStatus::no_supervisor));
}

}  // namespace

TEST_CASE("a child whose core died starts again on another one, where its supervisor says") {
  run<loses_a_core>("1 2 false false");
}

TEST_CASE("a supervisor whose core died starts again with its children on another one") {
  run<loses_a_supervisor>("1 2");
}

TEST_CASE("a child that was to start on a core that died starts elsewhere") {
  run<starts_on_a_dying_core>("2");
}

TEST_CASE("a supervisor whose child never becomes ready ends its other children and itself") {
  run<hears_of_a_failed_start>("shutdown");
}

TEST_CASE("children of simple_one_for_one are many, listed in pages, and end with their supervisor") {
  run<lists_many>("20 3 1 1");
}

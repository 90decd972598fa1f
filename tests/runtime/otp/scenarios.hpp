// Runs scenarios of supervision and prints what happens, line by line as scenarios.escript does under
// Erlang/OTP. Needs `const char* scenario_text` before it is included: README.md tells what it says. Runs
// natively over the fake chip, and as a program.
//
// Supervisors run on one core and the driver and all workers on another one (or the same), so that the order
// in which the driver hears of starts and ends is the order in which they happened.
#pragma once

#include "runtime/device/supervisor.hpp"
#include "tests/runtime/otp/words.hpp"

namespace otp {

using namespace troupe;

constexpr std::uint64_t kMillisecond = 1'000;  // in cycles: of the time that a scenario speaks of
constexpr std::uint64_t kSecond = 1000 * kMillisecond;
constexpr std::uint64_t kQuiet = 60 * kMillisecond;  // nothing happens any more after so long a silence

// What the driver hears.
struct Event {
  enum class Kind : std::uint64_t { start, stopping } kind;
  Name id;
  Address<void> actor;
};
struct Command {
  ExitReason reason;
};

inline Name name_of(const Word& word) {
  Name name;
  for (std::size_t i = 0; i < word.length && i < Name::kLengthMax; ++i) name.text[i] = word.text[i];
  return name;
}

inline ExitReason reason_of(const Word& word) {
  if (word.is("normal")) return {ExitKind::normal, 0, 0, 0};
  if (word.is("shutdown")) return {ExitKind::shutdown, 0, 0, 0};
  return error(1);
}

enum class Manners : std::uint64_t {
  plain,     // ends when it is told to
  traps,     // the same, and says so
  stubborn,  // does not
};

inline actor worker(Inbox<Command> in, Name id, Address<Event> log, Manners manners) {
  if (manners != Manners::plain) trap_exits();
  co_await log.send({Event::Kind::start, id, in.address()});
  for (;;) {
    const MessageOrDown<Command> received = co_await in.next();
    if (received.message) co_await quit(received.message->reason);
    if (manners == Manners::stubborn) continue;
    co_await log.send({Event::Kind::stopping, id, in.address()});
    co_await quit(received.down->reason);
  }
}

struct Cores {
  std::uint32_t workers, supervisors;
};

inline Restart restart_of(const Word& word) {
  return word.is("permanent")   ? Restart::permanent
         : word.is("transient") ? Restart::transient
                                : Restart::temporary;
}

inline Strategy strategy_of(const Word& word) {
  return word.is("one_for_one")    ? Strategy::one_for_one
         : word.is("one_for_all")  ? Strategy::one_for_all
         : word.is("rest_for_one") ? Strategy::rest_for_one
                                   : Strategy::simple_one_for_one;
}

// ID RESTART SHUTDOWN MANNERS
inline ChildSpec worker_spec(const Word* words, Address<Event> log, Cores cores) {
  const Manners manners = words[3].is("plain")   ? Manners::plain
                          : words[3].is("traps") ? Manners::traps
                                                 : Manners::stubborn;
  const std::uint64_t shutdown = words[2].is("brutal")     ? kBrutalKill
                                 : words[2].is("infinity") ? kForever
                                                           : words[2].number() * kMillisecond;
  const Name id = name_of(words[0]);
  return child<worker>(id, id, log, manners)
      .restart(restart_of(words[1]))
      .shutdown(shutdown)
      .at(on(cores.workers));
}

// `lines`: of the scenario, in which it finds its own and those of its children.
inline actor scenario_supervisor(Inbox<SupervisorRequest> in, Name id, std::uint64_t lines,
                                 Address<Event> log, Cores cores) {
  // Messages, spawns and words of ends to one core keep their order only between the same two ends. Here they
  // come from different actors: what was sent before gets there first.
  co_await sleep_for(kMillisecond);
  co_await log.send({Event::Kind::start, id, in.address()});
  co_await sleep_for(kMillisecond);
  SupervisorFlags flags;
  const char* const text = scenario_text + lines;
  for (const char* at = text; at;) {
    const Line line = read_line(at);
    if (line.count == 0) break;
    at = line.next;
    const Word* own = line.begins("supervisor") ? &line.word[1]
                      : line.begins("sub")      ? &line.word[3]
                                                : nullptr;
    if (!own || !(name_of(line.begins("sub") ? line.word[2] : line.word[1]) == id)) continue;
    flags = {strategy_of(own[1]), static_cast<std::uint32_t>(own[2].number()), own[3].number() * kSecond};
    break;
  }
  Supervisor supervisor(flags);
  for (const char* at = text; at;) {
    const Line line = read_line(at);
    if (line.count == 0) break;
    at = line.next;
    if (line.count < 2 || !(name_of(line.word[1]) == id)) continue;
    if (line.begins("child")) supervisor.add(worker_spec(&line.word[2], log, cores));
    if (!line.begins("sub")) continue;
    const Name sub = name_of(line.word[2]);
    supervisor.add(child_supervisor<scenario_supervisor>(sub, sub, lines, log, cores)
                       .restart(restart_of(line.word[3]))
                       .at(on(cores.supervisors)));
  }
  co_await supervisor.run(in);
}

// --- The driver: starts a scenario's tree, does its steps, prints what it hears.

struct Instance {
  Name id;
  Address<void> actor;
  std::uint64_t reference;  // of the monitor
};

struct Driver {
  static constexpr unsigned kInstances = 256;
  Address<Event> log;
  Cores cores;
  std::uint64_t lines = 0;  // of the scenario
  unsigned count = 0;
  Instance instances[kInstances];

  // The youngest of that name.
  Address<void> find(const Word& word) const {
    const Name id = name_of(word);
    for (unsigned i = count; i != 0; --i) {
      if (instances[i - 1].id == id) return instances[i - 1].actor;
    }
    return {};
  }
};

using Events = Inbox<Event, 64>;

inline void hear(Driver& driver, const MessageOrDown<Event>& received) {
  if (received.message) {
    const Event& e = *received.message;
    print("{} {}\n", e.kind == Event::Kind::start ? "start" : "stopping", e.id.text);
    if (e.kind != Event::Kind::start) return;
    driver.instances[driver.count++] = {e.id, e.actor, monitor(e.actor)};
    return;
  }
  for (unsigned i = 0; i < driver.count; ++i) {
    const Instance& instance = driver.instances[i];
    if (instance.reference == received.down->reference)
      print("end {} {}\n", instance.id.text, exit_kind_name(received.down->reason.kind));
  }
}

inline task<> settle(Driver& driver, Events& in) {
  for (;;) {
    const MessageOrDown<Event> received = co_await in.next(kQuiet);
    if (!received.message && !received.down) co_return;
    hear(driver, received);
  }
}

inline const char* status_name(SupervisorStatus status) {
  constexpr const char* kNames[] = {
      "ok",           "not_found",      "already_present", "already_started", "running",      "restarting",
      "start_failed", "wrong_strategy", "other_behaviour", "no_memory",       "no_supervisor"};
  return kNames[static_cast<unsigned>(status)];
}

inline task<> print_children(SupervisorAddress supervisor) {
  std::uint32_t seen = 0;
  for (;;) {
    const ChildPage page = co_await which_children(supervisor, seen);
    if (page.status != SupervisorStatus::ok) print("= {}\n", status_name(page.status));
    for (std::uint32_t i = 0; i < page.here; ++i) {
      const ChildInfo& c = page.children[i];
      print("= {} {} {}\n", c.name.text,
            c.state == ChildState::running   ? "running"
            : c.state == ChildState::stopped ? "stopped"
                                             : "restarting",
            c.type == ChildType::worker ? "worker" : "supervisor");
    }
    seen += page.here;
    if (seen >= page.total) co_return;
  }
}

// A question to a supervisor: VERB SUPERVISOR [CHILD [RESTART SHUTDOWN MANNERS]]
inline task<> ask(Driver& driver, Events& in, const Line& line) {
  const SupervisorAddress supervisor{driver.find(line.word[1]).raw};
  const Name child = line.count > 2 ? name_of(line.word[2]) : Name();
  SupervisorReply reply{SupervisorStatus::ok, {}, {}};
  if (line.begins("which")) {
    co_await print_children(supervisor);
    co_return;
  }
  if (line.begins("start"))
    reply = co_await start_child(supervisor, worker_spec(&line.word[2], driver.log, driver.cores));
  else if (line.begins("start_dynamic"))
    // Only the arguments count: the first of them is the name.
    reply = co_await start_child(supervisor, otp::child<worker>(child, child, driver.log, Manners::plain));
  else if (line.begins("terminate_dynamic"))
    reply = co_await terminate_child(supervisor, driver.find(line.word[2]));
  else if (line.begins("terminate"))
    reply = co_await terminate_child(supervisor, child);
  else if (line.begins("restart"))
    reply = co_await restart_child(supervisor, child);
  else if (line.begins("delete"))
    reply = co_await delete_child(supervisor, child);
  else
    reply = co_await count_children(supervisor);
  co_await settle(driver, in);
  if (line.begins("count") && reply.status == SupervisorStatus::ok)
    print("= specs {} active {} supervisors {} workers {}\n", reply.counts.specs, reply.counts.active,
          reply.counts.supervisors, reply.counts.workers);
  else
    print("= {}\n", status_name(reply.status));
}

inline void print_step(const Word& step) {
  char text[128] = {};
  for (std::size_t i = 0; i < step.length && i < sizeof text - 1; ++i) text[i] = step.text[i];
  print("> {}\n", text);
}

inline task<> do_step(Driver& driver, Events& in, const Line& line) {
  print_step(line.whole);
  if (line.begins("exit"))
    co_await Address<Command>{driver.find(line.word[1]).raw}.send({reason_of(line.word[2])});
  else if (line.begins("kill"))
    kill(driver.find(line.word[1]));
  else if (line.begins("stop"))
    stop(driver.find(line.word[1]));
  else if (line.begins("wait"))
    co_await sleep_for(line.word[1].number() * kSecond);
  else
    co_await ask(driver, in, line);
  co_await settle(driver, in);
}

inline actor scenarios(Events in, Cores cores) {
  trap_exits();
  Buffer<Driver> memory = Buffer<Driver>::make();
  Driver& driver = *memory;
  driver.log = in.address();
  driver.cores = cores;
  for (const char* at = scenario_text; at;) {
    Line line = read_line(at);
    at = line.next;
    if (!line.begins("scenario")) continue;
    print_step(line.whole);
    driver.count = 0;
    driver.lines = static_cast<std::uint64_t>(at - scenario_text);
    const Name top = name_of(read_line(at).word[1]);
    const auto root =
        co_await spawn_link<scenario_supervisor>(top, driver.lines, driver.log, cores, on(cores.supervisors));
    co_await settle(driver, in);
    for (; at; at = line.next) {
      line = read_line(at);
      if (line.count == 0) break;
      if (line.begins("supervisor") || line.begins("child") || line.begins("sub")) continue;
      co_await do_step(driver, in, line);
    }
    print("> end\n");
    stop(root);
    co_await settle(driver, in);
  }
}

}  // namespace otp

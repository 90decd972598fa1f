// Small questions and requests of an actor: who am I, what time is it, let others run, end the program.
#pragma once

#include <coroutine>
#include <cstdint>

#include "runtime/device/coroutine.hpp"
#include "runtime/device/host_port.hpp"
#include "runtime/device/mailbox.hpp"
#include "runtime/device/receive.hpp"

namespace troupe {

// The running actor. Inbox::address() is the one to send to.
inline Address<void> self() {
  return {device::runtime().current->address()};
}

// Cores of the lease, and the number of this one.
inline std::uint32_t core_count() {
  return device::runtime().boot().core_count;
}
inline std::uint32_t core_index() {
  return device::runtime().boot().core_index;
}

// Global time in cycles.
inline std::uint64_t cycles() {
  return device::cycle_now();
}

// Ends the program with this exit code; what other actors have not done by then stays undone.
[[noreturn]] inline void exit(std::int64_t code) {
  device::send_exit(device::runtime(), code);
  device::park();
}

// --- Links and monitors (Erlang's). Each goes off at once; what comes of it is told by next() and
// next_down() of the actor that asked.

// If either of the two ends by anything but normally, so does the other, unless it traps exits.
inline void link(Address<void> other) {
  if (!device::runtime().link(other.raw)) device::fault("no memory for a link");
}
inline void unlink(Address<void> other) {
  device::runtime().unlink(other.raw);
}
// The running actor is told once when `other` ends, or that there is none. The number comes back in Down.
inline std::uint64_t monitor(Address<void> other) {
  const std::uint64_t reference = device::runtime().monitor(other.raw);
  if (reference == 0) device::fault("no memory for a monitor");
  return reference;
}
inline void demonitor(std::uint64_t reference) {
  device::runtime().demonitor(reference);
}
// From now on the ends of linked actors are told to this one instead of ending it.
inline void trap_exits(bool traps = true) {
  if (!device::runtime().trap_exits(traps)) device::fault("no memory to trap exits");
}
// A child whose supervisor awaits its start (ChildOptions::awaits_start) is ready: the next one may start.
inline void started() {
  device::runtime().tell_started();
}
// Asks an actor to end, as if one that it is linked to had ended so.
inline void stop(Address<void> other, const ExitReason& reason = {ExitKind::shutdown, 0, 0, 0}) {
  device::runtime().stop(other.raw, reason);
}
// Ends an actor whatever it traps. Destructors of what it holds do not run; the runtime takes back its
// memory.
inline void kill(Address<void> other) {
  device::runtime().stop(other.raw, {ExitKind::killed, 0, 0, 0});
}
// The running actor ends with ExitKind::time_budget when it runs longer than that without waiting; 0: any
// time.
inline void time_budget(std::uint64_t cycles) {
  if (!device::runtime().set_budget(cycles)) device::fault("no memory for a time budget");
}

namespace device {

struct Quit {
  ExitReason reason;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    runtime().suspend(h, abi::ActorState::done, 0, here());
    runtime().quit(reason);
  }
  void await_resume() const {}
};

}  // namespace device

// co_await it: the running actor ends here, with this reason.
inline device::Quit quit(const ExitReason& reason) {
  return {reason};
}

namespace device {

struct Yield {
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    runtime().yield(h, here());
    return runtime().next_to_run();
  }
  void await_resume() const {}
};

}  // namespace device

// Lets the other ready actors of this core run first, and events come in.
inline device::Yield yield() {
  return {};
}

}  // namespace troupe

// Small questions and requests of an actor: who am I, what time is it, let others run, end the program.
#pragma once

#include <coroutine>
#include <cstdint>

#include "runtime/device/coroutine.hpp"
#include "runtime/device/host_port.hpp"
#include "runtime/device/mailbox.hpp"

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
#if defined(__riscv)
  std::uint64_t now;
  asm volatile("rdcycle %0" : "=r"(now));
  return now;
#else
  return 0;
#endif
}

// Ends the program with this exit code; what other actors have not done by then stays undone.
[[noreturn]] inline void exit(std::int64_t code) {
  device::send_exit(device::runtime(), code);
  device::park();
}

namespace device {

struct Yield {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) { runtime().yield(h, here()); }
  void await_resume() const {}
};

}  // namespace device

// Lets the other ready actors of this core run first, and events come in.
inline device::Yield yield() {
  return {};
}

}  // namespace troupe

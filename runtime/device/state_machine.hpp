// A state machine (Erlang's gen_statem): an actor that takes events as its state allows.
#pragma once

#include "runtime/device/call.hpp"

namespace troupe {

// M is the machine:
//   enum class State { ..., end };  State state = ...;    in state `end` the actor ends
//   using Event
//   State on_event(const Event&)     the next state; task<State> if it waits itself
// and if it needs them
//   bool takes(const Event&) const   false: the event waits in the mailbox for another state
//   std::uint64_t patience() const   cycles in this state after which on_timeout() says what comes next
//   State on_timeout()
template <class M>
actor state_machine(Inbox<typename M::Event, 8> in, M machine) {
  using Event = typename M::Event;
  const auto takes = [&machine](const Event& event) {
    if constexpr (requires { machine.takes(event); })
      return machine.takes(event);
    else
      return true;
  };
  std::uint64_t since = cycles();  // in this state
  while (machine.state != M::State::end) {
    std::uint64_t left = kForever;
    if constexpr (requires { machine.patience(); }) {
      const std::uint64_t patience = machine.patience(), spent = cycles() - since;
      if (patience != kForever) left = spent < patience ? patience - spent : 0;
    }
    const std::optional<Event> event = co_await in.receive_if(takes, left);
    typename M::State next = machine.state;
    if (event) {
      if constexpr (device::kIsTask<decltype(machine.on_event(*event))>)
        next = co_await machine.on_event(*event);
      else
        next = machine.on_event(*event);
    } else if constexpr (requires { machine.on_timeout(); }) {
      next = machine.on_timeout();
    }
    if (!event || next != machine.state) since = cycles();
    machine.state = next;
  }
}

}  // namespace troupe

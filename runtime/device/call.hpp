// A question to an actor and its answer: call(server, request, cycles).
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/device/spawn.hpp"
#include "runtime/device/system.hpp"

namespace troupe {

// What became of a call.
enum class CallStatus : std::uint8_t {
  answered,
  timed_out,  // the server may still do what it was asked; its answer reaches nobody
  ended,      // the server ended before it answered, or there was none: `reason` says which
  no_memory,
};

template <class Answer>
struct Called {
  CallStatus status = CallStatus::timed_out;
  std::optional<Answer> answer;
  ExitReason reason;

  explicit operator bool() const { return answer.has_value(); }
  const Answer& operator*() const { return *answer; }
  const Answer* operator->() const { return &*answer; }
};

namespace device {

// For an actor of this core that waits in the state `signal` for what it sees when it looks again.
inline void wake(Actor& actor) {
  if (actor.view.state == abi::ActorState::signal) runtime().make_ready(actor);
}

template <class T>
inline constexpr bool kIsTask = false;
template <class T>
inline constexpr bool kIsTask<task<T>> = true;
template <class T>
struct Awaited {
  using Type = T;
};
template <class T>
struct Awaited<task<T>> {
  using Type = T;
};

// What a handler of a behaviour below is: R f(T), or task<R> f(T) if it has to wait itself.
template <class Function>
struct Handler;
template <class R, class T>
struct Handler<R (*)(T)> {
  using Argument = std::remove_cvref_t<T>;
  using Result = typename Awaited<R>::Type;
};

// In the frame of who calls.
template <class Request, class Answer>
struct Ticket {
  abi::Address caller;
  const Request* request;
  Called<Answer> called;
  bool done = false;
};

// The mailbox that an answer goes to, and who waits there: an actor of the caller's core for each call.
// Touches the ticket only while the caller lives.
template <class Request, class Answer>
actor call_port(Inbox<Answer, 1> in, Address<Request> server, Ticket<Request, Answer>* ticket,
                abi::Address caller) {
  if (!runtime().find(caller)) co_return;
  Request request = *ticket->request;
  request.back_to = in.address();
  monitor(server);
  co_await server.send(request);
  const MessageOrDown<Answer> received = co_await in.next();
  Actor* waiting = runtime().find(caller);
  if (!waiting) co_return;
  if (received.message) {
    ticket->called.status = CallStatus::answered;
    ticket->called.answer = *received.message;
  } else {
    ticket->called.status = CallStatus::ended;
    ticket->called.reason = received.down->reason;
  }
  ticket->done = true;
  wake(*waiting);
}

}  // namespace device

// Asks and waits for the answer. Request has a member back_to (Address<Answer> or Address<void>), which is
// where the server sends it. Any actor may call, whatever its own Inbox takes: the answer has a mailbox of
// its own.
template <class Answer, class Request>
task<Called<Answer>> call(Address<Request> server, Request request, std::uint64_t cycles = kForever) {
  if (!server) co_return Called<Answer>{CallStatus::ended, {}, {ExitKind::no_actor, 0, 0, 0}};
  device::Ticket<Request, Answer> ticket{device::runtime().current->address(), &request, {}, false};
  const auto port =
      co_await spawn<&device::call_port<Request, Answer>>(server, &ticket, ticket.caller, near{self()});
  if (!port) {
    ticket.called.status = CallStatus::no_memory;
    co_return ticket.called;
  }
  device::Patience patience(cycles);
  while (!ticket.done) {
    if (patience.is_over()) {
      kill(port);
      co_return ticket.called;
    }
    co_await device::WaitForNews(patience, abi::ActorState::signal);
  }
  patience.done();
  co_return ticket.called;
}

}  // namespace troupe

// An event manager (Erlang's gen_event): tells each event to all who have subscribed. Handlers are actors, so
// one that fails or is slow to work takes along neither the manager nor the others; a full mailbox of one
// holds up all, unless its Inbox drops or spills.
#pragma once

#include "runtime/device/call.hpp"

namespace troupe {

template <class E>
struct EventRequest {
  enum class Kind : std::uint32_t { subscribe, unsubscribe, notify } kind;
  Address<bool> back_to;  // notify: false: nobody waits until all have been told
  Address<E> subscriber;
  E event;
};

inline constexpr unsigned kSubscribersMax = 32;

template <class E>
actor event_manager(Inbox<EventRequest<E>, 8> in) {
  struct Subscriber {
    Address<E> address;
    std::uint64_t reference;
  };
  Subscriber subscribers[kSubscribersMax];
  unsigned count = 0;
  for (;;) {
    const MessageOrDown<EventRequest<E>> received = co_await in.next();
    bool done = true;
    for (unsigned i = 0; i < count;) {
      const Subscriber s = subscribers[i];
      bool goes = received.down && received.down->reference == s.reference;
      if (received.message) {
        const EventRequest<E>& request = *received.message;
        if (request.kind == EventRequest<E>::Kind::notify)
          goes = co_await s.address.send(request.event) != Status::ok;
        else if (request.subscriber == s.address) {
          // Nobody is told twice.
          demonitor(s.reference);
          goes = true;
        }
      }
      if (goes) {
        --count;
        for (unsigned j = i; j < count; ++j) subscribers[j] = subscribers[j + 1];
      } else {
        ++i;
      }
    }
    if (!received.message) continue;
    const EventRequest<E>& request = *received.message;
    if (request.kind == EventRequest<E>::Kind::subscribe) {
      done = count < kSubscribersMax;
      if (done) subscribers[count++] = {request.subscriber, monitor(request.subscriber)};
    }
    if (request.back_to) co_await request.back_to.send(done);
  }
}

// How others see it: Events<int> events{co_await spawn<event_manager<int>>()};
template <class E>
struct Events {
  using Request = EventRequest<E>;
  Address<Request> address = {};

  // False: it has kSubscribersMax already, or the manager has ended.
  task<bool> subscribe(Address<E> subscriber) const {
    return ask(address, {Request::Kind::subscribe, {}, subscriber, {}});
  }
  task<bool> unsubscribe(Address<E> subscriber) const {
    return ask(address, {Request::Kind::unsubscribe, {}, subscriber, {}});
  }
  task<Status> notify(E event) const { return send(address, {Request::Kind::notify, {}, {}, event}); }
  // Goes on when the event is on its way to every subscriber.
  task<bool> sync_notify(E event) const { return ask(address, {Request::Kind::notify, {}, {}, event}); }

 private:
  static task<bool> ask(Address<Request> to, Request request) {
    const Called<bool> called = co_await call<bool>(to, request);
    co_return called && *called;
  }
  static task<Status> send(Address<Request> to, Request request) { co_return co_await to.send(request); }
};

}  // namespace troupe

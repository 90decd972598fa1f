// The receives of Inbox<T> that choose, give up, or hear of ends.
#pragma once

#include <optional>
#include <span>

#include "runtime/device/mailbox.hpp"

namespace troupe {

namespace device {

// co_await of anything new for this actor, or of the end of its patience.
class WaitForNews {
 public:
  WaitForNews(Patience& patience, abi::ActorState state) : patience_(patience), state_(state) {}
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) { return patience_.suspend(h, state_); }
  void await_resume() const {}

 private:
  Patience& patience_;
  abi::ActorState state_;
};

// A message by value, its place free again.
template <class T>
T copy_out(abi::MessageHeader* header) {
  const T message = *reinterpret_cast<const T*>(header + 1);
  runtime().release(header);
  return message;
}

// Of those behind the cursor.
template <class T, class Wanted>
std::optional<T> take_wanted(Cursor& cursor, Wanted& wanted) {
  Runtime& r = runtime();
  while (abi::MessageHeader* header = r.next_unseen(cursor)) {
    check_type(*header, sizeof(T), message_type<T>());
    if (!wanted(*reinterpret_cast<const T*>(header + 1))) continue;
    r.take(cursor, header);
    return copy_out<T>(header);
  }
  return {};
}

}  // namespace device

// A point in time of a mailbox: receive_since() looks only at messages that came later.
struct Mark {
  device::Cursor cursor;
  std::uint64_t reference;  // unlike all others of the lease: to be sent along and come back in the answer
};

template <class T, std::uint32_t Slots, Overflow Full>
task<std::optional<T>> Inbox<T, Slots, Full>::receive_within(std::uint64_t cycles) {
  device::Patience patience(cycles);
  while (device::runtime().current->messages == 0) {
    if (patience.is_over()) co_return {};
    co_await device::WaitForNews(patience, abi::ActorState::receive);
  }
  patience.done();
  abi::MessageHeader* header = device::runtime().receive();
  device::check_type(*header, sizeof(T), device::message_type<T>());
  co_return device::copy_out<T>(header);
}

template <class T, std::uint32_t Slots, Overflow Full>
Mark Inbox<T, Slots, Full>::mark() {
  static_assert(Full != Overflow::drop_old && Full != Overflow::drop_new,
                "a mailbox that drops messages has no marks");
  return {device::runtime().end_of_messages(), device::runtime().next_reference()};
}

template <class T, std::uint32_t Slots, Overflow Full>
template <class Wanted>
task<std::optional<T>> Inbox<T, Slots, Full>::receive_since(Mark mark, Wanted wanted, std::uint64_t cycles) {
  device::Patience patience(cycles);
  for (;;) {
    if (auto found = device::take_wanted<T>(mark.cursor, wanted)) {
      patience.done();
      co_return found;
    }
    if (patience.is_over()) co_return {};
    co_await device::WaitForNews(patience, abi::ActorState::receive);
  }
}

template <class T, std::uint32_t Slots, Overflow Full>
template <class Wanted>
task<std::optional<T>> Inbox<T, Slots, Full>::receive_if(Wanted wanted, std::uint64_t cycles) {
  device::Patience patience(cycles);
  device::Cursor cursor = device::runtime().first_unseen();
  for (;;) {
    if (auto found = device::take_wanted<T>(cursor, wanted)) {
      patience.done();
      co_return found;
    }
    if (patience.is_over()) co_return {};
    co_await device::WaitForNews(patience, abi::ActorState::receive);
    // What was looked at may have been dropped meanwhile, or become an item.
    if constexpr (Full == Overflow::drop_old || Full == Overflow::drop_new)
      cursor = device::runtime().first_unseen();
  }
}

template <class T, std::uint32_t Slots, Overflow Full>
task<MessageOrDown<T>> Inbox<T, Slots, Full>::next(std::uint64_t cycles) {
  device::Patience patience(cycles);
  for (;;) {
    MessageOrDown<T> received;
    if ((received.down = device::take_down_signal(false))) {
      patience.done();
      co_return received;
    }
    if (device::runtime().current->messages != 0) {
      patience.done();
      abi::MessageHeader* header = device::runtime().receive();
      device::check_type(*header, sizeof(T), device::message_type<T>());
      received.message = device::copy_out<T>(header);
      co_return received;
    }
    if (patience.is_over()) co_return received;
    co_await device::WaitForNews(patience, abi::ActorState::receive);
  }
}

// Also for actors without an Inbox.
inline task<std::optional<Down>> next_down(std::uint64_t cycles = kForever) {
  device::Patience patience(cycles);
  for (;;) {
    if (auto down = device::take_down_signal(true)) {
      patience.done();
      co_return down;
    }
    if (patience.is_over()) co_return {};
    co_await device::WaitForNews(patience, abi::ActorState::signal);
  }
}

// Goes on after so many cycles, and after the actors that are ready then.
inline task<> sleep_for(std::uint64_t cycles) {
  device::Patience patience(cycles);
  while (!patience.is_over()) co_await device::WaitForNews(patience, abi::ActorState::sleep);
}

// The same message to each of them, in their order. The worst of the statuses.
template <class T>
task<Status> send_all(std::span<const Address<T>> to, const T& message) {
  Status worst = Status::ok;
  for (const Address<T>& one : to) {
    const Status status = co_await one.send(message);
    if (status > worst) worst = status;
  }
  co_return worst;
}

}  // namespace troupe

// Inbox<T>, the mailbox an actor receives from, and Address<T>, the name under which others send to one.
#pragma once

#include <bit>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "runtime/device/buffer.hpp"
#include "runtime/device/coroutine.hpp"
#include "runtime/device/runtime.hpp"

namespace troupe {

using abi::Status;
using device::Overflow;

namespace device {

// A message's type: a hash of its C++ name, FNV-1a (Fowler, Noll, Vo), below the system's types.
template <class T>
constexpr std::uint32_t message_type() {
  std::uint32_t hash = 2166136261u;
  for (const char* p = __PRETTY_FUNCTION__; *p != 0; ++p)
    hash = (hash ^ static_cast<unsigned char>(*p)) * 16777619u;
  return hash & ~abi::kSystemType;
}

template <class T>
concept MessageType = std::is_trivially_copyable_v<T> && alignof(T) <= 16 &&
                      sizeof(T) <= abi::kSlotBytesMax - sizeof(abi::MessageHeader);

template <class T>
constexpr std::uint32_t slot_bytes() {
  const std::uint32_t bytes =
      std::bit_ceil(static_cast<std::uint32_t>(sizeof(abi::MessageHeader) + sizeof(T)));
  return bytes < abi::kSlotBytesMin ? abi::kSlotBytesMin : bytes;
}
// Length and type as one word, as senders write them.
inline void check_type(const abi::MessageHeader& header, std::uint32_t bytes, std::uint32_t type) {
  static_assert(offsetof(abi::MessageHeader, bytes) == 0 && offsetof(abi::MessageHeader, type) == 4);
  std::uint64_t word;
  __builtin_memcpy(&word, &header, sizeof word);
  if (word != (bytes | std::uint64_t{type} << 32)) [[unlikely]]
    fault("an Inbox received another type");
}

template <class T>
inline constexpr std::uint64_t kMessageLength = sizeof(T) | std::uint64_t{message_type<T>()} << 32;

}  // namespace device

// Names a mailbox that takes T. May itself travel in messages. Address<void> only tells where an actor is.
template <class T>
struct Address;

template <>
struct Address<void> {
  abi::Address raw = {};
  explicit operator bool() const { return static_cast<bool>(raw); }
  friend bool operator==(Address, Address) = default;
};

namespace device {

// co_await of a send. Ends when the payload has left the core, or with the reason why it never will.
template <class T>
class [[nodiscard("co_await it: otherwise nothing is sent")]] Send {
 public:
  Send(abi::Address to, const T* message) : to_(to), message_(message) {}

  [[gnu::always_inline]] bool await_ready() {
    Runtime& r = runtime();
    if (r.is_quiet()) [[likely]] {
      if (!r.is_own_tile(to_)) {
        status_ = Status::ok;
        if (r.send_remote_now(to_, message_, kMessageLength<T>)) [[likely]]
          return true;
      } else if (Actor* receiver = r.find(to_);
                 receiver && receiver->landing && receiver->view.message_type == message_type<T>()) {
        receiver->landing->delivered = 1;
        *reinterpret_cast<T*>(receiver->landing->payload()) = *message_;
        niu_store(niu::kPass, niu::pass(to_.slot(), sizeof(T), Status::ok));
        r.make_ready(*receiver);
        status_ = Status::ok;
        return true;
      }
    }
    return begin(r);
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    Runtime& r = runtime();
    r.suspend(h, abi::ActorState::credit, to_.bits, here());
    r.current->operation = &operation_;
    return r.next_to_run();
  }
  // Status::pending stands for what the operation says, which need not exist.
  Status await_resume() const { return status_ == Status::pending ? operation_.status : status_; }

 protected:
  [[gnu::noinline]] bool begin(Runtime& r) {
    if (r.is_quiet() && r.is_own_tile(to_)) {
      if (Item* item = r.prepare_local(to_, sizeof(T), status_)) [[likely]] {
        item->header = {sizeof(T), message_type<T>(), r.current->view.address};
        *reinterpret_cast<T*>(item->payload()) = *message_;
        r.deliver_local(*item);
        return true;
      }
      if (status_ != Status::pending) return true;
    }
    if (!r.is_quiet() && r.take_down(to_.bits, status_)) return true;
    status_ = Status::pending;
    operation_.prepare(r.current, to_.bits, message_, sizeof(T), message_type<T>(), r.current->view.address);
    return r.begin(operation_);
  }
  abi::Address to_;
  const T* message_;
  Status status_;
  Operation operation_;
};

// The same for a buffer, which goes to its receiver as it is when that is on this core.
template <class T>
class [[nodiscard("co_await it: otherwise nothing is sent")]] SendBuffer : public Send<T> {
 public:
  SendBuffer(abi::Address to, Buffer<T> buffer) : Send<T>(to, buffer.get()), buffer_(std::move(buffer)) {}

  bool await_ready() {
    Runtime& r = runtime();
    if (!r.is_quiet() || !r.is_own_tile(this->to_)) return Send<T>::await_ready();
    Item& item = *Item::of(buffer_.get());
    item.header = {sizeof(T), message_type<T>(), 0};
    this->status_ = r.send_local(this->to_, item, r.current->address());
    if (this->status_ == Status::pending) return this->begin(r);
    if (this->status_ == Status::ok) buffer_.leave();
    return true;
  }

 private:
  Buffer<T> buffer_;
};

}  // namespace device

template <class T>
struct Address {
  abi::Address raw = {};

  // Status::ok: it left. stale, refused, range or dead: this message, or one sent there before, did not
  // arrive. full: the mailbox is one that fails, and full. `message` must stay in place until then, which it
  // does in one expression.
  device::Send<T> send(const T& message) const {
    static_assert(device::MessageType<T>);
    return {raw, &message};
  }
  device::SendBuffer<T> send(Buffer<T>&& buffer) const { return {raw, std::move(buffer)}; }

  explicit operator bool() const { return static_cast<bool>(raw); }
  operator Address<void>() const { return {raw}; }
  friend bool operator==(Address, Address) = default;
};

// A received message where it lies. Its place is free again when this ends: until then nobody can send
// another message into it. Must not leave its actor.
template <class T>
class Borrowed {
 public:
  explicit Borrowed(abi::MessageHeader* header) : header_(header) {}
  Borrowed(Borrowed&& other) noexcept : header_(std::exchange(other.header_, nullptr)) {}
  Borrowed& operator=(Borrowed&&) = delete;
  ~Borrowed() {
    if (header_) device::runtime().release(header_);
  }
  explicit operator bool() const { return header_ != nullptr; }
  const T& operator*() const { return *reinterpret_cast<const T*>(header_ + 1); }
  const T* operator->() const { return &**this; }
  Address<void> sender() const { return {{header_->sender}}; }

  // The message as a buffer of this actor's own: without a copy where it came from this core. Empty when the
  // core's memory ran out; then the message still is here.
  Buffer<T> keep() && {
    device::Item* item = device::runtime().keep(header_);
    if (!item) return {};
    header_ = nullptr;
    return Buffer<T>::of(*item);
  }

 private:
  abi::MessageHeader* header_;
};

// MessageOrDown messages where they lie, for a loop over them. Their places are free again when this ends.
// Must not leave its actor.
template <class T>
class Batch {
 public:
  class Iterator {
   public:
    Iterator(std::byte* at, std::uint32_t distance) : at_(at), distance_(distance) {}
    const T& operator*() const {
      const auto* header = reinterpret_cast<const abi::MessageHeader*>(at_);
      device::check_type(*header, sizeof(T), device::message_type<T>());
      return *reinterpret_cast<const T*>(header + 1);
    }
    Iterator& operator++() {
      at_ += distance_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    std::byte* at_;
    std::uint32_t distance_;
  };

  explicit Batch(const device::MessageRun& run) : run_(run) {}
  Batch(Batch&& other) noexcept : run_(std::exchange(other.run_, {})) {}
  Batch& operator=(Batch&&) = delete;
  ~Batch() {
    if (run_.first) device::runtime().release(run_);
  }
  Iterator begin() const { return {run_.first, run_.distance}; }
  Iterator end() const { return {run_.end, run_.distance}; }

 private:
  device::MessageRun run_;
};

// Word of the end of another actor: of one that this actor monitors (DOWN), or is linked to (EXIT, for actors
// that trap exits).
struct Down {
  Address<void> from;
  ExitReason reason;
  std::uint64_t reference = 0;  // of the monitor; EXIT: 0
};

// What next() receives: a message, or word of an end, or neither: the time is over.
template <class T>
struct MessageOrDown {
  std::optional<T> message;
  std::optional<Down> down;
};

namespace device {

inline std::optional<Down> take_down_signal(bool any_order) {
  Signal signal;
  if (!runtime().has_signals() || !runtime().take_signal(signal, any_order)) return {};
  return Down{{{signal.from}}, signal.reason, signal.reference};
}

template <class T>
class [[nodiscard("co_await it: otherwise nothing is received")]] Borrow {
 public:
  bool await_ready() const { return runtime().current->messages != 0; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    Runtime& r = runtime();
    r.suspend(h, abi::ActorState::receive, 0, here());
    r.current->timer = nullptr;
    return r.next_to_run();
  }
  Borrowed<T> await_resume() const {
    abi::MessageHeader* header = runtime().receive();
    check_type(*header, sizeof(T), message_type<T>());
    return Borrowed<T>(header);
  }
};

template <class T>
class ReceiveBatch : public Borrow<T> {
 public:
  Batch<T> await_resume() const { return Batch<T>(runtime().receive_run()); }
};

// A message by value. While it waits, a sender of the same core puts the message right here, if it `Lands`:
// where nothing may wait in DRAM that is to be received before.
template <class T, bool Lands>
class [[nodiscard("co_await it: otherwise nothing is received")]] Receive {
 public:
  Receive() {}  // leaves room for a message, and does not fill it

  bool await_ready() {
    landing_.delivered = 0;
    return runtime().current->messages != 0;
  }
  [[gnu::always_inline]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    Runtime& r = runtime();
    Actor& a = *r.current;
    a.resume = h;
    a.view.state = abi::ActorState::receive;
    a.view.pc = here();
    a.timer = nullptr;
    if constexpr (Lands) a.landing = &landing_;
    return r.next_to_run();
  }
  [[gnu::always_inline]] T await_resume() {
    if (landing_.delivered == 0) take();
    return *reinterpret_cast<const T*>(payload_);
  }

 private:
  [[gnu::noinline]] void take() {
    Runtime& r = runtime();
    abi::MessageHeader* header = r.receive();
    check_type(*header, sizeof(T), message_type<T>());
    *reinterpret_cast<T*>(payload_) = *reinterpret_cast<const T*>(header + 1);
    r.release(header);
  }

  Landing landing_;
  alignas(16) std::byte payload_[sizeof(T)];  // right behind it
};

// Waits that may end without what they wait for: until the deadline, or for one message among others.
// `Ready` says whether there is something to take.
class Patience {
 public:
  // Cycles from now on; kForever: no deadline.
  static constexpr std::uint64_t kForever = ~std::uint64_t{0};
  explicit Patience(std::uint64_t cycles) : cycles_(cycles) {}

  bool is_over() const { return cycles_ == 0 || (armed_ && timer_.passed); }
  std::coroutine_handle<> suspend(std::coroutine_handle<> h, abi::ActorState state) {
    Runtime& r = runtime();
    r.suspend(h, state, 0, here());
    r.current->timer = nullptr;
    if (cycles_ != kForever) {
      // News that were not what it waits for leave the timer where it is.
      if (armed_) {
        r.current->timer = &timer_;
      } else {
        timer_.deadline = cycle_now() + cycles_;
        armed_ = true;
        r.wait_until(timer_);
      }
    }
    if (r.current->overflow == Overflow::spill) r.want_more();
    return r.next_to_run();
  }
  void done() {
    if (armed_ && !timer_.passed) runtime().cancel(timer_);
    armed_ = false;
  }

 private:
  std::uint64_t cycles_;
  bool armed_ = false;
  Timer timer_;
};

}  // namespace device

struct Mark;

inline constexpr std::uint64_t kForever = device::Patience::kForever;

// A behaviour's first parameter if it receives messages: its own mailbox. A spawn gives it `Slots` slots, and
// a graph as many as it says; as many more for messages from its own core. `Full` is what happens to one too
// many.
template <class T, std::uint32_t Slots = 4, Overflow Full = Overflow::block>
class Inbox {
  static_assert(device::MessageType<T> && Slots > 0);

 public:
  using Message = T;
  static constexpr std::uint32_t kSlots = Slots;
  static constexpr Overflow kOverflow = Full;

  Inbox(Inbox&&) = default;

  // The oldest message, by value: its slot is free at once.
  device::Receive<T, Full != Overflow::spill> receive() { return {}; }
  // The same without a copy.
  device::Borrow<T> borrow() { return {}; }
  // As many as lie one behind the other, oldest first: `for (const T& message : co_await in.batch())`. The
  // fastest way to take many.
  device::ReceiveBatch<T> batch() { return {}; }
  // The oldest message, or nothing when `cycles` are over and none has come.
  task<std::optional<T>> receive_within(std::uint64_t cycles);
  // The oldest message for which wanted(message) is true; the others stay where they are. A mailbox full of
  // others keeps the wanted one out.
  template <class Wanted>
  task<std::optional<T>> receive_if(Wanted wanted, std::uint64_t cycles = kForever);
  // The same among messages that come after mark(): at a cost that does not grow with those that wait.
  Mark mark();
  template <class Wanted>
  task<std::optional<T>> receive_since(Mark mark, Wanted wanted, std::uint64_t cycles = kForever);
  // The oldest message or word of an end, in the order in which they came.
  task<MessageOrDown<T>> next(std::uint64_t cycles = kForever);

  // True when receive() would not wait.
  bool ready() const { return device::runtime().current->messages != 0; }
  // Messages that this mailbox dropped (Overflow::drop_new, drop_old).
  std::uint32_t dropped() const {
    const device::Side* side = device::runtime().current->side;
    return side ? side->dropped : 0;
  }
  // Messages that went through DRAM, and times that there was no room for one there (Overflow::spill).
  std::uint64_t spilled() const {
    const device::Spill* spill = device::runtime().spill_of_current();
    return spill ? spill->spilled : 0;
  }
  std::uint64_t spill_full() const {
    const device::Spill* spill = device::runtime().spill_of_current();
    return spill ? spill->full : 0;
  }
  Address<T> address() const { return {device::runtime().current->address()}; }

 private:
  template <auto Function>
  friend struct Behaviour;
  Inbox() = default;
};

}  // namespace troupe

#include "runtime/device/receive.hpp"

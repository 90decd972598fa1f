// Inbox<T>, the mailbox an actor receives from, and Address<T>, the name under which others send to one.
#pragma once

#include <bit>
#include <coroutine>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "runtime/device/buffer.hpp"
#include "runtime/device/coroutine.hpp"
#include "runtime/device/runtime.hpp"

namespace troupe {

using abi::Status;

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
class [[nodiscard("co_await it: otherwise nothing is sent")]] Send {
 public:
  Send(abi::Address to, const void* payload, std::uint32_t bytes, std::uint32_t type) {
    operation_.target = to.bits;
    operation_.local = reinterpret_cast<std::uint64_t>(payload);
    operation_.length = bytes | std::uint64_t{type} << 32;
  }
  bool await_ready() {
    operation_.actor = runtime().current;
    operation_.sender = operation_.actor->view.address;
    return runtime().begin(operation_);
  }
  void await_suspend(std::coroutine_handle<> h) {
    runtime().suspend(h, abi::ActorState::credit, operation_.target, here());
  }
  Status await_resume() const { return operation_.status; }

 private:
  Operation operation_;
};

// The same for a buffer, which it frees at the end.
template <class T>
class [[nodiscard("co_await it: otherwise nothing is sent")]] SendBuffer : public Send {
 public:
  SendBuffer(abi::Address to, Buffer<T> buffer)
      : Send(to, buffer.get(), sizeof(T), message_type<T>()), buffer_(std::move(buffer)) {}

 private:
  Buffer<T> buffer_;
};

}  // namespace device

template <class T>
struct Address {
  abi::Address raw = {};

  // Status::ok: it left. stale, refused, range or dead: this message, or one sent there before, did not
  // arrive. `message` must stay in place until then, which it does in one expression.
  device::Send send(const T& message) const {
    static_assert(device::MessageType<T>);
    return {raw, &message, sizeof(T), device::message_type<T>()};
  }
  device::SendBuffer<T> send(Buffer<T> buffer) const { return {raw, std::move(buffer)}; }

  explicit operator bool() const { return static_cast<bool>(raw); }
  operator Address<void>() const { return {raw}; }
  friend bool operator==(Address, Address) = default;
};

// A received message where the NIU put it. Its slot is free again when this ends: until then nobody can send
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
  const T& operator*() const { return *reinterpret_cast<const T*>(header_ + 1); }
  const T* operator->() const { return &**this; }
  Address<void> sender() const { return {{header_->sender}}; }

 private:
  abi::MessageHeader* header_;
};

namespace device {

template <class T>
class [[nodiscard("co_await it: otherwise nothing is received")]] Borrow {
 public:
  bool await_ready() const { return runtime().current->available != 0; }
  void await_suspend(std::coroutine_handle<> h) { runtime().suspend(h, abi::ActorState::receive, 0, here()); }
  Borrowed<T> await_resume() const {
    abi::MessageHeader* header = runtime().receive();
    if (header->type != message_type<T>() || header->bytes != sizeof(T))
      fault("an Inbox received another type");
    return Borrowed<T>(header);
  }
};

template <class T>
class Receive : public Borrow<T> {
 public:
  T await_resume() const { return *Borrow<T>::await_resume(); }
};

}  // namespace device

// A behaviour's first parameter if it receives messages: its own mailbox. A spawn gives it `Slots` slots, a
// graph as many as it says.
template <class T, std::uint32_t Slots = 4>
class Inbox {
  static_assert(device::MessageType<T> && Slots > 0);

 public:
  using Message = T;
  static constexpr std::uint32_t kSlots = Slots;

  Inbox(Inbox&&) = default;

  // The oldest message, by value: its slot is free at once.
  device::Receive<T> receive() { return {}; }
  // The same without a copy.
  device::Borrow<T> borrow() { return {}; }
  // True when receive() would not wait.
  bool ready() const { return device::runtime().current->available != 0; }
  Address<T> address() const { return {device::runtime().current->address()}; }

 private:
  template <auto Function>
  friend struct Behaviour;
  Inbox() = default;
};

}  // namespace troupe

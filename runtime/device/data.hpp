// Data<T>: a data segment in DRAM, as an array of T.
#pragma once

#include <coroutine>
#include <cstdint>
#include <span>
#include <type_traits>

#include "runtime/device/coroutine.hpp"
#include "runtime/device/mailbox.hpp"

namespace troupe {

namespace device {

// co_await of a transfer between L1 and another tile's memory. Ends with its last reply.
class [[nodiscard("co_await it: otherwise nothing is transferred")]] Move {
 public:
  Move(niu::Command command, abi::Location at, const void* local, std::uint64_t bytes) {
    transfer_.prepare(nullptr, at.bits, local, 0, 0, 0);
    transfer_.command = command;
    transfer_.left = bytes;
    transfer_.in_flight = 0;
  }
  Move(abi::Location corner, std::uint32_t columns, std::uint32_t rows, std::span<const std::byte> bytes)
      : Move(niu::Command::multicast, corner, bytes.data(), bytes.size()) {
    transfer_.rectangle = columns | std::uint64_t{rows} << 32;
  }
  // Transfers nothing: an error found before.
  explicit Move(Status error) { transfer_.status = error; }

  bool await_ready() {
    if (transfer_.status != Status::pending) return true;
    transfer_.actor = runtime().current;
    return runtime().begin(transfer_);
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    Runtime& r = runtime();
    r.suspend(h, abi::ActorState::reply, 0, here());
    r.current->operation = &transfer_;
    return r.next_to_run();
  }
  Status await_resume() const { return transfer_.status; }

 protected:
  Transfer transfer_;
};

// Ends with the value before the operation.
class Atomic : public Move {
 public:
  Atomic(niu::Command command, abi::Location at, std::uint64_t operand, std::uint64_t compare)
      : Move(command, at, nullptr, 8) {
    transfer_.operand = operand;
    transfer_.compare = compare;
  }
  std::uint64_t await_resume() const { return transfer_.value; }
};

}  // namespace device

template <class T>
class Data {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Data(abi::Location at, std::uint64_t bytes) : at_(at), bytes_(bytes) {}

  std::uint64_t size() const { return bytes_ / sizeof(T); }

  // Elements first .. first + into.size() - 1. Status::range when there are not as many.
  device::Move read(std::uint64_t first, std::span<T> into) const {
    if (!contains(first, into.size())) return device::Move(Status::range);
    return {device::niu::Command::read, at_.plus(first * sizeof(T)), into.data(), into.size_bytes()};
  }
  device::Move write(std::uint64_t first, std::span<const T> from) const {
    if (!contains(first, from.size())) return device::Move(Status::range);
    return {device::niu::Command::write_acked, at_.plus(first * sizeof(T)), from.data(), from.size_bytes()};
  }

 private:
  bool contains(std::uint64_t first, std::uint64_t count) const {
    return first <= size() && count <= size() - first;
  }
  abi::Location at_;
  std::uint64_t bytes_;
};

// Where an object of static storage lies on a core of the lease: at the same L1 address on all.
inline abi::Location on_core(std::uint32_t core, const void* object) {
  return {device::runtime().runtime_of(core).bits >> 40 << 40 | reinterpret_cast<std::uint64_t>(object)};
}
// The bytes of an object in this core's L1, for others to write to. Only their own NIU accesses show an actor
// what came; the design forbids reads of another tile's L1.
inline abi::Location landing_zone(const void* object) {
  return {device::niu_load(device::niu::kTile) << 40 | reinterpret_cast<std::uint64_t>(object)};
}
// Writes another tile's L1 or DRAM; ends when it is there.
inline device::Move write(abi::Location to, std::span<const std::byte> bytes) {
  return {device::niu::Command::write_acked, to, bytes.data(), bytes.size_bytes()};
}
// Writes the same bytes to `corner`'s offset in the L1 of each core of a rectangle, `columns` to the east and
// `rows` to the south of its tile, but this one; ends when all have them. The network carries them once and
// replicates them where ways part. Status::range: this chip has no multicasts, or no such rectangle.
inline device::Move multicast(abi::Location corner, std::uint32_t columns, std::uint32_t rows,
                              std::span<const std::byte> bytes) {
  return {corner, columns, rows, bytes};
}
// 8 bytes in DRAM or a semaphore.
inline device::Atomic atomic_add(abi::Location at, std::uint64_t value) {
  return {device::niu::Command::atomic_add, at, value, 0};
}
inline device::Atomic atomic_swap(abi::Location at, std::uint64_t value) {
  return {device::niu::Command::atomic_swap, at, value, 0};
}
inline device::Atomic compare_swap(abi::Location at, std::uint64_t expected, std::uint64_t value) {
  return {device::niu::Command::compare_swap, at, value, expected};
}

}  // namespace troupe

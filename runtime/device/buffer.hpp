// Buffer<T>: a T on the core's heap with one owner, for messages too large for a coroutine frame.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "runtime/device/runtime.hpp"

namespace troupe {

// Move-only. Sending it moves it: the sender has it no longer. T starts uninitialised.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T> && alignof(T) <= 16);

 public:
  // Empty.
  Buffer() = default;
  Buffer(Buffer&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Buffer() {
    if (value_) device::runtime().release_owned(*device::Item::of(value_));
  }

  // Empty when the core's memory ran out.
  static Buffer make() {
    device::Item* item = device::runtime().allocate_owned(sizeof(T));
    return item ? of(*item) : Buffer();
  }
  // Of a block that the running actor owns.
  static Buffer of(device::Item& item) {
    Buffer buffer;
    buffer.value_ = reinterpret_cast<T*>(item.payload());
    return buffer;
  }
  // The block is somebody else's now.
  void leave() { value_ = nullptr; }

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }
  T* get() const { return value_; }

 private:
  T* value_ = nullptr;
};

}  // namespace troupe

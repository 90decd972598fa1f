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
    if (value_) device::runtime().heap.release(value_, sizeof(T));
  }

  // Empty when the core's memory ran out.
  static Buffer make() {
    Buffer buffer;
    buffer.value_ = static_cast<T*>(device::runtime().heap.allocate(sizeof(T)));
    return buffer;
  }

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() const { return *value_; }
  T* operator->() const { return value_; }
  T* get() const { return value_; }

 private:
  T* value_ = nullptr;
};

}  // namespace troupe

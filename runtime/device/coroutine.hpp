// The coroutine types: actor, what a behaviour returns, and task<T>, a part of one that it awaits.
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "runtime/device/runtime.hpp"

namespace troupe {

namespace device {

// Frames come from the core's heap. Without memory a spawn fails, it does not trap.
struct FramePromise {
  static void* operator new(std::size_t bytes) noexcept { return runtime().allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) { runtime().heap.release(frame, bytes); }
  void unhandled_exception() {}
};

}  // namespace device

// A behaviour is a function that returns this; the runtime starts it, for each actor anew.
class actor {
 public:
  struct promise_type : device::FramePromise {
    actor get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    static actor get_return_object_on_allocation_failure() { return {nullptr}; }
    std::suspend_always initial_suspend() const { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void return_void() {}
  };
  std::coroutine_handle<> handle() const { return handle_; }

 private:
  actor(std::coroutine_handle<> handle) : handle_(handle) {}
  std::coroutine_handle<> handle_;
};

namespace device {

// First in every task's promise, so that the frames of an actor that is killed can be found and given back:
// from the innermost, which its actor knows, through the callers.
struct TaskPromise : FramePromise {
  std::coroutine_handle<> caller;
  std::uint32_t frame_bytes = runtime().last_frame_bytes;
  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) const noexcept {
      runtime().current->resume = h.promise().caller;
      return h.promise().caller;
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const { return {}; }
  Final final_suspend() const noexcept { return {}; }
};

template <class T>
struct TaskResult : TaskPromise {
  T value{};
  void return_value(T v) { value = std::move(v); }
  T take() { return std::move(value); }
};
template <>
struct TaskResult<void> : TaskPromise {
  void return_void() {}
  void take() {}
};

}  // namespace device

// Part of a behaviour, which may itself wait: `int n = co_await count(in);`. It starts when it is awaited.
template <class T = void>
class [[nodiscard]] task {
 public:
  struct promise_type : device::TaskResult<T> {
    task get_return_object() { return task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    static task get_return_object_on_allocation_failure() {
      device::fault("no memory for the frame of a task");
    }
  };
  task(task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    handle_.promise().caller = caller;
    device::runtime().current->resume = handle_;
    return handle_;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  explicit task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

}  // namespace troupe

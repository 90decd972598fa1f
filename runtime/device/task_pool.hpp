// A task pool: workers on the cores of the lease share the tasks of one actor.
#pragma once

#include <span>

#include "runtime/device/call.hpp"

namespace troupe {

struct PoolOptions {
  static constexpr std::uint32_t kWorkersMax = 64;
  std::uint32_t workers = 4;   // at most kWorkersMax
  std::uint32_t attempts = 3;  // a task whose worker fails so often is given up
  bool in_order = true;        // results come in the order of the tasks; false: as they come
};

namespace device {

template <class T>
struct PoolTask {
  std::uint64_t index;
  T task;
};
template <class R>
struct PoolResult {
  std::uint32_t worker;
  std::uint64_t index;
  R result;
};

template <auto Work>
using PoolInput = typename Handler<decltype(Work)>::Argument;
template <auto Work>
using PoolOutput = typename Handler<decltype(Work)>::Result;

// Ends with the pool.
template <auto Work>
actor pool_worker(Inbox<PoolTask<PoolInput<Work>>, 1> in, Address<PoolResult<PoolOutput<Work>>> pool,
                  std::uint32_t number) {
  monitor(pool);
  for (;;) {
    const auto received = co_await in.next();
    if (!received.message) co_return;
    PoolResult<PoolOutput<Work>> result{number, received.message->index, {}};
    if constexpr (kIsTask<decltype(Work(received.message->task))>)
      result.result = co_await Work(received.message->task);
    else
      result.result = Work(received.message->task);
    co_await pool.send(result);
  }
}

// In the frame of who waits for the results.
template <class T, class Sink>
struct PoolJob {
  std::span<const T> tasks;
  Sink* sink;
  PoolOptions options;
  bool done;
};

// What the pool knows of its workers and of results that came before their turn.
template <auto Work>
struct PoolState {
  static constexpr std::uint64_t kWindow = 2 * PoolOptions::kWorkersMax;
  struct Worker {
    Address<PoolTask<PoolInput<Work>>> address;
    std::uint64_t reference, index;
    std::uint32_t attempts;
    bool busy;
  };
  struct Early {
    bool there, failed;
    PoolOutput<Work> result;
  };
  Worker workers[PoolOptions::kWorkersMax];
  Early early[kWindow];
  std::uint64_t given, told;  // tasks given to workers; tasks whose outcome the sink knows
};

template <auto Work, class Job>
void pool_tell(PoolState<Work>& state, const Job& job, std::uint64_t index, const PoolOutput<Work>* result) {
  if (!job.options.in_order) {
    ++state.told;
    return (*job.sink)(index, result);
  }
  auto& early = state.early[index % state.kWindow];
  early.there = true;
  early.failed = !result;
  if (result) early.result = *result;
  for (;; ++state.told) {
    auto& next = state.early[state.told % state.kWindow];
    if (!next.there) return;
    next.there = false;
    (*job.sink)(state.told, next.failed ? nullptr : &next.result);
  }
}

// Gives the worker its task, once more or for the first time; spawns it if it is not there. False: no core
// takes it.
template <auto Work, class T>
task<bool> pool_give(PoolState<Work>& state, std::uint32_t number, Address<PoolResult<PoolOutput<Work>>> pool,
                     std::span<const T> tasks) {
  auto& worker = state.workers[number];
  for (std::uint32_t left = core_count(); !worker.address && left != 0; --left) {
    const auto spawned = co_await spawn_monitor<&pool_worker<Work>>(pool, number);
    worker.address = spawned.address;
    worker.reference = spawned.reference;
  }
  if (!worker.address) co_return false;
  worker.busy = true;
  const PoolTask<T> given{worker.index, tasks[worker.index]};
  co_await worker.address.send(given);
  co_return true;
}

// An actor of its caller's core. Touches the caller's job only while that lives.
template <auto Work, class Sink>
actor task_pool(Inbox<PoolResult<PoolOutput<Work>>, 8> in, PoolJob<PoolInput<Work>, Sink>* job,
                abi::Address caller) {
  const auto lives = [caller] { return runtime().find(caller) != nullptr; };
  Buffer<PoolState<Work>> memory = Buffer<PoolState<Work>>::make();
  if (!memory) fault("no memory for a task pool");
  PoolState<Work>& state = *memory;
  __builtin_memset(&state, 0, sizeof state);
  if (lives()) monitor({caller});
  while (lives() && state.told != job->tasks.size()) {
    for (std::uint32_t i = 0; i < job->options.workers && state.given < job->tasks.size(); ++i) {
      auto& worker = state.workers[i];
      if (worker.busy || state.given - state.told >= state.kWindow) continue;
      worker.index = state.given++;
      worker.attempts = 1;
      const bool is_given = co_await pool_give<Work>(state, i, in.address(), job->tasks);
      if (!lives()) co_return;
      if (!is_given) pool_tell<Work>(state, *job, worker.index, nullptr);
    }
    if (state.told == job->tasks.size()) break;
    const auto received = co_await in.next();
    if (!lives()) co_return;
    if (received.message) {
      state.workers[received.message->worker].busy = false;
      pool_tell<Work>(state, *job, received.message->index, &received.message->result);
      continue;
    }
    for (std::uint32_t i = 0; i < job->options.workers; ++i) {
      auto& worker = state.workers[i];
      if (!worker.address || worker.reference != received.down->reference) continue;
      worker.address = {};
      if (!worker.busy) continue;
      worker.busy = false;
      const bool again = worker.attempts++ < job->options.attempts &&
                         co_await pool_give<Work>(state, i, in.address(), job->tasks);
      if (!lives()) co_return;
      if (!again) pool_tell<Work>(state, *job, worker.index, nullptr);
    }
  }
  if (!lives()) co_return;
  job->done = true;
  wake(*runtime().find(caller));
}

}  // namespace device

// Does work(task) for every task by `options.workers` actors, and calls sink(index, const Result*) for each
// outcome; null: its worker failed `options.attempts` times. Work is Result work(const Task&), or
// task<Result> work(Task). False: there was no memory.
template <auto Work, class Sink>
task<bool> run_pool(std::span<const device::PoolInput<Work>> tasks, Sink sink, PoolOptions options = {}) {
  if (options.workers == 0 || options.workers > PoolOptions::kWorkersMax)
    device::fault("a task pool has 1 to 64 workers");
  device::PoolJob<device::PoolInput<Work>, Sink> job{tasks, &sink, options, false};
  const abi::Address caller = device::runtime().current->address();
  const auto pool = co_await spawn<&device::task_pool<Work, Sink>>(&job, caller, near{self()});
  if (!pool) co_return false;
  device::Patience patience(kForever);
  while (!job.done) co_await device::WaitForNews(patience, abi::ActorState::signal);
  co_return true;
}

}  // namespace troupe

// A supervised map over eight cores: a pool's workers do 64 tasks, some of which trap now and then,
// while cores die (--kill-random). The sum tells whether every task was done, and once.
#include "task_pool.hpp"
#include "troupe.hpp"

using namespace troupe;

namespace {

constexpr std::uint64_t kTasks = 64, kPeriod = 31;

// A little work, whose result shows the task.
task<std::uint64_t> work(std::uint64_t number) {
  std::uint64_t x = number;
  for (int i = 0; i < 300; ++i) x = x * 6364136223846793005 + 1442695040888963407;
  if (cycles() % kPeriod == number % kPeriod) asm volatile("unimp");  // now and then
  co_return x;
}

std::uint64_t expected(std::uint64_t number) {
  std::uint64_t x = number;
  for (int i = 0; i < 300; ++i) x = x * 6364136223846793005 + 1442695040888963407;
  return x;
}

}  // namespace

actor root() {
  struct Tasks {
    std::uint64_t numbers[kTasks];
  };
  auto tasks = Buffer<Tasks>::make();
  for (std::uint64_t i = 0; i < kTasks; ++i) tasks->numbers[i] = i * i + 1;
  std::uint64_t told = 0, right = 0, given_up = 0;
  const auto sink = [&](std::uint64_t index, const std::uint64_t* result) {
    if (!result)
      ++given_up;
    else
      right += index == told && *result == expected(tasks->numbers[index]);
    ++told;
  };
  co_await run_pool<work>(std::span<const std::uint64_t>(tasks->numbers), sink, {.workers = 8, .attempts = 10});
  print("{} told, {} right, {} given up\n", told, right, given_up);
  exit(told == kTasks && right == kTasks ? 0 : 1);
}
TROUPE_PROGRAM(root, requires_cores(8));

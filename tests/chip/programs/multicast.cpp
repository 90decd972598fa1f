// Four cores in a square each multicast their words to the other three, again and again, with writes to one
// of them in between, and wait until the last ones of all others have landed. Core 0 prints the sum of what
// the four then have and ends the program.
#include "tests/chip/programs/bare.hpp"

constexpr unsigned kCores = 4, kWords = 64, kRounds = 20;
static volatile uint64_t zone[kCores][kWords];  // by sender; the last word is its round
static volatile uint64_t sums[kCores];          // in core 0
static volatile uint64_t written[kCores][4];    // by sender

static void set_transfer(const abi::BootBlock* boot, unsigned to, const volatile uint64_t* at,
                         const uint64_t* data, uint64_t bytes) {
  niu_store(niu::kTarget, abi::Location::make(0, core_tile(boot, to), reinterpret_cast<uint64_t>(at)).bits);
  niu_store(niu::kLocal, reinterpret_cast<uint64_t>(data));
  niu_store(niu::kLength, bytes);
}

static void multicast(const abi::BootBlock* boot, uint64_t (&data)[kWords]) {
  set_transfer(boot, 0, zone[boot->core_index], data, sizeof data);
  niu_store(niu::kRectangle, 2 | uint64_t{2} << 32);
  if (niu_doorbell(niu::Command::multicast) < 0) exit_program(boot, 1);
}

extern "C" void core_main(const abi::BootBlock* boot) {
  const unsigned me = boot->core_index;
  uint64_t data[kWords];
  for (unsigned w = 0; w < kWords; ++w) data[w] = 1000 * me + w;
  for (unsigned round = 1; round <= kRounds; ++round) {
    data[kWords - 1] = round;
    multicast(boot, data);
    set_transfer(boot, (me + round) % kCores, written[me], data, sizeof written[me]);
    niu_doorbell(niu::Command::write);
    if (niu::event_status(wait_for(niu::EventKind::done)) != 0) exit_program(boot, 2);
  }
  uint64_t sum = 0;
  for (unsigned sender = 0; sender < kCores; ++sender) {
    if (sender == me) continue;
    while (zone[sender][kWords - 1] != kRounds) niu_load(niu::kEvent);
    for (unsigned w = 0; w < kWords; ++w) sum += zone[sender][w];
  }
  if (me != 0) {
    set_transfer(boot, 0, &sums[me], &sum, sizeof sum);
    niu_doorbell(niu::Command::write);
    return;
  }
  for (unsigned core = 1; core < kCores; ++core) {
    while (sums[core] == 0) niu_load(niu::kEvent);
    sum += sums[core];
  }
  print_number(boot, "sum ", sum);
  exit_program(boot, 0);
}

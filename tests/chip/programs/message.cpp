// Core 0 sends one message of 64 bytes to core 1, which prints the sum of its words and ends the program.
#include "tests/chip/programs/bare.hpp"

extern "C" void core_main(const abi::BootBlock* boot) {
  if (boot->core_index == 0) {
    uint64_t words[8];
    for (unsigned i = 0; i < 8; ++i) words[i] = i * i;
    send(actor_address(boot, 1), 1, words, sizeof words);
    words[0] = 1000;  // too late: the payload was captured at the doorbell
    niu_store(niu::kMark, 0);
  } else {
    wait_for(niu::EventKind::message);
    const auto* words =
        reinterpret_cast<const volatile uint64_t*>(self(boot).ring + sizeof(abi::MessageHeader));
    uint64_t sum = 0;
    for (unsigned i = 0; i < 8; ++i) sum += words[i];
    print_number(boot, "sum ", sum);
    exit_program(boot, 0);
  }
}

// Ends in the way that the first word of core 0's mailbox shape asks for: slots select the fault.
#include "tests/chip/programs/bare.hpp"

extern "C" void core_main(const abi::BootBlock* boot) {
  if (boot->core_index != 0) return;
  switch (self(boot).slots) {
    case 1:
      *reinterpret_cast<volatile uint64_t*>(8) = 1;
      break;  // store into the fault page
    case 2:
      *reinterpret_cast<volatile std::uint16_t*>(abi::kNiuBase) = 1;
      break;  // a 2-byte NIU access
    case 3:
      asm volatile(".word 0");
      break;  // an illegal instruction
    case 4:
      wait_for(niu::EventKind::timer);
      break;  // waits for good: deadlock
    case 5:
      exit_program(boot, 9);
      break;
    case 6:
      for (;;) asm volatile("");
      break;  // never ends
  }
}

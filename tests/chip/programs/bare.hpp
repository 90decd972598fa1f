// What a test program on the naked NIU needs: an entry point, its core's boot block, messages and printing.
#pragma once

#include <cstdint>

#include "runtime/abi/address.hpp"
#include "runtime/abi/manifest.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/niu.hpp"

using namespace troupe;
using namespace troupe::device;
using std::uint64_t;

asm(R"(
  .section .text.start, "ax", @progbits
  .globl _start
_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, __stack_top
  li t0, 0x2200        # FP and vectors on
  csrs mstatus, t0
  call core_main
1:li t0, 0x40000108
  ld t0, 0(t0)
  j 1b
  .text
)");

// What every core runs; when it returns the core waits for good.
extern "C" void core_main(const abi::BootBlock* boot);

inline const abi::BootActor& self(const abi::BootBlock* boot) {
  return reinterpret_cast<const abi::BootActor*>(boot->actors)[0];
}
inline uint64_t actor_address(const abi::BootBlock* boot, unsigned i) {
  return reinterpret_cast<const abi::BootArgument*>(self(boot).arguments)[i].value;
}
inline unsigned core_tile(const abi::BootBlock* boot, unsigned core) {
  return reinterpret_cast<const std::uint16_t*>(boot->core_tiles)[core];
}

// Sends and returns what the doorbell did; `bytes` at `data` are captured at once.
inline std::int64_t send(uint64_t to, std::uint32_t type, const void* data, uint64_t bytes) {
  niu_store(niu::kTarget, to);
  niu_store(niu::kLocal, reinterpret_cast<uint64_t>(data));
  niu_store(niu::kLength, bytes | uint64_t{type} << 32);
  return niu_doorbell(niu::Command::message);
}

// Waits for an event of that kind and returns it; others are dropped.
inline uint64_t wait_for(niu::EventKind kind) {
  for (;;) {
    const uint64_t e = niu_load(niu::kWait);
    if (niu::event_kind(e) == kind) return e;
  }
}

// Sends however long it takes: waits for credits and transaction ids.
inline void send_surely(uint64_t to, std::uint32_t type, const void* data, uint64_t bytes) {
  for (;;) {
    const std::int64_t result = send(to, type, data, bytes);
    if (result >= 0) return;
    if (result == static_cast<std::int64_t>(niu::DoorbellError::no_credit)) {
      niu_doorbell(niu::Command::credit);
      wait_for(niu::EventKind::credit);
    } else if (result == static_cast<std::int64_t>(niu::DoorbellError::busy)) {
      wait_for(niu::EventKind::ready);
    } else {
      return;
    }
  }
}

inline void print_number(const abi::BootBlock* boot, const char* label, uint64_t value) {
  char text[64];
  unsigned n = 0;
  for (; *label; ++label) text[n++] = *label;
  for (int shift = 60; shift >= 0; shift -= 4) text[n++] = "0123456789abcdef"[value >> shift & 15];
  text[n++] = '\n';
  send_surely(boot->host_address, static_cast<std::uint32_t>(abi::SystemType::print), text, n);
}

inline void exit_program(const abi::BootBlock* boot, std::int64_t code) {
  const abi::ExitPayload payload{code};
  send_surely(boot->host_address, static_cast<std::uint32_t>(abi::SystemType::exit), &payload,
              sizeof payload);
}

// Declares behaviours and programs as the device runtime does, with a signature written by hand.
#pragma once

#include "runtime/abi/manifest.hpp"

struct Declaration {  // abi::BehaviourDeclaration, with pointers for the linker to fill in
  void (*entry)();
  const char* name;
  const char* signature;
  std::uint32_t message_bytes, inbox_slots = 0;
};
struct ProgramDeclaration {
  const char* name;
  std::uint64_t cores;
  const char* root;
};
static_assert(sizeof(Declaration) == sizeof(troupe::abi::BehaviourDeclaration));
static_assert(sizeof(ProgramDeclaration) == sizeof(troupe::abi::ProgramDeclaration));

#define BEHAVIOUR(NAME, SIGNATURE, MESSAGE_BYTES)                                          \
  extern "C" void NAME() {}                                                                \
  [[gnu::used, gnu::section(".troupe.behaviours")]] const Declaration NAME##_declaration { \
    NAME, #NAME, SIGNATURE, MESSAGE_BYTES                                                  \
  }

#define PROGRAM(NAME, CORES, ROOT)                                                         \
  [[gnu::used, gnu::section(".troupe.program")]] const ProgramDeclaration NAME##_program { \
    #NAME, CORES, #ROOT                                                                    \
  }

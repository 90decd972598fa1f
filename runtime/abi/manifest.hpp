// The manifest: section `.troupe` of an image, little-endian, version 1. Written by the compiler, read by the
// host (runtime/host/image, a strict reader that checks every offset). An image is an ordinary RISC-V ELF64.
//
// Layout: ManifestHeader, then the tables in the order of the header, then strings (NUL-terminated UTF-8) and
// argument records. Every offset counts from the start of the section; every table is 8-byte aligned. `name`
// fields are offsets of strings. Cores are lease-relative (0 .. cores_required-1); the host maps them to
// tiles.
#pragma once

#include <cstdint>

namespace troupe::abi {

inline constexpr char kManifestSection[] = ".troupe";
inline constexpr char kDataSection[] = ".troupe.data";  // not loaded: contents of the data segments
inline constexpr std::uint64_t kManifestMagic = 0x00004550554f5254;  // "TROUPE\0\0"
inline constexpr std::uint32_t kManifestVersion = 1;

struct Table {
  std::uint32_t offset, count;
};

struct ManifestHeader {
  std::uint64_t magic;
  std::uint32_t version, bytes;  // bytes of the whole section
  std::uint32_t name;            // of the program
  std::uint32_t cores_required;
  std::uint32_t root_actor;  // index; its return or exit() ends the program
  std::uint32_t reserved;    // 0
  Table behaviours, actors, edges, segments, arguments, strings;  // strings: count = bytes
};

// What an actor runs.
struct BehaviourRecord {
  std::uint32_t name;       // as written in the program: "source"
  std::uint32_t signature;  // parameter kinds, one letter each (signature letters below)
  std::uint64_t entry;      // L1 address of its entry (device runtime's thunk)
};

// A static actor. Its mailbox has slots x slot_bytes; slots = 0: it has none.
struct ActorRecord {
  std::uint32_t name, behaviour;
  std::uint32_t core;
  std::uint32_t slots, slot_bytes;
  std::uint32_t first_argument, argument_count;  // into `arguments`, in parameter order
  std::uint32_t line;                            // of the source file that declares it, 0 = unknown
};

// Static credits: `from` may have `credits` messages in `to`'s mailbox without asking.
// The credits of all edges to a mailbox add up to at most its slots.
struct EdgeRecord {
  std::uint32_t from, to, credits, reserved;
};

// A data segment, put into DRAM before the program starts. `dram` counts the chip's DRAM tiles modulo their
// number; `file_offset` counts from the start of section .troupe.data.
struct SegmentRecord {
  std::uint32_t name, dram;
  std::uint64_t file_offset, bytes, dram_offset;
};

// One argument of a static actor. Signature letters in brackets; [x] is a parameter of any other type, which
// only a spawn can give.
enum class ArgumentKind : std::uint32_t {
  inbox = 1,    // [i] the actor's own mailbox; value = 0
  address = 2,  // [a] value = index of an actor whose mailbox it names
  integer = 3,  // [n] value = two's complement
  real = 4,     // [r] value = bits of an IEEE double
  segment = 5,  // [d] value = index of a segment
};
struct ArgumentRecord {
  ArgumentKind kind;
  std::uint32_t reserved;
  std::uint64_t value;
};

// What the host writes into each leased core before it starts: the boot block, at the first 64-byte boundary
// at or after symbol __image_end; a0 holds its address at the entry point. Pointers are L1 addresses.
struct BootArgument {
  ArgumentKind kind;
  std::uint32_t reserved;
  std::uint64_t value;  // inbox, address: abi::Address; integer, real: the bits; segment: abi::Location
  std::uint64_t bytes;  // segment: its length
};
struct BootActor {
  std::uint64_t address;  // abi::Address of its mailbox; slots = 0: a slot of its own without a ring
  std::uint64_t entry;
  std::uint64_t ring;  // L1 address; the mailbox is open already
  std::uint32_t slots, slot_bytes;
  std::uint64_t arguments;  // BootArgument[argument_count]
  std::uint32_t argument_count;
  std::uint32_t root;  // 1: the program ends when it returns
};
struct BootBlock {
  std::uint32_t version;     // = kManifestVersion
  std::uint32_t core_index;  // in the lease
  std::uint32_t core_count;
  std::uint32_t actor_count;      // on this core
  std::uint64_t actors;           // BootActor[actor_count]
  std::uint64_t core_tiles;       // u16[core_count]: tile number of each core of the lease
  std::uint64_t host_address;     // mailbox for print, exit and trap
  std::uint64_t runtime_address;  // this core's slot 0: open, ring below
  std::uint64_t runtime_ring;
  std::uint32_t runtime_slots, runtime_slot_bytes;
  std::uint64_t first_free_slot;  // mailbox slots from here on are the runtime's to hand out
  std::uint64_t heap, heap_end;
  std::uint64_t spill, spill_bytes;  // abi::Location: DRAM for messages that do not fit into mailboxes
};
inline constexpr std::uint32_t kRuntimeSlots = 16;  // of a core's slot 0
inline constexpr std::uint32_t kRuntimeSlotBytes = 512;

// Behaviour declarations. The device runtime's macros put one record a behaviour into section
// `.troupe.behaviours` and at most one program record into `.troupe.program` of the object file; the compiler
// reads them from the linked ELF. Neither is needed at run time.
struct BehaviourDeclaration {
  std::uint64_t entry;
  std::uint64_t name;           // address of a NUL-terminated string
  std::uint64_t signature;      // likewise
  std::uint32_t message_bytes;  // sizeof the payload its Inbox takes, 0 = it has no Inbox
  std::uint32_t inbox_slots;    // that its Inbox asks for
};
struct ProgramDeclaration {
  std::uint64_t name;
  std::uint64_t cores_required;
  std::uint64_t root;  // address of the name of the root behaviour
};

// Actors as a debugger finds them: symbol `troupe_actors` is an ActorTable. The host reads it when a program
// deadlocks.
enum class ActorState : std::uint32_t {
  ready = 0,    // or running
  receive = 1,  // waits for a message
  signal = 2,   // for word of an end
  sleep = 3,    // for a cycle
  credit = 4,   // for room in the mailbox `waits_for`
  reply = 5,    // for a memory transaction or a spawn
  done = 6,
};
struct ActorView {
  std::uint64_t address;  // abi::Address
  std::uint64_t entry;    // of its behaviour
  ActorState state;
  std::uint32_t message_type;  // that its mailbox takes
  std::uint64_t waits_for;     // credit: abi::Address of the full mailbox
  std::uint64_t pc;            // where it waits
};
struct ActorSlot {
  std::uint64_t address;  // abi::Address of the actor that has this slot; 0: none
  std::uint64_t view;     // L1 address of its ActorView
};
struct ActorTable {
  std::uint64_t slots;  // L1 address of ActorSlot[count], by mailbox slot
  std::uint64_t count;
};

}  // namespace troupe::abi

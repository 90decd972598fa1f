// What the runtime knows of one actor beside its coroutine frame.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "runtime/abi/manifest.hpp"
#include "runtime/abi/message.hpp"
#include "runtime/device/operation.hpp"

namespace troupe::device {

struct Actor {
  abi::ActorView view = {};   // first, since the host follows `troupe_actors` through them
  Actor* previous = nullptr;  // in the list of views
  Actor* next_ready = nullptr;
  std::coroutine_handle<> frame;   // the behaviour
  std::coroutine_handle<> resume;  // what suspended: the behaviour, or a task it awaits

  // The mailbox. Indices count ring slots; `oldest` .. `next` are received but not yet released.
  std::byte* ring = nullptr;
  std::uint32_t slots = 0, slot_bytes = 0;
  std::uint32_t next = 0, oldest = 0;
  std::uint32_t available = 0;  // arrived, not received
  bool root = false;
  bool owns_ring = false;

  Operation* awaited_reply = nullptr;  // a spawn on another core
  // The last message that a mailbox did not take; the next send there reports it.
  std::uint64_t down_mailbox = 0;
  abi::Status down_status = abi::Status::ok;

  abi::Address address() const { return {view.address}; }
};

// How a behaviour starts: with the manifest's arguments, or with those of a spawn, packed 8-byte aligned.
struct Start {
  const abi::BootArgument* manifest = nullptr;
  const std::byte* packed = nullptr;
};
// Entry of a behaviour: builds its frame, suspended at the start. Null when there is no memory for it.
using Entry = std::coroutine_handle<> (*)(const Start&);

// Payload of SystemType::spawn, with the packed arguments behind it, and of ::spawned.
struct SpawnRequest {
  std::uint64_t entry;
  std::uint64_t reply_to;  // abi::Address of the asking core's runtime
  std::uint64_t cookie;    // comes back in the reply
  std::uint32_t slots, slot_bytes;
};
inline constexpr std::size_t kSpawnArgumentBytes =
    abi::kRuntimeSlotBytes - sizeof(abi::MessageHeader) - sizeof(SpawnRequest);
struct SpawnReply {
  std::uint64_t cookie;
  std::uint64_t address;  // 0: no memory, no slot
};

// A spawn on another core, in the frame of the actor that awaits it; the cookie is its address.
struct RemoteSpawn : Operation {
  abi::Address result = {};
};

}  // namespace troupe::device

// spawn<behaviour>(arguments..., where): creates an actor, on this core or another of the lease.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "runtime/device/behaviour.hpp"

namespace troupe {

// Where an actor goes.
struct near {  // on the core where that actor or mailbox is
  Address<void> address;
};
struct on {  // on this core of the lease, counted from 0
  std::uint32_t core;
};
struct any_core {};
inline constexpr any_core any;  // round robin over the lease, from the spawner's own core on; the default

namespace device {

// The runtime's mailbox of the core meant; 0: there is no such core.
inline abi::Address place(const near& where) {
  const abi::Address a = where.address.raw;
  return abi::Address::make(a.chip(), a.tile(), abi::kRuntimeSlot, runtime().runtime_of(0).generation());
}
inline abi::Address place(const on& where) {
  return where.core < runtime().boot().core_count ? runtime().runtime_of(where.core) : abi::Address{};
}
inline abi::Address place(any_core) {
  return runtime().runtime_of(runtime().next_core());
}

template <class T>
concept Placement = std::is_same_v<T, near> || std::is_same_v<T, on> || std::is_same_v<T, any_core>;

// co_await of a spawn.
template <auto Function>
class [[nodiscard("co_await it: otherwise nothing is spawned")]] Spawn {
  using What = Behaviour<Function>;
  static_assert(What::Shape::kPackedBytes <= kSpawnArgumentBytes, "too many bytes of arguments for a spawn");

 public:
  template <class... Arguments>
  explicit Spawn(abi::Address where, const Arguments&... arguments) : where_(where) {
    What::pack(packet_.arguments, arguments...);
  }

  bool await_ready() {
    Runtime& r = runtime();
    if (!where_) return true;
    if (r.is_own_tile(where_)) {
      operation_.result =
          r.create(&What::entry, What::Mailbox::kSlots, What::Mailbox::kSlotBytes, packet_.arguments);
      return true;
    }
    packet_.request = {reinterpret_cast<std::uint64_t>(&What::entry), r.boot().runtime_address,
                       reinterpret_cast<std::uint64_t>(static_cast<RemoteSpawn*>(&operation_)),
                       What::Mailbox::kSlots, What::Mailbox::kSlotBytes};
    operation_.actor = r.current;
    operation_.target = where_.bits;
    operation_.local = reinterpret_cast<std::uint64_t>(&packet_);
    operation_.length = (sizeof(SpawnRequest) + What::Shape::kPackedBytes) |
                        std::uint64_t{static_cast<std::uint32_t>(abi::SystemType::spawn)} << 32;
    operation_.sender = r.current->view.address;
    operation_.awaits_reply = true;
    r.current->awaited_reply = &operation_;
    if (!r.begin(operation_)) return false;
    r.current->awaited_reply = nullptr;  // it failed at once
    return true;
  }
  void await_suspend(std::coroutine_handle<> h) {
    runtime().suspend(h, abi::ActorState::reply, operation_.target, here());
  }
  // Invalid (false) when that core has no memory or mailbox slot left, is dead, or does not exist.
  Address<typename What::Mailbox::Message> await_resume() const { return {operation_.result}; }

 private:
  abi::Address where_;
  RemoteSpawn operation_;
  struct {
    SpawnRequest request;
    std::byte arguments[What::Shape::kPackedBytes + 8];
  } packet_;
};

template <auto Function, class Tuple, std::size_t... I>
Spawn<Function> spawn_at(abi::Address where, const Tuple& arguments, std::index_sequence<I...>) {
  return Spawn<Function>(where, std::get<I>(arguments)...);
}

}  // namespace device

template <auto Function, class... Arguments>
device::Spawn<Function> spawn(Arguments... arguments) {
  const auto all = std::tuple<Arguments...>(arguments...);
  constexpr std::size_t kCount = sizeof...(Arguments);
  if constexpr (kCount > 0) {
    using Last = std::tuple_element_t<kCount - 1, std::tuple<Arguments..., int>>;
    if constexpr (device::Placement<Last>) {
      return device::spawn_at<Function>(device::place(std::get<kCount - 1>(all)), all,
                                        std::make_index_sequence<kCount - 1>());
    } else {
      return device::spawn_at<Function>(device::place(any), all, std::make_index_sequence<kCount>());
    }
  } else {
    return device::spawn_at<Function>(device::place(any), all, std::index_sequence<>());
  }
}

}  // namespace troupe

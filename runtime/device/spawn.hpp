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

// A spawned actor and the monitor on it.
template <class T>
struct Monitored {
  Address<T> address;
  std::uint64_t reference = 0;
};

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

// co_await of a spawn. Ties: kSpawnLink, kSpawnMonitor, made before either side can end.
template <auto Function, std::uint32_t Ties>
class [[nodiscard("co_await it: otherwise nothing is spawned")]] Spawn {
  using What = Behaviour<Function>;
  using Message = typename What::Mailbox::Message;
  static_assert(What::Shape::kPackedBytes <= kSpawnArgumentBytes, "too many bytes of arguments for a spawn");

 public:
  template <class... Arguments>
  explicit Spawn(abi::Address where, const Arguments&... arguments) : where_(where) {
    What::pack(packet_.arguments, arguments...);
  }

  [[gnu::always_inline]] bool await_ready() {
    Runtime& r = runtime();
    if (Ties == 0 && r.is_own_tile(where_)) {
      operation_.result = r.create(&What::entry, What::Mailbox::kShape, packet_.arguments);
      return true;
    }
    return request(r);
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    runtime().suspend(h, abi::ActorState::reply, operation_.target, here());
    return runtime().next_to_run();
  }
  // An invalid (false) address when that core has no memory or mailbox slot left, is dead, or does not exist.
  auto await_resume() const {
    if constexpr ((Ties & kSpawnMonitor) != 0)
      return Monitored<Message>{{operation_.result}, operation_.result ? operation_.reference : 0};
    else
      return Address<Message>{operation_.result};
  }

 private:
  // Of another core, or with ties.
  [[gnu::noinline]] bool request(Runtime& r) {
    operation_.result = {};
    operation_.reference = Ties != 0 ? r.next_reference() : 0;
    if (!where_) return true;
    packet_.request = {reinterpret_cast<std::uint64_t>(&What::entry),
                       r.boot().runtime_address,
                       reinterpret_cast<std::uint64_t>(&operation_),
                       r.current->view.address,
                       operation_.reference,
                       What::Mailbox::kShape,
                       Ties};
    if (r.is_own_tile(where_)) {
      operation_.result = r.create_tied(packet_.request);
      return true;
    }
    operation_.prepare(r.current, where_.bits, &packet_, sizeof(SpawnRequest) + What::Shape::kPackedBytes,
                       static_cast<std::uint32_t>(abi::SystemType::spawn), r.current->view.address);
    operation_.awaits_reply = true;
    operation_.ties = Ties;
    r.current->operation = &operation_;
    if (!r.watches_core(where_.bits >> 40))
      r.watch_core(where_.bits >> 40);  // so that its death ends the wait
    if (r.is_quiet() && r.send_remote_now(where_, &packet_, operation_.length)) [[likely]]
      return false;
    return r.begin(operation_);
  }

  abi::Address where_;
  RemoteSpawn operation_;
  struct {
    SpawnRequest request;
    std::byte arguments[What::Shape::kPackedBytes + 8];
  } packet_;
};

template <auto Function, std::uint32_t Ties, class Tuple, std::size_t... I>
Spawn<Function, Ties> spawn_at(abi::Address where, const Tuple& arguments, std::index_sequence<I...>) {
  return Spawn<Function, Ties>(where, std::get<I>(arguments)...);
}

template <auto Function, std::uint32_t Ties, class... Arguments>
Spawn<Function, Ties> spawn_with(Arguments... arguments) {
  const auto all = std::tuple<Arguments...>(arguments...);
  constexpr std::size_t kCount = sizeof...(Arguments);
  if constexpr (kCount > 0) {
    using Last = std::tuple_element_t<kCount - 1, std::tuple<Arguments..., int>>;
    if constexpr (Placement<Last>) {
      return spawn_at<Function, Ties>(place(std::get<kCount - 1>(all)), all,
                                      std::make_index_sequence<kCount - 1>());
    } else {
      return spawn_at<Function, Ties>(place(any), all, std::make_index_sequence<kCount>());
    }
  } else {
    return spawn_at<Function, Ties>(place(any), all, std::index_sequence<>());
  }
}

}  // namespace device

template <auto Function, class... Arguments>
device::Spawn<Function, 0> spawn(Arguments... arguments) {
  return device::spawn_with<Function, 0>(arguments...);
}
// Linked to the spawner from its first instruction on.
template <auto Function, class... Arguments>
device::Spawn<Function, device::kSpawnLink> spawn_link(Arguments... arguments) {
  return device::spawn_with<Function, device::kSpawnLink>(arguments...);
}
// Monitored by the spawner; gives a Monitored.
template <auto Function, class... Arguments>
device::Spawn<Function, device::kSpawnMonitor> spawn_monitor(Arguments... arguments) {
  return device::spawn_with<Function, device::kSpawnMonitor>(arguments...);
}

}  // namespace troupe

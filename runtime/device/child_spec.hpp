// What a supervisor knows of a child: what it runs, where, and what happens when it ends.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "runtime/device/behaviour.hpp"
#include "runtime/device/spawn.hpp"

namespace troupe {

// Of a child, among those of its supervisor: at most 15 characters.
struct Name {
  static constexpr std::size_t kLengthMax = 15;
  char text[kLengthMax + 1] = {};

  constexpr Name() = default;
  template <std::size_t N>
  constexpr Name(const char (&literal)[N]) {
    static_assert(N <= kLengthMax + 1, "a name has at most 15 characters");
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  friend constexpr bool operator==(const Name&, const Name&) = default;
};

// After which ends a child is started again.
enum class Restart : std::uint8_t {
  permanent,  // all
  transient,  // all but normal and shutdown
  temporary,  // none; its supervisor forgets it
};

enum class ChildType : std::uint8_t { worker, supervisor };

// How a supervisor ends a child: cycles that it has to end by itself after being asked, before it is killed.
inline constexpr std::uint64_t kBrutalKill = 0;  // it is not asked; kForever: it is never killed
inline constexpr std::uint64_t kShutdownCycles = 1'000'000;

// child<behaviour>("name", arguments...) makes one; the functions change what is not as usual:
// child<till>("till", 3).restart(Restart::transient).at(on(2)). Can be sent.
struct ChildSpec {
  static constexpr std::size_t kArgumentWords = 8;

  Name name;
  device::Entry entry = nullptr;
  std::uint64_t shutdown_cycles = kShutdownCycles;
  std::uint64_t place = 0;  // core, or bits of an address
  std::uint32_t message_type = 0;
  device::MailboxShape mailbox = {};
  Restart restart_kind = Restart::permanent;
  ChildType type = ChildType::worker;
  bool awaits_start = false;  // the supervisor goes on when the child has called started()
  enum class Where : std::uint8_t { any, on, near } where = Where::any;
  std::uint16_t argument_bytes = 0;
  std::uint64_t arguments[kArgumentWords] = {};  // packed

  constexpr ChildSpec restart(Restart kind) const {
    ChildSpec spec = *this;
    spec.restart_kind = kind;
    return spec;
  }
  constexpr ChildSpec shutdown(std::uint64_t cycles) const {
    ChildSpec spec = *this;
    spec.shutdown_cycles = cycles;
    return spec;
  }
  constexpr ChildSpec awaiting_start() const {
    ChildSpec spec = *this;
    spec.awaits_start = true;
    return spec;
  }
  // Where it starts first. Again it starts on the core where it ended; a core that cannot take it, because it
  // is dead or has no memory, is replaced by the next one of the lease that can.
  template <device::Placement P>
  constexpr ChildSpec at(const P& placement) const {
    ChildSpec spec = *this;
    if constexpr (std::is_same_v<P, on>) {
      spec.where = Where::on;
      spec.place = placement.core;
    } else if constexpr (std::is_same_v<P, near>) {
      spec.where = Where::near;
      spec.place = placement.address.raw.bits;
    } else {
      spec.where = Where::any;
    }
    return spec;
  }
};

template <auto Function, class... Arguments>
ChildSpec child(const Name& name, const Arguments&... arguments) {
  using What = Behaviour<Function>;
  static_assert(What::Shape::kPackedBytes <= sizeof ChildSpec::arguments,
                "a supervised child has at most 64 bytes of arguments");
  ChildSpec spec;
  spec.name = name;
  spec.entry = &What::entry;
  spec.mailbox = What::Mailbox::kShape;
  if constexpr (What::Shape::kInboxes != 0)
    spec.message_type = device::message_type<typename What::Mailbox::Message>();
  spec.argument_bytes = What::Shape::kPackedBytes;
  What::pack(reinterpret_cast<std::byte*>(spec.arguments), arguments...);
  return spec;
}

// A child that is a supervisor itself: the next child waits for its children, and it has any time to end
// them.
template <auto Function, class... Arguments>
ChildSpec child_supervisor(const Name& name, const Arguments&... arguments) {
  ChildSpec spec = child<Function>(name, arguments...);
  spec.type = ChildType::supervisor;
  spec.shutdown_cycles = kForever;
  spec.awaits_start = true;
  return spec;
}

namespace device {

// co_await of a linked spawn from a spec, on the core with that runtime's mailbox; a false address when that
// core cannot take it.
class [[nodiscard("co_await it: otherwise nothing is spawned")]] SpawnChild {
 public:
  SpawnChild(const ChildSpec& spec, abi::Address where) : where_(where) {
    packet_.request = {reinterpret_cast<std::uint64_t>(spec.entry), 0, 0, 0, 0, spec.mailbox, kSpawnLink};
    const std::size_t words = spec.argument_bytes / sizeof(std::uint64_t);
    for (std::size_t i = 0; i < words; ++i) packet_.arguments[i] = spec.arguments[i];
    bytes_ = static_cast<std::uint32_t>(sizeof(SpawnRequest) + spec.argument_bytes);
  }

  // On this core, without a wait.
  Address<void> spawn_here() {
    packet_.request.parent = runtime().current->view.address;
    return {runtime().create_tied(packet_.request)};
  }
  bool await_ready() {
    Runtime& r = runtime();
    if (r.is_own_tile(where_)) {
      operation_.result = spawn_here().raw;
      return true;
    }
    packet_.request.reply_to = r.boot().runtime_address;
    packet_.request.cookie = reinterpret_cast<std::uint64_t>(&operation_);
    packet_.request.parent = r.current->view.address;
    operation_.result = {};
    operation_.prepare(r.current, where_.bits, &packet_, bytes_,
                       static_cast<std::uint32_t>(abi::SystemType::spawn), r.current->view.address);
    operation_.awaits_reply = true;
    operation_.ties = kSpawnLink;
    operation_.reference = 0;
    r.watch_core(where_.bits >> 40);
    r.current->operation = &operation_;
    return r.begin(operation_);
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) {
    runtime().suspend(h, abi::ActorState::reply, operation_.target, here());
    return runtime().next_to_run();
  }
  Address<void> await_resume() const { return {operation_.result}; }

 private:
  abi::Address where_;
  std::uint32_t bytes_;
  RemoteSpawn operation_;
  struct {
    SpawnRequest request;
    std::uint64_t arguments[ChildSpec::kArgumentWords];
  } packet_;
};
static_assert(sizeof(SpawnRequest) % 8 == 0);

}  // namespace device

}  // namespace troupe

// Supervisors as in Erlang/OTP: actors that start others, end them, and start them again when they end.
//
//   actor shop(Inbox<SupervisorRequest> in) {
//     Supervisor supervisor({.strategy = Strategy::rest_for_one, .intensity = 3, .period_cycles =
//     1'000'000}); supervisor.add(child<stock>("stock")); supervisor.add(child<till>("till",
//     2).restart(Restart::transient)); co_await supervisor.run(in);
//   }
//
// What happens in which order is that of OTP's supervisor.erl (version 25): tests/runtime/otp compares.
#pragma once

#include <cstdint>

#include "runtime/device/call.hpp"
#include "runtime/device/child_spec.hpp"

namespace troupe {

// Who else is started again with a child that has ended.
enum class Strategy : std::uint8_t {
  one_for_one,         // nobody
  one_for_all,         // all children
  rest_for_one,        // those that were started after it
  simple_one_for_one,  // nobody; all children are of one spec, and each is started by a start_child()
};

// More than `intensity` restarts in `period_cycles` are too many: the supervisor ends its children and
// itself.
struct SupervisorFlags {
  Strategy strategy = Strategy::one_for_one;
  std::uint32_t intensity = 1;
  std::uint64_t period_cycles = 5'000'000;
};

enum class SupervisorStatus : std::uint8_t {
  ok,
  not_found,        // no child of that name or address
  already_present,  // start_child: there is one of that name, not running
  already_started,  // ... and running
  running,          // restart_child, delete_child: it is
  restarting,       // ... it is about to be
  start_failed,     // it ended before it was ready, or no core could take it
  wrong_strategy,   // not with simple_one_for_one, or only with it
  other_behaviour,  // start_child: not that of the one spec; child_address: its mailbox takes another type
  no_memory,        // the supervisor's core has none for one more child
  no_supervisor,    // it has ended
};

enum class ChildState : std::uint8_t { stopped, running, restarting };

struct ChildInfo {
  Name name;
  Address<void> address;  // running: its
  ChildState state;
  ChildType type;
};

struct ChildCounts {
  std::uint32_t specs, active, supervisors, workers;
};

// To a supervisor; the functions below send it.
struct SupervisorRequest {
  enum class Kind : std::uint32_t { start, terminate, restart, remove, find, count, list };
  Kind kind;
  std::uint32_t first;         // list: so many children are left out
  std::uint32_t message_type;  // find: that its mailbox has to take
  std::uint32_t reserved;
  Address<void> back_to;
  Address<void> child;  // terminate, when it is not named
  ChildSpec spec;       // start; the others use its name
};

struct SupervisorReply {
  SupervisorStatus status;
  Address<void> child;
  ChildCounts counts;
};

// What which_children() finds: the youngest child first, as in OTP.
struct ChildPage {
  static constexpr std::uint32_t kChildren = 8;
  SupervisorStatus status;
  std::uint32_t total, here;  // children that there are, and that stand here
  ChildInfo children[kChildren];
};

using SupervisorAddress = Address<SupervisorRequest>;

// The supervisor inside an actor. Its children are linked to it; it ends with the actor that spawned it
// linked.
class Supervisor {
 public:
  explicit Supervisor(const SupervisorFlags& flags = {});
  // A child to be started by run(), after those that were added before; simple_one_for_one: the one spec.
  void add(const ChildSpec& spec);
  // Starts the children, then serves them until it ends; does not return.
  template <std::uint32_t Slots, Overflow Full>
  task<> run(Inbox<SupervisorRequest, Slots, Full>& in);

 private:
  struct Child {
    Child *next, *previous;  // in the order of start; simple_one_for_one: of the latest one
    ChildSpec spec;
    Address<void> address;    // 0: it does not run
    std::uint64_t ended;      // not 0: it has ended, as the so manyeth, and nothing was done about it yet
    std::uint64_t reference;  // of the monitor while it is being ended
    std::uint64_t deadline;   // ... and when it will be killed; kForever: never
    ExitReason reason;
    std::uint32_t core;  // where it runs or ran
    bool placed, restarting;
  };
  static constexpr ExitReason kShutdown = {ExitKind::shutdown, 0, 0, 0};

  bool is_simple() const { return flags_.strategy == Strategy::simple_one_for_one; }
  void put_last(Child& child);
  void take_out(Child& child);
  Child* append(const ChildSpec& spec);
  void erase(Child& child);
  void forget(Child& child);
  Child* find(const Name& name) const;
  Child* find(Address<void> address) const;
  Child* oldest_end() const;
  void note(const device::Signal& down);
  bool count_restart();
  std::uint32_t first_core(Child& child);

  task<bool> start(Child& child);
  task<bool> await_start(Child& child);
  task<> start_from(Child* child);
  void begin_end(Child& child);
  task<> await_end(Child& child);
  task<> end_child(Child& child);
  task<> end_from(Child* child);
  task<> end_all();
  [[nodiscard]] task<> end(ExitReason reason);
  enum class Next : std::uint8_t { nothing, restart, end };
  Next take_end(Child& child);
  Next act(Child*& ended);
  void settle(Child& child);
  task<> restart(Child& child);
  task<> retry();

  task<> serve(SupervisorRequest request);
  task<SupervisorReply> start_new(const ChildSpec& spec);
  task<SupervisorReply> start_dynamic(const ChildSpec& spec);
  task<SupervisorReply> terminate(const SupervisorRequest& request);
  task<SupervisorReply> restart_stopped(const Name& name);
  SupervisorReply remove(const Name& name);
  SupervisorReply address_of(const SupervisorRequest& request) const;
  ChildCounts count() const;
  ChildPage list(std::uint32_t first) const;

  SupervisorFlags flags_;
  Child* first_ = nullptr;
  Child* last_ = nullptr;
  ChildSpec template_;  // simple_one_for_one
  bool has_template_ = false, retry_due_ = false, parent_ended_ = false;
  std::uint64_t ends_ = 0;             // noted so far
  std::uint32_t unsettled_ = 0;        // ... of these wait to be acted upon
  std::uint64_t* restarts_ = nullptr;  // cycles of the last `intensity` ones, a ring
  std::uint32_t restart_count_ = 0, restart_next_ = 0;
  abi::Address parent_;
  ExitReason parent_reason_;
};

// --- Questions to a supervisor, by any actor. A supervisor answers between two restarts.

// Starts one more child, the last in the order; simple_one_for_one: one of its spec, with these arguments.
task<SupervisorReply> start_child(SupervisorAddress supervisor, const ChildSpec& spec);
// simple_one_for_one: with the arguments of the spec.
task<SupervisorReply> start_child(SupervisorAddress supervisor);
// Ends a child, which keeps its place unless it is temporary. simple_one_for_one: by address.
task<SupervisorReply> terminate_child(SupervisorAddress supervisor, const Name& name);
task<SupervisorReply> terminate_child(SupervisorAddress supervisor, Address<void> child);
// Starts a child that does not run. No restart, so it is not counted as one.
task<SupervisorReply> restart_child(SupervisorAddress supervisor, const Name& name);
// Takes a child that does not run out of the order.
task<SupervisorReply> delete_child(SupervisorAddress supervisor, const Name& name);
task<SupervisorReply> count_children(SupervisorAddress supervisor);
task<ChildPage> which_children(SupervisorAddress supervisor, std::uint32_t first = 0);
// Where the child is now: a restarted one has a new address. False: it does not run, or takes other messages.
template <class T>
task<Address<T>> child_address(SupervisorAddress supervisor, Name name);

}  // namespace troupe

#include "runtime/device/supervision.hpp"

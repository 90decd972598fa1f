// How a Supervisor works, and the questions to one.
#pragma once

#include <new>

#include "runtime/device/supervisor.hpp"

namespace troupe {

// --- Children. Their memory is the actor's own, and so goes with it.

inline Supervisor::Supervisor(const SupervisorFlags& flags) : flags_(flags) {
  if (flags.intensity == 0) return;
  device::Item* item = device::runtime().allocate_owned(flags.intensity * sizeof(std::uint64_t));
  if (!item) device::fault("no memory for the restarts that a supervisor remembers");
  restarts_ = reinterpret_cast<std::uint64_t*>(item->payload());
}

inline void Supervisor::add(const ChildSpec& spec) {
  if (is_simple()) {
    if (has_template_) device::fault("simple_one_for_one: a supervisor has one spec");
    template_ = spec;
    has_template_ = true;
    return;
  }
  if (find(spec.name)) device::fault("two children of a supervisor have the same name");
  if (!append(spec)) device::fault("no memory for a supervisor's child");
}

inline void Supervisor::put_last(Child& child) {
  child.next = nullptr;
  child.previous = last_;
  (last_ ? last_->next : first_) = &child;
  last_ = &child;
}

inline void Supervisor::take_out(Child& child) {
  (child.previous ? child.previous->next : first_) = child.next;
  (child.next ? child.next->previous : last_) = child.previous;
}

inline Supervisor::Child* Supervisor::append(const ChildSpec& spec) {
  device::Item* item = device::runtime().allocate_owned(sizeof(Child));
  if (!item) return nullptr;
  auto* child = new (item->payload()) Child{nullptr, nullptr, spec, {}, 0, 0, 0, {}, 0, false, false};
  put_last(*child);
  return child;
}

inline void Supervisor::erase(Child& child) {
  take_out(child);
  device::runtime().release_owned(*device::Item::of(&child));
}

// A child that ended for good: its spec stays where restart_child() can name it.
inline void Supervisor::forget(Child& child) {
  if (is_simple() || child.spec.restart_kind == Restart::temporary) erase(child);
}

inline Supervisor::Child* Supervisor::find(const Name& name) const {
  for (Child* c = first_; c; c = c->next) {
    if (c->spec.name == name) return c;
  }
  return nullptr;
}

inline Supervisor::Child* Supervisor::find(Address<void> address) const {
  for (Child* c = first_; c && address; c = c->next) {
    if (c->address == address) return c;
  }
  return nullptr;
}

inline Supervisor::Child* Supervisor::oldest_end() const {
  Child* oldest = nullptr;
  for (Child* c = first_; c; c = c->next) {
    if (c->ended != 0 && (!oldest || c->ended < oldest->ended)) oldest = c;
  }
  return oldest;
}

// Word of an end, to be acted upon when the supervisor has finished what it does now.
inline void Supervisor::note(const device::Signal& down) {
  if (down.reference != 0) return;  // of a child that ended while it was started or ended
  const Address<void> from{{down.from}};
  if (Child* child = find(from)) {
    if (child->ended != 0) return;
    child->ended = ++ends_;
    ++unsettled_;
    child->reason = down.reason;
  } else if (!parent_ || from.raw == parent_) {
    parent_ended_ = true;
    parent_reason_ = down.reason;
  }
}

// It does not run, and its end, if there was one, has been dealt with.
inline void Supervisor::settle(Child& child) {
  if (child.ended != 0) --unsettled_;
  child.ended = 0;
  child.address = {};
}

// --- Starts and ends.

inline std::uint32_t Supervisor::first_core(Child& child) {
  device::Runtime& r = device::runtime();
  if (child.placed) return child.core;
  child.placed = true;
  if (child.spec.where == ChildSpec::Where::on && child.spec.place < core_count())
    return static_cast<std::uint32_t>(child.spec.place);
  if (child.spec.where == ChildSpec::Where::near) {
    for (std::uint32_t core = 0; core < core_count(); ++core) {
      if (r.runtime_of(core).bits >> 40 == child.spec.place >> 40) return core;
    }
  }
  return r.next_core();
}

// False: no core of the lease can take it, or it ended before it was ready.
inline task<bool> Supervisor::start(Child& child) {
  child.core = first_core(child);
  for (std::uint32_t left = core_count(); left != 0; --left) {
    child.address = co_await device::SpawnChild(child.spec, device::runtime().runtime_of(child.core));
    if (child.address) break;
    child.core = child.core + 1 == core_count() ? 0 : child.core + 1;
  }
  child.restarting = false;
  if (!child.address) co_return false;
  if (child.spec.awaits_start) co_return co_await await_start(child);
  co_return true;
}

inline task<bool> Supervisor::await_start(Child& child) {
  for (;;) {
    const Down word = *co_await next_down();
    if (word.from == child.address && word.reference == device::kStartReference) co_return true;
    if (word.from == child.address && word.reference == 0) {
      child.address = {};
      co_return false;
    }
    note({word.reason, word.from.raw.bits, word.reference});
  }
}

// Starts all from that one on; where one fails, a retry goes on.
inline task<> Supervisor::start_from(Child* child) {
  for (Child* c = child; c; c = c->next) {
    if (c->address || co_await start(*c)) continue;
    c->restarting = retry_due_ = true;
    co_return;
  }
}

// Asks the child to end. The monitor tells of it even if the child has undone its link.
inline void Supervisor::begin_end(Child& child) {
  child.restarting = false;
  child.reference = 0;
  if (!child.address || child.ended != 0) return;
  child.reference = monitor(child.address);
  unlink(child.address);
  const std::uint64_t patience = child.spec.shutdown_cycles;
  child.deadline = patience == kForever ? kForever : cycles() + patience;
  if (patience == kBrutalKill)
    kill(child.address);
  else
    stop(child.address, kShutdown);
}

inline task<> Supervisor::await_end(Child& child) {
  while (child.reference != 0) {
    std::uint64_t left = kForever;
    if (child.deadline != kForever) left = child.deadline > cycles() ? child.deadline - cycles() : 0;
    const auto word = co_await next_down(left);
    if (!word) {
      kill(child.address);
      child.deadline = kForever;
    } else if (word->reference != 0) {
      // Of several that are ended at once, each may be told of first.
      for (Child* c = first_; c; c = c->next) {
        if (c->reference == word->reference) c->reference = 0;
      }
    } else if (word->from != child.address) {
      note({word->reason, word->from.raw.bits, word->reference});
    }
  }
  settle(child);
}

inline task<> Supervisor::end_child(Child& child) {
  begin_end(child);
  co_await await_end(child);
}

// Ends the last one first, down to this one.
inline task<> Supervisor::end_from(Child* child) {
  for (Child* c = last_; c;) {
    Child* const before = c->previous;
    const bool is_last = c == child;
    co_await end_child(*c);
    if (c->spec.restart_kind == Restart::temporary) erase(*c);
    if (is_last) co_return;
    c = before;
  }
}

inline task<> Supervisor::end_all() {
  if (!is_simple()) {
    if (first_) co_await end_from(first_);
    co_return;
  }
  for (Child* c = first_; c; c = c->next) begin_end(*c);
  for (Child* c = first_; c; c = c->next) co_await await_end(*c);
}

inline task<> Supervisor::end(ExitReason reason) {
  co_await end_all();
  co_await quit(reason);
}

// --- Restarts.

// One restart more. False: it is one too many in the period.
inline bool Supervisor::count_restart() {
  if (flags_.intensity == 0) return false;
  const std::uint64_t now = cycles();
  std::uint64_t& oldest = restarts_[restart_next_];  // of the last `intensity` ones
  if (restart_count_ == flags_.intensity && now - oldest <= flags_.period_cycles) return false;
  oldest = now;
  restart_next_ = restart_next_ + 1 == flags_.intensity ? 0 : restart_next_ + 1;
  if (restart_count_ != flags_.intensity) ++restart_count_;
  return true;
}

// The usual restart, of one child alone and on this core, is done here: it waits for nothing, and tasks would
// double what it costs.
inline Supervisor::Next Supervisor::take_end(Child& child) {
  settle(child);
  const Restart kind = child.spec.restart_kind;
  if (kind == Restart::temporary || (kind == Restart::transient && child.reason.is_normal())) {
    forget(child);
    return Next::nothing;
  }
  if (!count_restart()) return Next::end;
  const bool alone = is_simple() || flags_.strategy == Strategy::one_for_one;
  if (!alone || child.spec.awaits_start || child.core != core_index()) return Next::restart;
  if (is_simple()) {
    take_out(child);
    put_last(child);
  }
  child.address = device::SpawnChild(child.spec, {}).spawn_here();
  return child.address ? Next::nothing : Next::restart;
}

inline task<> Supervisor::restart(Child& child) {
  Child* from = &child;
  switch (flags_.strategy) {
    case Strategy::simple_one_for_one:
      take_out(child);
      put_last(child);
      [[fallthrough]];
    case Strategy::one_for_one:
      if (!co_await start(child)) child.restarting = retry_due_ = true;
      co_return;
    case Strategy::one_for_all:
      from = first_;
      break;
    case Strategy::rest_for_one:
      break;
  }
  // `from` itself may be temporary, and then is no more.
  Child* const before = from->previous;
  co_await end_from(from);
  co_await start_from(before ? before->next : first_);
}

// A start that failed is tried again, and counts as a restart each time.
inline task<> Supervisor::retry() {
  retry_due_ = false;
  Child* child = first_;
  while (child && !child->restarting) child = child->next;
  if (!child) co_return;
  if (!count_restart()) co_await end(kShutdown);
  co_await yield();
  co_await restart(*child);
}

// Deals with ends as far as that needs no wait.
inline Supervisor::Next Supervisor::act(Child*& ended) {
  for (;;) {
    if (parent_ended_) return Next::end;
    if (unsettled_ != 0) {
      ended = oldest_end();
      const Next next = take_end(*ended);
      if (next != Next::nothing) return next;
    }
    if (unsettled_ != 0) continue;
    device::Runtime& r = device::runtime();
    device::Signal signal;
    if (!r.has_signals() || !r.take_signal(signal, false)) return Next::nothing;
    note(signal);
  }
}

template <std::uint32_t Slots, Overflow Full>
task<> Supervisor::run(Inbox<SupervisorRequest, Slots, Full>& in) {
  device::Runtime& r = device::runtime();
  parent_ = r.oldest_link();
  trap_exits();
  if (!r.hear_starts()) device::fault("no memory for a supervisor");
  if (is_simple() && !has_template_) device::fault("simple_one_for_one: a supervisor has one spec");
  co_await start_from(first_);
  if (retry_due_) co_await end(kShutdown);
  started();
  device::Patience patience(kForever);
  for (;;) {
    Child* ended = nullptr;
    const Next next = act(ended);
    if (next == Next::end) co_await end(parent_ended_ ? parent_reason_ : kShutdown);
    if (next == Next::restart) {
      co_await restart(*ended);
      continue;
    }
    const bool retries = retry_due_;
    if (in.ready()) {
      co_await serve(co_await in.receive());
    } else if (!retries) {
      co_await device::WaitForNews(patience, abi::ActorState::receive);
    }
    if (retries) co_await retry();
  }
}

// --- Requests.

inline task<> Supervisor::serve(SupervisorRequest request) {
  using Kind = SupervisorRequest::Kind;
  if (request.kind == Kind::list) {
    const ChildPage page = list(request.first);
    co_await Address<ChildPage>{request.back_to.raw}.send(page);
    co_return;
  }
  SupervisorReply reply{SupervisorStatus::ok, {}, {}};
  switch (request.kind) {
    case Kind::start:
      reply = is_simple() ? co_await start_dynamic(request.spec) : co_await start_new(request.spec);
      break;
    case Kind::terminate:
      reply = co_await terminate(request);
      break;
    case Kind::restart:
      reply = co_await restart_stopped(request.spec.name);
      break;
    case Kind::remove:
      reply = remove(request.spec.name);
      break;
    case Kind::find:
      reply = address_of(request);
      break;
    case Kind::count:
      reply.counts = count();
      break;
    case Kind::list:
      break;
  }
  co_await Address<SupervisorReply>{request.back_to.raw}.send(reply);
}

inline task<SupervisorReply> Supervisor::start_new(const ChildSpec& spec) {
  if (!spec.entry) co_return SupervisorReply{SupervisorStatus::wrong_strategy, {}, {}};
  if (const Child* present = find(spec.name)) {
    const auto status =
        present->address ? SupervisorStatus::already_started : SupervisorStatus::already_present;
    co_return SupervisorReply{status, present->address, {}};
  }
  Child* child = append(spec);
  if (!child) co_return SupervisorReply{SupervisorStatus::no_memory, {}, {}};
  if (co_await start(*child)) co_return SupervisorReply{SupervisorStatus::ok, child->address, {}};
  erase(*child);
  co_return SupervisorReply{SupervisorStatus::start_failed, {}, {}};
}

inline task<SupervisorReply> Supervisor::start_dynamic(const ChildSpec& spec) {
  ChildSpec made = template_;
  if (spec.entry) {
    if (spec.entry != template_.entry) co_return SupervisorReply{SupervisorStatus::other_behaviour, {}, {}};
    __builtin_memcpy(made.arguments, spec.arguments, spec.argument_bytes);
  }
  Child* child = append(made);
  if (!child) co_return SupervisorReply{SupervisorStatus::no_memory, {}, {}};
  if (co_await start(*child)) co_return SupervisorReply{SupervisorStatus::ok, child->address, {}};
  erase(*child);
  co_return SupervisorReply{SupervisorStatus::start_failed, {}, {}};
}

inline task<SupervisorReply> Supervisor::terminate(const SupervisorRequest& request) {
  if (is_simple() && !request.child) co_return SupervisorReply{SupervisorStatus::wrong_strategy, {}, {}};
  Child* child = request.child ? find(request.child) : find(request.spec.name);
  if (!child) co_return SupervisorReply{SupervisorStatus::not_found, {}, {}};
  co_await end_child(*child);
  forget(*child);
  co_return SupervisorReply{SupervisorStatus::ok, {}, {}};
}

inline task<SupervisorReply> Supervisor::restart_stopped(const Name& name) {
  if (is_simple()) co_return SupervisorReply{SupervisorStatus::wrong_strategy, {}, {}};
  Child* child = find(name);
  if (!child) co_return SupervisorReply{SupervisorStatus::not_found, {}, {}};
  if (child->restarting) co_return SupervisorReply{SupervisorStatus::restarting, {}, {}};
  if (child->address) co_return SupervisorReply{SupervisorStatus::running, {}, {}};
  const bool starts = co_await start(*child);
  const auto status = starts ? SupervisorStatus::ok : SupervisorStatus::start_failed;
  co_return SupervisorReply{status, child->address, {}};
}

inline SupervisorReply Supervisor::remove(const Name& name) {
  if (is_simple()) return {SupervisorStatus::wrong_strategy, {}, {}};
  Child* child = find(name);
  if (!child) return {SupervisorStatus::not_found, {}, {}};
  if (child->restarting) return {SupervisorStatus::restarting, {}, {}};
  if (child->address) return {SupervisorStatus::running, {}, {}};
  erase(*child);
  return {SupervisorStatus::ok, {}, {}};
}

inline SupervisorReply Supervisor::address_of(const SupervisorRequest& request) const {
  const Child* child = find(request.spec.name);
  if (!child || !child->address) return {SupervisorStatus::not_found, {}, {}};
  if (child->spec.message_type != request.message_type) return {SupervisorStatus::other_behaviour, {}, {}};
  return {SupervisorStatus::ok, child->address, {}};
}

inline ChildCounts Supervisor::count() const {
  ChildCounts counts{};
  for (const Child* c = first_; c; c = c->next) {
    ++counts.specs;
    counts.active += c->address ? 1 : 0;
    ++(c->spec.type == ChildType::supervisor ? counts.supervisors : counts.workers);
  }
  if (is_simple()) counts.specs = 1;
  return counts;
}

inline ChildPage Supervisor::list(std::uint32_t first) const {
  ChildPage page{};
  for (const Child* c = last_; c; c = c->previous) {
    const std::uint32_t index = page.total++;
    if (index < first || page.here == ChildPage::kChildren) continue;
    const ChildState state = c->restarting ? ChildState::restarting
                             : c->address  ? ChildState::running
                                           : ChildState::stopped;
    page.children[page.here++] = {c->spec.name, c->address, state, c->spec.type};
  }
  return page;
}

// --- The questions.

namespace device {

inline task<SupervisorReply> ask(SupervisorAddress supervisor, SupervisorRequest request) {
  const Called<SupervisorReply> called = co_await call<SupervisorReply>(supervisor, request);
  if (called) co_return *called;
  const auto status =
      called.status == CallStatus::no_memory ? SupervisorStatus::no_memory : SupervisorStatus::no_supervisor;
  co_return SupervisorReply{status, {}, {}};
}

inline SupervisorRequest request_for(SupervisorRequest::Kind kind, const Name& name = {}) {
  SupervisorRequest request{kind, 0, 0, 0, {}, {}, {}};
  request.spec.name = name;
  return request;
}

}  // namespace device

inline task<SupervisorReply> start_child(SupervisorAddress supervisor, const ChildSpec& spec) {
  return device::ask(supervisor, {SupervisorRequest::Kind::start, 0, 0, 0, {}, {}, spec});
}
inline task<SupervisorReply> start_child(SupervisorAddress supervisor) {
  return device::ask(supervisor, device::request_for(SupervisorRequest::Kind::start));
}
inline task<SupervisorReply> terminate_child(SupervisorAddress supervisor, const Name& name) {
  return device::ask(supervisor, device::request_for(SupervisorRequest::Kind::terminate, name));
}
inline task<SupervisorReply> terminate_child(SupervisorAddress supervisor, Address<void> child) {
  SupervisorRequest request = device::request_for(SupervisorRequest::Kind::terminate);
  request.child = child;
  return device::ask(supervisor, request);
}
inline task<SupervisorReply> restart_child(SupervisorAddress supervisor, const Name& name) {
  return device::ask(supervisor, device::request_for(SupervisorRequest::Kind::restart, name));
}
inline task<SupervisorReply> delete_child(SupervisorAddress supervisor, const Name& name) {
  return device::ask(supervisor, device::request_for(SupervisorRequest::Kind::remove, name));
}
inline task<SupervisorReply> count_children(SupervisorAddress supervisor) {
  return device::ask(supervisor, device::request_for(SupervisorRequest::Kind::count));
}

inline task<ChildPage> which_children(SupervisorAddress supervisor, std::uint32_t first) {
  SupervisorRequest request = device::request_for(SupervisorRequest::Kind::list);
  request.first = first;
  const Called<ChildPage> called = co_await call<ChildPage>(supervisor, request);
  if (called) co_return *called;
  ChildPage none{};
  none.status =
      called.status == CallStatus::no_memory ? SupervisorStatus::no_memory : SupervisorStatus::no_supervisor;
  co_return none;
}

template <class T>
task<Address<T>> child_address(SupervisorAddress supervisor, Name name) {
  SupervisorRequest request = device::request_for(SupervisorRequest::Kind::find, name);
  request.message_type = device::message_type<T>();
  co_return Address<T>{(co_await device::ask(supervisor, request)).child.raw};
}

}  // namespace troupe

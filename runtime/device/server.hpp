// A server (Erlang's gen_server): an actor whose state is asked and told things, one at a time.
#pragma once

#include "runtime/device/call.hpp"

namespace troupe {

// S is the state and what it answers to:
//   using Question, Answer, Cast   types of messages
//   Answer on_call(const Question&)
//   void on_cast(const Cast&)
// A handler that waits itself returns task<Answer> or task<>. One that fails ends the server, and all who
// wait for its answer are told.
template <class S>
struct ServerRequest {
  using Question = typename S::Question;
  using Cast = typename S::Cast;

  explicit ServerRequest(const Question& q) : is_call(true), question(q) {}
  explicit ServerRequest(const Cast& c) : is_call(false), cast(c) {}

  bool is_call;
  Address<typename S::Answer> back_to;
  union {
    Question question;
    Cast cast;
  };
};

template <class S>
actor server(Inbox<ServerRequest<S>, 8> in, S state) {
  for (;;) {
    const ServerRequest<S> request = co_await in.receive();
    if (request.is_call) {
      if constexpr (device::kIsTask<decltype(state.on_call(request.question))>) {
        const typename S::Answer answer = co_await state.on_call(request.question);
        co_await request.back_to.send(answer);
      } else {
        const typename S::Answer answer = state.on_call(request.question);
        co_await request.back_to.send(answer);
      }
    } else if constexpr (device::kIsTask<decltype(state.on_cast(request.cast))>) {
      co_await state.on_cast(request.cast);
    } else {
      state.on_cast(request.cast);
    }
  }
}

// How others see it; may travel in messages: Server<Counter> c{co_await spawn<server<Counter>>(Counter{})};
template <class S>
struct Server {
  Address<ServerRequest<S>> address = {};

  task<Called<typename S::Answer>> call(typename S::Question question,
                                        std::uint64_t cycles = kForever) const {
    return troupe::call<typename S::Answer>(address, ServerRequest<S>(question), cycles);
  }
  task<Status> cast(typename S::Cast message) const { return send(address, ServerRequest<S>(message)); }

 private:
  static task<Status> send(Address<ServerRequest<S>> to, ServerRequest<S> request) {
    co_return co_await to.send(request);
  }
};

}  // namespace troupe

// A pipeline: stages as actors on cores one after the other, each at work on another value.
#pragma once

#include "runtime/device/call.hpp"

namespace troupe {

// What flows from stage to stage; the last one says so.
template <class T>
struct Flow {
  T value;
  bool end = false;
};

namespace device {

// A stage that drops some values returns std::optional.
template <class T>
struct Passed {
  using Type = T;
  static constexpr bool kAlways = true;
};
template <class T>
struct Passed<std::optional<T>> {
  using Type = T;
  static constexpr bool kAlways = false;
};

template <auto Function>
using StageInput = typename Handler<decltype(Function)>::Argument;
template <auto Function>
using StagePassed = Passed<typename Handler<decltype(Function)>::Result>;

template <auto Function, auto... Rest>
struct PipelineOutput : PipelineOutput<Rest...> {};
template <auto Last>
struct PipelineOutput<Last> : StagePassed<Last> {};

// Its mailbox holds a few values, so that a slow stage slows down those before it.
template <auto Function>
actor pipeline_stage(Inbox<Flow<StageInput<Function>>, 4> in,
                     Address<Flow<typename StagePassed<Function>::Type>> next) {
  using Out = Flow<typename StagePassed<Function>::Type>;
  for (;;) {
    const Flow<StageInput<Function>> flow = co_await in.receive();
    if (flow.end) break;
    typename Handler<decltype(Function)>::Result result{};
    if constexpr (kIsTask<decltype(Function(flow.value))>)
      result = co_await Function(flow.value);
    else
      result = Function(flow.value);
    if constexpr (StagePassed<Function>::kAlways) {
      co_await next.send(Out{result, false});
    } else if (result) {
      co_await next.send(Out{*result, false});
    }
  }
  co_await next.send(Out{{}, true});
}

}  // namespace device

// Makes the stages, the last of which sends to `sink`, and gives the address of the first; a Flow whose `end`
// is true goes through and ends them. The stages are linked to the running actor: one that fails ends all.
template <auto First, auto... Rest>
task<Address<Flow<device::StageInput<First>>>> pipeline(
    Address<Flow<typename device::PipelineOutput<First, Rest...>::Type>> sink) {
  if constexpr (sizeof...(Rest) == 0) {
    co_return co_await spawn_link<&device::pipeline_stage<First>>(sink);
  } else {
    const auto next = co_await pipeline<Rest...>(sink);
    if (!next) co_return Address<Flow<device::StageInput<First>>>{};
    co_return co_await spawn_link<&device::pipeline_stage<First>>(next);
  }
}

}  // namespace troupe

// Behaviours: how the runtime starts a function that returns actor, and how the compiler finds it.
#pragma once

#include <array>
#include <bit>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "runtime/device/coroutine.hpp"
#include "runtime/device/data.hpp"
#include "runtime/device/mailbox.hpp"

namespace troupe {

namespace device {

// What a parameter type takes from a manifest. Signature letters are those of abi::ArgumentKind; x is a type
// that only a spawn can give.
template <class T>
struct Parameter {
  static constexpr char kLetter = std::is_floating_point_v<T> ? 'r' : std::is_integral_v<T> ? 'n' : 'x';
  using Message = void;
  static T from(const abi::BootArgument& argument) {
    if constexpr (kLetter == 'n') {
      return static_cast<T>(argument.value);
    } else if constexpr (kLetter == 'r') {
      return static_cast<T>(std::bit_cast<double>(argument.value));
    } else {
      fault("a graph cannot give an argument of this type");
    }
  }
};
template <class T>
struct Parameter<Address<T>> {
  static constexpr char kLetter = 'a';
  using Message = void;
  static Address<T> from(const abi::BootArgument& argument) { return {{argument.value}}; }
};
template <class T>
struct Parameter<Data<T>> {
  static constexpr char kLetter = 'd';
  using Message = void;
  static Data<T> from(const abi::BootArgument& argument) { return {{argument.value}, argument.bytes}; }
};
template <class T, std::uint32_t Slots, Overflow Full>
struct Parameter<Inbox<T, Slots, Full>> {
  static constexpr char kLetter = 'i';
  using Message = T;
};

// Packed arguments: one after the other, each 8-byte aligned, without the Inbox.
template <class T>
constexpr std::size_t packed_bytes() {
  return Parameter<T>::kLetter == 'i' ? 0 : (sizeof(T) + 7) / 8 * 8;
}

template <class... Parameters>
struct Shape {
  static constexpr std::size_t kInboxes = (std::size_t{0} + ... + (Parameter<Parameters>::kLetter == 'i'));
  static_assert(kInboxes <= 1, "an actor has one Inbox");
  static_assert((... && (Parameter<Parameters>::kLetter == 'i' || std::is_trivially_copyable_v<Parameters>)),
                "arguments of a behaviour are copied byte by byte");

  static constexpr std::size_t kPackedBytes = (std::size_t{0} + ... + packed_bytes<Parameters>());
  static constexpr char kSignature[sizeof...(Parameters) + 1] = {Parameter<Parameters>::kLetter..., 0};
  static constexpr std::size_t offset(std::size_t parameter) {
    constexpr std::array<std::size_t, sizeof...(Parameters) + 1> bytes = {packed_bytes<Parameters>()..., 0};
    std::size_t sum = 0;
    for (std::size_t i = 0; i < parameter; ++i) sum += bytes[i];
    return sum;
  }
};

template <class Inbox>
struct Mailbox {
  using Message = typename Inbox::Message;
  static constexpr MailboxShape kShape = {Inbox::kSlots, slot_bytes<Message>(), Inbox::kOverflow};
  static constexpr std::uint32_t kMessageBytes = sizeof(Message);
};
struct NoMailbox {
  using Message = void;
  static constexpr MailboxShape kShape = {};
  static constexpr std::uint32_t kMessageBytes = 0;
};
template <class...>
struct MailboxOf : NoMailbox {};
template <class First, class... Rest>
struct MailboxOf<First, Rest...>
    : std::conditional_t<Parameter<First>::kLetter == 'i', std::type_identity<Mailbox<First>>,
                         std::type_identity<MailboxOf<Rest...>>>::type {};

template <class Function>
struct FunctionTraits {
  static_assert(sizeof(Function) == 0, "a behaviour is a function that returns troupe::actor");
};

}  // namespace device

template <auto Function>
struct Behaviour;

// A behaviour as the runtime starts it. `entry` is its entry in the manifest and in messages between
// runtimes.
template <class... Parameters, actor (*Function)(Parameters...)>
struct Behaviour<Function> {
  using Shape = device::Shape<Parameters...>;
  using Mailbox = device::MailboxOf<Parameters...>;

  static std::coroutine_handle<> entry(const device::Start& start) {
    if constexpr (Shape::kInboxes != 0)
      device::runtime().last_message_type = device::message_type<typename Mailbox::Message>();
    if constexpr (Mailbox::kShape.overflow != Overflow::block)
      device::runtime().last_overflow = Mailbox::kShape.overflow;
    return call(start, std::index_sequence_for<Parameters...>());
  }
  // Writes the arguments as entry() reads them.
  template <class... Arguments>
  static void pack(std::byte* out, const Arguments&... arguments) {
    static_assert(sizeof...(Arguments) == sizeof...(Parameters) - Shape::kInboxes,
                  "spawn: as many arguments as the behaviour has parameters beside its Inbox");
    pack_from<0, Parameters...>(out, arguments...);
  }

 private:
  template <std::size_t... I>
  static std::coroutine_handle<> call(const device::Start& start, std::index_sequence<I...>) {
    return Function(argument<Parameters>(start, I)...).handle();
  }

  template <class T>
  static T argument(const device::Start& start, std::size_t index) {
    if constexpr (device::Parameter<T>::kLetter == 'i') {
      return T();
    } else if (start.manifest) {
      return device::Parameter<T>::from(start.manifest[index]);
    } else {
      std::array<std::byte, sizeof(T)> bytes;
      __builtin_memcpy(bytes.data(), __builtin_assume_aligned(start.packed + Shape::offset(index), 8),
                       sizeof(T));
      return std::bit_cast<T>(bytes);
    }
  }

  template <std::size_t Index>
  static void pack_from(std::byte*) {}
  template <std::size_t Index, class T, class... Rest, class... Arguments>
    requires(device::Parameter<T>::kLetter == 'i')
  static void pack_from(std::byte* out, const Arguments&... arguments) {
    pack_from<Index + 1, Rest...>(out, arguments...);
  }
  template <std::size_t Index, class T, class... Rest, class Argument, class... Arguments>
    requires(device::Parameter<T>::kLetter != 'i')
  static void pack_from(std::byte* out, const Argument& argument, const Arguments&... arguments) {
    const T value = argument;
    __builtin_memcpy(__builtin_assume_aligned(out + Shape::offset(Index), 8), &value, sizeof(T));
    pack_from<Index + 1, Rest...>(out, arguments...);
  }
};

namespace device {

// As abi::BehaviourDeclaration and abi::ProgramDeclaration, with pointers.
struct BehaviourDeclaration {
  Entry entry;
  const char* name;
  const char* signature;
  std::uint32_t message_bytes, inbox_slots;
};
static_assert(sizeof(BehaviourDeclaration) == sizeof(abi::BehaviourDeclaration));
struct ProgramDeclaration {
  const char* name;
  std::uint64_t cores_required;
  const char* root;
};
static_assert(sizeof(ProgramDeclaration) == sizeof(abi::ProgramDeclaration));

constexpr std::uint64_t requires_cores(std::uint64_t cores) {
  return cores;
}

}  // namespace device

}  // namespace troupe

// Tells compiler and reports about a behaviour, under the name of its function. In the global namespace.
#define TROUPE_BEHAVIOUR(name)                                                                     \
  [[gnu::section(".troupe.behaviours"),                                                            \
    gnu::used]] constinit const ::troupe::device::BehaviourDeclaration troupe_behaviour_##name = { \
      &::troupe::Behaviour<&name>::entry, #name, ::troupe::Behaviour<&name>::Shape::kSignature,    \
      ::troupe::Behaviour<&name>::Mailbox::kMessageBytes, ::troupe::Behaviour<&name>::Mailbox::kShape.slots}

// Makes behaviour `name` a whole program: one actor of it on core 0 of `cores` cores is the root, with which
// the program ends: TROUPE_PROGRAM(moe, requires_cores(8)). Declares the behaviour as well.
#define TROUPE_PROGRAM(name, cores)                                                            \
  TROUPE_BEHAVIOUR(name);                                                                      \
  [[gnu::section(".troupe.program"),                                                           \
    gnu::used]] constinit const ::troupe::device::ProgramDeclaration troupe_program_##name = { \
      #name, ::troupe::device::cores, #name}

#include <fmt/core.h>

#include <algorithm>

#include "compiler/diagnostics.hpp"
#include "compiler/passes/passes.hpp"
#include "runtime/abi/message.hpp"

namespace troupe {
namespace {

const char* kind_name(char letter) {
  switch (letter) {
    case 'a':
      return "the address of an actor";
    case 'n':
      return "an integer";
    case 'r':
      return "a real number";
    case 'd':
      return "data";
    case 'x':
      return "a value that only a spawn can give";
    default:
      return "an inbox";
  }
}

const char* kind_hint(char letter) {
  switch (letter) {
    case 'a':
    case 'd':
      return "write @NAME, declared with actor.actor or actor.data";
    case 'r':
      return "write it with a point: 1.0";
    case 'x':
      return "let an actor spawn it, or give the parameter another type";
    default:
      return "write it without a point: 1";
  }
}

char letter_of(actor::ProgramOp program, mlir::Attribute value) {
  if (const auto reference = mlir::dyn_cast<mlir::FlatSymbolRefAttr>(value))
    return program.getData(reference.getValue()) ? 'd' : 'a';
  if (const auto integer = mlir::dyn_cast<mlir::IntegerAttr>(value))
    return integer.getValue().getBitWidth() <= 64 ? 'n' : '?';
  return 'r';
}

// "did you mean @hidden? " for a name with few wrong letters.
std::string near(const Declarations& declarations, llvm::StringRef name) {
  const DeclaredBehaviour* best = nullptr;
  unsigned best_distance = 3;
  for (const DeclaredBehaviour& b : declarations.behaviours)
    if (const unsigned distance = name.edit_distance(b.name); distance < best_distance)
      best = &b, best_distance = distance;
  return best == nullptr ? "" : fmt::format("did you mean @{}? ", best->name);
}

std::string all_names(const Declarations& declarations) {
  std::string names;
  for (const DeclaredBehaviour& b : declarations.behaviours) names += (names.empty() ? "" : ", ") + b.name;
  return names.empty() ? "the C++ declares no behaviour" : "the C++ declares: " + names;
}

void check_arguments(actor::ProgramOp program, actor::ActorOp op, const DeclaredBehaviour& b) {
  std::string wanted = b.signature;
  std::erase(wanted, 'i');
  const mlir::ArrayAttr values = op.getValues();
  if (values.size() != wanted.size()) {
    std::string list;
    for (const char letter : wanted) list += fmt::format("{}{}", list.empty() ? "" : ", ", kind_name(letter));
    report(op,
           fmt::format("actor @{} has {} arguments, behaviour @{} takes {}", op.getSymName().str(),
                       values.size(), b.name, wanted.size()),
           wanted.empty() ? "write ()" : "it takes: " + list);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const char got = letter_of(program, values[i]);
    if (got == wanted[i]) continue;
    report(op,
           fmt::format("argument {} of actor @{} is {}, behaviour @{} takes {} there", i + 1,
                       op.getSymName().str(), got == '?' ? "an integer of more than 64 bits" : kind_name(got),
                       b.name, kind_name(wanted[i])),
           kind_hint(wanted[i]));
  }
}

void check_mailbox(actor::ActorOp op, const DeclaredBehaviour& b) {
  const std::string name = op.getSymName().str();
  if (!op.getSlots()) {
    if (b.has_inbox())
      report(op, fmt::format("actor @{} has no mailbox, behaviour @{} receives", name, b.name),
             "give it one: mailbox SLOTS x BYTES");
    return;
  }
  if (!b.has_inbox())
    report(op, fmt::format("actor @{} has a mailbox, behaviour @{} has no inbox", name, b.name),
           "leave `mailbox` out, or give the behaviour an Inbox parameter");
  const std::uint64_t room = *op.getSlotBytes() - sizeof(abi::MessageHeader);
  if (b.message_bytes > room)
    report(op,
           fmt::format("a message of {} bytes for behaviour @{} is bigger than a slot of actor @{}, which "
                       "has room for {}",
                       b.message_bytes, b.name, name, room),
           fmt::format("slots of {} bytes; {} of them are the message's header", *op.getSlotBytes(),
                       sizeof(abi::MessageHeader)));
}

}  // namespace

void check_behaviours(actor::ProgramOp program, const Declarations& declarations) {
  for (actor::ActorOp op : program.getBody().getOps<actor::ActorOp>()) {
    const DeclaredBehaviour* b = declarations.find(op.getBehaviour().str());
    if (b == nullptr)
      report(op,
             fmt::format("actor @{} runs an unknown behaviour @{}", op.getSymName().str(),
                         op.getBehaviour().str()),
             near(declarations, op.getBehaviour()) + all_names(declarations));
    check_arguments(program, op, *b);
    check_mailbox(op, *b);
  }
}

}  // namespace troupe

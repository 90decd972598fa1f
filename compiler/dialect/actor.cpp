#include "compiler/dialect/actor.hpp"

#include <algorithm>
#include <bit>
#include <map>

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "runtime/abi/message.hpp"

using mlir::failure;
using mlir::LogicalResult;
using mlir::success;

namespace troupe::actor {
namespace {

constexpr std::int64_t kSlotsMax = 65536;
constexpr std::int64_t kCoresMax = 4096;
constexpr std::int64_t kDramMax = 4095;
constexpr std::int64_t kEdgeBytesMax = std::int64_t{1} << 40;  // sums over all edges and hops stay in 64 bits

// "error: cause" with "hint" as its note.
LogicalResult fault(mlir::Operation* op, const llvm::Twine& cause, const llvm::Twine& hint) {
  mlir::InFlightDiagnostic error = op->emitError(cause);
  error.attachNote() << hint;
  return error;
}

// "did you mean @hidden0? " where a symbol of the program differs from `name` in at most two letters.
std::string near(ProgramOp program, llvm::StringRef name) {
  unsigned best_distance = 3;
  llvm::StringRef best;
  for (auto symbol : program.getBody().getOps<mlir::SymbolOpInterface>())
    if (const unsigned distance = name.edit_distance(symbol.getName()); distance < best_distance) {
      best = symbol.getName();
      best_distance = distance;
    }
  return best.empty() ? "" : "did you mean @" + best.str() + "? ";
}

mlir::ParseResult parseArguments(mlir::OpAsmParser& parser, mlir::ArrayAttr& values) {
  llvm::SmallVector<mlir::Attribute> list;
  const auto one = [&]() -> mlir::ParseResult {
    const llvm::SMLoc at = parser.getCurrentLocation();
    mlir::Attribute value;
    if (parser.parseAttribute(value)) return failure();
    if (!mlir::isa<mlir::IntegerAttr, mlir::FloatAttr, mlir::FlatSymbolRefAttr>(value))
      return parser.emitError(at, "an argument is an integer, a float, or the @name of an actor or of data");
    list.push_back(value);
    return success();
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Paren, one)) return failure();
  values = parser.getBuilder().getArrayAttr(list);
  return success();
}

void printArguments(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::ArrayAttr values) {
  printer << " (";
  llvm::interleaveComma(values, printer, [&](mlir::Attribute value) { printer << value; });
  printer << ")";
}

// An attribute that no operation of this dialect has is a spelling mistake; MLIR itself would keep it.
LogicalResult verify_attributes(mlir::Operation& op) {
  for (const mlir::NamedAttribute& extra : op.getDiscardableAttrs()) {
    std::string known;
    for (const auto name : op.getName().getAttributeNames())
      known += (known.empty() ? "" : ", ") + name.str();
    return fault(
        &op, "'" + op.getName().getStringRef() + "' has no attribute '" + extra.getName().getValue() + "'",
        "it has: " + (known.empty() ? "none" : known));
  }
  return success();
}

LogicalResult verify_values(ProgramOp program, ActorOp actor) {
  for (const auto [index, value] : llvm::enumerate(actor.getValues())) {
    const auto reference = mlir::dyn_cast<mlir::FlatSymbolRefAttr>(value);
    if (!reference || program.getData(reference.getValue())) continue;
    ActorOp target = program.getActor(reference.getValue());
    if (!target)
      return fault(
          actor,
          "argument " + llvm::Twine(index + 1) + " names @" + reference.getValue() +
              ", which is neither an actor nor data",
          near(program, reference.getValue()) + "declare it in this program with actor.actor or actor.data");
    if (!target.getSlots())
      return fault(actor,
                   "argument " + llvm::Twine(index + 1) + " is the address of @" + reference.getValue() +
                       ", which has no mailbox",
                   "give it one: mailbox SLOTS x BYTES");
  }
  return success();
}

}  // namespace

void ActorDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "compiler/dialect/actor_ops.cpp.inc"
      >();
}

RequiresOp ProgramOp::getRequires() {
  auto all = getBody().getOps<RequiresOp>();
  return all.empty() ? RequiresOp() : *all.begin();
}
RootOp ProgramOp::getRoot() {
  auto all = getBody().getOps<RootOp>();
  return all.empty() ? RootOp() : *all.begin();
}
std::uint32_t ProgramOp::getCores() {
  return static_cast<std::uint32_t>(getRequires().getCores());
}
ActorOp ProgramOp::getActor(llvm::StringRef name) {
  return mlir::dyn_cast_or_null<ActorOp>(mlir::SymbolTable::lookupSymbolIn(*this, name));
}
DataOp ProgramOp::getData(llvm::StringRef name) {
  return mlir::dyn_cast_or_null<DataOp>(mlir::SymbolTable::lookupSymbolIn(*this, name));
}

LogicalResult ProgramOp::verifyRegions() {
  if (failed(verify_attributes(**this))) return failure();
  for (mlir::Operation& op : getBody().getOps()) {
    if (!mlir::isa<ActorDialect>(op.getDialect()) || mlir::isa<ProgramOp>(op))
      return fault(&op, "'" + op.getName().getStringRef() + "' does not belong into a program",
                   "a program holds actor.requires, source, data, actor, edge and root");
    if (failed(verify_attributes(op))) return failure();
  }
  const auto need_one = [&](auto range, llvm::StringRef what, llvm::StringRef example) -> LogicalResult {
    if (range.empty()) return fault(*this, "program @" + getSymName() + " has no " + what, "add: " + example);
    if (auto second = std::next(range.begin()); second != range.end())
      return fault(*second, "program @" + getSymName() + " has a second " + what, "keep one of the two");
    return success();
  };
  if (failed(need_one(getBody().getOps<RequiresOp>(), "actor.requires", "actor.requires 8 cores")) ||
      failed(need_one(getBody().getOps<RootOp>(), "actor.root",
                      "actor.root @NAME of the actor whose return ends the program")))
    return failure();
  if (RootOp root = getRoot(); !getActor(root.getActor()))
    return fault(root, "the root @" + root.getActor() + " is not an actor",
                 near(*this, root.getActor()) + "declare it with actor.actor");

  for (ActorOp actor : getBody().getOps<ActorOp>()) {
    if (failed(verify_values(*this, actor))) return failure();
    if (actor.getCore() && *actor.getCore() >= getCores())
      return fault(
          actor,
          "core " + llvm::Twine(*actor.getCore()) + " of a program that requires " + llvm::Twine(getCores()),
          "cores count from 0 to " + llvm::Twine(getCores() - 1));
  }
  llvm::StringMap<std::int64_t> credits;
  for (EdgeOp edge : getBody().getOps<EdgeOp>()) {
    for (const llvm::StringRef end : {edge.getFrom(), edge.getTo()})
      if (!getActor(end))
        return fault(edge, "an edge names @" + end + ", which is not an actor",
                     near(*this, end) + "declare it with actor.actor");
    ActorOp to = getActor(edge.getTo());
    if (!to.getSlots())
      return fault(edge, "an edge to @" + edge.getTo() + ", which has no mailbox",
                   "give it one: mailbox SLOTS x BYTES");
    const std::int64_t sum = credits[edge.getTo()] +=
        static_cast<std::int64_t>(edge.getCredits().value_or(0));
    if (sum > static_cast<std::int64_t>(*to.getSlots()))
      return fault(edge,
                   "the edges to @" + edge.getTo() + " have " + llvm::Twine(sum) +
                       " credits, its mailbox has " + llvm::Twine(*to.getSlots()) + " slots",
                   "a credit is room for one message: more slots, or fewer credits");
  }
  return success();
}

LogicalResult RequiresOp::verify() {
  const auto cores = static_cast<std::int64_t>(getCores());
  if (cores < 1 || cores > kCoresMax)
    return fault(*this, "a program that requires " + llvm::Twine(cores) + " cores",
                 "from 1 to " + llvm::Twine(kCoresMax));
  return success();
}

LogicalResult DataOp::verify() {
  for (const auto& [name, value] : {std::pair{"offset", getOffset()}, {"bytes", getBytes()}})
    if (value && static_cast<std::int64_t>(*value) < 0)
      return fault(*this, llvm::Twine(name) + " is " + llvm::Twine(static_cast<std::int64_t>(*value)),
                   "it counts from 0");
  if (const auto dram = static_cast<std::int64_t>(getDram().value_or(0)); dram < 0 || dram > kDramMax)
    return fault(*this, "dram is " + llvm::Twine(dram),
                 "DRAM tiles count from 0 to " + llvm::Twine(kDramMax) + ", modulo those of the chip");
  return success();
}

LogicalResult ActorOp::verify() {
  if (getCore() && static_cast<std::int64_t>(*getCore()) < 0)
    return fault(*this, "core " + llvm::Twine(static_cast<std::int64_t>(*getCore())), "cores count from 0");
  if (getSlots().has_value() != getSlotBytes().has_value())
    return fault(*this, "a mailbox needs both slots and slot_bytes", "write: mailbox SLOTS x BYTES");
  if (!getSlots()) return success();
  const auto slots = static_cast<std::int64_t>(*getSlots()),
             bytes = static_cast<std::int64_t>(*getSlotBytes());
  if (slots < 1 || slots > kSlotsMax)
    return fault(*this, "the mailbox of @" + getSymName() + " has " + llvm::Twine(slots) + " slots",
                 "from 1 to " + llvm::Twine(kSlotsMax) + "; without a mailbox, leave `mailbox` out");
  if (bytes < abi::kSlotBytesMin || bytes > abi::kSlotBytesMax ||
      !std::has_single_bit(static_cast<std::uint64_t>(bytes)))
    return fault(*this, "the mailbox of @" + getSymName() + " has slots of " + llvm::Twine(bytes) + " bytes",
                 "a power of two from " + llvm::Twine(abi::kSlotBytesMin) + " to " +
                     llvm::Twine(abi::kSlotBytesMax) + "; 16 of them are the message's header");
  return success();
}

LogicalResult EdgeOp::verify() {
  if (getCredits() &&
      (static_cast<std::int64_t>(*getCredits()) < 0 || static_cast<std::int64_t>(*getCredits()) > kSlotsMax))
    return fault(*this, "an edge with " + llvm::Twine(static_cast<std::int64_t>(*getCredits())) + " credits",
                 "from 0 (ask for each) to the slots of the mailbox");
  if (const auto bytes = static_cast<std::int64_t>(getBytes().value_or(0));
      bytes < 0 || bytes > kEdgeBytesMax)
    return fault(*this, "an edge with " + llvm::Twine(bytes) + " bytes",
                 "bytes weigh an edge against the others, from 0 to " + llvm::Twine(kEdgeBytesMax));
  return success();
}

}  // namespace troupe::actor

#include "compiler/dialect/actor_dialect.cpp.inc"
#define GET_OP_CLASSES
#include "compiler/dialect/actor_ops.cpp.inc"

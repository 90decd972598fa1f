// The `actor` dialect: a program as actors that run behaviours and send messages along edges.
#ifndef TROUPE_ACTOR
#define TROUPE_ACTOR

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"

def Actor_Dialect : Dialect {
  let name = "actor";
  let cppNamespace = "::troupe::actor";
  let summary = "Programs of actors with bounded mailboxes, placed on the cores of a lease";
}

class Actor_Op<string mnemonic, list<Trait> traits = []> : Op<Actor_Dialect, mnemonic, traits>;
class Actor_Statement<string mnemonic, list<Trait> traits = []>
    : Actor_Op<mnemonic, !listconcat([HasParent<"ProgramOp">], traits)>;

def ProgramOp : Actor_Op<"program", [IsolatedFromAbove, Symbol, SymbolTable, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "a program: what one image holds";
  let description = [{
    Holds the other operations. Exactly one `requires` and one `root`; at least one `source` when it comes from
    an .mlir file. Example:

        actor.program @relay {
          actor.requires 2 cores
          actor.source "relay.cc"
          actor.actor @first behaviour @forward mailbox 4 x 64 (@last)
          actor.actor @last behaviour @count mailbox 8 x 64 (100)
          actor.edge @first -> @last credits 8
          actor.root @last
        }
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    uint32_t getCores();   // of its `requires`
    RequiresOp getRequires();
    RootOp getRoot();
    ActorOp getActor(::llvm::StringRef name);  // null when there is none
    DataOp getData(::llvm::StringRef name);
  }];
}

def RequiresOp : Actor_Statement<"requires"> {
  let summary = "cores that the program requires";
  let arguments = (ins I64Attr:$cores);
  let assemblyFormat = "$cores `cores` attr-dict";
  let hasVerifier = 1;
}

def SourceOp : Actor_Statement<"source"> {
  let summary = "a C++ file with behaviours, relative to the file of the program";
  let arguments = (ins StrAttr:$path);
  let assemblyFormat = "$path attr-dict";
}

def DataOp : Actor_Statement<"data", [Symbol]> {
  let summary = "a file whose bytes are in DRAM before the program starts";
  let description = [{
    A path is relative to the file of the program; a name that ends in .gz is decompressed. `offset` bytes
    of the (decompressed) file are skipped, `bytes` taken (default: the rest). `dram` counts the chip's DRAM
    tiles modulo their number (default: round robin).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$path, OptionalAttr<I64Attr>:$offset,
                       OptionalAttr<I64Attr>:$bytes, OptionalAttr<I64Attr>:$dram);
  let assemblyFormat = "$sym_name `file` $path attr-dict";
  let hasVerifier = 1;
}

def ActorOp : Actor_Statement<"actor", [Symbol]> {
  let summary = "an actor that exists from the start";
  let description = [{
    Runs a behaviour: the name under which C++ declares it. The arguments are those of the behaviour without
    its inboxes: integers, floats, names of data and of actors (an address). `core` fixes its core of the lease;
    without it the placement chooses.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$behaviour, OptionalAttr<I64Attr>:$slots,
                       OptionalAttr<I64Attr>:$slot_bytes, ArrayAttr:$values, OptionalAttr<I64Attr>:$core);
  let assemblyFormat = [{
    $sym_name `behaviour` $behaviour (`mailbox` $slots^ `x` $slot_bytes)? `` custom<Arguments>($values)
    (`core` `=` $core^)? attr-dict
  }];
  let hasVerifier = 1;
}

def EdgeOp : Actor_Statement<"edge"> {
  let summary = "one actor sends to another";
  let description = [{
    `credits` messages may be under way without asking for room; the credits of all edges to a mailbox add up to
    at most its slots. Weighs in the placement with `bytes` (default: a slot of the mailbox).
  }];
  let arguments = (ins FlatSymbolRefAttr:$from, FlatSymbolRefAttr:$to, OptionalAttr<I64Attr>:$credits,
                       OptionalAttr<I64Attr>:$bytes);
  let assemblyFormat = "$from `->` $to (`credits` $credits^)? attr-dict";
  let hasVerifier = 1;
}

def RootOp : Actor_Statement<"root"> {
  let summary = "the actor whose return ends the program";
  let arguments = (ins FlatSymbolRefAttr:$actor);
  let assemblyFormat = "$actor attr-dict";
}

#endif

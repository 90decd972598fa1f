// Where the cycles of one core went: by call path and by address.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "isa/observed_engine.hpp"

namespace troupe {

// Accounts by index. What is added counts once it is settled.
class Ledger {
 public:
  void add(std::size_t index, const isa::Account& spent);
  void settle();
  void drop();  // what is not settled
  // What counts: everything settled at `index`; nothing for an index never added to.
  const isa::Account& settled(std::size_t index) const;

 private:
  struct Entry {
    isa::Account settled, pending;
    bool listed = false;
  };
  std::vector<Entry> entries_;
  std::vector<std::size_t> pending_;  // indices with something to settle
};

// Calls and returns are the jumps that write or use ra or t0, as the ABI has them; a jump to another function
// without a link (a tail call, a trap handler) takes its caller's place.
class CoreProfile {
 public:
  // A frame of a call path: an actor, or a function below it, by the caller's numbers.
  struct Node {
    std::size_t name = 0;
    std::map<std::size_t, std::size_t> children;  // by their names
  };

  CoreProfile() { dispatch(0); }
  void add(const isa::Step& step, std::size_t function);
  void dispatch(std::size_t actor);  // it runs from now on; 0 does from the start
  // All that was added until now counts.
  void settle();
  // The run ended: what does not count until now never will. The core had waited for `cycles` at its last
  // instruction.
  void finish(std::uint64_t cycles);

  // What counts; their sums are equal.
  isa::Account total() const;
  std::map<std::uint64_t, isa::Account> by_address() const;
  const isa::Account& of_node(std::size_t node) const { return by_node_.settled(node); }

  // Call paths: [0] is the root, its children are actors, theirs functions.
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  std::size_t child(std::size_t parent, std::size_t name);
  void transfer(const isa::Step& step, std::size_t here, std::size_t function);

  struct Frame {
    std::size_t function, node;
  };
  std::vector<Node> nodes_{1};
  std::size_t actor_node_ = 0;
  std::vector<Frame> callers_;      // of what runs, outermost first; as deep as kDepthMax
  std::uint64_t calls_beyond_ = 0;  // which count for the deepest frame
  Ledger by_node_, by_address_;
  std::unordered_map<std::uint64_t, std::size_t> address_numbers_;
  std::vector<std::uint64_t> addresses_;
  std::size_t last_node_ = 0, last_address_ = 0;
};

}  // namespace troupe

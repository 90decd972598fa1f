// What `troupe run --bare` can write about each instruction: the trace of --itrace, the profile of --profile.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "isa/bare.hpp"

namespace troupe {

// A text file written as the run goes. An empty path writes nowhere, "-" to standard error. Throws InputError
// where the file cannot be written.
class TextOutput {
 public:
  explicit TextOutput(const std::string& path);
  bool wanted() const { return file_ != nullptr; }
  void write(const std::string& text);
  void finish();

 private:
  [[noreturn]] void fail() const;
  struct Closer {
    void operator()(std::FILE* f) const {
      if (f != stderr) std::fclose(f);
    }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

// One line an instruction: cycle, pc, raw encoding, where, disassembly.
class InstructionTrace {
 public:
  InstructionTrace(const std::string& path, std::uint64_t lines_max) : out_(path), lines_left_(lines_max) {}
  void add(const isa::BareStep& step);
  void finish() { out_.finish(); }

 private:
  TextOutput out_;
  std::uint64_t lines_left_;
};

// Cycles by call path, every cycle of the run in exactly one: lines "outer;inner 123", callees by name
// name. Calls and returns are the jumps that write or use ra or t0, as the ABI has them; a jump to another
// function without a link (a tail call, a trap handler) takes its caller's place.
class CycleProfile {
 public:
  explicit CycleProfile(const std::string& path) : out_(path) {}
  void add(const isa::BareStep& step);
  void finish();

 private:
  struct Node {
    std::string name;
    Cycle cycles = 0;
    std::map<std::string, std::size_t> children;
  };
  std::size_t child(std::size_t parent, const std::string& name);
  void write_tree(std::size_t node, const std::string& prefix);

  TextOutput out_;
  std::vector<Node> nodes_{1};      // [0] is above all paths
  std::size_t caller_ = 0;          // path of the callers of what runs
  std::vector<std::size_t> calls_;  // callers of the frames above; as deep as kDepthMax
  std::uint64_t too_deep_ = 0;      // calls beyond, which count for the deepest frame
};

}  // namespace troupe

// A result that a flag sends to a file: opened before the work begins, so that a wrong path fails at once.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

class OutputFile {
 public:
  // An empty path writes nowhere, "-" to standard output. Throws InputError where the file cannot be written.
  explicit OutputFile(std::string path);
  bool wanted() const { return file_ != nullptr; }
  bool is_stdout() const { return path_ == "-"; }
  // The whole text; the file is complete when this returns.
  void write(std::string_view text);

 private:
  [[noreturn]] void fail() const;
  struct Closer {
    void operator()(std::FILE* f) const {
      if (f != stdout) std::fclose(f);
    }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace troupe

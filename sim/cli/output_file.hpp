// A result that a flag sends to a file: opened before the work begins, so that a wrong path fails at once.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

class OutputFile {
 public:
  // An empty path writes nowhere, "-" to `standard`. Throws InputError where the file cannot be written.
  explicit OutputFile(std::string path, std::FILE* standard = stdout);
  bool wanted() const { return file_ != nullptr; }
  bool is_stdout() const { return path_ == "-"; }
  // Text behind what is there; the file is complete when write() or finish() returns.
  void add(std::string_view text);
  void write(std::string_view text);
  void finish();

 private:
  [[noreturn]] void fail() const;
  struct Closer {
    void operator()(std::FILE* f) const {
      if (f != stdout && f != stderr) std::fclose(f);
    }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace troupe

#include "sim/cli/output_file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/base/check.hpp"

namespace troupe {

OutputFile::OutputFile(std::string path, std::FILE* standard) : path_(std::move(path)) {
  if (path_.empty()) return;
  file_.reset(path_ == "-" ? standard : std::fopen(path_.c_str(), "w"));
  if (file_ == nullptr) fail();
}

void OutputFile::add(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail();
}

void OutputFile::write(std::string_view text) {
  add(text);
  finish();
}

void OutputFile::finish() {
  if (file_ != nullptr && std::fflush(file_.get()) != 0) fail();
}

void OutputFile::fail() const {
  throw InputError(fmt::format("{}: cannot write: {}", path_, std::strerror(errno)));
}

}  // namespace troupe

#include "sim/base/config/json_writer.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace troupe {

void JsonWriter::separate() {
  if (!after_key_ && !has_element_.empty()) {
    if (has_element_.back()) text_ += ',';
    has_element_.back() = true;
    if (break_line_) text_ += '\n';
  }
  break_line_ = after_key_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  has_element_.push_back(false);
}

void JsonWriter::close(char bracket) {
  has_element_.pop_back();
  if (std::exchange(break_line_, false)) text_ += '\n';
  text_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  // Bytes that are no UTF-8 become U+FFFD: JSON has no other way to hold them.
  text_ += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void JsonWriter::value(std::uint64_t number) {
  separate(), text_ += fmt::format("{}", number);
}
void JsonWriter::value(std::int64_t number) {
  separate(), text_ += fmt::format("{}", number);
}
void JsonWriter::value(double number) {
  separate(), text_ += nlohmann::json(number).dump();
}
void JsonWriter::value(bool truth) {
  separate(), text_ += truth ? "true" : "false";
}

std::string JsonWriter::take() {
  return std::exchange(text_, {});
}

}  // namespace troupe

// Streaming JSON: writes to a string or file as it goes, so that a large export needs no tree in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

// Keys and values in call order; commas, quotes and escapes are its business.
//     JsonWriter j; j.begin_object(); j.key("cycles"); j.value(12); j.end_object(); j.text();
class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(std::uint64_t number);
  void value(std::int64_t number);
  void value(int number) { value(static_cast<std::int64_t>(number)); }
  void value(double number);  // shortest form that reads back equal
  void value(bool truth);

  template <class T>
  void field(std::string_view name, const T& v) {
    key(name);
    value(v);
  }
  // A line break in front of the next element: for files that people read.
  void newline() { break_line_ = true; }

  const std::string& text() const { return text_; }
  // Text so far, handed out and forgotten: call now and then to stream to a file.
  std::string take();

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);

  std::string text_;
  std::vector<bool> has_element_;  // per open bracket
  bool after_key_ = false;
  bool break_line_ = false;
};

}  // namespace troupe

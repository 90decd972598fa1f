// Lines of a scenario, word by word. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace otp {

struct Word {
  const char* text;
  std::size_t length;

  bool is(const char* other) const {
    std::size_t i = 0;
    for (; i < length && other[i] != 0; ++i) {
      if (text[i] != other[i]) return false;
    }
    return i == length && other[i] == 0;
  }
  std::uint64_t number() const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length; ++i) value = 10 * value + static_cast<std::uint64_t>(text[i] - '0');
    return value;
  }
};

// One line; its words, and where the next one begins.
struct Line {
  static constexpr unsigned kWords = 8;
  Word whole;
  Word word[kWords];
  unsigned count;
  const char* next;  // null: it was the last one

  bool begins(const char* with) const { return count != 0 && word[0].is(with); }
};

inline Line read_line(const char* at) {
  Line line{};
  line.whole.text = at;
  while (*at != 0 && *at != '\n') {
    if (*at == ' ') {
      ++at;
      continue;
    }
    Word word{at, 0};
    while (*at != 0 && *at != '\n' && *at != ' ') {
      ++at;
      ++word.length;
    }
    if (line.count < Line::kWords) line.word[line.count++] = word;
  }
  line.whole.length = static_cast<std::size_t>(at - line.whole.text);
  line.next = *at != 0 && at[1] != 0 ? at + 1 : nullptr;
  return line;
}

}  // namespace otp

// Words of a text whose lines are a reference, a blank and a verse: what a word is, and where it stands.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace troupe::mapreduce {

// A longest run of letters and apostrophes, in small letters.
constexpr std::uint32_t kWordBytes = 23;
struct Word {
  std::uint32_t length = 0;
  char text[kWordBytes + 1];

  // By the alphabet.
  friend bool operator<(const Word& a, const Word& b) {
    return std::lexicographical_compare(a.text, a.text + a.length, b.text, b.text + b.length);
  }
};
// The small letter or apostrophe that a byte is in a word, 0: it is in none.
constexpr auto kLetters = [] {
  std::array<char, 256> letters = {};
  letters['\''] = '\'';
  for (char c = 'a'; c <= 'z'; ++c) letters[c] = letters[c - 'a' + 'A'] = c;
  return letters;
}();
constexpr char letter(char c) {
  return kLetters[static_cast<unsigned char>(c)];
}

// Where a word stands: the offset of its line in the text, and how many words the verse has before it.
// Postings of a line are in the order of its words, so a phrase is a row of postings each one more than the
// one before.
using Posting = std::uint32_t;
constexpr unsigned kPositionBits = 7;
constexpr std::uint32_t kPositions = 1u << kPositionBits;
constexpr std::uint64_t kTextBytesMax = std::uint64_t{1} << (32 - kPositionBits);
constexpr std::uint32_t verse_of(Posting p) {
  return p >> kPositionBits;
}
constexpr std::uint32_t position_of(Posting p) {
  return p % kPositions;
}

// FNV-1a, whose upper half says who is responsible for the word.
constexpr std::uint64_t hash_of(const char* text, std::uint32_t length) {
  std::uint64_t hash = 14695981039346656037u;
  for (std::uint32_t i = 0; i < length; ++i)
    hash = (hash ^ static_cast<unsigned char>(text[i])) * 1099511628211u;
  return hash;
}
// A number of which sums can be taken in any order, to compare two sets.
constexpr std::uint64_t scrambled(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;  // so that 0 counts, too
  x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
  return x ^ x >> 33;
}

// Goes through the words of a piece of the text.
class Cursor {
 public:
  // `text` holds bytes `first` .. `first` + `bytes` - 1 of the whole text. The words are those of all lines
  // that begin from `begin` on and before `end`; unless `begin` is 0, the byte before it must be there.
  Cursor(const char* text, std::uint32_t first, std::uint32_t bytes, std::uint32_t begin, std::uint32_t end)
      : text_(text - first), limit_(first + bytes), end_(end), at_(begin) {
    if (begin != 0) {
      while (at_ < end_ && text_[at_ - 1] != '\n') ++at_;
    }
    if (at_ < end_) begin_line();
  }

  // The next word and where it stands; false: there is none. Of a word longer than kWordBytes, `length` says
  // so.
  bool next(Word& word, Posting& posting) {
    while (in_line_) {
      const char* p = text_ + at_;
      const char* const limit = text_ + limit_;
      while (p != limit && letter(*p) == 0 && *p != '\n') ++p;
      if (p == limit || *p == '\n') {
        at_ = static_cast<std::uint32_t>(p + 1 - text_);
        in_line_ = at_ < end_;
        if (in_line_) begin_line();
        continue;
      }
      std::uint32_t length = 0;
      for (char c; p != limit && (c = letter(*p)) != 0; ++p, ++length) {
        if (length < kWordBytes) word.text[length] = c;
      }
      word.length = length;
      posting = line_ << kPositionBits | position_++;
      at_ = static_cast<std::uint32_t>(p - text_);
      return true;
    }
    return false;
  }
  // Words of the line so far: at most kPositions, or postings are wrong.
  std::uint32_t position() const { return position_; }

 private:
  void begin_line() {
    in_line_ = true;
    line_ = at_;
    position_ = 0;
    while (at_ < limit_ && text_[at_] != ' ' && text_[at_] != '\n') ++at_;
  }

  const char* text_;
  std::uint32_t limit_, end_, at_;
  std::uint32_t line_ = 0, position_ = 0;
  bool in_line_ = false;
};

}  // namespace troupe::mapreduce

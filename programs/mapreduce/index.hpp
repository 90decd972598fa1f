// The words that one actor is responsible for, each with its postings.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "programs/mapreduce/words.hpp"

namespace troupe::mapreduce {

// Numbers that grow in memory of their own.
template <class T>
class List {
 public:
  List() = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() { delete[] values_; }

  void push(const T& value) {
    if (size_ == capacity_) grow(capacity_ == 0 ? 4 : 2 * capacity_);
    values_[size_++] = value;
  }
  std::uint32_t size() const { return size_; }
  T* begin() { return values_; }
  T* end() { return values_ + size_; }
  T& operator[](std::uint32_t i) { return values_[i]; }

 private:
  void grow(std::uint32_t capacity) {
    T* values = new T[capacity];
    if (size_ != 0) std::memcpy(values, values_, size_ * sizeof(T));
    delete[] values_;
    values_ = values;
    capacity_ = capacity;
  }
  T* values_ = nullptr;
  std::uint32_t size_ = 0, capacity_ = 0;
};

struct Entry {
  Word word;
  std::uint64_t hash;
  List<Posting> postings;
};

class Index {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  Index() : slots_(new std::uint32_t[kSlots]) { std::fill(slots_, slots_ + kSlots, kNone); }
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;
  ~Index() {
    for (Entry* e : entries_) delete e;
    delete[] slots_;
  }

  // Number of a word; kNone: there is none.
  std::uint32_t find(const char* text, std::uint32_t length) {
    return slots_[slot_of(hash_of(text, length), text, length)];
  }
  // False: there is no room for another word.
  bool add(const char* text, std::uint32_t length, Posting posting) {
    const std::uint64_t hash = hash_of(text, length);
    const std::uint32_t slot = slot_of(hash, text, length);
    if (slots_[slot] == kNone) {
      if (entries_.size() == kWords) return false;
      Entry* entry = new Entry{{length, {}}, hash, {}};
      std::memcpy(entry->word.text, text, length);
      entry->word.text[length] = 0;
      slots_[slot] = entries_.size();
      entries_.push(entry);
    }
    entries_[slots_[slot]]->postings.push(posting);
    return true;
  }
  // To be called once everything is added.
  void sort() {
    for (Entry* e : entries_) std::sort(e->postings.begin(), e->postings.end());
  }

  std::uint32_t size() const { return entries_.size(); }
  Entry& operator[](std::uint32_t word) { return *entries_[word]; }

 private:
  static constexpr std::uint32_t kSlots = 8192, kWords = kSlots / 2;

  // Where the word stands or would stand.
  std::uint32_t slot_of(std::uint64_t hash, const char* text, std::uint32_t length) {
    for (std::uint32_t slot = hash % kSlots;; slot = (slot + 1) % kSlots) {
      if (slots_[slot] == kNone) return slot;
      const Entry& e = *entries_[slots_[slot]];
      if (e.hash == hash && e.word.length == length && std::memcmp(e.word.text, text, length) == 0)
        return slot;
    }
  }

  std::uint32_t* slots_;
  List<Entry*> entries_;
};

}  // namespace troupe::mapreduce

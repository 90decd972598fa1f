// A list with room for all there can ever be, so that adding to it is a store and an addition.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace troupe::noc {

// Adds to a list from a loop. It is a local variable of the loop, so that it stays in a register: the
// compiler must assume that a stored byte changes any member.
template <class T>
struct Writer {
  // Written in any case, so that there is no branch; the next one overwrites it unless it counts.
  void add(const T& value, bool counts = true) {
    *end = value;
    end += counts;
  }
  T* end;
};

template <class T>
class List {
 public:
  explicit List(std::size_t most) : data_(std::make_unique_for_overwrite<T[]>(most + 1)) {}
  Writer<T> writer() { return {data_.get() + size_}; }
  void close(const Writer<T>& writer) { size_ = static_cast<std::size_t>(writer.end - data_.get()); }
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  std::span<const T> span() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<T[]> data_;
  std::size_t size_ = 0;
};

}  // namespace troupe::noc

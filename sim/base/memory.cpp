#include "sim/base/memory.hpp"

#include <sys/mman.h>

#include <utility>

#include "sim/base/check.hpp"

namespace troupe {

Memory::Memory(Bytes size) : size_(size.count) {
  void* p = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(p != MAP_FAILED, "cannot map {} bytes of host memory", size_);
  data_ = static_cast<std::byte*>(p);
}

Memory::Memory(Memory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Memory& Memory::operator=(Memory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Memory::~Memory() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace troupe

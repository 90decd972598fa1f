#include "isa/code_space.hpp"

#include <cstring>

#include "isa/csr.hpp"
#include "isa/engine.hpp"

namespace troupe::isa {

Mode Mode::of(const Csrs& csr) {
  return {static_cast<std::uint32_t>((csr.vtype & 0xff) | (csr.vtype >> 63) << 8 |
                                     std::uint64_t{csr.vstart != 0} << 9 |
                                     std::uint64_t{(csr.mstatus & kStatusFs) != 0} << 10 |
                                     std::uint64_t{(csr.mstatus & kStatusVs) != 0} << 11 |
                                     std::uint64_t{(csr.mstatus & kStatusFs) == kStatusFs} << 15 |
                                     std::uint64_t{(csr.mstatus & kStatusVs) == kStatusVs} << 16) |
          csr.frm << 12};
}

CodeSpace::CodeSpace(bool shared, std::map<std::uint64_t, std::shared_ptr<const Page>> pages)
    : shared_(shared), pages_(std::move(pages)), table_(256), jumps_(new JumpEntry[kJumpEntries]) {}

std::size_t CodeSpace::slot(std::uint64_t pc, Mode mode) const {
  const std::uint64_t h = (pc ^ std::uint64_t{mode.bits} << 40) * 0x9e3779b97f4a7c15;
  std::size_t i = h >> 32 & (table_.size() - 1);
  while (table_[i] != nullptr && (table_[i]->pc != pc || table_[i]->mode != mode))
    i = (i + 1) & (table_.size() - 1);
  return i;
}

Block* CodeSpace::find(std::uint64_t pc, Mode mode) const {
  return table_[slot(pc, mode)];
}

void CodeSpace::add(std::unique_ptr<Block> block) {
  blocks_.push_back(std::move(block));
  if (blocks_.size() * 2 > table_.size()) {
    table_.assign(table_.size() * 2, nullptr);
    for (const auto& b : blocks_) table_[slot(b->pc, b->mode)] = b.get();
  } else {
    table_[slot(blocks_.back()->pc, blocks_.back()->mode)] = blocks_.back().get();
  }
}

const CodeSpace::Page* CodeSpace::page(std::uint64_t number) const {
  const auto found = pages_.find(number);
  return found == pages_.end() ? nullptr : found->second.get();
}

void CodeSpace::add_page(std::uint64_t number, std::shared_ptr<const Page> page) {
  pages_[number] = std::move(page);
}

bool fetch(Hart& hart, std::uint64_t pc, std::uint16_t& parcel) {
  const MemoryView& m = hart.memory;
  const std::uint64_t offset = pc - m.base;
  if (offset < m.fault_low || offset >= m.size) return false;
  const std::uint64_t number = pc / kPageBytes;
  const CodeSpace::Page* page = hart.code->page(number);
  if (page == nullptr) {
    if (hart.code->shared()) hart.code = std::make_shared<CodeSpace>(false, hart.code->pages());
    auto copy = std::make_shared<CodeSpace::Page>();
    std::memcpy(copy->data(), m.data + (number * kPageBytes - m.base), kPageBytes);
    page = copy.get();
    hart.code->add_page(number, std::move(copy));
    flag_pages(hart);
  }
  std::memcpy(&parcel, page->data() + pc % kPageBytes, sizeof parcel);
  return true;
}

void flag_pages(Hart& hart) {
  const MemoryView& m = hart.memory;
  hart.page_flags.assign(m.size / kPageBytes, 0);
  const auto mark = [&](std::uint64_t number, PageFlag here, PageFlag before) {
    const std::uint64_t index = number - m.base / kPageBytes;
    if (index < hart.page_flags.size()) hart.page_flags[index] |= here;
    if (index - 1 < hart.page_flags.size()) hart.page_flags[index - 1] |= before;
  };
  for (const auto& [number, page] : hart.code->pages()) mark(number, kPageText, kPageNextText);
  if (m.tohost != 0) mark(m.tohost / kPageBytes, kPageTohost, kPageTohost);
}

std::shared_ptr<CodeSpace> make_code_space(const ElfFile& image) {
  std::map<std::uint64_t, std::shared_ptr<CodeSpace::Page>> pages;
  for (const ElfSegment& s : image.segments())
    if (s.executable && s.memory_bytes != 0)
      for (std::uint64_t n = s.address / kPageBytes; n <= (s.address + s.memory_bytes - 1) / kPageBytes; ++n)
        pages.try_emplace(n, std::make_shared<CodeSpace::Page>());
  for (const ElfSegment& s : image.segments())
    for (auto& [number, page] : pages)
      for (std::uint64_t i = 0; i < kPageBytes; ++i) {
        const std::uint64_t offset = number * kPageBytes + i - s.address;
        if (offset < s.bytes.size()) (*page)[i] = s.bytes[offset];
      }
  return std::make_shared<CodeSpace>(
      true, std::map<std::uint64_t, std::shared_ptr<const CodeSpace::Page>>(pages.begin(), pages.end()));
}

}  // namespace troupe::isa

// Packets: a request or a reply with its payload, in a pool that keeps the payloads' storage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "noc/endpoint.hpp"
#include "noc/multicast.hpp"

namespace troupe::noc {

inline constexpr std::uint8_t kNoTransaction = abi::niu::kCreditTransaction;

// What a packet of Command::credit says. M is the mailbox's tile, T the one that may send to it.
enum class CreditStep : std::uint8_t {
  ask,         // request T -> M: a credit, please; and its reply
  back,        // reply class, M -> T: a message was freed, its credit stays with T
  recall,      // reply class, M -> T: give one back as soon as one lies idle, or say that there is none
  recall_now,  // the same, to be answered at once
  recalled,    // reply class, T -> M: one, or none
  promised,    // reply class, T -> M: none, though one may be left that T's core was told of
  leave,       // request T -> M: T has no row for the mailbox any more, these were its credits
  left,        // request T -> M: credits that came to T after `leave`
};

struct Packet {
  std::uint64_t id = 0;  // source tile << 40 | number; a reply carries its request's
  TileId source = 0, destination = 0;
  Command command = Command::message;
  bool reply = false;
  std::uint8_t network = 0;    // that it travels on; a reply takes its request's
  std::uint16_t copies = 0;    // multicast request: tiles that have not served it
  Rectangle rectangle{};       // multicast request: to its tiles but the source
  bool live = false;           // taken from the pool
  bool static_credit = false;  // message: spends one; credit: asks for, or is, one of a static edge
  CreditStep step = CreditStep::ask;
  bool recall = false;        // message: it took the last credit, which answers a recall; reply to `ask`:
                              // others wait, so it is a recall too
  std::uint32_t credits = 0;  // that travel in a packet of Command::credit
  std::uint8_t transaction = kNoTransaction;  // of the requester; credits have none
  abi::Status status = abi::Status::pending;  // replies
  std::uint32_t tenant = 0;
  std::uint32_t type = 0;     // messages
  std::uint64_t target = 0;   // abi::Address or abi::Location
  std::uint64_t sender = 0;   // messages: abi::Address
  std::uint64_t bytes = 0;    // of payload, or to read
  std::uint64_t operand = 0;  // atomics; in a reply the old value
  std::uint64_t compare = 0;
  std::vector<std::byte> payload;
};

// Indices stay valid until release(); the storage of a payload is used again.
class PacketPool {
 public:
  std::uint32_t take() {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(packets_.size()));
      packets_.push_back(std::make_unique<Packet>());
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Packet& p = *packets_[index];
    std::vector<std::byte> storage = std::move(p.payload);
    storage.clear();
    p = Packet{};
    p.payload = std::move(storage);
    p.live = true;
    return index;
  }
  void release(std::uint32_t index) {
    packets_[index]->live = false;
    free_.push_back(index);
  }
  Packet& operator[](std::uint32_t index) { return *packets_[index]; }
  const Packet& operator[](std::uint32_t index) const { return *packets_[index]; }
  std::size_t size() const { return packets_.size(); }

 private:
  std::vector<std::unique_ptr<Packet>> packets_;
  std::vector<std::uint32_t> free_;
};

}  // namespace troupe::noc

// The doorbell of an NIU: checks a request, captures its payload and sends it.
#include <algorithm>

#include "noc/niu.hpp"
#include "noc/niu_state.hpp"
#include "noc/router_params.hpp"
#include "runtime/abi/memory_map.hpp"

namespace troupe::noc {

namespace reg = abi::niu;
using reg::DoorbellError;

namespace {

bool is_atomic(Command c) {
  return c >= Command::atomic_add && c <= Command::compare_swap;
}
bool is_write(Command c) {
  return c == Command::write || c == Command::write_acked;
}

Position position_of(const ChipParams& params, std::uint64_t tile) {
  return {static_cast<std::uint16_t>(params.x(tile)), static_cast<std::uint16_t>(params.y(tile))};
}

// Bytes that a request carries, or that its reply brings here.
std::uint64_t local_bytes(Command command, std::uint64_t length) {
  return command == Command::credit || is_atomic(command) ? 0 : length & 0xffffffff;
}

}  // namespace

// 0, or the DoorbellError of a request that can never be sent as it stands.
std::int64_t Niu::check_doorbell(Command command) const {
  const State& s = *state_;
  const abi::Location location{s.target};  // chip and tile have the same bits in both
  if (s.target == 0 || location.chip() != 0 || location.tile() >= shared_.params.tiles())
    return static_cast<std::int64_t>(DoorbellError::invalid);
  const abi::Address sender{s.sender};
  if (command == Command::message && s.sender != 0 && (sender.chip() != 0 || sender.tile() != s.tile))
    return static_cast<std::int64_t>(DoorbellError::invalid);
  const std::uint64_t bytes = local_bytes(command, s.length);
  if (bytes > shared_.params.niu.packet_payload_max.count)
    return static_cast<std::int64_t>(DoorbellError::range);
  if (bytes != 0 && (s.l1 == nullptr || s.local < abi::kFaultEnd || !s.l1->contains(s.local, bytes)))
    return static_cast<std::int64_t>(DoorbellError::range);
  if (command == Command::multicast) {
    const Rectangle to = rectangle();
    if (shared_.params.noc.multicast_channels == 0 ||
        !to.inside(static_cast<unsigned>(shared_.params.grid.width),
                   static_cast<unsigned>(shared_.params.grid.height)) ||
        to.tiles_but(position_of(shared_.params, s.tile)) == 0)
      return static_cast<std::int64_t>(DoorbellError::invalid);
  }
  if (is_atomic(command) && location.offset() % 8 != 0)
    return static_cast<std::int64_t>(DoorbellError::range);
  return 0;
}

std::int64_t Niu::doorbell(Command command, Cycle now) {
  State& s = *state_;
  if (const std::int64_t error = check_doorbell(command); error != 0) return error;
  if (command == Command::credit && ask_in_hand(now)) return kNoTransaction;
  std::uint8_t transaction = kNoTransaction;
  if (!take_transaction(command, transaction)) {
    s.refused_busy = true;
    if (command == Command::message) keep_for_retry(s.target);
    return static_cast<std::int64_t>(DoorbellError::busy);
  }
  SpentCredit spent;
  if (command == Command::message && !spend_credit(spent, now)) {
    s.transactions[transaction] = Transaction{};
    return static_cast<std::int64_t>(DoorbellError::no_credit);
  }
  if (command != Command::credit) s.transactions[transaction].static_credit = spent.is_static;
  if (command == Command::multicast)
    send_multicast(transaction, now);
  else
    send_request(command, transaction, spent, now);
  return transaction;
}

// Room for the reply: a transaction id, or for a credit request a row of the held credits.
bool Niu::take_transaction(Command command, std::uint8_t& transaction) {
  State& s = *state_;
  if (command == Command::credit) return ask_row(s.target);
  Transaction* unused = s.unused_transaction();
  if (unused == nullptr) return false;
  *unused = {.used = true, .command = command, .target = s.target, .local = s.local};
  transaction = static_cast<std::uint8_t>(unused - s.transactions.data());
  return true;
}

// A packet with what every request has.
Packet& Niu::new_request(Command command, std::uint8_t transaction, std::uint32_t& index) {
  State& s = *state_;
  index = shared_.packets.take();
  Packet& p = shared_.packets[index];
  p.id = std::uint64_t{s.tile} << 40 | ++s.packets_sent;
  p.source = s.tile;
  p.destination = static_cast<TileId>(abi::Location{s.target}.tile());
  p.command = command;
  p.transaction = transaction;
  p.tenant = s.tenant;
  p.target = s.target;
  p.network = s.network;
  return p;
}

void Niu::send_request(Command command, std::uint8_t transaction, const SpentCredit& spent, Cycle now) {
  State& s = *state_;
  std::uint32_t index;
  Packet& p = new_request(command, transaction, index);
  p.static_credit = command == Command::credit ? s.held[s.target].edges != 0 : spent.is_static;
  p.recall = spent.answers_recall;
  p.bytes = is_atomic(command) ? 8 : local_bytes(command, s.length);
  p.operand = s.operand;
  p.compare = s.compare;
  if (command == Command::credit) p.network = 0;  // where returned credits travel, in order with its reply
  if (command == Command::message) {
    p.type = static_cast<std::uint32_t>(s.length >> 32);
    p.sender = s.sender;
    ++s.counters.messages_sent;
    s.counters.message_bytes_sent += p.bytes;
  }
  if ((command == Command::message || is_write(command)) && p.bytes != 0) {
    const auto payload = s.l1->view(s.local, p.bytes);
    p.payload.assign(payload.begin(), payload.end());
  }
  ++s.counters.requests;
  shared_.record(s.tile, EventKind::send, now, p.id, p.target,
                 p.bytes | static_cast<std::uint64_t>(command) << 32);
  shared_.send(index, now);
}

// What kTarget and kRectangle name; out of every grid when kRectangle is no rectangle.
Rectangle Niu::rectangle() const {
  const State& s = *state_;
  const std::uint64_t columns = s.rectangle & 0xffffffff, rows = s.rectangle >> 32;
  if (columns > 0xfff || rows > 0xfff) return {};
  return {position_of(shared_.params, abi::Location{s.target}.tile()), static_cast<std::uint16_t>(columns),
          static_cast<std::uint16_t>(rows)};
}

// One packet for as much as fits the buffer of a multicast VC behind its header; each is acknowledged by each
// tile.
void Niu::send_multicast(std::uint8_t transaction, Cycle now) {
  State& s = *state_;
  const Rectangle to = rectangle();
  const auto copies = static_cast<std::uint16_t>(to.tiles_but(position_of(shared_.params, s.tile)));
  const std::uint64_t bytes = local_bytes(Command::multicast, s.length),
                      piece_max = multicast_payload_max(shared_.params.noc);
  const std::uint64_t pieces = std::max<std::uint64_t>(1, ceil_div(bytes, piece_max));
  s.transactions[transaction].replies = static_cast<std::uint32_t>(pieces * copies);
  for (std::uint64_t sent = 0, piece = 0; piece < pieces; ++piece) {
    std::uint32_t index;
    Packet& p = new_request(Command::multicast, transaction, index);
    p.copies = copies;
    p.rectangle = to;
    p.target = abi::Location{s.target}.plus(sent).bits;
    p.bytes = std::min(bytes - sent, piece_max);
    if (p.bytes != 0) {
      const auto payload = s.l1->view(s.local + sent, p.bytes);
      p.payload.assign(payload.begin(), payload.end());
    }
    sent += p.bytes;
    ++s.counters.requests;
    shared_.record(s.tile, EventKind::send, now, p.id, p.target,
                   p.bytes | static_cast<std::uint64_t>(Command::multicast) << 32);
    shared_.send(index, now);
  }
}

}  // namespace troupe::noc

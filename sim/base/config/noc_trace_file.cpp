#include "sim/base/config/noc_trace_file.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "sim/base/check.hpp"

namespace troupe {
namespace {

using Kind = NocTraceKind;

// The fields of an event that mean something here; others are skipped.
enum Number {
  kSx,
  kSy,
  kDx,
  kDy,
  kBytes,
  kTimestamp,
  kStartX,
  kStartY,
  kEndX,
  kEndY,
  kFromDevice,
  kToDevice,
  kVc,
  kNumbers
};
constexpr std::string_view kNumberNames[kNumbers] = {"sx",
                                                     "sy",
                                                     "dx",
                                                     "dy",
                                                     "num_bytes",
                                                     "timestamp",
                                                     "mcast_start_x",
                                                     "mcast_start_y",
                                                     "mcast_end_x",
                                                     "mcast_end_y",
                                                     "src_device_id",
                                                     "dst_device_id",
                                                     "vc"};
enum Text { kProc, kType, kNoc, kZone, kTexts };
constexpr std::string_view kTextNames[kTexts] = {"proc", "type", "noc", "zone"};

// What a type of event does. `state`: where its destination and length come from.
enum class State : std::uint8_t { own, sets, uses };
struct TypeRow {
  std::string_view name;
  Kind kind;
  State state = State::own;
  std::uint8_t awaits = 0;
};
constexpr TypeRow kTypes[] = {
    {"READ", Kind::read},
    {"READ_SET_STATE", Kind::read, State::sets},
    {"READ_SET_TRID", Kind::read_group},
    {"READ_WITH_STATE", Kind::read, State::uses},
    {"READ_WITH_STATE_AND_TRID", Kind::read, State::uses},
    {"READ_BARRIER_START", Kind::barrier_start, State::own, kAwaitReads},
    {"READ_BARRIER_END", Kind::barrier_end, State::own, kAwaitReads},
    {"READ_BARRIER_WITH_TRID", Kind::wait, State::own, kAwaitOldestReadGroup},
    {"READ_DRAM_SHARDED_SET_STATE", Kind::read, State::sets},
    {"READ_DRAM_SHARDED_WITH_STATE", Kind::read, State::uses},
    {"WRITE", Kind::write},
    {"WRITE_", Kind::write},  // as tt-metal's enumerator is spelled
    {"WRITE_WITH_TRID", Kind::write},
    {"WRITE_INLINE", Kind::write},
    {"WRITE_MULTICAST", Kind::multicast},
    {"WRITE_SET_STATE", Kind::write, State::sets},
    {"WRITE_WITH_STATE", Kind::write, State::uses},
    {"WRITE_WITH_TRID_SET_STATE", Kind::write, State::sets},
    {"WRITE_WITH_TRID_WITH_STATE", Kind::write, State::uses},
    {"WRITE_BARRIER_START", Kind::barrier_start, State::own, kAwaitWrites},
    {"WRITE_BARRIER_END", Kind::barrier_end, State::own, kAwaitWrites},
    {"WRITE_BARRIER_WITH_TRID", Kind::wait, State::own, kAwaitWrites},
    {"WRITE_FLUSH", Kind::wait, State::own, kAwaitWritesSent},
    {"FULL_BARRIER", Kind::wait, State::own, kAwaitReads | kAwaitWrites | kAwaitAtomics},
    {"ATOMIC_BARRIER", Kind::wait, State::own, kAwaitAtomics},
    {"SEMAPHORE_INC", Kind::atomic},
    {"SEMAPHORE_WAIT", Kind::marker},
    {"SEMAPHORE_SET", Kind::write},
};
// A semaphore and an inline write carry one word.
constexpr std::uint32_t kWordBytes = 4;

struct RawEvent {
  std::array<std::optional<std::int64_t>, kNumbers> numbers;
  std::array<std::optional<std::string>, kTexts> texts;
};

// Places of errors: events are counted from 1, as people do.
[[noreturn]] void fail(const std::string& file, std::size_t event, const std::string& what,
                       const std::string& hint = {}) {
  throw InputError(fmt::format("{}: event {}: {}", file, event, what), hint);
}

// Streaming reader: keeps one event, hands it on at its closing brace.
class Reader : public nlohmann::json_sax<nlohmann::json> {
 public:
  Reader(const std::string& file, std::function<void(const RawEvent&, std::size_t)> take)
      : file_(file), take_(std::move(take)) {}

  bool null() override { return scalar("null"); }
  bool boolean(bool) override { return scalar("a boolean"); }
  bool number_integer(number_integer_t value) override { return integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return scalar("a number beyond 2^63");
    return integer(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t, const string_t&) override { return scalar("a fraction"); }
  bool string(string_t& value) override {
    if (depth_ == 2 && text_ < kTexts) {
      event_.texts[text_] = value;
      return true;
    }
    return scalar("a string");
  }
  bool binary(binary_t&) override { return scalar("binary"); }

  bool start_object(std::size_t) override {
    if (depth_ == 0) fail_top("an object");
    if (depth_ == 2) scalar("an object");
    if (depth_ == 1) event_ = {}, ++number_;
    ++depth_;
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ != 2) return true;
    number_field_ = index_of(kNumberNames, name);
    text_ = index_of(kTextNames, name);
    if ((number_field_ < kNumbers && event_.numbers[number_field_]) ||
        (text_ < kTexts && event_.texts[text_]))
      fail(file_, number_, fmt::format("\"{}\" twice", name));
    return true;
  }
  bool end_object() override {
    if (--depth_ == 1) take_(event_, number_);
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ == 1) fail(file_, number_ + 1, "an array, expected an object");
    if (depth_ == 2) scalar("an array");
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception& e) override {
    std::string_view what = e.what();
    what.remove_prefix(std::min(what.size(), what.find("] ") + 2));
    throw InputError(fmt::format("{}: byte {}, behind event {}: {}", file_, byte, number_, what),
                     "a NoC trace is a JSON array of events");
  }

 private:
  template <std::size_t N>
  static unsigned index_of(const std::string_view (&names)[N], const std::string& name) {
    return static_cast<unsigned>(std::find(std::begin(names), std::end(names), name) - std::begin(names));
  }
  [[noreturn]] void fail_top(const char* found) const {
    throw InputError(fmt::format("{}: {} at the top, expected an array of events", file_, found),
                     "tt-npe's workload files are another format");
  }
  bool integer(std::int64_t value) {
    if (depth_ != 2 || number_field_ >= kNumbers) return scalar("a number");
    event_.numbers[number_field_] = value;
    return true;
  }
  // A value where none, or one of another type, belongs; below the fields of an event anything goes.
  bool scalar(const char* found) const {
    if (depth_ == 0) fail_top(found);
    if (depth_ == 1) fail(file_, number_ + 1, fmt::format("{}, expected an object", found));
    if (depth_ == 2 && number_field_ < kNumbers)
      fail(file_, number_,
           fmt::format("\"{}\" is {}, expected an integer", kNumberNames[number_field_], found));
    if (depth_ == 2 && text_ < kTexts)
      fail(file_, number_, fmt::format("\"{}\" is {}, expected a string", kTextNames[text_], found));
    return true;
  }

  const std::string& file_;
  std::function<void(const RawEvent&, std::size_t)> take_;
  RawEvent event_;
  std::size_t number_ = 0;  // of the event being read, from 1
  unsigned depth_ = 0;      // 1 in the array, 2 in an event
  unsigned number_field_ = kNumbers, text_ = kTexts;
};

// Events to streams: destinations and lengths resolved, everything checked against the chip.
class Resolver {
 public:
  Resolver(const std::string& file, const ChipParams& chip) : file_(file), chip_(chip) { trace_.file = file; }

  void take(const RawEvent& raw, std::size_t number) {
    raw_ = &raw, number_ = number;
    check_device();
    StreamState& stream = stream_of();
    NocTraceEvent event;
    event.number = static_cast<std::uint32_t>(number);
    event.timestamp = static_cast<Cycle>(number_of(kTimestamp, 0, INT64_MAX));
    if (!raw.texts[kType]) {
      if (!raw.texts[kZone]) fail("neither \"type\" nor \"zone\"");
    } else {
      resolve(type_row(*raw.texts[kType]), stream, event);
    }
    trace_.streams[stream.index].events.push_back(event);
  }

  NocTrace finish() {
    if (trace_.streams.empty()) throw InputError(fmt::format("{}: no events", file_));
    trace_.first = ~Cycle{0};
    for (NocTraceStream& s : trace_.streams) {
      // The profiler may repeat a zone's begin behind later events.
      std::stable_sort(s.events.begin(), s.events.end(),
                       [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; });
      trace_.first = std::min(trace_.first, s.events.front().timestamp);
      trace_.last = std::max(trace_.last, s.events.back().timestamp);
      check_barriers(s);
    }
    return std::move(trace_);
  }

 private:
  struct Destination {
    std::uint16_t to = 0, to_end = 0;
    std::uint32_t bytes = 0;
  };
  struct StreamState {
    std::size_t index = 0;  // in trace_.streams
    std::optional<Destination> read, write;
  };

  [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const {
    troupe::fail(file_, number_, what, hint);
  }

  std::int64_t number_of(Number field, std::int64_t low, std::int64_t high) const {
    const auto& value = raw_->numbers[field];
    if (!value) fail(fmt::format("no \"{}\"", kNumberNames[field]));
    if (*value < low || *value > high)
      fail(fmt::format("\"{}\" is {}, expected {} to {}", kNumberNames[field], *value, low, high));
    return *value;
  }

  std::uint16_t tile_of(Number x, Number y) const {
    const auto tx = number_of(x, 0, static_cast<std::int64_t>(chip_.grid.width) - 1);
    const auto ty = number_of(y, 0, static_cast<std::int64_t>(chip_.grid.height) - 1);
    return static_cast<std::uint16_t>(ty * static_cast<std::int64_t>(chip_.grid.width) + tx);
  }

  void check_device() {
    const auto& from = raw_->numbers[kFromDevice];
    const std::int64_t device = from.value_or(0);
    if (!device_) device_ = device;
    if (device != *device_)
      fail(fmt::format("device {} besides {}: a trace of one chip is needed", device, *device_));
    if (raw_->numbers[kToDevice].value_or(device) != device)
      fail(fmt::format("goes to device {}: links between chips are not modelled", *raw_->numbers[kToDevice]));
  }

  StreamState& stream_of() {
    if (!raw_->texts[kProc]) fail("no \"proc\"");
    const std::uint16_t tile = tile_of(kSx, kSy);
    const auto [at, is_new] = streams_.try_emplace({tile, *raw_->texts[kProc]});
    if (is_new) {
      at->second.index = trace_.streams.size();
      trace_.streams.push_back({*raw_->texts[kProc], tile, {}});
    }
    return at->second;
  }

  const TypeRow& type_row(const std::string& name) const {
    for (const TypeRow& row : kTypes)
      if (row.name == name) return row;
    if (name.starts_with("FABRIC_")) fail(name + " leaves the chip: links between chips are not modelled");
    std::vector<std::string_view> names;
    for (const TypeRow& row : kTypes) names.push_back(row.name);
    fail(fmt::format("unknown event type \"{}\"", name), fmt::format("types are {}", fmt::join(names, ", ")));
  }

  void resolve(const TypeRow& row, StreamState& stream, NocTraceEvent& event) {
    event.kind = row.kind;
    event.awaits = row.awaits;
    if (row.name == "SEMAPHORE_SET" && raw_->numbers[kDx].value_or(-1) == -1)
      event.kind = Kind::marker;  // its own
    if (row.kind == Kind::marker || event.kind == Kind::marker) return;
    event.network = network();
    if (row.kind == Kind::read_group || row.awaits != 0) return;

    Destination target;
    std::optional<Destination>& saved = row.kind == Kind::read ? stream.read : stream.write;
    if (row.state == State::uses) {
      if (!saved) fail(fmt::format("{} without a state set before it in its stream", row.name));
      target = *saved;
      if (target.bytes == 0) target.bytes = bytes(row);
    } else {
      target = destination(row, event.network);
      target.bytes = bytes(row);
    }
    if (row.state == State::sets) {
      saved = target;
      event.kind = Kind::marker;
      return;
    }
    if (event.kind != Kind::multicast && raw_->numbers[kVc]) event.vc = virtual_channel();
    if (target.bytes == 0) fail(fmt::format("{} of 0 bytes", row.name));
    event.to = target.to, event.to_end = target.to_end, event.bytes = target.bytes;
  }

  std::uint8_t network() const {
    const std::string name = raw_->texts[kNoc].value_or("");
    if (name != "NOC_0" && name != "NOC_1")
      fail(fmt::format("\"noc\" is \"{}\", expected NOC_0 or NOC_1", name));
    const std::uint8_t network = name == "NOC_1";
    if (network >= chip_.noc.networks.size())
      fail(fmt::format("{}, but {} has one network", name, chip_.name));
    return network;
  }

  // On a torus a request names a channel of a half; the network chooses the half.
  std::int8_t virtual_channel() const {
    const std::uint64_t halves = chip_.noc.topology == Topology::torus ? 2 : 1;
    const auto requests = static_cast<std::int64_t>(chip_.noc.request_channels() / halves);
    return static_cast<std::int8_t>(number_of(kVc, kNocTraceNoVc, requests - 1));
  }

  // A network that runs towards lesser coordinates names a rectangle's corners the other way round.
  Destination destination(const TypeRow& row, std::uint8_t network) const {
    if (row.kind != Kind::multicast) {
      const std::uint16_t to = tile_of(kDx, kDy);
      return {to, to, 0};
    }
    Destination d{tile_of(kStartX, kStartY), tile_of(kEndX, kEndY), 0};
    if (network == 1) std::swap(d.to, d.to_end);
    if (chip_.x(d.to) > chip_.x(d.to_end) || chip_.y(d.to) > chip_.y(d.to_end))
      fail(fmt::format("a rectangle from ({},{}) to ({},{}) on NOC_{}, expected its first corner {}",
                       chip_.x(d.to), chip_.y(d.to), chip_.x(d.to_end), chip_.y(d.to_end), network,
                       network == 0 ? "upper left" : "lower right"));
    if (!has_receiver(d, tile_of(kSx, kSy))) fail("a rectangle without a core tile besides the sender's");
    return d;
  }

  bool has_receiver(const Destination& d, std::uint16_t sender) const {
    for (std::uint64_t y = chip_.y(d.to); y <= chip_.y(d.to_end); ++y)
      for (std::uint64_t x = chip_.x(d.to); x <= chip_.x(d.to_end); ++x) {
        const std::uint64_t tile = y * chip_.grid.width + x;
        if (tile != sender && chip_.kind(tile) == TileKind::core) return true;
      }
    return false;
  }

  std::uint32_t bytes(const TypeRow& row) const {
    const bool word = row.kind == Kind::atomic || row.name == "WRITE_INLINE" || row.name == "SEMAPHORE_SET";
    if (word) return kWordBytes;
    const auto& found = raw_->numbers[kBytes];
    const auto most = static_cast<std::int64_t>(chip_.niu.packet_payload_max.count);
    if (found && *found > most)
      fail(fmt::format("{} of {} bytes, a packet carries {} at the most", row.name, *found, most));
    return static_cast<std::uint32_t>(number_of(kBytes, 0, most));
  }

  // Barriers of a kind come in pairs, START then END.
  void check_barriers(const NocTraceStream& stream) const {
    std::map<std::pair<std::uint8_t, std::uint8_t>, const NocTraceEvent*> open;  // by network and awaits
    for (const NocTraceEvent& e : stream.events) {
      if (e.kind != Kind::barrier_start && e.kind != Kind::barrier_end) continue;
      const NocTraceEvent*& started = open[{e.network, e.awaits}];
      if ((e.kind == Kind::barrier_start) == (started != nullptr))
        troupe::fail(file_, e.number,
                     started
                         ? fmt::format("a barrier starts before that of event {} has ended", started->number)
                         : "a barrier ends that has not started");
      started = started ? nullptr : &e;
    }
    for (const auto& [key, started] : open)
      if (started) troupe::fail(file_, started->number, "a barrier without its end");
  }

  const std::string& file_;
  const ChipParams& chip_;
  NocTrace trace_;
  std::map<std::pair<std::uint16_t, std::string>, StreamState> streams_;
  std::optional<std::int64_t> device_;
  const RawEvent* raw_ = nullptr;
  std::size_t number_ = 0;
};

}  // namespace

NocTrace parse_noc_trace(std::string_view text, const std::string& file, const ChipParams& chip) {
  Resolver resolver(file, chip);
  Reader reader(file, [&](const RawEvent& event, std::size_t number) { resolver.take(event, number); });
  nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return resolver.finish();
}

NocTrace read_noc_trace(const std::string& file, const ChipParams& chip) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(fmt::format("{}: cannot read: {}", file, std::strerror(errno)));
  if (!std::filesystem::is_regular_file(file))
    throw InputError(fmt::format("{}: cannot read: not a regular file", file));
  std::string text(std::filesystem::file_size(file), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in) throw InputError(fmt::format("{}: cannot read: {}", file, std::strerror(errno)));
  return parse_noc_trace(text, file, chip);
}

}  // namespace troupe

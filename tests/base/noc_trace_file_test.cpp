// tt-npe's NoC traces: what is read, and what is refused with its place.
#include <doctest/doctest.h>
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/base/check.hpp"
#include "sim/base/config/noc_trace_file.hpp"

namespace troupe {
namespace {

// Column 9 and row 11 are the last of this grid.
ChipParams chip() {
  return preset("wormhole");
}

// An event of BRISC at (1,2): `fields` are what differs from one to the next.
std::string event(int timestamp, const std::string& fields) {
  return fmt::format(R"({{"proc":"BRISC","noc":"NOC_0","sx":1,"sy":2,"timestamp":{},{}}})", timestamp,
                     fields);
}

NocTrace parse(const std::string& text) {
  return parse_noc_trace(text, "t.json", chip());
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const InputError& e) {
    return e.what();
  }
  return "no error";
}

constexpr const char* kRead = R"("type":"READ","dx":3,"dy":4,"num_bytes":4096)";

TEST_CASE("a stream is one processor of one tile, in the order of its timestamps") {
  const NocTrace trace =
      parse("[" + event(130, kRead) + "," + event(110, R"("zone":"K","zone_phase":"begin")") +
            R"(,{"proc":"","sx":1,"sy":2,"timestamp":160,"zone":"P","other":[{"a":{}}]}])");
  REQUIRE(trace.streams.size() == 2);
  const NocTraceStream& brisc = trace.streams[0];
  CHECK(brisc.processor == "BRISC");
  CHECK(brisc.tile == 21);
  REQUIRE(brisc.events.size() == 2);
  CHECK(brisc.events[0].kind == NocTraceKind::marker);
  CHECK(brisc.events[0].number == 2);
  CHECK(brisc.events[1].kind == NocTraceKind::read);
  CHECK(brisc.events[1].to == 43);
  CHECK(brisc.events[1].bytes == 4096);
  CHECK(trace.first == 110);
  CHECK(trace.last == 160);
  CHECK(trace.span() == 30);
}

TEST_CASE("a transaction with state takes destination and length from its stream's last state of its kind") {
  const NocTrace trace =
      parse("[" + event(1, R"("type":"READ_SET_STATE","dx":3,"dy":4,"num_bytes":64)") + "," +
            event(2, R"("type":"WRITE_SET_STATE","dx":5,"dy":5,"num_bytes":0)") + "," +
            event(3, R"("type":"READ_WITH_STATE","dx":0,"dy":0,"num_bytes":8)") + "," +
            event(4, R"("type":"WRITE_WITH_STATE","dx":0,"dy":0,"num_bytes":8)") + "]");
  const auto& events = trace.streams.at(0).events;
  CHECK(events[0].kind == NocTraceKind::marker);
  CHECK(events[1].kind == NocTraceKind::marker);
  CHECK(events[2].to == 43);
  CHECK(events[2].bytes == 64);
  CHECK(events[3].to == 55);
  CHECK(events[3].bytes == 8);
}

TEST_CASE("a rectangle's corners come in the order in which its network runs") {
  const std::string there = R"("type":"WRITE_MULTICAST","num_bytes":32,"mcast_start_x":1,"mcast_start_y":2,)"
                            R"("mcast_end_x":4,"mcast_end_y":5)";
  const std::string back = R"("type":"WRITE_MULTICAST","num_bytes":32,"mcast_start_x":4,"mcast_start_y":5,)"
                           R"("mcast_end_x":1,"mcast_end_y":2)";
  const NocTraceEvent e = parse("[" + event(1, there) + "]").streams[0].events[0];
  CHECK(e.kind == NocTraceKind::multicast);
  CHECK(e.to == 21);
  CHECK(e.to_end == 54);
  std::string other = event(1, back);
  other.replace(other.find("NOC_0"), 5, "NOC_1");
  CHECK(parse("[" + other + "]").streams[0].events[0].to_end == 54);
  CHECK(error_of("[" + event(1, back) + "]") ==
        "t.json: event 1: a rectangle from (4,5) to (1,2) on NOC_0, expected its first corner upper left");
}

TEST_CASE("every type of event that tt-metal records is read") {
  std::string text;
  int time = 0;
  for (const char* type : {"READ",
                           "READ_SET_STATE",
                           "READ_SET_TRID",
                           "READ_WITH_STATE",
                           "READ_WITH_STATE_AND_TRID",
                           "READ_BARRIER_START",
                           "READ_BARRIER_END",
                           "READ_BARRIER_WITH_TRID",
                           "READ_DRAM_SHARDED_SET_STATE",
                           "READ_DRAM_SHARDED_WITH_STATE",
                           "WRITE",
                           "WRITE_",
                           "WRITE_WITH_TRID",
                           "WRITE_INLINE",
                           "WRITE_SET_STATE",
                           "WRITE_WITH_STATE",
                           "WRITE_WITH_TRID_SET_STATE",
                           "WRITE_WITH_TRID_WITH_STATE",
                           "WRITE_BARRIER_START",
                           "WRITE_BARRIER_END",
                           "WRITE_BARRIER_WITH_TRID",
                           "WRITE_FLUSH",
                           "FULL_BARRIER",
                           "ATOMIC_BARRIER",
                           "SEMAPHORE_INC",
                           "SEMAPHORE_WAIT",
                           "SEMAPHORE_SET"})
    text += (text.empty() ? "[" : ",") +
            event(++time, fmt::format(R"("type":"{}","dx":3,"dy":4,"num_bytes":64)", type));
  const auto events = parse(text + "]").streams.at(0).events;
  REQUIRE(events.size() == 27);
  for (const NocTraceEvent& e : events) CHECK(e.number == static_cast<std::uint32_t>(e.timestamp));
}

TEST_CASE("a damaged trace is refused with its place") {
  const std::string good = "[" + event(1, kRead) + "," + event(2, kRead) + "]";
  REQUIRE(error_of(good) == "no error");
  for (std::size_t length = 0; length < good.size(); ++length) {
    const std::string error = error_of(good.substr(0, length));
    CHECK_MESSAGE(error.starts_with("t.json: byte "), length, ": ", error);
  }
  CHECK(error_of("") ==
        "t.json: byte 1, behind event 0: parse error at line 1, column 1: syntax error while parsing value - "
        "unexpected end of input; expected '[', '{', or a literal");
  CHECK(error_of("[]") == "t.json: no events");
  CHECK(error_of("{\"phases\":[]}") == "t.json: an object at the top, expected an array of events");
  CHECK(error_of("[3]") == "t.json: event 1: a number, expected an object");
  CHECK(error_of("[[]]") == "t.json: event 1: an array, expected an object");
  CHECK(error_of("[" + event(1, R"("sx":2)") + "]") == "t.json: event 1: \"sx\" twice");
  CHECK(error_of("[" + event(1, R"("dx":"2")") + "]") ==
        "t.json: event 1: \"dx\" is a string, expected an integer");
  CHECK(error_of("[" + event(1, R"("dx":{"a":1})") + "]") ==
        "t.json: event 1: \"dx\" is an object, expected an integer");
  CHECK(error_of("[" + event(1, R"("type":7)") + "]") ==
        "t.json: event 1: \"type\" is a number, expected a string");
}

TEST_CASE("an event that this chip cannot have is refused with its number and the reason") {
  const auto error = [](const std::string& fields) {
    return error_of("[" + event(1, kRead) + "," + event(2, fields) + "]");
  };
  CHECK(error(R"("type":"RAED","dx":3,"dy":4,"num_bytes":8)") ==
        "t.json: event 2: unknown event type \"RAED\"");
  CHECK(error(R"("type":"READ","dx":10,"dy":4,"num_bytes":8)") ==
        "t.json: event 2: \"dx\" is 10, expected 0 to 9");
  CHECK(error(R"("type":"READ","dx":3,"dy":12,"num_bytes":8)") ==
        "t.json: event 2: \"dy\" is 12, expected 0 to 11");
  CHECK(error(R"("type":"READ","num_bytes":8)") == "t.json: event 2: no \"dx\"");
  CHECK(error(R"("type":"READ","dx":3,"dy":4)") == "t.json: event 2: no \"num_bytes\"");
  CHECK(error(R"("type":"READ","dx":3,"dy":4,"num_bytes":0)") == "t.json: event 2: READ of 0 bytes");
  CHECK(error(R"("type":"WRITE_","dx":3,"dy":4,"num_bytes":8193)") ==
        "t.json: event 2: WRITE_ of 8193 bytes, a packet carries 8192 at the most");
  CHECK(error(R"("type":"READ_WITH_STATE","dx":3,"dy":4,"num_bytes":8)") ==
        "t.json: event 2: READ_WITH_STATE without a state set before it in its stream");
  CHECK(error(R"("type":"WRITE_MULTICAST","num_bytes":32,"mcast_start_x":1,"mcast_start_y":2,)"
              R"("mcast_end_x":4,"mcast_end_y":12)") ==
        "t.json: event 2: \"mcast_end_y\" is 12, expected 0 to 11");
  CHECK(error(R"("type":"WRITE_MULTICAST","num_bytes":32,"mcast_start_x":0,"mcast_start_y":2,)"
              R"("mcast_end_x":1,"mcast_end_y":2)") ==
        "t.json: event 2: a rectangle without a core tile besides the sender's");
  CHECK(error(R"("type":"READ","dx":3,"dy":4,"num_bytes":8,"vc":4)") ==
        "t.json: event 2: \"vc\" is 4, expected -1 to 3");
  CHECK(error(R"("type":"READ_BARRIER_END")") == "t.json: event 2: a barrier ends that has not started");
  CHECK(error(R"("type":"READ_BARRIER_START")") == "t.json: event 2: a barrier without its end");
  CHECK(error(R"("num_bytes":8)") == "t.json: event 2: neither \"type\" nor \"zone\"");
  CHECK(error(R"("type":"FABRIC_UNICAST_WRITE")") ==
        "t.json: event 2: FABRIC_UNICAST_WRITE leaves the chip: links between chips are not modelled");
  CHECK(error(R"("type":"READ","dx":3,"dy":4,"num_bytes":8,"dst_device_id":1)") ==
        "t.json: event 2: goes to device 1: links between chips are not modelled");
  CHECK_THROWS_WITH_AS(parse_noc_trace("[" + event(1, R"("type":"READ_SET_TRID")") + "," +
                                           R"({"proc":"B","noc":"NOC_1","sx":1,"sy":2,"timestamp":3,)" +
                                           R"("type":"READ_SET_TRID"}])",
                                       "t.json", preset("xpu64")),
                       "t.json: event 2: NOC_1, but xpu64 has one network", InputError);
  CHECK(error_of(R"([{"proc":"BRISC","sx":1,"sy":2,"zone":"K"}])") == "t.json: event 1: no \"timestamp\"");
  CHECK(error_of(R"([{"proc":"BRISC","sx":-1,"sy":2,"timestamp":3,"zone":"K"}])") ==
        "t.json: event 1: \"sx\" is -1, expected 0 to 9");
  CHECK(error_of(R"([{"sx":1,"sy":2,"timestamp":3,"zone":"K"}])") == "t.json: event 1: no \"proc\"");
}

}  // namespace
}  // namespace troupe

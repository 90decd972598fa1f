#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/base/check.hpp"
#include "sim/base/rng.hpp"
#include "tests/environment.hpp"
#include "waveforms/perfetto.hpp"
#include "waveforms/recorder.hpp"
#include "waveforms/report.hpp"

using namespace troupe;

namespace {

struct TemporaryFile {
  ~TemporaryFile() { std::remove(path.c_str()); }
  std::string path = std::tmpnam(nullptr);
  std::string read() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
};

constexpr std::uint64_t kTile1 = std::uint64_t{1} << 40, kTile2 = std::uint64_t{2} << 40;

// Actor `ping` (0x10 on tile 1) sends two messages to `pong` (0x20 on tile 2): latencies 30 and 50.
void play(TraceSink& sink) {
  sink.record(1, EventKind::dispatch, 100, kTile1 | 0x10, 0xa000, 0);
  sink.record(1, EventKind::send, 110, kTile1 | 1, kTile2 | 0x20, 64);
  sink.record(1, EventKind::send, 120, kTile1 | 2, kTile2 | 0x20, 64);
  sink.record(1, EventKind::dispatch, 130, 0, 0, 0);
  sink.record(2, EventKind::mailbox, 140, kTile1 | 1, kTile2 | 0x20, 64 | 0x10 << 24);
  sink.record(2, EventKind::mailbox, 170, kTile1 | 2, kTile2 | 0x20, 64 | 0x10 << 24);
  sink.record(2, EventKind::dispatch, 180, kTile2 | 0x20, 0xb000, 0);
  sink.record(2, EventKind::dispatch, 200, 0, 0, 0);
}

RunInfo info() {
  RunInfo i;
  i.chip = "tiny";
  i.program = "ping_pong";
  i.clock_hz = 1e9;
  i.width = 4;
  i.height = 1;
  i.tiles = {"host", "(0,0)", "(1,0)", "dram0"};
  i.cycles = 1000;
  i.actors = {{kTile1 | 0x10, "ping"}, {kTile2 | 0x20, "pong"}};
  i.behaviours = {{0xa000, "pinger"}, {0xb000, "ponger"}};
  i.cores = {{1, 100, {1, 2, 3, 4, 5, 6, 7}, 72, 800, 100}, {2, 0, {}, 0, 1000, 0}};
  i.links = {{"(0,0)", "(1,0)", 6}, {"(1,0)", "niu", 60}};
  return i;
}

}  // namespace

TEST_CASE("what the recorder wrote, the reader gives back") {
  TemporaryFile file;
  Recorder recorder(file.path);
  play(recorder);
  const std::uint64_t seed = troupe::test::seed_or(1);
  INFO("SEED=" << seed);
  Rng rng(seed);
  std::vector<Event> expected;
  for (int i = 0; i < 100'000; ++i) {
    const Event e{rng.below(1 << 20),
                  rng.next(),
                  rng.next(),
                  rng.next() >> rng.below(64),
                  0,
                  static_cast<std::uint16_t>(rng.below(80)),
                  EventKind::inject};
    recorder.record(e.tile, e.kind, e.cycle, e.a, e.b, e.c);
    expected.push_back(e);
  }
  recorder.finish(info());
  const TraceContents got = read_trace(file.path);
  CHECK(got.complete);
  CHECK(got.damage.empty());
  REQUIRE(got.events.size() == expected.size() + 8);
  CHECK(got.info.to_text() == info().to_text());
  TraceHash hash;
  for (const Event& e : got.events) hash.add(e);
  CHECK(hash == recorder.hash());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Event &a = got.events[i + 8], &b = expected[i];
    REQUIRE((a.cycle == b.cycle && a.a == b.a && a.b == b.b && a.c == b.c && a.tile == b.tile &&
             a.kind == b.kind));
  }
}

TEST_CASE("a trace cut anywhere gives its whole chunks and names the rest") {
  TemporaryFile file, cut;
  {
    Recorder recorder(file.path);
    Rng rng(3);
    for (int i = 0; i < 50'000; ++i) recorder.record(1, EventKind::inject, i, rng.next(), rng.next(), 0);
    recorder.finish(info());
  }
  const std::string whole = file.read();
  const std::size_t all = read_trace(file.path).events.size();
  std::size_t before = 0;
  for (std::size_t length = 12; length < whole.size(); length += 9973) {
    cut.write(whole.substr(0, length));
    const TraceContents got = read_trace(cut.path);
    CHECK(!got.complete);
    CHECK(!got.damage.empty());
    CHECK(got.events.size() >= before);
    CHECK(got.events.size() <= all);
    before = got.events.size();
  }
  CHECK(before > 0);
}

TEST_CASE("a flipped bit is found, a foreign file and a newer version are refused") {
  TemporaryFile file;
  {
    Recorder recorder(file.path);
    play(recorder);
    recorder.finish(info());
  }
  const std::string whole = file.read();
  for (std::size_t at = 12; at < whole.size(); ++at) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    file.write(bad);
    const TraceContents got = read_trace(file.path);
    CHECK_MESSAGE(!got.damage.empty(), "flipped a bit at ", at);
  }
  file.write("PK\x03\x04 something else");
  CHECK_THROWS_WITH_AS(read_trace(file.path),
                       (file.path + ": not a trace: it does not begin with TRPTRACE").c_str(), InputError);
  std::string newer = whole;
  newer[8] = 9;
  file.write(newer);
  CHECK_THROWS_WITH_AS(read_trace(file.path),
                       (file.path + ": trace version 9, this troupe reads version 1").c_str(), InputError);
}

TEST_CASE("the hash does not depend on the order in which tiles report, but on every field") {
  Recorder a(""), b(""), c(""), d("");
  a.record(1, EventKind::send, 5, 1, 2, 3);
  a.record(2, EventKind::send, 4, 1, 2, 3);
  b.record(2, EventKind::send, 4, 1, 2, 3);
  b.record(1, EventKind::send, 5, 1, 2, 3);
  CHECK(a.hash() == b.hash());
  c.record(1, EventKind::send, 5, 1, 2, 3);
  c.record(2, EventKind::send, 5, 1, 2, 3);
  CHECK(!(a.hash() == c.hash()));
  d.record(1, EventKind::send, 5, 1, 2, 3);
  CHECK(!(a.hash() == d.hash()));
  CHECK(a.hash().text().size() == 32);
}

TEST_CASE("the report counts flows by actor, with exact percentiles") {
  Recorder recorder("");
  play(recorder);
  const Report r = make_report(info(), recorder.statistics());
  REQUIRE(r.flows.size() == 1);
  CHECK(r.flows[0].from == "ping");
  CHECK(r.flows[0].to == "pong");
  CHECK(r.flows[0].messages == 2);
  CHECK(r.flows[0].bytes == 128);
  CHECK(r.flows[0].p50 == 30);
  CHECK(r.flows[0].p99 == 50);
  REQUIRE(r.actors.size() == 2);
  CHECK(r.actors[0].name == "ping");
  CHECK(r.actors[0].cycles == 30);
  CHECK(r.info.links[0].to == "niu");  // hottest first
}

TEST_CASE("messages within a core are counted apart, and those that no mailbox took as dead letters") {
  Recorder recorder("");
  play(recorder);
  recorder.record(1, EventKind::send, 210, kTile1 | 3, kTile2 | 0x20, 64);
  recorder.record(1, EventKind::reply, 240, kTile1 | 3, 1, 0);
  recorder.record(1, EventKind::pass, 250, kTile1 | 0x10, kTile1 | 0x11, 24);
  recorder.record(1, EventKind::pass, 260, kTile1 | 0x10, kTile1 | 0x12, std::uint64_t{1} << 32 | 24);
  const Report r = make_report(info(), recorder.statistics());
  CHECK(r.messages == 2);
  CHECK(r.local_messages == 1);
  CHECK(r.dead_letters == 2);
  CHECK(r.latency_p50 == 30);
  REQUIRE(r.flows.size() == 2);
  CHECK(r.flows[1].messages == 1);
  CHECK(r.flows[1].bytes == 24);
  CHECK(report_text(r).find("and 1 within cores\n  2 dead letters") != std::string::npos);
}

TEST_CASE("the JSON report has the design's schema and only `host` holds host figures") {
  Recorder recorder("");
  play(recorder);
  const auto json =
      nlohmann::json::parse(report_json(make_report(info(), recorder.statistics()), {1.5, 20.0}));
  CHECK(json["schema"] == 1);
  CHECK(json["chip"] == "tiny");
  CHECK(json["cycles"] == 1000);
  CHECK(json["cores"][0]["stalled"]["divide"] == 3);
  CHECK(json["flows"][0]["p99"] == 50);
  CHECK(json["links"][0]["utilisation"] == doctest::Approx(0.06));
  CHECK(json["host"]["mips"] == 20.0);
  CHECK(json.size() == 9);
}

TEST_CASE("Perfetto gets a named track a tile, a slice a dispatch and an arrow a message") {
  TemporaryFile file, out;
  Recorder recorder(file.path);
  play(recorder);
  recorder.finish(info());
  write_perfetto(read_trace(file.path), out.path);
  const auto json = nlohmann::json::parse(out.read());
  std::map<std::string, int> phases;
  for (const auto& e : json["traceEvents"]) ++phases[e["ph"].get<std::string>()];
  CHECK(phases == std::map<std::string, int>{{"M", 3}, {"X", 6}, {"s", 2}, {"f", 2}});
  for (const auto& e : json["traceEvents"])
    if (e["ph"] == "X" && e["name"] == "ping") CHECK((e["ts"] == 100 && e["dur"] == 30 && e["tid"] == 2));
}

// Supervisors do what Erlang/OTP's do: the scenarios of tests/runtime/otp against what it printed.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/environment.hpp"
#include "tests/runtime/device/fake_chip.hpp"

const char* scenario_text = nullptr;
#include "runtime/device/troupe.hpp"
#include "tests/runtime/otp/scenarios.hpp"

using troupe::test::FakeChip;
using troupe::test::FakeParams;

namespace {

std::string read(const std::string& name) {
  std::ifstream file("tests/runtime/otp/" + name);
  REQUIRE_MESSAGE(file, name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The driver on core 0, workers there, too; supervisors on core 0 or 1.
template <std::uint32_t Core>
troupe::actor root(troupe::Inbox<int>) {
  co_await troupe::spawn<otp::scenarios>(otp::Cores{0, Core}, troupe::on(0));
}

std::string first_difference(const std::string& printed, const std::string& golden) {
  std::istringstream here(printed), there(golden);
  std::string scenario, a, b;
  for (int line = 1; std::getline(there, b) || !b.empty(); ++line) {
    if (!std::getline(here, a)) a = "(nothing)";
    if (b.starts_with("> scenario")) scenario = b;
    if (a != b) return scenario + "\nline " + std::to_string(line) + ": " + a + "\nOTP: " + b;
    b.clear();
  }
  return std::getline(here, a) ? "more than OTP: " + a : "";
}

template <std::uint32_t Core>
void compare(const std::string& name, std::uint64_t seed) {
  const std::string text = read(name + ".txt");
  scenario_text = text.c_str();
  CAPTURE(seed);
  FakeChip chip(FakeParams{.cores = 2, .seed = seed});
  chip.start(&troupe::Behaviour<root<Core>>::entry, 4);
  CHECK(first_difference(chip.printed, read(name + ".golden")) == "");
  CHECK(chip.runtime(0).live_actors() == 0);
  CHECK(chip.runtime(1).live_actors() == 0);
}

}  // namespace

TEST_CASE("supervisors start, end and restart their children as OTP's do") {
  const std::uint64_t seed = troupe::test::seed_or(1);
  for (const char* name : {"scenarios", "random"}) {
    compare<0>(name, seed);
    for (std::uint64_t i = 0; i < 3; ++i) compare<1>(name, seed + i);
  }
}

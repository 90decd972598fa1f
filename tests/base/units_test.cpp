#include <doctest/doctest.h>

#include "sim/base/config/json_writer.hpp"
#include "sim/base/memory.hpp"
#include "sim/base/rng.hpp"
#include "sim/base/units.hpp"

using namespace troupe;

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
static_assert(Addable<Cycles, Cycles>);
static_assert(!Addable<Cycles, Bytes>, "9_cycles + 2_bytes must not compile");

TEST_CASE("a random stream depends on its seed alone") {
  Rng a(1), b(1), c(2);
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
  CHECK(first == 0xb3f2af6d0fc710c5);  // xoshiro256** seeded by splitmix64(1), as the published C code gives
}

TEST_CASE("memory is zero until written and refuses what overflows") {
  Memory m(Bytes{8192});
  CHECK(m.load64(4096) == 0);
  m.store64(8184, 7);
  CHECK(m.load64(8184) == 7);
  CHECK(m.contains(8184, 8));
  CHECK(!m.contains(8185, 8));
  CHECK(!m.contains(~0ull, 8));
}

TEST_CASE("JSON text is separated and escaped") {
  JsonWriter j;
  j.begin_object();
  j.field("name", "a\"b\n");
  j.key("list");
  j.begin_array();
  j.value(1);
  j.value(2.5);
  j.value(true);
  j.end_array();
  j.end_object();
  CHECK(j.text() == R"({"name":"a\"b\n","list":[1,2.5,true]})");
}

// Formatted printing through the host: print("fib({}) = {}\n", n, value).
#pragma once

#include <concepts>
#include <cstdint>

namespace troupe {

namespace device {

// One value to print.
struct Printed {
  enum class Kind : std::uint8_t { integer, natural, real, text, character } kind;
  union {
    std::int64_t integer;
    std::uint64_t natural;
    double real;
    const char* text;
  };
};

inline Printed printed(std::signed_integral auto v) {
  return {Printed::Kind::integer, {.integer = v}};
}
inline Printed printed(std::unsigned_integral auto v) {
  return {Printed::Kind::natural, {.natural = v}};
}
inline Printed printed(char v) {
  return {Printed::Kind::character, {.integer = v}};
}
inline Printed printed(bool v) {
  return {Printed::Kind::text, {.text = v ? "true" : "false"}};
}
inline Printed printed(double v) {
  return {Printed::Kind::real, {.real = v}};
}
inline Printed printed(float v) {
  return printed(static_cast<double>(v));
}
inline Printed printed(const char* v) {
  return {Printed::Kind::text, {.text = v}};
}

// Writes at most `capacity` characters and returns how many there are; more are cut off.
std::uint64_t format(char* out, std::uint64_t capacity, const char* pattern, const Printed* values,
                     std::uint64_t count);
void print(const char* pattern, const Printed* values, std::uint64_t count);

}  // namespace device

// Each {} takes the next value; {:x} prints a whole number in hexadecimal, {:016x} in 16 digits with zeros in
// front, {:.2} a real one with two digits after the point (six otherwise). {{ and }} are braces. At most
// 1,000 characters a call.
template <class... Values>
void print(const char* pattern, Values... values) {
  if constexpr (sizeof...(values) == 0) {
    device::print(pattern, nullptr, 0);
  } else {
    const device::Printed list[] = {device::printed(values)...};
    device::print(pattern, list, sizeof...(values));
  }
}

}  // namespace troupe

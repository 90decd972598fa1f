#include "runtime/device/print.hpp"

#include "runtime/device/host_port.hpp"

namespace troupe::device {

namespace {

struct Writer {
  char* out;
  std::uint64_t capacity;
  std::uint64_t used = 0;

  void put(char c) {
    if (used < capacity) out[used++] = c;
  }
  void text(const char* s) {
    while (*s != 0) put(*s++);
  }
  void natural(std::uint64_t v, unsigned base, unsigned digits_min = 1) {
    char digits[20];
    unsigned n = 0;
    do {
      digits[n++] = "0123456789abcdef"[v % base];
      v /= base;
    } while (v != 0 || n < digits_min);
    while (n != 0) put(digits[--n]);
  }
  void integer(std::int64_t v, unsigned base, unsigned digits_min) {
    if (v < 0) put('-');
    natural(v < 0 ? 0 - static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(v), base, digits_min);
  }
  void real(double v, unsigned digits);
};

// Fixed point with halves rounded up; what exceeds 10^15 gets an exponent.
void Writer::real(double v, unsigned digits) {
  if (v != v) return text("nan");
  if (__builtin_signbit(v)) {
    put('-');
    v = -v;
  }
  if (v > 1.7976931348623157e308) return text("inf");
  unsigned exponent = 0;
  if (v >= 1e15) {
    for (; v >= 10; v /= 10) ++exponent;
  }
  std::uint64_t scale = 1;
#pragma clang loop vectorize(disable)
  for (unsigned i = 0; i < digits; ++i) scale *= 10;
  std::uint64_t whole = static_cast<std::uint64_t>(v);
  std::uint64_t fraction =
      static_cast<std::uint64_t>((v - static_cast<double>(whole)) * static_cast<double>(scale) + 0.5);
  if (fraction >= scale) {
    fraction -= scale;
    ++whole;
  }
  natural(whole, 10);
  if (digits != 0) {
    put('.');
    natural(fraction, 10, digits);
  }
  if (exponent != 0) {
    put('e');
    natural(exponent, 10);
  }
}

struct Spec {
  unsigned base = 10;
  unsigned width = 1;   // of whole numbers, in digits; zeros in front
  unsigned digits = 6;  // of real ones, after the point
};

// Reads what stands between the braces and leaves `p` behind the closing one.
Spec read_spec(const char*& p) {
  Spec spec;
  unsigned* number = &spec.width;
  for (; *p != 0 && *p != '}'; ++p) {
    if (*p == 'x') spec.base = 16;
    if (*p == '.') number = &spec.digits, *number = 0;
    if (*p == ':') *number = 0;
    if (*p >= '0' && *p <= '9') *number = *number * 10 + static_cast<unsigned>(*p - '0');
  }
  if (*p == '}') ++p;
  if (spec.digits > 15) spec.digits = 15;
  if (spec.width > 20) spec.width = 20;
  return spec;
}

void write_value(Writer& w, const Printed& value, const Spec& spec) {
  switch (value.kind) {
    case Printed::Kind::integer:
      return w.integer(value.integer, spec.base, spec.width);
    case Printed::Kind::natural:
      return w.natural(value.natural, spec.base, spec.width);
    case Printed::Kind::real:
      return w.real(value.real, spec.digits);
    case Printed::Kind::text:
      return w.text(value.text);
    case Printed::Kind::character:
      return w.put(static_cast<char>(value.integer));
  }
}

}  // namespace

std::uint64_t format(char* out, std::uint64_t capacity, const char* pattern, const Printed* values,
                     std::uint64_t count) {
  Writer w{out, capacity};
  std::uint64_t next = 0;
  for (const char* p = pattern; *p != 0;) {
    const char c = *p++;
    if ((c == '{' || c == '}') && *p == c) {
      w.put(c);
      ++p;
    } else if (c == '{') {
      const Spec spec = read_spec(p);
      if (next == count) fault("print: more {} than values");
      write_value(w, values[next++], spec);
    } else {
      w.put(c);
    }
  }
  return w.used;
}

void print(const char* pattern, const Printed* values, std::uint64_t count) {
  char text[1000];
  send_text(runtime(), text, format(text, sizeof text, pattern, values, count));
}

}  // namespace troupe::device

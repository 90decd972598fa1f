// The integral of 1/(x+1) sqrt(1 + exp(sqrt(2x))) sin(x^3 - 1) over [1, 5] by the trapezoidal rule. A master
// cuts it into a piece for each worker and adds up what they send. Stresses computing in the vector unit.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef TRAPEZOIDS
#define TRAPEZOIDS 10'000'000
#endif
constexpr int kWorkers = 100;
constexpr double kLeft = 1, kRight = 5;
constexpr int kLanes = 32;                          // sums side by side: four vectors of f64 at VLEN 512
constexpr int kTrapezoids = TRAPEZOIDS / kWorkers;  // of a worker
static_assert(TRAPEZOIDS % kWorkers == 0);

// Within 1e-14 of e^x, relatively, for |x| < 700. Without branches: x is k ln 2 + r, and 2^k goes into the
// exponent.
inline double exponential(double x) {
  constexpr double kRound = 0x1.8p52;  // adding it leaves the nearest whole number in the low bits
  const double shifted = x * 1.4426950408889634 + kRound;
  const double k = shifted - kRound;
  double r = __builtin_elementwise_fma(k, -0x1.62e42fefa39efp-1, x);
  r = __builtin_elementwise_fma(k, -0x1.abc9e3b39803fp-56, r);
  double p = 1.0 / 479001600;  // the Taylor series to r^12
  p = __builtin_elementwise_fma(p, r, 1.0 / 39916800);
  p = __builtin_elementwise_fma(p, r, 1.0 / 3628800);
  p = __builtin_elementwise_fma(p, r, 1.0 / 362880);
  p = __builtin_elementwise_fma(p, r, 1.0 / 40320);
  p = __builtin_elementwise_fma(p, r, 1.0 / 5040);
  p = __builtin_elementwise_fma(p, r, 1.0 / 720);
  p = __builtin_elementwise_fma(p, r, 1.0 / 120);
  p = __builtin_elementwise_fma(p, r, 1.0 / 24);
  p = __builtin_elementwise_fma(p, r, 1.0 / 6);
  p = __builtin_elementwise_fma(p, r, 0.5);
  p = __builtin_elementwise_fma(p, r, 1.0);
  p = __builtin_elementwise_fma(p, r, 1.0);
  const std::uint64_t scale = (__builtin_bit_cast(std::uint64_t, shifted) + 1023) << 52;
  return p * __builtin_bit_cast(double, scale);
}

inline double f(double x) {
  return __builtin_elementwise_sqrt(1 + exponential(__builtin_elementwise_sqrt(2 * x))) / (x + 1) *
         sine(x * x * x - 1);
}

double integral(double left, double width) {
  std::array<double, kLanes> sums = {};
  for (int i = 0; i < kTrapezoids; i += kLanes) {
    for (int k = 0; k < kLanes; ++k) {
      const double inner = i + k != 0 && i + k < kTrapezoids ? 1 : 0;
      sums[k] += inner * f(left + (i + k) * width);
    }
  }
  double sum = (f(left) + f(left + kTrapezoids * width)) / 2;
  for (const double s : sums) sum += s;
  return sum * width;
}

struct Part {
  int worker;
  double integral;
};
// The master begins to receive once all pieces are sent, so nobody waits for ever.
actor worker(Inbox<int, 1> in, Address<Part> master) {
  const double width = (kRight - kLeft) / TRAPEZOIDS;
  const int index = co_await in.receive();
  co_await master.send({index, integral(kLeft + index * (kTrapezoids * width), width)});
}
TROUPE_BEHAVIOUR(worker);

// Workers are on the other cores: computing, one would hold up the master.
actor trapezoid(Inbox<Part> in) {
  std::array<Address<int>, kWorkers> workers;
  for (int i = 0; i < kWorkers; ++i)
    workers[i] = present(co_await spawn<worker>(in.address(), on(1 + i % (core_count() - 1))));
  for (int i = 0; i < kWorkers; ++i) co_await workers[i].send(i);
  std::array<double, kWorkers> parts;
  for (int i = 0; i < kWorkers; ++i) {
    const Part part = co_await in.receive();
    parts[part.worker] = part.integral;
  }
  double sum = 0;  // in the order of the workers, whoever was first
  for (const double p : parts) sum += p;
  print("{} trapezoids: {:.12}\n", TRAPEZOIDS, sum);
}
TROUPE_PROGRAM(trapezoid, requires_cores(51));

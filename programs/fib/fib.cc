// The Fibonacci numbers as a tree of actors: each call spawns two more, anywhere on the lease, and adds what
// they answer. Teaches spawning without limit: fib(20) creates 21,891 actors.
#include "troupe.hpp"

using namespace troupe;

#ifndef FIB_CORES
#define FIB_CORES 8
#endif
#ifndef FIB_OF
#define FIB_OF 20
#endif

actor fib(Inbox<long, 2> in, int n, Address<long> parent) {
  long result = n;
  if (n >= 2) {
    for (int smaller = n - 2; smaller < n; ++smaller) {
      if (!co_await spawn<fib>(smaller, in.address())) {
        print("no room for another actor\n");
        exit(1);
      }
    }
    result = co_await in.receive();
    result += co_await in.receive();
  }
  co_await parent.send(result);
}
TROUPE_BEHAVIOUR(fib);

actor fibonacci(Inbox<long> in) {
  co_await spawn<fib>(FIB_OF, in.address());
  print("fib({}) = {}\n", FIB_OF, co_await in.receive());
}
TROUPE_PROGRAM(fibonacci, requires_cores(FIB_CORES));

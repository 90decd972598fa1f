// Looks at what a read brings before the read is done.
#include "troupe.hpp"

using namespace troupe;

std::uint64_t zone[8] = {1, 2, 3, 4, 5, 6, 7, 8};

actor peeker() {
  exit(*const_cast<volatile std::uint64_t*>(&zone[3]) == 0 ? 1 : 0);
  co_return;
}
TROUPE_BEHAVIOUR(peeker);

actor early(Data<std::uint64_t> data) {
  co_await spawn<peeker>(near(self()));
  co_await data.read(0, zone);
  exit(0);
}
TROUPE_BEHAVIOUR(early);

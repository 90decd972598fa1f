// Sends a message of which most was never written.
#include "troupe.hpp"

using namespace troupe;

struct Text {
  int length;
  char text[200];
};

actor reader(Inbox<Text> in, Address<int> to) {
  const auto text = co_await in.borrow();
  co_await to.send(text->length);
}
TROUPE_BEHAVIOUR(reader);

actor root(Inbox<int> in) {
  const auto to = co_await spawn<reader>(in.address(), on(1));
  auto text = Buffer<Text>::make();
  text->length = 3;
  for (int i = 0; i < 3; ++i) text->text[i] = 'a';
  co_await to.send(*text);
  co_await in.receive();
}
TROUPE_PROGRAM(root, requires_cores(2));

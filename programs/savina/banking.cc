// Tellers ask accounts to move money to others: the account sends a deposit and answers when it was
// acknowledged. Money must neither appear nor vanish. Stresses request and acknowledgement between many
// actors.
#include <array>

#include "programs/savina/savina.hpp"

using namespace troupe;
using namespace troupe::savina;

#ifndef TRANSFERS
#define TRANSFERS 50'000
#endif
#ifndef ACCOUNTS
#define ACCOUNTS 1'000
#endif
constexpr int kTellers = 10;
constexpr int kUnderWay = 4;  // transfers of one teller that may be
constexpr int kAllUnderWay = kTellers * kUnderWay;
constexpr int kTransfers = TRANSFERS / kTellers;
constexpr std::uint32_t kBalance = 1'000;
static_assert(TRANSFERS % kTellers == 0);

struct Notice;
struct Order {
  enum { transfer, deposit, deposited, close } kind;
  std::uint32_t amount;
  Address<Order> account;     // transfer: to; deposit: from
  Address<Notice> answer_to;  // transfer: the teller; close: takes the balance
};
struct Notice {
  enum { accounts, moved, refused, finished } kind;
  std::uint32_t amount;                   // moved; finished: how many transfers were not refused
  std::array<Address<Order>, 5> account;  // to a teller, in its beginning: accounts, as many as fit a slot
};

// An account moves one amount at a time but always takes deposits, so that two which pay each other do not
// wait for ever. Each transfer under way has one message under way, so that at most kAllUnderWay are on their
// way to a mailbox or put aside: neither a mailbox nor `later` overflows.
actor account(Inbox<Order, kAllUnderWay> in) {
  std::uint32_t balance = kBalance;
  std::array<Order, kAllUnderWay> later;  // transfers, a ring
  int first = 0, waiting = 0;
  Order now = {};  // the transfer that waits for its acknowledgement, if it has an amount
  for (;;) {
    while (now.amount == 0 && waiting != 0) {
      now = later[first];
      first = (first + 1) % kAllUnderWay;
      --waiting;
      if (now.amount <= balance) {
        balance -= now.amount;
        co_await now.account.send({Order::deposit, now.amount, in.address(), {}});
      } else {
        now.amount = 0;
        co_await now.answer_to.send({Notice::refused, 0, {}});
      }
    }
    const Order order = co_await in.receive();
    switch (order.kind) {
      case Order::transfer:
        later[(first + waiting++) % kAllUnderWay] = order;
        break;
      case Order::deposit:
        balance += order.amount;
        co_await order.account.send({Order::deposited, order.amount, {}, {}});
        break;
      case Order::deposited:
        co_await now.answer_to.send({Notice::moved, now.amount, {}});
        now.amount = 0;
        break;
      case Order::close:
        co_await order.answer_to.send({Notice::moved, balance, {}});
        co_return;
    }
  }
}
TROUPE_BEHAVIOUR(account);

// Its mailbox has room for the answers to all its transfers.
actor teller(Inbox<Notice, kUnderWay> in, std::uint64_t seed, Address<Notice> bank) {
  std::array<Address<Order>, ACCOUNTS> accounts;
  for (std::size_t known = 0; known < ACCOUNTS;) {
    const Notice notice = co_await in.receive();
    for (const auto& a : notice.account) {
      if (known < ACCOUNTS) accounts[known++] = a;
    }
  }
  Random random(seed);
  std::uint32_t done = 0;
  for (int begun = 0, ended = 0; ended < kTransfers; ++ended) {
    for (; begun < kTransfers && begun < ended + kUnderWay; ++begun) {
      const std::uint32_t from = random.below(ACCOUNTS);
      const std::uint32_t to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
      co_await accounts[from].send({Order::transfer, 1 + random.below(100), accounts[to], in.address()});
    }
    done += (co_await in.receive()).kind == Notice::moved;
  }
  co_await bank.send({Notice::finished, done, {}});
}
TROUPE_BEHAVIOUR(teller);

actor banking(Inbox<Notice> in) {
  std::array<Address<Order>, ACCOUNTS> accounts;
  for (auto& a : accounts) a = present(co_await spawn<account>());
  for (int t = 0; t < kTellers; ++t) {
    const auto to = present(co_await spawn<teller>(t, in.address()));
    Notice notice = {Notice::accounts, 0, {}};
    for (std::size_t i = 0; i < ACCOUNTS; i += notice.account.size()) {
      for (std::size_t k = 0; k < notice.account.size() && i + k < ACCOUNTS; ++k)
        notice.account[k] = accounts[i + k];
      co_await to.send(notice);
    }
  }
  std::uint32_t done = 0;
  for (int t = 0; t < kTellers; ++t) done += (co_await in.receive()).amount;
  require(done > TRANSFERS / 2 && done <= TRANSFERS, "most transfers find enough money");
  std::uint64_t sum = 0;
  for (const auto& a : accounts) {
    co_await a.send({Order::close, 0, {}, in.address()});
    sum += (co_await in.receive()).amount;
  }
  require(sum == std::uint64_t{ACCOUNTS} * kBalance, "the sum of all accounts");
  print("{} accounts hold {} after {} transfers, as before\n", ACCOUNTS, sum, TRANSFERS);
}
TROUPE_PROGRAM(banking, requires_cores(16));

// The seam at which another implementation of a router takes its place: ports, and a clock edge at a time.
//
// step() samples what is on the wires into the router in a cycle and gives what is on the wires out of it in
// the next one, as registers at both ends do. A flit that wins the switch in cycle s is on its link in
// s + kFlitRegisters, the credit for the place that it left in s + kCreditRegisters; whoever wires routers
// adds the rest of the delays.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "noc/flit.hpp"
#include "noc/router.hpp"
#include "noc/routing.hpp"

namespace troupe::noc {

inline constexpr unsigned kFlitRegisters = 2;  // ST and LT
inline constexpr unsigned kCreditRegisters = 1;

struct LinkFlit {
  Flit flit;
  Position to{};        // destination; valid in heads
  std::uint8_t vc = 0;  // of the port

  // What only heads carry does not matter in others.
  friend bool operator==(const LinkFlit& a, const LinkFlit& b);
};

// The wires into a router, or out of it, in one cycle: at most one flit and one credit a port.
struct RouterPorts {
  std::uint8_t flits = 0, credits = 0;  // ports that carry one, a bit each
  std::array<LinkFlit, kPorts> flit;
  std::array<std::uint8_t, kPorts> credit_vc{};  // the VC of the port that got a place

  void put_flit(unsigned port, const LinkFlit& f) {
    flits = static_cast<std::uint8_t>(flits | 1u << port);
    flit[port] = f;
  }
  void put_credit(unsigned port, unsigned vc) {
    credits = static_cast<std::uint8_t>(credits | 1u << port);
    credit_vc[port] = static_cast<std::uint8_t>(vc);
  }
  void clear() { flits = credits = 0; }
  // Wires that carry nothing do not matter.
  friend bool operator==(const RouterPorts& a, const RouterPorts& b);
  std::string text() const;  // a line for each port that carries something
};

class RouterModel {
 public:
  virtual ~RouterModel() = default;
  virtual void step(const RouterPorts& in, RouterPorts& out) = 0;
  // False: with nothing on the wires in, step() changes nothing and gives nothing, so it may be left out.
  virtual bool busy() const = 0;
  virtual std::string state_text() const = 0;
};

// A state in words: what is buffered and held, credits, pointers.
std::string router_text(const RouterState& state, const RouterParams& params);

using RouterFactory = std::function<std::unique_ptr<RouterModel>(const RouterParams&, Position here)>;

// noc/router.hpp behind the seam.
class ReferenceRouter final : public RouterModel {
 public:
  ReferenceRouter(const RouterParams& params, Position here);
  void step(const RouterPorts& in, RouterPorts& out) override;
  bool busy() const override;
  std::string state_text() const override;

  RouterState& state() { return state_; }  // for tests that break it

 private:
  RouterParams params_;
  Position here_;
  RouterState state_, before_;  // now, and before the last VA and SA
  std::vector<Flit> buffers_;
  std::vector<std::deque<Position>> to_;  // by input VC: destinations of the packets in it
  RouterPorts st_, lt_;                   // in ST and LT; credits in st_ only
  std::deque<std::uint64_t> granted_;     // VA grants of the last va_cycles - 1 cycles
};

RouterFactory reference_routers();

}  // namespace troupe::noc

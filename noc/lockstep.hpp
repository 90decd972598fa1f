// Two implementations of a router as one: both see the same wires in, and what they give must be equal in
// each cycle.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "noc/router_model.hpp"

namespace troupe::noc {

// The first difference: cycle, router, wires in and out, both states.
class LockstepDifference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class LockstepRouter final : public RouterModel {
 public:
  LockstepRouter(const RouterParams& params, Position here, std::unique_ptr<RouterModel> left,
                 std::unique_ptr<RouterModel> right);
  // Throws LockstepDifference.
  void step(const RouterPorts& in, RouterPorts& out) override;
  bool busy() const override { return left_->busy(); }
  RouterState state() const override { return left_->state(); }
  std::uint64_t steps() const { return steps_; }

 private:
  RouterParams params_;
  Position here_;
  std::unique_ptr<RouterModel> left_, right_;
  std::uint64_t steps_ = 0;
};

// Routers of both factories side by side.
RouterFactory lockstep(RouterFactory left, RouterFactory right);

}  // namespace troupe::noc

#include "noc/lockstep.hpp"

#include <fmt/core.h>

namespace troupe::noc {

LockstepRouter::LockstepRouter(Position here, std::unique_ptr<RouterModel> left,
                               std::unique_ptr<RouterModel> right)
    : here_(here), left_(std::move(left)), right_(std::move(right)) {}

void LockstepRouter::step(const RouterPorts& in, RouterPorts& out) {
  RouterPorts other;
  left_->step(in, out);
  right_->step(in, other);
  ++steps_;
  if (out == other && left_->busy() == right_->busy()) return;
  throw LockstepDifference(fmt::format(
      "router ({},{}) differs at its step {}\nwires in:\n{}left gives{}:\n{}right gives{}:\n{}"
      "left, after the step:\n{}right, after the step:\n{}",
      here_.x, here_.y, steps_, in.text(), left_->busy() ? ", busy" : ", idle", out.text(),
      right_->busy() ? ", busy" : ", idle", other.text(), left_->state_text(), right_->state_text()));
}

RouterFactory lockstep(RouterFactory left, RouterFactory right) {
  return [left = std::move(left), right = std::move(right)](const RouterParams& params, Position here) {
    return std::make_unique<LockstepRouter>(here, left(params, here), right(params, here));
  };
}

}  // namespace troupe::noc

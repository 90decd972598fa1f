#include "noc/lockstep.hpp"

#include <fmt/core.h>

namespace troupe::noc {

LockstepRouter::LockstepRouter(const RouterParams& params, Position here, std::unique_ptr<RouterModel> left,
                               std::unique_ptr<RouterModel> right)
    : params_(params), here_(here), left_(std::move(left)), right_(std::move(right)) {}

void LockstepRouter::step(const RouterPorts& in, RouterPorts& out) {
  RouterPorts other;
  left_->step(in, out);
  right_->step(in, other);
  ++steps_;
  if (out == other && left_->busy() == right_->busy()) return;
  throw LockstepDifference(
      fmt::format("router ({},{}) differs at its step {}\nwires in:\n{}left gives{}:\n{}right gives{}:\n{}"
                  "left, before VA and SA:\n{}right, before VA and SA:\n{}",
                  here_.x, here_.y, steps_, in.text(), left_->busy() ? ", busy" : ", idle", out.text(),
                  right_->busy() ? ", busy" : ", idle", other.text(), router_text(left_->state(), params_),
                  router_text(right_->state(), params_)));
}

RouterFactory lockstep(RouterFactory left, RouterFactory right) {
  return [left = std::move(left), right = std::move(right)](const RouterParams& params,
                                                            const Geometry& geometry, Position here) {
    return std::make_unique<LockstepRouter>(params, here, left(params, geometry, here),
                                            right(params, geometry, here));
  };
}

}  // namespace troupe::noc

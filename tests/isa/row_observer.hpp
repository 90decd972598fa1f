// Remembers the rows of the instructions that a program executes.
#pragma once

#include "isa/observed_engine.hpp"
#include "tests/isa/executed_rows.hpp"

namespace troupe::isa::test {

class RowObserver : public StepObserver {
 public:
  void step(const Hart&, const Step& step) override {
    const Row* row = find_row(step.expanded);
    // To trap is what ecall and ebreak do.
    const bool does_trap = row != nullptr && row->unit == Unit::system && step.end == Step::End::trapped;
    if (step.end == Step::End::retired || does_trap) add_executed(executed, step.raw, step.expanded);
  }

  ExecutedRows executed;
};

}  // namespace troupe::isa::test

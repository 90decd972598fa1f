#include "tests/isa/timing_reference.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

namespace troupe::test {
namespace {

// A result: when it can be used, once that is known.
struct Result {
  std::optional<Cycle> ready;
  bool of_vector_unit = false;
  bool by(Cycle cycle) const { return ready && *ready <= cycle; }
};
using ResultRef = std::shared_ptr<Result>;

// What one beat of a vector instruction touches: it waits for what it reads and for what it overwrites.
struct Beat {
  std::vector<ResultRef> awaits, writes;

  bool can_pass(Cycle cycle) const {
    for (const ResultRef& r : awaits)
      if (!r->by(cycle)) return false;
    return true;
  }
};

// A vector unit with the instruction that is passing through it.
struct VectorUnit {
  std::deque<Beat> beats;  // to come
  Cycle free = 0;          // for the next beat
  std::uint64_t interval = 1, latency = 0, tail = 0;
  std::vector<ResultRef> at_end;

  void pass(Cycle cycle) {
    for (const ResultRef& r : beats.front().writes) r->ready = cycle + latency;
    free = cycle + interval;
    beats.pop_front();
    if (!beats.empty()) return;
    for (const ResultRef& r : at_end) r->ready = cycle + latency + tail;
    at_end.clear();
  }
};

class Machine {
 public:
  Machine(const std::vector<Line>& lines, const ElfFile& elf, const CoreParams& core, std::uint64_t seed,
          Guest& guest)
      : lines_(lines), entry_(elf.entry()), core_(core), outside_(seed), guest_(guest) {
    engine_ = isa::make_engine(core, {.block_instructions_max = 1});
    // A deadline that never comes by itself: the reference decides when the timer interrupts.
    deadline_ = outside_.deadline(0);
    for (ResultRef& r : scalar_) r = done();
  }

  ReferenceRun run() {
    for (;; ++cycle_) {
      drain_queues();
      for (VectorUnit& unit : units_)
        if (!unit.beats.empty() && cycle_ >= unit.free && unit.beats.front().can_pass(cycle_))
          unit.pass(cycle_);
      if (cycle_ < front_end_) continue;
      const Line& line = lines_.at((guest_.hart.pc - entry_) / 4);
      if (!can_issue(line)) continue;
      if (line.cost == Cost::end) return {cycle_, traps_, interrupts_, accesses_};
      issue(line);
    }
  }

 private:
  static ResultRef done() { return std::make_shared<Result>(Result{0}); }

  // --- time

  void drain_queues() {
    if (!stores_.empty() && --stores_.front() == 0) stores_.pop_front();
    for (std::size_t i = 0; i < loads_.size();) {
      if (loads_[i] <= cycle_) {
        loads_.erase(loads_.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
  }

  bool is_float_divide(const Line& line) const {
    return line.cost == Cost::fp_div_single || line.cost == Cost::fp_div_double;
  }

  std::uint64_t latency_of(const Line& line) const {
    switch (line.cost) {
      case Cost::mul:
        return core_.mul.count;
      case Cost::mul_high:
        return core_.mul_high.count;
      case Cost::load:
        return core_.load_use.count;
      case Cost::amo:
        return core_.amo.count;
      case Cost::fp:
        return core_.fp.count;
      case Cost::fp_div_single:
        return core_.fp_div_single.count;
      case Cost::fp_div_double:
        return core_.fp_div_double.count;
      case Cost::csr:
      case Cost::csr_status:
      case Cost::read_cycle:
        return core_.csr.count;
      case Cost::divide:
        return 1;  // at least
      case Cost::vector:
        return plan_.latency + plan_.tail;
      default:
        return core_.alu.count;
    }
  }

  bool can_issue(const Line& line) {
    for (const int r : line.reads)
      if (r != 0 && !scalar_[static_cast<std::size_t>(r)]->by(cycle_)) return false;
    if (line.cost == Cost::vector && !can_issue_vector(line.vector)) return false;
    if (line.writes > 0) {  // not before an earlier result; one of the vector unit is waited for
      const Result& older = *scalar_[static_cast<std::size_t>(line.writes)];
      if (!older.by(older.of_vector_unit ? cycle_ : cycle_ + latency_of(line))) return false;
    }
    if (line.cost == Cost::divide && cycle_ < divider_free_) return false;
    if (is_float_divide(line) && cycle_ < float_divider_free_) return false;
    if (line.cost == Cost::store && stores_.size() >= core_.store_queue) return false;
    return line.cost != Cost::load || core_.loads_in_flight == 0 || loads_.size() < core_.loads_in_flight;
  }

  void issue(const Line& line) {
    const std::uint64_t pc = guest_.hart.pc;
    const std::uint64_t a = line.reads.empty() ? 0 : register_value(line.reads.front()),
                        b = line.reads.empty() ? 0 : register_value(line.reads.back());
    const isa::Stop stop = engine_->run(guest_.hart, guest_.hart.cycle + 1);
    if (stop == isa::Stop::device) return device_access(line);
    if (stop != isa::Stop::until) throw std::runtime_error("the reference stopped at " + line.text);
    if (lines_.at((guest_.hart.pc - entry_) / 4).text.starts_with("handler") && guest_.hart.csr.mepc == pc) {
      ++traps_;
      front_end_ = cycle_ + 1 + core_.trap.count;
      return;
    }
    if (line.cost == Cost::read_cycle && line.writes > 0) guest_.hart.x[line.writes] = cycle_;
    front_end_ = cycle_ + 1 + stall_after(line, guest_.hart.pc != pc + 4);
    if (line.cost == Cost::vector) {
      start_vector(line);
    } else if (line.cost == Cost::divide) {
      divide(line, divide_cycles(line, a, b));
    } else {
      finish(line, cycle_ + latency_of(line));
    }
    if (line.cost == Cost::branch || line.cost == Cost::jump || line.cost == Cost::jump_register ||
        line.cost == Cost::csr_status)
      maybe_interrupt();
  }

  std::uint64_t register_value(int r) const { return r < 32 ? guest_.hart.x[r] : 0; }

  void write(int r, Cycle ready) {
    if (r > 0) scalar_[static_cast<std::size_t>(r)] = std::make_shared<Result>(Result{ready});
  }

  void finish(const Line& line, Cycle ready) {
    write(line.writes, ready);
    if (is_float_divide(line)) float_divider_free_ = ready;
    if (line.cost == Cost::store) stores_.push_back(core_.store_interval.count);
    if (line.cost == Cost::load) loads_.push_back(cycle_ + core_.load_use.count - 1);
  }

  // Cycles in which nothing issues behind the instruction.
  std::uint64_t stall_after(const Line& line, bool jumped) const {
    switch (line.cost) {
      case Cost::mul:
        return core_.mul_stall.count;
      case Cost::mul_high:
        return core_.mul_high_stall.count;
      case Cost::load:
        return core_.load_stall.count;
      case Cost::store:
        return core_.store_stall.count;
      case Cost::csr:
      case Cost::csr_status:
      case Cost::read_cycle:
        return core_.csr.count - 1;
      case Cost::fence_i:
        return core_.fence_i.count;
      case Cost::jump:
        return core_.jump.count;
      case Cost::jump_register:
        return core_.jump_register.count;
      case Cost::branch: {
        const bool guess = core_.branch_prediction == BranchPrediction::backward_taken && line.backward;
        if (guess != jumped) return core_.branch_mispredicted.count;
        return jumped ? core_.branch_taken.count : 0;
      }
      default:
        return 0;
    }
  }

  std::uint64_t divide_cycles(const Line& line, std::uint64_t a, std::uint64_t b) const {
    const auto magnitude = [&](std::uint64_t v) -> std::uint64_t {
      if (line.word && line.is_signed)
        return static_cast<std::uint64_t>(std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(v))));
      if (line.word) return static_cast<std::uint32_t>(v);
      return line.is_signed && static_cast<std::int64_t>(v) < 0 ? 0 - v : v;
    };
    const auto width = [](std::uint64_t v) {
      std::uint64_t n = 0;
      for (; v != 0; v >>= 1) ++n;
      return n;
    };
    const std::uint64_t ma = magnitude(a), mb = magnitude(b), low = line.word ? b & 0xffffffff : b;
    const std::uint64_t minus_one = line.word ? 0xffffffff : ~std::uint64_t{0};
    const bool overflow = line.is_signed && low == minus_one &&
                          ma == (line.word ? std::uint64_t{1} << 31 : std::uint64_t{1} << 63);
    if (mb == 0 && core_.div_by_zero.count != 0) return core_.div_by_zero.count;
    if ((low == 1 || overflow) && core_.div_by_one.count != 0) return core_.div_by_one.count;
    std::uint64_t term = 0;
    if (core_.div_term == DivideTerm::dividend) term = width(ma);
    if (core_.div_term == DivideTerm::divisor) term = (line.word ? 32 : 64) - width(mb);
    if (core_.div_term == DivideTerm::quotient && mb != 0 && ma >= mb) term = width(ma) - width(mb) + 1;
    std::uint64_t cycles = core_.div_base.count;
    for (std::uint64_t done = 0; done < term; done += core_.div_bits_per_cycle) ++cycles;
    return cycles < core_.div_min.count ? core_.div_min.count : cycles;
  }

  void divide(const Line& line, std::uint64_t cycles) {
    write(line.writes, cycle_ + cycles);
    if (core_.div_blocking != 0) {
      front_end_ = cycle_ + cycles;
    } else {
      divider_free_ = cycle_ + cycles;
    }
  }

  void device_access(const Line& line) {
    ++accesses_;
    const bool store = guest_.hart.pending.store,
               timer = guest_.hart.pending.address == kDevice + kTimerRegister;
    const Outside::Answer answer = outside_.answer();
    engine_->complete(guest_.hart, answer.value, guest_.hart.cycle, 1);
    const Cycle at = cycle_ + answer.wait_cycles;
    if (timer) deadline_ = outside_.deadline(at);
    front_end_ = at + 1 + stall_after(line, false);
    if (store) return;
    write(line.writes, at + answer.latency);
    loads_.push_back(at + answer.latency - 1);
  }

  void maybe_interrupt() {
    const bool enabled = (guest_.hart.csr.mstatus & 8) != 0;
    if (!enabled || front_end_ < deadline_) return;
    ++interrupts_;
    guest_.hart.timer_deadline = 0;
    guest_.hart.at_wfi = true;  // here an interrupt may be taken
    if (engine_->run(guest_.hart, guest_.hart.cycle + 1) != isa::Stop::until)
      throw std::runtime_error("the interrupt of the reference was not taken");
    guest_.hart.timer_deadline = kNever;
    front_end_ += core_.trap.count;
  }

  // --- vectors

  // How the instruction at hand would pass through its unit, from where vl stands now.
  struct Plan {
    std::vector<Beat> beats;
    std::vector<ResultRef> at_end;
    std::vector<std::pair<std::uint64_t, ResultRef>> produced;  // element group -> its result
    std::uint64_t interval = 1, latency = 1, tail = 0;
  };

  std::uint64_t place_of(int reg, std::uint64_t bit) const {
    return (static_cast<std::uint64_t>(reg) * core_.vlen.count + bit) / core_.dlen.count;
  }
  ResultRef group_at(std::uint64_t place) {
    ResultRef& r = groups_[place];
    if (r == nullptr) r = done();
    return r;
  }

  void time_of(const VectorLine& line, std::uint64_t elements) {
    plan_.latency = line.memory ? core_.load_use.count : core_.fp.count;
    plan_.interval = 1;
    plan_.tail = 0;
    switch (line.time) {
      case VectorTime::plain:
        break;
      case VectorTime::reduce: {
        std::uint64_t lanes = core_.dlen.count / static_cast<std::uint64_t>(line.width);
        if (elements < lanes) lanes = elements;
        for (std::uint64_t reach = 1; reach < lanes; reach *= 2) ++plan_.tail;
        break;
      }
      case VectorTime::reduce_ordered:
        plan_.interval = core_.fp.count;
        break;
      case VectorTime::divide:
        plan_.interval = core_.div_base.count;
        for (std::uint64_t bits = 0; bits < static_cast<std::uint64_t>(line.sew);
             bits += core_.div_bits_per_cycle)
          ++plan_.interval;
        plan_.latency = plan_.interval;
        break;
      case VectorTime::float_divide:
        plan_.latency = plan_.interval =
            line.sew == 64 ? core_.fp_div_double.count : core_.fp_div_single.count;
        break;
    }
  }

  // Element by element: which beat it belongs to, and which element groups it lies in.
  void make_plan(const VectorLine& line) {
    std::uint64_t elements = guest_.hart.csr.vl;
    if (line.mask_bits) elements = (elements + 7) / 8;
    if (line.whole_registers != 0)
      elements = static_cast<std::uint64_t>(line.whole_registers) * core_.vlen.count /
                 static_cast<std::uint64_t>(line.width);
    const std::uint64_t beat_bits = line.memory ? core_.l1_port.count * 8 : core_.dlen.count;
    std::uint64_t beat_elements = beat_bits / static_cast<std::uint64_t>(line.width);
    if (line.element_a_beat || line.time == VectorTime::reduce_ordered) beat_elements = 1;
    plan_ = Plan{};
    time_of(line, elements);
    plan_.beats.resize(std::max<std::uint64_t>(1, (elements + beat_elements - 1) / beat_elements));
    std::map<std::uint64_t, Production> produced;
    for (const VectorOperand& o : line.operands) {
      const bool single = o.pass == Pass::first || o.pass == Pass::last;
      for (std::uint64_t e = 0; e < (single ? 1 : elements); ++e) {
        const std::uint64_t place = place_of(o.reg, e * static_cast<std::uint64_t>(o.width));
        touch(o, place, o.pass == Pass::along ? e / beat_elements : 0, produced);
      }
    }
    for (const auto& [place, production] : produced) {
      plan_.produced.emplace_back(place, production.result);
      if (production.at_end) {
        plan_.at_end.push_back(production.result);
      } else {
        plan_.beats[production.last_beat].writes.push_back(production.result);
      }
    }
  }

  // An element group that the instruction writes; there when the last beat that writes to it has passed.
  struct Production {
    ResultRef result = std::make_shared<Result>();
    std::uint64_t last_beat = 0;
    bool at_end = false;
  };

  void touch(const VectorOperand& o, std::uint64_t place, std::uint64_t beat,
             std::map<std::uint64_t, Production>& produced) {
    const bool at_end = o.pass == Pass::at_end || o.pass == Pass::last;
    (at_end ? plan_.beats.back() : plan_.beats[beat]).awaits.push_back(group_at(place));
    if (!o.write) return;
    produced[place].last_beat = beat;
    produced[place].at_end = at_end;
  }

  bool can_issue_vector(const VectorLine& line) {
    const VectorUnit& unit = units_[line.memory ? 1 : 0];
    if (!unit.beats.empty() || cycle_ < unit.free) return false;
    make_plan(line);
    return plan_.beats.front().can_pass(cycle_);
  }

  void start_vector(const Line& line) {
    VectorUnit& unit = units_[line.vector.memory ? 1 : 0];
    unit.beats.assign(plan_.beats.begin(), plan_.beats.end());
    unit.interval = plan_.interval;
    unit.latency = plan_.latency;
    unit.tail = plan_.tail;
    unit.at_end = plan_.at_end;
    if (line.writes > 0) {
      auto result = std::make_shared<Result>(Result{std::nullopt, true});
      scalar_[static_cast<std::size_t>(line.writes)] = result;
      unit.at_end.push_back(result);
    }
    for (const auto& [place, result] : plan_.produced) groups_[place] = result;
    unit.pass(cycle_);
  }

  const std::vector<Line>& lines_;
  const std::uint64_t entry_;
  const CoreParams& core_;
  Outside outside_;
  Guest& guest_;
  std::unique_ptr<isa::Engine> engine_;

  Cycle cycle_ = 0, front_end_ = 0, deadline_ = 0;
  Cycle divider_free_ = 0, float_divider_free_ = 0;
  ResultRef scalar_[64];
  std::map<std::uint64_t, ResultRef> groups_;  // by place in the register file, in units of DLEN
  VectorUnit units_[2];                        // arithmetic, memory
  std::deque<std::uint64_t> stores_;           // cycles that each has still to stay, once at the front
  std::vector<Cycle> loads_;                   // until when each is in flight
  Plan plan_;
  std::uint64_t traps_ = 0, interrupts_ = 0, accesses_ = 0;
};

}  // namespace

Outside::Answer Outside::answer() {
  return {rng_.next(), rng_.below(3) == 0 ? rng_.below(40) : 0, 1 + rng_.below(12)};
}

ReferenceRun run_reference(const std::vector<Line>& lines, const ElfFile& elf, const CoreParams& core,
                           std::uint64_t outside_seed, Guest& guest) {
  return Machine(lines, elf, core, outside_seed, guest).run();
}

}  // namespace troupe::test

// The plot of a sweep: latency over offered load, and accepted over offered load below it.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "noc/sweep.hpp"

namespace troupe::noc {
namespace {

constexpr double kWidth = 760, kLeft = 80, kRight = 24;
constexpr double kTitle = 56;                      // above the panels
constexpr double kLatency = 320, kAccepted = 200;  // heights of the panels
constexpr double kBetween = 64, kBottom = 56;

// A range of values on a range of pixels.
struct Axis {
  double low, high, from, to;
  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

// 1, 2 or 5 times a power of ten, such that `range` takes about `ticks` of them.
double tick_step(double range, int ticks) {
  const double raw = range / ticks, power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power) return factor * power;
  return 10 * power;
}

double rounded_up(double value, double step) {
  return std::ceil(value / step - 1e-9) * step;
}

class Panel {
 public:
  Panel(std::string& svg, const Axis& x, const Axis& y) : svg_(svg), x_(x), y_(y) {}

  void grid(const std::string& y_label, int y_ticks) {
    const double x_step = tick_step(x_.high - x_.low, 8), y_step = tick_step(y_.high - y_.low, y_ticks);
    for (double v = x_.low; v <= x_.high + x_step * 1e-6; v += x_step) {
      line(v, y_.low, v, y_.high, "#e4e4e4");
      text(x_.at(v), y_.from + 18, fmt::format("{:.3g}", v), "middle");
    }
    for (double v = y_.low; v <= y_.high + y_step * 1e-6; v += y_step) {
      line(x_.low, v, x_.high, v, "#e4e4e4");
      text(x_.from - 8, y_.at(v) + 4, fmt::format("{:.4g}", v), "end");
    }
    svg_ += fmt::format(
        R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="none" stroke="#333"/>)"
        "\n",
        x_.from, y_.to, x_.to - x_.from, y_.from - y_.to);
    const double middle = (y_.from + y_.to) / 2;
    svg_ +=
        fmt::format("<text transform=\"translate(22 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                    middle, y_label);
  }

  void line(double x1, double y1, double x2, double y2, const char* colour, const char* dashes = "none") {
    svg_ += fmt::format(
        R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-dasharray="{}"/>)"
        "\n",
        x_.at(x1), y_.at(y1), x_.at(x2), y_.at(y2), colour, dashes);
  }

  // Curve with a dot at each point; what lies above the panel is cut off at its edge.
  template <class Value>
  void curve(const Sweep& sweep, const char* colour, const char* clip, Value value) {
    std::string line, dots;
    for (const SweepPoint& p : sweep.points) {
      const double x = x_.at(p.rate), y = y_.at(std::min(value(p.result), y_.high * 4));
      line += fmt::format("{:.1f},{:.1f} ", x, y);
      dots += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>)", x, y, colour);
    }
    svg_ += fmt::format(
        "<g clip-path=\"url(#{})\"><polyline points=\"{}\" fill=\"none\" stroke=\"{}\" "
        "stroke-width=\"2\"/>{}</g>\n",
        clip, line, colour, dots);
  }

  // Rows of colour and name at the panel's upper left.
  void legend(std::initializer_list<std::pair<const char*, const char*>> rows) {
    double y = y_.to + 22;
    svg_ += fmt::format(
        R"(<rect x="{:.1f}" y="{:.1f}" width="150" height="{}" fill="white" fill-opacity="0.85" stroke="#ccc"/>)"
        "\n",
        x_.from + 10, y_.to + 6, rows.size() * 20 + 6);
    for (const auto& [colour, name] : rows) {
      svg_ += fmt::format(
          R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="2"/>)"
          "\n",
          x_.from + 20, y - 4, x_.from + 48, y - 4, colour);
      text(x_.from + 56, y, name, "start");
      y += 20;
    }
  }

  void text(double x, double y, const std::string& what, const char* anchor) {
    svg_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)"
                        "\n",
                        x, y, anchor, what);
  }

 private:
  std::string& svg_;
  Axis x_, y_;
};

// Text of a chip's name may be a path.
std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

void draw_latency(std::string& svg, const Sweep& sweep, const Axis& x) {
  // Up to where the network saturates, and a bit: beyond, latency says how long one waited to look.
  double top = 4 * sweep.zero_load();
  for (const SweepPoint& p : sweep.points)
    if (!p.saturated) top = std::max(top, static_cast<double>(p.result.p99));
  const Axis y{0, rounded_up(top, tick_step(top, 6)), kTitle + kLatency, kTitle};
  Panel panel(svg, x, y);
  panel.grid("latency (cycles)", 6);
  panel.line(0, sweep.zero_load(), x.high, sweep.zero_load(), "#888", "2 4");
  panel.text(x.to - 6, y.at(sweep.zero_load()) + 16, fmt::format("alone: {:.1f}", sweep.zero_load()), "end");
  panel.curve(sweep, "#d62728", "latency", [](const TrafficResult& r) { return static_cast<double>(r.p99); });
  panel.curve(sweep, "#1f77b4", "latency", [](const TrafficResult& r) { return r.mean_latency; });
  panel.curve(sweep, "#2ca02c", "latency", [](const TrafficResult& r) { return static_cast<double>(r.p50); });
  panel.legend({{"#d62728", "99th percentile"}, {"#1f77b4", "mean"}, {"#2ca02c", "median"}});
  const std::optional<double> saturation = sweep.saturation();
  if (!sweep.saturates() || !saturation) return;
  panel.line(*saturation, 0, *saturation, y.high, "#555", "6 4");
  // On the side where the legend is not.
  const bool right = *saturation < x.high / 2;
  panel.text(x.at(*saturation) + (right ? 6 : -6), y.from - 8, fmt::format("saturation {:.3g}", *saturation),
             right ? "start" : "end");
}

void draw_accepted(std::string& svg, const Sweep& sweep, const Axis& x) {
  const double top = kTitle + kLatency + kBetween;
  const Axis y{0, x.high, top + kAccepted, top};
  Panel panel(svg, x, y);
  panel.grid("accepted (flits/node/cycle)", 4);
  panel.line(0, 0, x.high, x.high, "#888", "2 4");
  panel.curve(sweep, "#9467bd", "accepted", [](const TrafficResult& r) { return r.accepted; });
  panel.legend({{"#9467bd", "accepted"}, {"#888", "= offered"}});
  panel.text((x.from + x.to) / 2, y.from + 42, "offered load (flits per node and cycle)", "middle");
}

}  // namespace

std::string sweep_svg(const Sweep& sweep) {
  const double height = kTitle + kLatency + kBetween + kAccepted + kBottom;
  const double rate = sweep.points.back().rate;
  const Axis x{0, rounded_up(rate, tick_step(rate, 8)), kLeft, kWidth - kRight};
  std::string svg =
      fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" )"
                  R"(font-family="sans-serif" font-size="13">)"
                  "\n"
                  R"(<rect width="{0}" height="{1}" fill="white"/>)"
                  "\n",
                  kWidth, height);
  for (const auto& [id, top, tall] :
       {std::tuple{"latency", kTitle, kLatency}, {"accepted", kTitle + kLatency + kBetween, kAccepted}})
    svg += fmt::format(R"(<clipPath id="{}"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>)"
                       "\n",
                       id, kLeft, top, kWidth - kLeft - kRight, tall);
  svg += fmt::format(
      R"(<text x="{}" y="26" text-anchor="middle" font-size="17">{}: {} traffic, {}-flit packets</text>)"
      "\n",
      kWidth / 2, escaped(sweep.chip), sweep.params.pattern, sweep.params.packet_flits);
  svg += fmt::format(
      R"(<text x="{}" y="44" text-anchor="middle" fill="#555">{} cores, {} cycles a point, seed {}</text>)"
      "\n",
      kWidth / 2, sweep.nodes, sweep.params.measured, sweep.params.seed);
  draw_latency(svg, sweep, x);
  draw_accepted(svg, sweep, x);
  return svg + "</svg>\n";
}

}  // namespace troupe::noc

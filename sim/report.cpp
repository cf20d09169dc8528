#include "sim/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace grove::sim {
namespace {

// Ten significant digits: enough to compare, the same on every run.
std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

std::string hex(std::uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

enum class Better : std::uint8_t { kLower, kHigher, kNeither };

Better better(std::string_view figure) {
  for (const char* count : {"_count", "frames_expected", "pairs_tried", "faults", "direct_", "sim_seconds"}) {
    if (figure.find(count) != std::string_view::npos) return Better::kNeither;
  }
  return figure.ends_with("_percent") ? Better::kHigher : Better::kLower;
}

// What may differ without a meaning, beside the tolerance: a frame, a tenth of a percent, a hundredth of anything else.
double slack(std::string_view figure) {
  if (figure.ends_with("_ms")) return 20;
  if (figure.ends_with("_s")) return 0.5;
  if (figure.ends_with("_percent")) return 0.1;
  return 0.01;
}

}  // namespace

std::string in_words(const RunResult& result) {
  std::string text;
  for (const auto& verdict : result.verdicts) {
    text += verdict.invariant + (verdict.violations ? ": VIOLATED " + std::to_string(verdict.violations) + " times" : ": holds") + "\n";
    for (const auto& told : verdict.told) text += "    " + told + "\n";
  }
  for (const auto& [name, value] : result.figures) {
    char line[120];
    std::snprintf(line, sizeof line, "%-38s %14.3f\n", name.c_str(), value);
    text += line;
  }
  return text;
}

std::string in_json(const Scenario& scenario, std::uint64_t seed, const RunResult& result) {
  std::string text = "{\"scenario\": \"" + scenario.name + "\", \"seed\": " + std::to_string(seed) +
                     ", \"peers\": " + std::to_string(scenario.peers) + ", \"trace\": \"" + hex(result.trace_hash) +
                     "\", \"events\": " + std::to_string(result.events) + ", \"violated\": [";
  bool is_first = true;
  for (const auto& verdict : result.verdicts) {
    if (verdict.violations == 0) continue;
    text += (is_first ? "\"" : ", \"") + verdict.invariant.substr(0, verdict.invariant.find(' ')) + "\"";
    is_first = false;
  }
  text += "], \"figures\": {";
  is_first = true;
  for (const auto& [name, value] : result.figures) {
    text += (is_first ? "\"" : ", \"") + name + "\": " + number(value);
    is_first = false;
  }
  return text + "}}";
}

std::variant<std::vector<Worse>, std::string> compare(const Figures& now, std::string_view baseline, double tolerance) {
  // A whole output is as good as its last line.
  while (!baseline.empty() && (baseline.back() == '\n' || baseline.back() == '\r')) baseline.remove_suffix(1);
  const std::size_t line_end = baseline.rfind('\n');
  const auto json = nlohmann::json::parse(line_end == std::string_view::npos ? baseline : baseline.substr(line_end + 1), nullptr, false);
  if (json.is_discarded() || !json.is_object()) return "its last line is no JSON object";
  const auto figures = json.find("figures");
  if (figures == json.end() || !figures->is_object()) return "it has no \"figures\"";
  std::vector<Worse> worse;
  for (const auto& [name, value] : now) {
    const auto before = figures->find(name);
    if (before == figures->end()) continue;
    if (!before->is_number()) return "its figure \"" + name + "\" is no number";
    const double old = before->get<double>();
    const double allowed = std::abs(old) * tolerance + slack(name);
    const Better direction = better(name);
    const bool is_worse = (direction == Better::kLower && value > old + allowed) || (direction == Better::kHigher && value < old - allowed);
    if (is_worse) worse.push_back({name, old, value});
  }
  return worse;
}

}  // namespace grove::sim

#include "sim/scenario.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

namespace grove::sim {
namespace {

using nlohmann::json;

const std::map<std::string, FaultKind> kFaultKinds = {
    {"death", FaultKind::kDeath},          {"leave", FaultKind::kLeave},
    {"freeze", FaultKind::kFreeze},        {"lie", FaultKind::kLie},
    {"rendezvous down", FaultKind::kRendezvousDown}, {"rendezvous up", FaultKind::kRendezvousUp},
    {"partition", FaultKind::kPartition},  {"heal", FaultKind::kHeal},
    {"join", FaultKind::kJoin},            {"block", FaultKind::kBlock},
    {"unblock", FaultKind::kUnblock}};
const std::map<std::string, Whom> kWhom = {
    {"anyone", Whom::kAnyone}, {"relay", Whom::kRelay}, {"talker", Whom::kTalker}, {"listener", Whom::kListener}};
const std::map<std::string, Whom> kBlockedWhom = {{"anyone", Whom::kAnyone},     {"relay", Whom::kRelay},   {"talker", Whom::kTalker},
                                                  {"listener", Whom::kListener}, {"others", Whom::kOthers}};
const std::map<std::string, Lie> kLies = {{"drops", Lie::kDropsRelayed}, {"forges", Lie::kForgesRelayed}};

std::string list_of(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

// Takes the keys of one object; remembers the first complaint and which keys exist.
class Keys {
 public:
  Keys(const json& object, std::string where, std::optional<std::string>& wrong)
      : object_(object), where_(std::move(where)), wrong_(wrong) {
    if (!object.is_object()) complain("is no object");
  }
  void finish() {
    if (!object_.is_object()) return;
    for (const auto& [key, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        complain("has no key \"" + key + "\"; allowed are " + list_of(known_));
      }
    }
  }

  void take(const char* key, double& to, double low, double high) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_number() || !(value->get<double>() >= low && value->get<double>() <= high)) {
      return complain(key, *value, "a number from " + shown(low) + " to " + shown(high));
    }
    to = value->get<double>();
  }
  template <typename Integer>
  void take_count(const char* key, Integer& to, std::uint64_t low, std::uint64_t high) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() < low || value->get<std::uint64_t>() > high) {
      return complain(key, *value, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    to = static_cast<Integer>(value->get<std::uint64_t>());
  }
  void take_time(const char* key, Duration& to, double unit_ms, double high) {
    double value = to.in_ms() / unit_ms;
    take(key, value, 0, high);
    to = Duration::us(std::llround(value * unit_ms * 1000));
  }
  void take_flag(const char* key, bool& to) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_boolean()) return complain(key, *value, "true or false");
    to = value->get<bool>();
  }
  void take_text(const char* key, std::string& to) {
    const json* value = find(key);
    if (!value) return;
    if (!value->is_string()) return complain(key, *value, "a text");
    to = value->get<std::string>();
  }
  template <typename Enum>
  void take_word(const char* key, Enum& to, const std::map<std::string, Enum>& words) {
    const json* value = find(key);
    if (!value) return;
    const auto word = value->is_string() ? words.find(value->get<std::string>()) : words.end();
    std::vector<std::string> allowed;
    for (const auto& [name, meaning] : words) allowed.push_back('"' + name + '"');
    if (word == words.end()) return complain(key, *value, "one of " + list_of(allowed));
    to = word->second;
  }
  const json* find(const char* key) {
    known_.emplace_back(key);
    if (!object_.is_object()) return nullptr;
    const auto value = object_.find(key);
    return value == object_.end() ? nullptr : &*value;
  }
  void complain(const std::string& what) {
    if (!wrong_) wrong_ = where_ + " " + what;
  }

 private:
  static std::string shown(double number) { return json(number).dump(); }
  void complain(const char* key, const json& value, const std::string& allowed) {
    complain(std::string("key \"") + key + "\" is " + value.dump() + "; it should be " + allowed);
  }

  const json& object_;
  std::string where_;
  std::optional<std::string>& wrong_;
  std::vector<std::string> known_;
};

void take_network(const json& object, NetworkTerms& to, std::optional<std::string>& wrong) {
  Keys keys(object, "\"network\"", wrong);
  keys.take("loss", to.loss.share, 0, 0.9);
  keys.take_time("loss_burst_ms", to.loss.burst, 1, 10'000);
  keys.take("jitter_ms", to.jitter_mean_median_ms, 0, 1000);
  keys.take("pairs_cut", to.pairs_cut, 0, 1);
  keys.take("cone", to.cone, 0, 1);
  keys.take("symmetric", to.symmetric, 0, 1);
  double uplink_kbits = 0;
  keys.take("uplink_kbits", uplink_kbits, 0, 10'000'000);
  to.uplink_bits_per_s = static_cast<std::uint64_t>(uplink_kbits * 1000);
  keys.take_time("uplink_queue_ms", to.uplink_queue, 1, 10'000);
  keys.finish();
}

Fault take_fault(const json& object, std::size_t index, std::optional<std::string>& wrong) {
  Fault fault;
  Keys keys(object, "fault " + std::to_string(index + 1), wrong);
  if (object.is_object() && !object.contains("what")) keys.complain("does not say \"what\"");
  keys.take_word("what", fault.kind, kFaultKinds);
  keys.take_time("at_s", fault.at, 1000, 3600);
  keys.take_time("every_s", fault.every, 1000, 3600);
  keys.take("share_per_minute", fault.share_per_minute, 0, 10);
  keys.take_word("who", fault.who, kWhom);
  keys.take_count("count", fault.count, 1, 10'000);
  keys.take("share", fault.share, 0, 1);
  keys.take_time("time_min_s", fault.time_min, 1000, 3600);
  keys.take_time("time_max_s", fault.time_max, 1000, 3600);
  keys.take_time("back_after_s", fault.back_after, 1000, 3600);
  keys.take_word("how", fault.lie, kLies);
  keys.take_word("whom", fault.whom, kBlockedWhom);
  keys.take_count("whom_count", fault.whom_count, 1, 10'000);
  keys.take_time("within_s", fault.within, 1000, 3600);
  keys.take_flag("mutual", fault.is_mutual);
  keys.finish();
  if (fault.kind == FaultKind::kLie && fault.lie == Lie::kNone) keys.complain("does not say \"how\" it lies");
  if (fault.time_min > fault.time_max) keys.complain("has a time_min_s above its time_max_s");
  return fault;
}

}  // namespace

std::variant<Scenario, std::string> parse_scenario(std::string_view name, std::string_view text) {
  json whole;
  try {
    whole = json::parse(text);
  } catch (const json::parse_error& error) {
    return std::string("is no JSON: ") + error.what();
  }
  Scenario scenario;
  scenario.name = name;
  std::optional<std::string> wrong;
  Keys keys(whole, "the scenario", wrong);
  keys.take_text("story", scenario.story);
  keys.take_count("peers", scenario.peers, 2, 1000);
  keys.take_count("copies_cap", scenario.copies_cap, 0, 250);
  keys.take("phones", scenario.phones, 0, 1);
  keys.take_count("talkers", scenario.talkers, 0, 1000);
  if (keys.find("blocks")) keys.take("blocks", scenario.blocks.emplace(), 0, 1);
  keys.take_time("blocks_at_s", scenario.blocks_at, 1000, 36'000);
  keys.take_flag("blocks_left_out", scenario.are_blocks_left_out);
  keys.take_flag("roll_call", scenario.has_roll_call);
  keys.take_time("arrive_within_s", scenario.arrive_within, 1000, 3600);
  keys.take_time("settle_s", scenario.settle, 1000, 3600);
  keys.take_time("harsh_s", scenario.harsh, 1000, 36'000);
  keys.take_time("converge_s", scenario.converge, 1000, 3600);
  keys.take_time("spurt_ms", scenario.world.speech.spurt_mean, 1, 3'600'000);
  keys.take_time("pause_ms", scenario.world.speech.pause_mean, 1, 3'600'000);
  keys.take("link_fails", scenario.world.links.fails, 0, 1);
  if (const json* network = keys.find("network")) take_network(*network, scenario.network, wrong);
  if (const json* faults = keys.find("faults")) {
    if (!faults->is_array()) keys.complain("key \"faults\" is no list");
    else for (std::size_t i = 0; i < faults->size(); ++i) scenario.faults.push_back(take_fault((*faults)[i], i, wrong));
  }
  keys.finish();
  if (scenario.story.empty()) keys.complain("tells no \"story\"");
  if (scenario.network.cone + scenario.network.symmetric > 1) keys.complain("has more NATs than hosts");
  if (wrong) return *wrong;
  return scenario;
}

}  // namespace grove::sim

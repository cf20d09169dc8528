#include "netlab/topology.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace grove::netlab {
namespace {

using nlohmann::json;

struct Wrong {  // thrown inside this file only
  std::string words;
};

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

// One JSON object, read key by key. `where` is how complaints call it: "hosts[2]".
class Section {
 public:
  Section(const json& value, std::string where, std::initializer_list<const char*> known) : value_(value), where_(std::move(where)) {
    if (!value.is_object()) throw Wrong{where_ + " must be an object { … }"};
    for (const auto& item : value.items()) {
      if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
      std::string all;
      for (const char* key : known) all += (all.empty() ? "" : ", ") + std::string(key);
      throw Wrong{where_ + " has no key " + in_quotes(item.key()) + "; it knows " + all};
    }
  }

  bool has(const char* key) const { return value_.contains(key); }
  const json& at(const char* key) const {
    if (!has(key)) throw Wrong{where_ + " lacks " + in_quotes(key)};
    return value_[key];
  }
  std::string place(const char* key) const { return where_ == kTop ? key : where_ + "." + key; }

  std::string text(const char* key) const {
    if (!at(key).is_string() || at(key).get<std::string>().empty()) throw Wrong{place(key) + " must be a text that is not empty"};
    return at(key).get<std::string>();
  }
  bool is_true(const char* key) const {
    if (!has(key)) return false;
    if (!at(key).is_boolean()) throw Wrong{place(key) + " must be true or false"};
    return at(key).get<bool>();
  }
  double number(const char* key, double otherwise, double low, double high) const {
    if (!has(key)) return otherwise;
    const json& value = at(key);
    if (!value.is_number() || value.get<double>() < low || value.get<double>() > high) {
      throw Wrong{place(key) + " must be a number from " + json(low).dump() + " to " + json(high).dump() + ", not " + value.dump()};
    }
    return value.get<double>();
  }
  const json& list(const char* key) const {
    if (!at(key).is_array()) throw Wrong{place(key) + " must be a list [ … ]"};
    return at(key);
  }

  static constexpr const char* kTop = "the file";

 private:
  const json& value_;
  std::string where_;
};

Duration in_ms(double ms) { return Duration::us(static_cast<std::int64_t>(ms * 1000)); }

void read_terms(const Section& network, Topology& topology) {
  sim::NetworkTerms& terms = topology.terms;
  // The model draws last miles and each path's mean jitter; a laboratory is told what it has.
  terms.last_mile_median_ms = 0;
  terms.jitter_mean_sigma = 0;
  terms.jitter_mean_median_ms = network.number("jitter_ms", 0, 0, 1000);
  terms.jitter_max = in_ms(network.number("jitter_max_ms", 30, 0, 10'000));
  terms.loss.share = network.number("loss_percent", 0, 0, 100) / 100;
  terms.loss.burst = in_ms(network.number("loss_burst_ms", terms.loss.burst.in_ms(), 1, 10'000));
  terms.uplink_queue = in_ms(network.number("uplink_queue_ms", terms.uplink_queue.in_ms(), 1, 10'000));
  topology.nat_timeouts.udp = in_ms(1000 * network.number("nat_udp_timeout_s", 120, 1, 86'400));
}

HostPlan read_host(const json& value, std::size_t index) {
  const std::string where = "hosts[" + std::to_string(index) + "]";
  const Section section(value, where, {"name", "nat", "uplink_kbit_s", "serves"});
  HostPlan host;
  host.name = section.text("name");
  const bool is_plain = std::all_of(host.name.begin(), host.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!is_plain || host.name.size() > 32) throw Wrong{where + ".name must be at most 32 of a–z, 0–9, - and _, not " + in_quotes(host.name)};
  if (section.has("nat")) {
    const auto nat = nat_kind_of(section.text("nat"));
    if (!nat) {
      throw Wrong{where + ".nat: " + in_quotes(section.text("nat")) +
                  " is no kind of NAT; there are open, full-cone, restricted-cone, port-restricted-cone and symmetric"};
    }
    host.nat = *nat;
  }
  host.uplink_bits_per_s = static_cast<std::uint64_t>(1000 * section.number("uplink_kbit_s", 0, 0, 10'000'000));
  host.serves = section.is_true("serves");
  if (host.serves && host.nat != NatKind::kOpen) throw Wrong{where + ": whoever serves is reachable by all, so its nat must be open"};
  host.outside = {0x0a4d'0001U + static_cast<std::uint32_t>(index)};  // 10.77.0.1 and on
  host.inside = host.nat == NatKind::kOpen ? host.outside : Address{0xc0a8'0002U + (static_cast<std::uint32_t>(index + 1) << 8)};
  return host;
}

HostId host_in(const Topology& topology, const json& name, const std::string& where) {
  if (!name.is_string()) throw Wrong{where + " must be a host's name"};
  const auto found = topology.host_named(name.get<std::string>());
  if (!found) throw Wrong{where + ": there is no host " + in_quotes(name.get<std::string>())};
  return *found;
}

void read_pair(const json& value, std::size_t index, Topology& topology) {
  const std::string where = "pairs[" + std::to_string(index) + "]";
  const Section section(value, where, {"between", "rtt_ms", "blocked"});
  const json& between = section.list("between");
  if (between.size() != 2) throw Wrong{where + ".between must name two hosts"};
  const HostId a = host_in(topology, between[0], where + ".between"), b = host_in(topology, between[1], where + ".between");
  if (a == b) throw Wrong{where + ".between names the same host twice"};
  topology.rtts.set(a.value, b.value, section.number("rtt_ms", topology.rtts.ms(a.value, b.value), 0, sim::RttMatrix::kRttMaxMs));
  if (!section.is_true("blocked")) return;
  for (const HostId one : {a, b}) {
    if (topology.hosts[one.value].serves) throw Wrong{where + ": " + topology.hosts[one.value].name + " serves, so it is reachable by all"};
  }
  topology.blocked.emplace_back(a, b);
}

Topology read(const json& value) {
  const Section top(value, Section::kTop, {"name", "story", "seed", "network", "hosts", "pairs"});
  Topology topology;
  topology.name = top.text("name");
  topology.story = top.text("story");
  topology.seed = static_cast<std::uint64_t>(top.number("seed", 1, 0, 9e15));
  const json none = json::object();
  const Section network(top.has("network") ? top.at("network") : none, "network",
                        {"rtt_ms", "jitter_ms", "jitter_max_ms", "loss_percent", "loss_burst_ms", "uplink_queue_ms", "nat_udp_timeout_s"});
  read_terms(network, topology);

  const json& hosts = top.list("hosts");
  if (hosts.size() < 2 || hosts.size() > Topology::kHostsMax) {
    throw Wrong{"hosts must be 2 to " + std::to_string(Topology::kHostsMax) + ", not " + std::to_string(hosts.size())};
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    topology.hosts.push_back(read_host(hosts[i], i));
    const HostPlan& host = topology.hosts.back();
    if (!names.insert(host.name).second) throw Wrong{"two hosts are called " + in_quotes(host.name)};
  }
  if (std::count_if(topology.hosts.begin(), topology.hosts.end(), [](const HostPlan& host) { return host.serves; }) > 1) {
    throw Wrong{"more than one host serves"};
  }
  topology.rtts = sim::RttMatrix(hosts.size());
  const double rtt_ms = network.number("rtt_ms", 0, 0, sim::RttMatrix::kRttMaxMs);
  for (std::size_t a = 0; a < hosts.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) topology.rtts.set(a, b, rtt_ms);
  }
  if (top.has("pairs")) {
    const json& pairs = top.list("pairs");
    for (std::size_t i = 0; i < pairs.size(); ++i) read_pair(pairs[i], i, topology);
  }
  return topology;
}

}  // namespace

std::optional<HostId> Topology::host_named(std::string_view wanted) const {
  for (std::uint32_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].name == wanted) return HostId{i};
  }
  return std::nullopt;
}

std::variant<Topology, Complaint> parse_topology(const std::string& text) {
  try {
    return read(json::parse(text));
  } catch (const Wrong& wrong) {
    return Complaint{wrong.words};
  } catch (const json::exception& wrong) {
    return Complaint{std::string("it is no JSON: ") + wrong.what()};
  }
}

std::variant<Topology, Complaint> read_topology(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Complaint{path + " cannot be read"};
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto result = parse_topology(text);
  if (auto* complaint = std::get_if<Complaint>(&result)) complaint->words = path + ": " + complaint->words;
  return result;
}

}  // namespace grove::netlab

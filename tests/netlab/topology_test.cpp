#include "netlab/topology.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace grove::netlab {
namespace {

constexpr const char* kGood = R"({
  "name": "good", "story": "for tests", "seed": 7,
  "network": {"rtt_ms": 160, "jitter_ms": 5, "loss_percent": 2, "nat_udp_timeout_s": 30},
  "hosts": [{"name": "server", "serves": true}, {"name": "anna", "nat": "symmetric", "uplink_kbit_s": 500}, {"name": "ben"}],
  "pairs": [{"between": ["anna", "ben"], "rtt_ms": 20, "blocked": true}]
})";

// The file with one piece of it replaced; empty: it is good.
std::string complaint_about(const std::string& piece, const std::string& other) {
  std::string json = kGood;
  const auto at = json.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  const auto result = parse_topology(json.replace(at, piece.size(), other));
  const auto* complaint = std::get_if<Complaint>(&result);
  return complaint ? complaint->words : std::string();
}

TEST(Topology, a_good_file_says_what_it_says) {
  const auto result = parse_topology(kGood);
  ASSERT_TRUE(std::holds_alternative<Topology>(result)) << std::get<Complaint>(result).words;
  const auto& topology = std::get<Topology>(result);
  EXPECT_EQ(topology.seed, 7U);
  EXPECT_DOUBLE_EQ(topology.terms.loss.share, 0.02);
  EXPECT_EQ(topology.nat_timeouts.udp, Duration::s(30));
  ASSERT_EQ(topology.hosts.size(), 3U);
  EXPECT_EQ(topology.hosts[1].inside.text(), "192.168.2.2");
  EXPECT_EQ(topology.hosts[1].outside.text(), "10.77.0.2");
  EXPECT_EQ(topology.hosts[1].uplink_bits_per_s, 500'000U);
  EXPECT_EQ(topology.hosts[2].inside, topology.hosts[2].outside);
  EXPECT_DOUBLE_EQ(topology.rtts.ms(0, 2), 160);
  EXPECT_DOUBLE_EQ(topology.rtts.ms(2, 1), 20);
  EXPECT_EQ(topology.blocked.size(), 1U);
}

TEST(Topology, a_bad_file_is_told_where_and_why) {
  EXPECT_EQ(complaint_about("symmetric", "conical"),
            "hosts[1].nat: 'conical' is no kind of NAT; there are open, full-cone, restricted-cone, port-restricted-cone and symmetric");
  EXPECT_EQ(complaint_about("rtt_ms\": 160", "latency\": 160").substr(0, 31), "network has no key 'latency'; i");
  EXPECT_EQ(complaint_about("\"loss_percent\": 2", "\"loss_percent\": 200"), "network.loss_percent must be a number from 0.0 to 100.0, not 200");
  EXPECT_EQ(complaint_about("\"loss_percent\": 2", "\"loss_percent\": \"2\""), "network.loss_percent must be a number from 0.0 to 100.0, not \"2\"");
  EXPECT_EQ(complaint_about("[\"anna\", \"ben\"]", "[\"anna\", \"bob\"]"), "pairs[0].between: there is no host 'bob'");
  EXPECT_EQ(complaint_about("[\"anna\", \"ben\"]", "[\"anna\", \"anna\"]"), "pairs[0].between names the same host twice");
  EXPECT_EQ(complaint_about("[\"anna\", \"ben\"]", "[\"anna\", \"server\"]"), "pairs[0]: server serves, so it is reachable by all");
  EXPECT_EQ(complaint_about("[\"anna\", \"ben\"]", "[\"anna\"]"), "pairs[0].between must name two hosts");
  EXPECT_EQ(complaint_about("\"name\": \"ben\"", "\"name\": \"anna\""), "two hosts are called 'anna'");
  EXPECT_EQ(complaint_about("\"name\": \"ben\"", "\"nam\": \"ben\"").substr(0, 27), "hosts[2] has no key 'nam'; ");
  EXPECT_EQ(complaint_about("\"name\": \"ben\"", "\"nat\": \"open\""), "hosts[2] lacks 'name'");
  EXPECT_EQ(complaint_about("{\"name\": \"ben\"}", "\"ben\""), "hosts[2] must be an object { … }");
  EXPECT_EQ(complaint_about("\"serves\": true", "\"serves\": true, \"nat\": \"symmetric\""),
            "hosts[0]: whoever serves is reachable by all, so its nat must be open");
  EXPECT_EQ(complaint_about("\"story\": \"for tests\"", "\"story\": \"\""), "story must be a text that is not empty");
  EXPECT_EQ(complaint_about("\"hosts\": [", "\"hosts\": [,").substr(0, 14), "it is no JSON:");
}

TEST(Topology, a_file_that_is_not_there_is_named) {
  const auto result = read_topology("/nowhere/at_all.json");
  ASSERT_TRUE(std::holds_alternative<Complaint>(result));
  EXPECT_EQ(std::get<Complaint>(result).words, "/nowhere/at_all.json cannot be read");
}

TEST(Topology, every_file_of_ours_can_be_read_and_bears_the_name_that_it_gives_itself) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(GROVE_TOPOLOGIES)) {
    ++files;
    const auto result = read_topology(file.path().string());
    ASSERT_TRUE(std::holds_alternative<Topology>(result)) << std::get<Complaint>(result).words;
    EXPECT_EQ(std::get<Topology>(result).name, file.path().stem().string());
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace grove::netlab

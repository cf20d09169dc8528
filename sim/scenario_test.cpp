#include "sim/scenario.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace grove::sim {
namespace {

std::string complaint(std::string_view json) {
  const auto parsed = parse_scenario("test", json);
  const auto* why = std::get_if<std::string>(&parsed);
  return why ? *why : "";
}

TEST(Scenario, reads_what_a_file_says_and_keeps_the_rest) {
  const auto parsed = parse_scenario("a_story", R"({
    "story": "Once upon a time.", "peers": 12, "harsh_s": 7.5, "network": {"loss": 0.02, "uplink_kbits": 1500},
    "faults": [{"what": "death", "who": "relay", "at_s": 3, "every_s": 4, "back_after_s": 10}, {"what": "lie", "how": "drops"}]})");
  const auto& scenario = std::get<Scenario>(parsed);
  EXPECT_EQ(scenario.name, "a_story");
  EXPECT_EQ(scenario.peers, 12U);
  EXPECT_EQ(scenario.harsh, Duration::ms(7500));
  EXPECT_EQ(scenario.converge, Scenario{}.converge);
  EXPECT_EQ(scenario.network.loss.share, 0.02);
  EXPECT_EQ(scenario.network.uplink_bits_per_s, 1'500'000U);
  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.faults[0].who, Whom::kRelay);
  EXPECT_EQ(scenario.faults[0].every, Duration::s(4));
  EXPECT_EQ(scenario.faults[1].lie, Lie::kDropsRelayed);
}

TEST(Scenario, reads_who_blocks_whom) {
  const auto parsed = parse_scenario("a_story", R"({
    "story": "They fall out.", "blocks": 0.1, "blocks_at_s": 20,
    "faults": [{"what": "block", "share": 0.5, "whom": "talker", "whom_count": 2, "within_s": 1.5, "mutual": true}, {"what": "unblock"}]})");
  const auto& scenario = std::get<Scenario>(parsed);
  EXPECT_EQ(scenario.blocks, 0.1);
  EXPECT_EQ(scenario.blocks_at, Duration::s(20));
  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.faults[0].kind, FaultKind::kBlock);
  EXPECT_EQ(scenario.faults[0].whom, Whom::kTalker);
  EXPECT_EQ(scenario.faults[0].whom_count, 2U);
  EXPECT_EQ(scenario.faults[0].within, Duration::ms(1500));
  EXPECT_TRUE(scenario.faults[0].is_mutual);
  EXPECT_EQ(scenario.faults[1].kind, FaultKind::kUnblock);
  EXPECT_FALSE(Scenario{}.blocks);
}

TEST(Scenario, an_unknown_key_is_named_with_those_that_are_allowed) {
  const std::string why = complaint(R"({"story": "x", "network": {"los": 0.1}})");
  EXPECT_TRUE(why.starts_with("\"network\" has no key \"los\"; allowed are loss, ")) << why;
  EXPECT_NE(complaint(R"({"story": "x", "pears": 3})").find("\"pears\""), std::string::npos);
  EXPECT_NE(complaint(R"({"story": "x", "faults": [{"what": "death", "wen": 3}]})").find("fault 1 has no key \"wen\""), std::string::npos);
}

TEST(Scenario, a_bad_value_is_shown_with_what_it_should_be) {
  EXPECT_EQ(complaint(R"({"story": "x", "peers": 1})"), "the scenario key \"peers\" is 1; it should be a whole number from 2 to 1000");
  EXPECT_EQ(complaint(R"({"story": "x", "peers": "all"})"), "the scenario key \"peers\" is \"all\"; it should be a whole number from 2 to 1000");
  EXPECT_EQ(complaint(R"({"story": "x", "network": {"loss": 2}})"), "\"network\" key \"loss\" is 2; it should be a number from 0.0 to 0.9");
  EXPECT_EQ(complaint(R"({"story": "x", "faults": [{"what": "death", "who": "me"}]})"),
            "fault 1 key \"who\" is \"me\"; it should be one of \"anyone\", \"listener\", \"relay\", \"talker\"");
  EXPECT_EQ(complaint(R"({"story": "x", "faults": [{"at_s": 1}]})"), "fault 1 does not say \"what\"");
  EXPECT_EQ(complaint(R"({"peers": 3})"), "the scenario tells no \"story\"");
  EXPECT_EQ(complaint("[]"), "the scenario is no object");
  EXPECT_TRUE(complaint("{\"story\": ").starts_with("is no JSON: ")) << complaint("{\"story\": ");
}

TEST(Scenario, every_file_in_the_folder_is_well_formed_and_has_people_with_a_place) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GROVE_SCENARIOS)) {
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(complaint(text.str()), "") << entry.path();
    ++files;
  }
  EXPECT_GE(files, 12U);
}

}  // namespace
}  // namespace grove::sim

#include "server/directory.h"

#include <gtest/gtest.h>

#include "server/directory_driver.h"

namespace grove::server {
namespace {

using base::Bytes;
using base::Duration;
using rendezvous::Entered;
using rendezvous::FromServer;
using rendezvous::Gone;
using rendezvous::Join;
using rendezvous::RefusalCode;
using rendezvous::Relay;
using rendezvous::Relayed;
using rendezvous::Welcome;
using Messages = std::vector<FromServer>;

// The code, when the last thing the connection heard is REFUSED and it was closed.
std::optional<RefusalCode> refusal(DirectoryDriver& driver, ConnectionKey key) {
  const Messages heard = driver.heard(key);
  if (!driver.is_closed(key) || heard.empty()) return std::nullopt;
  const auto* refused = std::get_if<rendezvous::Refused>(&heard.back());
  return refused ? std::optional(refused->code) : std::nullopt;
}

TEST(Directory, the_first_one_finds_an_empty_room) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  EXPECT_EQ(driver.heard(ann), (Messages{Welcome{{1}, {}, {}}}));
}

TEST(Directory, a_newcomer_hears_who_is_there_and_they_hear_of_the_newcomer) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  driver.heard(ann);
  driver.heard(ben);
  const ConnectionKey cat = driver.connect_and_join(1);
  EXPECT_EQ(driver.heard(cat), (Messages{Welcome{{3}, {{1}, {2}}, {}}}));
  EXPECT_EQ(driver.heard(ann), (Messages{Entered{{3}}}));
  EXPECT_EQ(driver.heard(ben), (Messages{Entered{{3}}}));
}

TEST(Directory, a_welcome_names_the_ice_servers) {
  Config config;
  config.ice_servers = {"stun:one.example", "turn:two.example"};
  DirectoryDriver driver(config);
  EXPECT_EQ(driver.heard(driver.connect_and_join(1)), (Messages{Welcome{{1}, {}, config.ice_servers}}));
}

TEST(Directory, rooms_do_not_hear_each_other) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey zoe = driver.connect_and_join(2);
  EXPECT_EQ(driver.heard(zoe), (Messages{Welcome{{1}, {}, {}}}));
  driver.heard(ann);
  driver.receive(zoe, Relay{rendezvous::kEverybodyElse, {7}});
  driver.receive(zoe, Relay{{1}, {7}});
  driver.disconnect(zoe);
  EXPECT_TRUE(driver.heard(ann).empty());
}

TEST(Directory, a_blob_for_one_reaches_that_one_only) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  const ConnectionKey cat = driver.connect_and_join(1);
  for (const ConnectionKey key : {ann, ben, cat}) driver.heard(key);
  driver.receive(ann, Relay{{3}, {1, 2, 3}});
  EXPECT_EQ(driver.heard(cat), (Messages{Relayed{{1}, {1, 2, 3}}}));
  EXPECT_TRUE(driver.heard(ann).empty());
  EXPECT_TRUE(driver.heard(ben).empty());
}

TEST(Directory, a_blob_for_everybody_else_comes_not_back) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  const ConnectionKey cat = driver.connect_and_join(1);
  for (const ConnectionKey key : {ann, ben, cat}) driver.heard(key);
  driver.receive(ann, Relay{rendezvous::kEverybodyElse, {9}});
  EXPECT_EQ(driver.heard(ben), (Messages{Relayed{{1}, {9}}}));
  EXPECT_EQ(driver.heard(cat), (Messages{Relayed{{1}, {9}}}));
  EXPECT_TRUE(driver.heard(ann).empty());
}

TEST(Directory, a_blob_for_somebody_who_left_is_dropped_without_an_answer) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  driver.disconnect(ben);
  driver.heard(ann);
  driver.receive(ann, Relay{{2}, {1}});
  EXPECT_TRUE(driver.heard(ann).empty());
  EXPECT_FALSE(driver.is_closed(ann));
  EXPECT_EQ(driver.directory().stats().undeliverable, 1U);
}

TEST(Directory, who_leaves_is_gone_and_the_number_is_not_given_again) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  driver.heard(ann);
  driver.disconnect(ben);
  EXPECT_EQ(driver.heard(ann), (Messages{Gone{{2}}}));
  const ConnectionKey cat = driver.connect_and_join(1);
  EXPECT_EQ(driver.heard(cat), (Messages{Welcome{{3}, {{1}}, {}}}));
}

TEST(Directory, an_empty_room_is_forgotten) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  driver.disconnect(ann);
  EXPECT_EQ(driver.directory().stats().rooms, 1U);
  driver.disconnect(ben);
  EXPECT_EQ(driver.directory().stats().rooms, 0U);
  EXPECT_EQ(driver.directory().stats().connections, 0U);
}

TEST(Directory, garbage_is_refused_and_the_others_hear_that_its_sender_is_gone) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey mal = driver.connect_and_join(1);
  driver.heard(ann);
  driver.receive(mal, Bytes{1, 0x77, 5});
  EXPECT_EQ(refusal(driver, mal), RefusalCode::kMalformed);
  EXPECT_EQ(driver.heard(ann), (Messages{Gone{{2}}}));
}

TEST(Directory, an_empty_message_is_malformed) {
  DirectoryDriver driver;
  const ConnectionKey mal = driver.connect();
  driver.receive(mal, Bytes{});
  EXPECT_EQ(refusal(driver, mal), RefusalCode::kMalformed);
}

TEST(Directory, a_servers_message_from_a_client_is_malformed) {
  DirectoryDriver driver;
  const ConnectionKey mal = driver.connect();
  driver.receive(mal, rendezvous::encode(FromServer{Gone{{1}}}));
  EXPECT_EQ(refusal(driver, mal), RefusalCode::kMalformed);
}

TEST(Directory, another_version_is_told_so) {
  DirectoryDriver driver;
  const ConnectionKey old = driver.connect();
  driver.receive(old, Bytes{2, 0x01});
  EXPECT_EQ(refusal(driver, old), RefusalCode::kWrongVersion);
}

TEST(Directory, a_message_above_the_limit_is_too_large) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  driver.receive(ben, Relay{{1}, Bytes(rendezvous::kBlobBytesMax)});
  EXPECT_FALSE(driver.is_closed(ben));
  EXPECT_EQ(driver.heard(ann).size(), 3U);
  Bytes larger = rendezvous::encode(Relay{{1}, Bytes(rendezvous::kBlobBytesMax)});
  larger.push_back(0);
  driver.receive(ben, larger);
  EXPECT_EQ(refusal(driver, ben), RefusalCode::kMessageTooLarge);
}

TEST(Directory, a_relay_before_the_join_is_refused) {
  DirectoryDriver driver;
  const ConnectionKey mal = driver.connect();
  driver.receive(mal, Relay{{1}, {1}});
  EXPECT_EQ(refusal(driver, mal), RefusalCode::kNotJoined);
}

TEST(Directory, a_second_join_is_refused_whatever_the_room) {
  DirectoryDriver driver;
  const ConnectionKey mal = driver.connect_and_join(1);
  driver.receive(mal, Join{DirectoryDriver::room_id(2)});
  EXPECT_EQ(refusal(driver, mal), RefusalCode::kJoinedAlready);
  EXPECT_EQ(driver.directory().stats().rooms, 0U);
}

TEST(Directory, who_does_not_join_in_time_is_refused_at_the_deadline_and_not_before) {
  DirectoryDriver driver;
  const ConnectionKey idle = driver.connect();
  const ConnectionKey quick = driver.connect_and_join(1);
  EXPECT_EQ(driver.directory().next_deadline(), driver.now() + Config().join_timeout);
  driver.pass(Config().join_timeout - Duration::us(1));
  EXPECT_FALSE(driver.is_closed(idle));
  driver.pass(Duration::us(1));
  EXPECT_EQ(refusal(driver, idle), RefusalCode::kNotJoined);
  EXPECT_FALSE(driver.is_closed(quick));
  EXPECT_TRUE(driver.directory().next_deadline().is_never());
}

TEST(Directory, a_full_room_refuses_one_more_until_somebody_leaves) {
  Config config;
  config.room_size_max = 2;
  DirectoryDriver driver(config);
  const ConnectionKey ann = driver.connect_and_join(1);
  driver.connect_and_join(1);
  const ConnectionKey cat = driver.connect_and_join(1);
  EXPECT_EQ(refusal(driver, cat), RefusalCode::kRoomFull);
  driver.disconnect(ann);
  EXPECT_FALSE(driver.is_closed(driver.connect_and_join(1)));
}

TEST(Directory, rooms_are_limited_and_the_existing_ones_stay_open) {
  Config config;
  config.rooms_max = 1;
  DirectoryDriver driver(config);
  driver.connect_and_join(1);
  EXPECT_EQ(refusal(driver, driver.connect_and_join(2)), RefusalCode::kRoomFull);
  EXPECT_FALSE(driver.is_closed(driver.connect_and_join(1)));
}

TEST(Directory, connections_of_one_address_are_limited_and_other_addresses_do_not_notice) {
  Config config;
  config.connections_per_address_max = 2;
  DirectoryDriver driver(config);
  const ConnectionKey first = driver.connect("here");
  driver.connect("here");
  const ConnectionKey third = driver.connect("here");
  EXPECT_EQ(refusal(driver, third), RefusalCode::kTooManyFromAddress);
  EXPECT_FALSE(driver.is_closed(driver.connect("there")));
  driver.disconnect(first);
  driver.disconnect(third);
  EXPECT_FALSE(driver.is_closed(driver.connect("here")));
}

TEST(Directory, a_refused_connection_counts_until_it_is_gone) {
  Config config;
  config.connections_per_address_max = 1;
  DirectoryDriver driver(config);
  const ConnectionKey mal = driver.connect();
  driver.receive(mal, Bytes{});
  EXPECT_EQ(refusal(driver, driver.connect()), RefusalCode::kTooManyFromAddress);
}

TEST(Directory, too_many_messages_are_too_fast_and_patience_is_rewarded) {
  Config config;
  config.messages = {.per_second = 10, .burst = 3};
  DirectoryDriver driver(config);
  const ConnectionKey ann = driver.connect_and_join(1);
  const Relay to_nobody{{9}, {1}};
  driver.receive(ann, to_nobody);
  driver.receive(ann, to_nobody);
  driver.pass(Duration::ms(100));
  driver.receive(ann, to_nobody);
  EXPECT_FALSE(driver.is_closed(ann));
  driver.receive(ann, to_nobody);
  EXPECT_EQ(refusal(driver, ann), RefusalCode::kTooFast);
}

TEST(Directory, a_blob_costs_its_sender_each_copy) {
  Config config;
  config.bytes_out = {.per_second = 1, .burst = 200};
  DirectoryDriver driver(config);
  const ConnectionKey ann = driver.connect_and_join(1);
  driver.connect_and_join(1);
  driver.connect_and_join(1);
  driver.receive(ann, Relay{{2}, Bytes(100)});
  EXPECT_FALSE(driver.is_closed(ann));
  driver.receive(ann, Relay{rendezvous::kEverybodyElse, Bytes(100)});
  EXPECT_EQ(refusal(driver, ann), RefusalCode::kTooFast);
}

TEST(Directory, by_default_a_largest_blob_reaches_a_full_room) {
  Config config;
  config.connections_per_address_max = config.room_size_max;
  DirectoryDriver driver(config);
  const ConnectionKey ann = driver.connect_and_join(1);
  for (std::size_t i = 1; i < config.room_size_max; ++i) driver.connect_and_join(1);
  driver.receive(ann, Relay{rendezvous::kEverybodyElse, Bytes(rendezvous::kBlobBytesMax)});
  EXPECT_FALSE(driver.is_closed(ann));
  EXPECT_EQ(driver.directory().stats().relayed, config.room_size_max - 1);
}

TEST(Directory, nothing_a_refused_connection_says_is_heard) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey mal = driver.connect_and_join(1);
  driver.receive(mal, Bytes{});
  driver.heard(ann);
  driver.receive(mal, Relay{{1}, {1}});
  driver.receive(mal, Join{DirectoryDriver::room_id(1)});
  EXPECT_TRUE(driver.heard(ann).empty());
  driver.disconnect(mal);
  EXPECT_TRUE(driver.heard(ann).empty());
}

TEST(Directory, a_drain_refuses_everybody_now_and_later_and_tells_nobody_of_the_others) {
  DirectoryDriver driver;
  const ConnectionKey ann = driver.connect_and_join(1);
  const ConnectionKey ben = driver.connect_and_join(1);
  const ConnectionKey new_one = driver.connect();
  driver.heard(ann);
  driver.drain();
  EXPECT_EQ(driver.heard(ann).size(), 1U);
  EXPECT_EQ(refusal(driver, ben), RefusalCode::kGoingDown);
  EXPECT_EQ(refusal(driver, new_one), RefusalCode::kGoingDown);
  EXPECT_EQ(refusal(driver, driver.connect()), RefusalCode::kGoingDown);
  EXPECT_EQ(driver.directory().stats().rooms, 0U);
  EXPECT_TRUE(driver.directory().next_deadline().is_never());
}

}  // namespace
}  // namespace grove::server

#include "node/node.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "node/test_room.h"
#include "overlay/doorkeepers.h"
#include "overlay/tree_keeper.h"
#include "room/credentials.h"
#include "room/introducer.h"
#include "room/link_pulse.h"
#include "wire/link_message.h"

namespace grove::node {
namespace {

using base::Duration;
using Names = std::set<std::string>;

struct NodeTest : testing::Test {
  TestRoom room{1};

  std::vector<std::uint8_t> tags_heard(std::size_t listener) {
    std::vector<std::uint8_t> tags;
    for (const auto& frame : room.person(listener).heard) tags.push_back(frame.frame.at(0));
    return tags;
  }
  void talk(std::size_t speaker, int frames, std::uint8_t tag) {
    for (int i = 0; i < frames; ++i) {
      room.speak(speaker, tag);
      room.run_for(Duration::ms(20));
    }
    room.run_for(Duration::ms(100));
  }
  bool hears_all(std::size_t listener, std::size_t speaker, std::uint8_t tag) {
    room.person(listener).heard.clear();
    talk(speaker, 10, tag);
    return tags_heard(listener) == std::vector<std::uint8_t>(10, tag);
  }
};

TEST_F(NodeTest, two_people_meet_and_hear_each_other_in_order_and_once) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  EXPECT_EQ(room.person(bob).who(), Names{"Ada"});
  for (std::uint8_t i = 0; i < 50; ++i) {
    room.speak(ada, i);
    room.speak(bob, static_cast<std::uint8_t>(100 + i));
    room.run_for(Duration::ms(20));
  }
  room.run_for(Duration::ms(200));
  ASSERT_EQ(room.person(bob).heard.size(), 50U);
  ASSERT_EQ(room.person(ada).heard.size(), 50U);
  for (std::uint8_t i = 0; i < 50; ++i) {
    EXPECT_EQ(room.person(bob).heard[i].frame, Bytes(80, i));
    EXPECT_EQ(room.person(bob).heard[i].sequence, i);
    EXPECT_EQ(room.person(ada).heard[i].frame, Bytes(80, static_cast<std::uint8_t>(100 + i)));
  }
}

TEST_F(NodeTest, three_at_once_and_a_late_joiner_hear_everybody) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  EXPECT_TRUE(hears_all(bob, ada, 1));
  EXPECT_TRUE(hears_all(cid, ada, 2));
  EXPECT_TRUE(hears_all(ada, cid, 3));
  const auto dot = room.enter("Dot");
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.person(dot).who(), (Names{"Ada", "Bob", "Cid"}));
  EXPECT_TRUE(hears_all(dot, bob, 4));
  EXPECT_TRUE(hears_all(bob, dot, 5));
}

TEST_F(NodeTest, a_late_joiner_hears_who_has_spoken_for_longer_than_the_truncated_counter) {
  const auto ada = room.enter("Ada");
  for (int i = 0; i < 70'000; ++i) room.speak(ada, 0);
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  EXPECT_TRUE(hears_all(bob, ada, 1));
  EXPECT_EQ(room.person(bob).heard.front().sequence, 70'000U);
}

TEST_F(NodeTest, a_newcomer_hears_over_its_first_link_what_is_being_said_at_once) {
  const auto ada = room.enter("Ada"), bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.stop_rendezvous();
  room.run_for(Duration::s(1));
  room.start_rendezvous();
  room.person(ada).finds_rendezvous = false;  // Cleo hears of Ada from Bob alone
  room.run_for(Duration::s(20));
  room.link_set_up_ms = 0;
  const auto cleo = room.enter("Cleo");
  int linked_for_ms = 0;
  for (int ms = 0; ms < 2'000 && room.person(cleo).heard.empty(); ++ms) {
    if (ms % 20 == 0) room.speak(ada, 1);
    linked_for_ms += room.person(cleo).wires.empty() ? 0 : 1;
    room.run_for(Duration::ms(1));
  }
  ASSERT_FALSE(room.person(cleo).heard.empty());
  EXPECT_EQ(room.person(bob).wires.size(), 2U);
  EXPECT_EQ(room.person(cleo).wires.size(), 1U);
  EXPECT_LE(linked_for_ms, 60) << "nor does it wait to count who is here";
}

TEST_F(NodeTest, silence_costs_beats_and_records_only) {
  const auto ada = room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(5));
  const auto control_before = room.person(ada).control_messages_sent;
  room.run_for(Duration::s(10));
  EXPECT_EQ(room.person(ada).voice_messages_sent, 0U);
  EXPECT_LE(room.person(ada).control_messages_sent - control_before, 10U + 2U + 2U + 2U);  // beats, digests of the map and of the notes, a record
}

TEST_F(NodeTest, a_goodbye_is_seen_at_once_and_nobody_looks_for_the_leaver) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.leave(bob);
  room.run_for(Duration::ms(100));
  EXPECT_TRUE(room.person(ada).who().empty());
  EXPECT_EQ(room.person(ada).left, std::vector{LeaveReason::kSaidBye});
  const auto links = room.person(ada).links_created;
  room.run_for(Duration::s(60));
  EXPECT_EQ(room.person(ada).links_created, links);
}

TEST_F(NodeTest, who_tells_of_somebody_that_left_is_told_their_last_word) {
  const auto ada = room.enter("Ada");
  room.enter("Bob");
  const auto run = 1'000'000 + static_cast<std::uint64_t>(room.now().in_us() / 1000) + 2;  // as TestRoom's clock has it
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  const base::PeerId cid_id = room.person(cid).node->id();
  room.leave(cid);
  room.run_for(Duration::s(1));

  bool is_told = false;
  room.lets_pass = [&](std::size_t from, Channel, const Bytes& message) {
    const auto decoded = wire::decode_link_message(message);
    const auto* news = decoded ? std::get_if<wire::RecordNews>(&*decoded) : nullptr;
    is_told = is_told || (from == ada && news && news->record.record.is_leaving && news->record.record.name == "Cid");
    return true;
  };
  const auto tell_ada = [&](std::uint64_t started_ms) {
    const LinkId link = room.person(ada).wires.begin()->first;
    room.inject_on_link(ada, link, Channel::kControl, wire::encode(wire::News{{wire::mark_of(cid_id, {{started_ms}, 1})}}));
  };
  tell_ada(run + 1);
  EXPECT_FALSE(is_told) << "of a later run nobody has said a last word";
  tell_ada(run);
  EXPECT_TRUE(is_told);
}

TEST_F(NodeTest, nothing_comes_out_of_a_node_that_has_left) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  Node& node = *room.person(bob).node;
  node.leave(room.now());
  while (node.poll()) {
  }
  node.speak(Bytes(10), false, room.now());
  node.set_name("x", room.now());
  node.handle_time(room.now() + Duration::s(100));
  EXPECT_FALSE(node.poll());
  EXPECT_TRUE(node.next_deadline().is_never());
  (void)ada;
}

TEST_F(NodeTest, who_dies_silently_is_gone_after_some_seconds) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.kill(bob);
  room.run_for(grove::room::LinkPulse::kDeadAfter + grove::room::Introducer::kVanishAfter + Duration::s(1));
  EXPECT_TRUE(room.person(ada).who().empty());
  EXPECT_EQ(room.person(ada).left, std::vector{LeaveReason::kLost});
}

TEST_F(NodeTest, a_reload_is_the_same_person_in_a_new_run) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob", 50);
  room.run_for(Duration::s(1));
  const PeerId id = room.person(bob).node->id();
  room.kill(bob);
  room.run_for(Duration::ms(300));
  const auto bob_again = room.enter("Bob", 50);
  EXPECT_EQ(room.person(bob_again).node->id(), id);
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  EXPECT_TRUE(hears_all(ada, bob_again, 1));
  EXPECT_TRUE(hears_all(bob_again, ada, 2));
}

TEST_F(NodeTest, mute_and_name_are_seen_by_the_others) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(3));
  room.command(bob, [&](Node& n) { n.set_muted(true, room.now()); });
  room.run_for(Duration::ms(100));
  EXPECT_TRUE(room.person(ada).muted.begin()->second);
  room.command(bob, [&](Node& n) { n.set_name("Robert", room.now()); });
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.person(ada).who(), Names{"Robert"});
}

TEST_F(NodeTest, the_call_goes_on_without_the_rendezvous_and_the_room_opens_again_with_it) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.stop_rendezvous();
  room.run_for(Duration::s(30));
  EXPECT_TRUE(hears_all(bob, ada, 1));
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  room.start_rendezvous();
  room.run_for(Duration::s(20));
  const auto links = room.person(ada).links_created;
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.person(ada).links_created, links + 1);
  EXPECT_TRUE(hears_all(cid, ada, 2));
  EXPECT_TRUE(hears_all(bob, cid, 3));
}

TEST_F(NodeTest, a_link_that_goes_quiet_is_replaced) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.cut(ada, bob);
  room.run_for(Duration::s(5));
  EXPECT_NE(room.person(ada).link_states.begin()->second, LinkState::kConnected);
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  room.mend(ada, bob);
  room.run_for(Duration::s(60));
  EXPECT_EQ(room.person(ada).link_states.begin()->second, LinkState::kConnected);
  EXPECT_TRUE(hears_all(bob, ada, 1));
}

TEST_F(NodeTest, whoever_loses_every_link_while_about_to_leave_the_door_sleeps_on) {
  constexpr std::size_t kPeople = overlay::kDoorkeepersMax + 1;  // the last to come may go
  for (std::size_t i = 0; i < kPeople; ++i) room.enter("P" + std::to_string(i));
  const std::size_t last = kPeople - 1;
  room.run_for(Duration::s(5));
  for (std::size_t i = 0; i < last; ++i) room.cut(i, last);
  room.run_for(overlay::Doorkeeper::kSettledFor - Duration::s(5));
  for (const auto& [peer, state] : room.person(last).link_states) ASSERT_NE(state, LinkState::kConnected);
  ASSERT_TRUE(std::find(room.person(last).rendezvous.begin(), room.person(last).rendezvous.end(), RendezvousState::kResting) ==
              room.person(last).rendezvous.end());

  Node& node = *room.person(last).node;
  Instant now = room.now();
  while (now < room.now() + overlay::Doorkeeper::kSettledFor + overlay::Doorkeeper::kGoJitter) {
    now = std::max(now, node.next_deadline());
    node.handle_time(now);
    while (node.poll()) {
    }
    ASSERT_GT(node.next_deadline(), now);
  }
}

TEST_F(NodeTest, a_pair_that_cannot_connect_is_told_while_nobody_else_is_there) {
  const auto ada = room.enter("Ada");
  room.cut(0, 1);
  room.enter("Bob");
  room.run_for(Duration::s(25));
  EXPECT_EQ(room.person(ada).link_states.begin()->second, LinkState::kFailed);
}

TEST_F(NodeTest, a_pair_that_cannot_connect_hears_each_other_through_a_third) {
  const auto ada = room.enter("Ada");
  room.cut(0, 1);
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(25));
  for (const auto& [number, state] : room.person(ada).link_states) EXPECT_EQ(state, LinkState::kConnected);
  EXPECT_TRUE(hears_all(ada, bob, 1));
  EXPECT_TRUE(hears_all(bob, ada, 2));
  EXPECT_TRUE(hears_all(cid, ada, 3));
  EXPECT_TRUE(hears_all(cid, bob, 4));
}

TEST_F(NodeTest, whoever_is_lost_and_back_with_the_same_record_is_heard) {
  const auto ada = room.enter("Ada");
  room.cut(0, 2);
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(25));
  ASSERT_TRUE(hears_all(cid, ada, 1));
  room.lets_pass = [&](std::size_t from, Channel, const Bytes& message) {  // as if nothing changed at hers
    const auto decoded = wire::decode_link_message(message);
    return from != ada || !decoded || !std::holds_alternative<wire::RecordNews>(*decoded);
  };
  room.stop_rendezvous();
  room.person(ada).finds_rendezvous = false;
  room.cut(bob, cid);
  room.run_for(Duration::s(4));
  room.start_rendezvous();  // Bob stays present there
  while (room.person(cid).left.empty()) room.run_for(Duration::ms(100));
  ASSERT_EQ(room.person(cid).who(), Names{"Bob"});
  room.mend(bob, cid);
  while (room.person(cid).who().size() < 2 || room.person(ada).who().size() < 2) room.run_for(Duration::ms(100));
  EXPECT_TRUE(hears_all(cid, ada, 2));
}

TEST_F(NodeTest, a_link_that_two_others_lose_is_planned_around_as_soon_as_one_of_them_says_so) {
  const auto ada = room.enter("Ada");
  room.cut(0, 1);
  const auto bob = room.enter("Bob");
  room.enter("Cid");
  room.enter("Dan");
  room.run_for(Duration::s(25));
  ASSERT_TRUE(hears_all(bob, ada, 1));
  const auto at = [](const RoomView& view, const std::string& name) {
    const auto peer = std::find_if(view.peers.begin(), view.peers.end(), [&](const auto& p) { return p.name == name; });
    return static_cast<std::uint16_t>(peer - view.peers.begin());
  };
  const auto bobs_parent = [&](const RoomView& view) {
    for (const auto& tree : view.trees) {
      if (tree.source != view.self) continue;
      for (const auto& seat : tree.seats) {
        if (seat.listener == at(view, "Bob")) return seat.parent;
      }
    }
    return RoomView::kNobody;
  };
  RoomView view = room.person(ada).node->view();
  const std::string parent = view.peers[bobs_parent(view)].name;
  room.cut(bob, parent == "Cid" ? 2 : 3);

  // Ada is silent: nobody misses a frame, so nobody complains.
  const auto claims_bob = [&](const std::string& name) {
    const auto& links = view.peers[at(view, name)].links;
    return std::any_of(links.begin(), links.end(), [&](const auto& claim) { return claim.to == at(view, "Bob"); });
  };
  const auto bob_claims_parent = [&] {
    const auto& links = view.peers[at(view, "Bob")].links;
    return std::any_of(links.begin(), links.end(), [&](const auto& claim) { return claim.to == at(view, parent); });
  };
  while (claims_bob(parent) && bob_claims_parent()) {
    room.run_for(Duration::ms(20));
    view = room.person(ada).node->view();
  }
  room.run_for(overlay::TreeKeeper::kPatchAfterFailure + Duration::ms(20));
  view = room.person(ada).node->view();
  EXPECT_NE(view.peers[bobs_parent(view)].name, parent);
}

TEST_F(NodeTest, a_sleeper_that_wakes_accuses_nobody) {
  const auto ada = room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(1));
  Node& node = *room.person(ada).node;
  node.handle_time(room.now() + Duration::s(2) + Duration::ms(900));
  while (auto output = node.poll()) EXPECT_FALSE(std::holds_alternative<CloseLink>(*output));
  node.handle_time(room.now() + Duration::s(60));
  while (auto output = node.poll()) EXPECT_FALSE(std::holds_alternative<CloseLink>(*output));
}

TEST_F(NodeTest, a_stuck_channel_holds_two_frames_of_a_voice_and_the_newest_four_wait) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  room.is_channel_stuck = true;
  for (std::uint8_t i = 0; i < 10; ++i) {
    room.speak(ada, i);
    room.run_for(Duration::ms(20));
  }
  EXPECT_EQ(room.person(ada).voice_messages_sent, 2U);
  EXPECT_EQ(room.person(ada).node->stats().copies_dropped_in_queue, 4U);
  room.is_channel_stuck = false;
  const LinkId link = room.person(ada).wires.begin()->first;
  room.command(ada, [&](Node& n) { n.handle_link_buffered(link, 0, room.now()); });
  room.run_for(Duration::ms(100));
  EXPECT_EQ(tags_heard(bob), (std::vector<std::uint8_t>{0, 1, 6, 7, 8, 9}));
}

TEST_F(NodeTest, the_speaker_hears_how_much_its_listener_misses) {
  const auto ada = room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(1));
  int count = 0;
  room.lets_pass = [&](std::size_t, Channel channel, const Bytes&) { return channel != Channel::kVoice || ++count % 5 != 0; };
  talk(ada, 300, 1);
  room.run_for(Duration::s(2));
  ASSERT_FALSE(room.person(ada).loss_reported.empty());
  EXPECT_NEAR(room.person(ada).loss_reported.back(), 20, 3);
  room.lets_pass = [](std::size_t, Channel, const Bytes&) { return true; };
  talk(ada, 1'500, 1);
  EXPECT_LE(room.person(ada).loss_reported.back(), 1);
}

// --- what a link may bring --------------------------------------------------------------------------------------------

TEST_F(NodeTest, frames_replayed_on_a_link_are_heard_once) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  std::vector<Bytes> frames;
  room.lets_pass = [&](std::size_t from, Channel channel, const Bytes& message) {
    if (from == ada && channel == Channel::kVoice) frames.push_back(message);
    return true;
  };
  room.run_for(Duration::s(1));
  talk(ada, 5, 1);
  ASSERT_EQ(frames.size(), 5U);
  const LinkId link = room.person(bob).wires.begin()->first;
  for (const auto& frame : frames) room.inject_on_link(bob, link, Channel::kVoice, frame);
  EXPECT_EQ(tags_heard(bob).size(), 5U);
  EXPECT_EQ(room.person(bob).node->stats().frames_replayed, 5U);
}

TEST_F(NodeTest, garbage_on_any_channel_is_counted_and_changes_nothing) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  const LinkId link = room.person(bob).wires.begin()->first;
  base::Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    Bytes garbage(random.below(400));
    for (auto& byte : garbage) byte = static_cast<std::uint8_t>(random.next());
    if (garbage.size() > 1 && i % 2) {
      garbage[0] = 1;
      garbage[1] = static_cast<std::uint8_t>(0x10 + random.below(6));
      if (garbage[1] == 0x14) garbage.push_back(0);  // a whole BYE is no garbage
    }
    room.inject_on_link(bob, link, i % 3 ? Channel::kControl : Channel::kVoice, garbage);
    room.inject(bob, static_cast<std::uint32_t>(i + 1), garbage.empty() ? Bytes{0} : garbage);
  }
  room.run_for(Duration::s(1));
  EXPECT_GT(room.person(bob).node->stats().messages_refused, 1'000U);
  EXPECT_GT(room.person(bob).node->stats().envelopes_refused, 1'000U);
  EXPECT_EQ(room.person(bob).who(), Names{"Ada"});
  EXPECT_TRUE(hears_all(bob, ada, 1));
}

TEST_F(NodeTest, who_said_goodbye_to_a_speaker_is_asked_for_no_link) {
  const auto ada = room.enter("Ada"), bob = room.enter("Bob");
  room.enter("Cleo");
  room.run_for(Duration::s(3));
  const auto speak_for = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      room.speak(ada, 1, i + 1 == frames);
      room.run_for(Duration::ms(20));
    }
  };
  speak_for(50);
  room.stop_rendezvous();  // so that nobody knows whether he is there
  room.leave(bob);
  room.start_rendezvous();
  room.run_for(Duration::s(3));
  const auto made = room.person(ada).links_created;
  const auto sent = room.person(ada).rendezvous_messages_sent;
  speak_for(600);
  EXPECT_EQ(room.person(ada).links_created, made);
  EXPECT_EQ(room.person(ada).rendezvous_messages_sent, sent);
}

// ICE over a bad path, with a TURN server as the last resort: longer than a first attempt is given, and than the map remembers
// those whom nobody is linked to.
TEST_F(NodeTest, a_link_that_took_long_to_come_up_carries_both_voices) {
  room.link_set_up_ms = 17'000;
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(35));
  EXPECT_TRUE(hears_all(bob, ada, 1));
  EXPECT_TRUE(hears_all(ada, bob, 2));
}

// Identities cost nothing: a hostile member makes up as many records as the map holds, and more.
TEST_F(NodeTest, a_member_who_invents_a_crowd_keeps_nobody_out) {
  const auto ada = room.enter("Ada");
  const auto eve = room.enter("Eve");
  room.enter("Cid");
  room.run_for(Duration::s(2));
  const LinkId link = room.person(eve).wires.begin()->second.first == ada ? room.person(eve).wires.begin()->second.second
                                                                         : std::next(room.person(eve).wires.begin())->second.second;
  for (std::uint32_t i = 0; i < 600; ++i) {
    const room::Credentials nobody{crypto::Identity({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(1 + (i >> 8)), 1}),
                                   crypto::RoomKeys({7}), {1}};
    wire::Record record;
    record.public_key = nobody.identity.public_key();
    record.incarnation = nobody.incarnation;
    room.inject_on_link(ada, link, Channel::kControl, wire::encode(wire::RecordNews{nobody.sign(record)}));
  }
  room.run_for(Duration::s(1));
  const std::size_t sent = room.person(ada).control_messages_sent;
  room.run_for(Duration::s(2));
  EXPECT_LT(room.person(ada).control_messages_sent, sent + 20);  // what finds no place in the maps does not go in rings
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(1));
  EXPECT_TRUE(hears_all(bob, ada, 1));
  EXPECT_TRUE(hears_all(ada, bob, 2));
}

TEST_F(NodeTest, the_same_seed_gives_the_same_bytes) {
  std::vector<Bytes> runs[2];
  for (auto& run : runs) {
    TestRoom again(9);
    const auto ada = again.enter("Ada");
    again.enter("Bob");
    again.run_for(Duration::s(2));
    again.speak(ada, 1);
    again.run_for(Duration::s(1));
    run = again.seen_by_rendezvous;
  }
  EXPECT_FALSE(runs[0].empty());
  EXPECT_EQ(runs[0], runs[1]);
}

}  // namespace
}  // namespace grove::node

// Blocking among real nodes, and what third ones see of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "crypto/identity.h"
#include "node/test_room.h"
#include "wire/link_message.h"

namespace grove::node {
namespace {

using base::Duration;

struct BlockTest : testing::Test {
  TestRoom room{1};

  PeerId id(std::size_t person) { return room.person(person).node->id(); }
  void block(std::size_t who, std::size_t whom, bool is_blocked = true) {
    room.command(who, [&](Node& node) { node.set_blocked(id(whom), is_blocked, room.now()); });
  }
  void withhold(std::size_t from, std::size_t whom, bool is_withheld = true) {
    room.command(from, [&](Node& node) { node.set_withheld(id(whom), is_withheld, room.now()); });
  }
  void talk(std::size_t speaker, int frames, std::uint8_t tag) {
    for (int i = 0; i < frames; ++i) {
      room.speak(speaker, tag, i + 1 == frames);
      room.run_for(Duration::ms(20));
    }
    room.run_for(Duration::ms(100));
  }
  std::size_t heard(std::size_t listener, std::uint8_t tag) {
    const auto& all = room.person(listener).heard;
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& f) { return f.frame.at(0) == tag; }));
  }
  std::vector<std::string> read(std::size_t listener) {
    std::vector<std::string> texts;
    for (const auto& note : room.person(listener).notes) texts.emplace_back(base::as_text(note.body));
    return texts;
  }
  // Envelopes that arrive at their last hop.
  std::map<std::size_t, std::size_t> letters;
  int detours_left = -1;  // of the last envelope
  void count_letters() {
    room.on_arrival = [this](std::size_t to, std::size_t, const Bytes& message) {
      const auto decoded = wire::decode_link_message(message);
      const auto* routed = decoded ? std::get_if<wire::Routed>(&*decoded) : nullptr;
      if (!routed) return;
      letters[to] += routed->hops.size() == 1;
      detours_left = routed->detours;
    };
  }
  std::size_t letters_to(std::size_t person) { return letters[person]; }
  std::uint64_t unheard(std::size_t person) { return room.person(person).node->stats().frames_unheard; }
  bool lists(std::size_t viewer, std::size_t of, std::size_t to) {
    const RoomView view = room.person(viewer).node->view();
    for (const auto& peer : view.peers) {
      if (peer.id != id(of)) continue;
      return std::any_of(peer.links.begin(), peer.links.end(), [&](const auto& c) { return view.peers[c.to].id == id(to); });
    }
    return false;
  }
};

TEST_F(BlockTest, of_two_the_blocker_hears_nothing_from_the_call_on_and_the_blocked_hears_all) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.run_for(Duration::s(2));
  for (int i = 0; i < 5; ++i) {  // under way when the block comes
    room.speak(ben, 1);
    room.run_for(Duration::ms(20));
  }
  const auto before = heard(ada, 1);
  block(ada, ben);
  room.run_for(Duration::ms(60));
  EXPECT_EQ(heard(ada, 1), before);
  const auto sent = room.person(ben).voice_messages_sent;
  talk(ben, 20, 2);
  EXPECT_EQ(heard(ada, 2), 0U);
  EXPECT_EQ(room.person(ben).voice_messages_sent, sent);  // his program sends nothing in vain
  talk(ada, 20, 3);
  EXPECT_EQ(heard(ben, 3), 20U);
  room.run_for(Duration::s(30));
  EXPECT_EQ(room.person(ben).who(), std::set<std::string>{"Ada"});
  talk(ada, 20, 4);
  EXPECT_EQ(heard(ben, 4), 20U);
}

TEST_F(BlockTest, the_blocked_sees_nothing_of_it) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.enter("Cleo");
  room.run_for(Duration::s(2));
  talk(ben, 5, 1);
  const auto states = room.person(ben).link_states;
  const auto names = room.person(ben).names;
  const RoomView before = room.person(ben).node->view();
  block(ada, ben);
  talk(ben, 10, 2);
  room.run_for(Duration::s(10));
  EXPECT_EQ(room.person(ben).link_states, states);
  EXPECT_EQ(room.person(ben).names, names);
  EXPECT_TRUE(room.person(ben).left.empty());
  EXPECT_TRUE(lists(ben, ben, ada) && lists(ben, ada, ben));
  const RoomView after = room.person(ben).node->view();
  ASSERT_EQ(before.trees.size(), after.trees.size());
  for (std::size_t i = 0; i < after.trees.size(); ++i) EXPECT_EQ(before.trees[i].seats.size(), after.trees[i].seats.size());
}

TEST_F(BlockTest, everybody_else_hears_both_without_a_hole_and_the_blocker_carries_nothing_of_the_blocked) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo"), dan = room.enter("Dan");
  room.run_for(Duration::s(2));
  for (int i = 0; i < 100; ++i) {
    if (i == 40) block(ada, ben);
    room.speak(ben, 1);
    room.speak(ada, 2);
    room.run_for(Duration::ms(20));
  }
  room.run_for(Duration::ms(300));
  EXPECT_EQ(heard(cleo, 1), 100U);
  EXPECT_EQ(heard(dan, 1), 100U);
  for (const auto listener : {ben, cleo, dan}) EXPECT_EQ(heard(listener, 2), 100U) << listener;
  EXPECT_LE(heard(ada, 1), 40U);
  EXPECT_LE(unheard(ada), 8U);  // a round trip of 60 ms, and 100
  const auto carried = room.person(ada).voice_messages_sent;
  const auto in_vain = unheard(ada);
  talk(ben, 50, 3);
  EXPECT_EQ(room.person(ada).voice_messages_sent, carried);
  EXPECT_EQ(unheard(ada), in_vain);
}

TEST_F(BlockTest, unblocked_they_are_heard_again_and_nothing_old_comes) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.enter("Cleo");
  room.run_for(Duration::s(2));
  block(ada, ben);
  talk(ben, 50, 1);
  block(ada, ben, false);
  room.run_for(Duration::s(1));
  talk(ben, 20, 2);
  EXPECT_EQ(heard(ada, 1), 0U);
  EXPECT_EQ(heard(ada, 2), 20U);
  room.run_for(Duration::s(2));
  EXPECT_TRUE(lists(ada, ada, ben) && lists(ada, ben, ada));
}

TEST_F(BlockTest, notes_of_the_blocked_are_not_read_and_others_read_them) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  block(ada, ben);
  room.publish(ben, "from Ben");
  room.publish(ada, "from Ada");
  room.run_for(Duration::s(10));
  EXPECT_EQ(read(ada), std::vector<std::string>{});
  EXPECT_EQ(read(cleo), (std::vector<std::string>{"from Ben", "from Ada"}));
  EXPECT_EQ(read(ben), std::vector<std::string>{"from Ada"});
}

TEST_F(BlockTest, of_two_alone_the_blocked_still_reads_what_the_blocker_writes) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.run_for(Duration::s(2));
  block(ada, ben);
  room.publish(ben, "from Ben");
  room.publish(ada, "from Ada");
  room.run_for(Duration::s(10));
  EXPECT_EQ(read(ada), std::vector<std::string>{});
  EXPECT_EQ(read(ben), std::vector<std::string>{"from Ada"});
}

TEST_F(BlockTest, a_voice_that_is_kept_back_reaches_all_others) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  withhold(ada, ben);
  talk(ada, 20, 1);
  EXPECT_EQ(heard(ben, 1), 0U);
  EXPECT_EQ(heard(cleo, 1), 20U);
  talk(ben, 20, 2);
  EXPECT_EQ(heard(ada, 2), 20U);
  withhold(ada, ben, false);
  talk(ada, 20, 3);
  EXPECT_EQ(heard(ben, 3), 20U);
}

TEST_F(BlockTest, whoever_is_kept_from_a_voice_reads_at_once_what_it_writes) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  block(ada, ben);
  withhold(ada, ben);
  room.run_for(Duration::s(2));
  for (const char* text : {"one", "two", "three"}) {
    room.publish(ada, text);
    room.run_for(Duration::ms(200));
    ASSERT_EQ(read(ben), read(cleo));
    EXPECT_EQ(read(ben).back(), text);
  }

  // Ben passes on nothing that would show whence he has it so soon.
  std::size_t from_ben = 0;
  room.on_arrival = [&](std::size_t to, std::size_t from, const Bytes& message) {
    const auto decoded = wire::decode_link_message(message);
    from_ben += to == cleo && from == ben && decoded && std::holds_alternative<wire::NoteNews>(*decoded);
  };
  room.publish(ada, "four");
  room.run_for(Duration::s(1));
  EXPECT_EQ(read(ben).size(), 4U);
  EXPECT_EQ(from_ben, 0U);
}

TEST_F(BlockTest, who_comes_with_a_block_hears_nothing_and_nobody_lists_the_pair) {
  const auto ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  const auto ada = room.enter("Ada");
  block(ada, ben);
  bool is_listed = false;
  for (int i = 0; i < 150; ++i) {
    room.speak(ben, 1);
    room.run_for(Duration::ms(20));
    is_listed = is_listed || lists(cleo, ada, ben) || lists(cleo, ben, ada);
  }
  room.run_for(Duration::ms(200));
  EXPECT_EQ(heard(ada, 1), 0U);
  EXPECT_EQ(heard(cleo, 1), 150U);
  EXPECT_FALSE(is_listed);
  const auto in_vain = unheard(ada);
  talk(ben, 20, 2);
  EXPECT_EQ(unheard(ada), in_vain);
  talk(ada, 20, 3);
  EXPECT_EQ(heard(ben, 3), 20U);
}

TEST_F(BlockTest, the_blocked_who_reloads_under_another_name_is_blocked_still) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben", 77);
  room.enter("Cleo");
  room.run_for(Duration::s(2));
  block(ada, ben);
  room.run_for(Duration::s(1));
  room.leave(ben);
  room.run_for(Duration::s(2));
  const auto again = room.enter("Benny", 77);
  room.run_for(Duration::s(2));
  const auto in_vain = unheard(ada);
  talk(again, 20, 1);
  EXPECT_EQ(heard(ada, 1), 0U);
  EXPECT_EQ(unheard(ada), in_vain);
}

TEST_F(BlockTest, two_who_block_each_other_hear_each_other_no_more_and_both_reach_the_third) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  block(ada, ben);
  block(ben, ada);
  room.run_for(Duration::s(1));
  talk(ada, 20, 1);
  talk(ben, 20, 2);
  EXPECT_EQ(heard(ben, 1) + heard(ada, 2), 0U);
  EXPECT_EQ(heard(cleo, 1), 20U);
  EXPECT_EQ(heard(cleo, 2), 20U);
  block(ada, ben, false);
  room.run_for(Duration::s(1));
  talk(ben, 20, 3);
  talk(ada, 20, 4);
  EXPECT_EQ(heard(ada, 3), 20U);
  EXPECT_EQ(heard(ben, 4), 0U);
}

TEST_F(BlockTest, a_pair_without_a_link_is_told_over_others) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.cut(ada, ben);
  const auto cleo = room.enter("Cleo");
  room.run_for(Duration::s(5));
  talk(ben, 20, 1);
  ASSERT_EQ(heard(ada, 1), 20U);
  block(ada, ben);
  room.run_for(Duration::ms(500));
  const auto in_vain = unheard(ada);
  talk(ben, 20, 2);
  EXPECT_EQ(heard(ada, 2), 0U);
  EXPECT_EQ(unheard(ada), in_vain);
  EXPECT_EQ(heard(cleo, 2), 20U);
}

TEST_F(BlockTest, whoever_blocks_the_only_way_to_somebody_is_shown_that_they_are_cut_off) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.cut(ada, cleo);
  room.run_for(Duration::s(5));
  const auto state_of_cleo = [&] {
    for (const auto& [number, name] : room.person(ada).names) {
      if (name == "Cleo") return room.person(ada).link_states.at(number);
    }
    return LinkState::kFailed;
  };
  ASSERT_EQ(state_of_cleo(), LinkState::kConnected);
  block(ada, ben);
  room.run_for(Duration::s(15));
  EXPECT_NE(state_of_cleo(), LinkState::kConnected);
  block(ada, ben, false);
  room.run_for(Duration::s(5));
  EXPECT_EQ(state_of_cleo(), LinkState::kConnected);
}

TEST_F(BlockTest, a_pair_that_had_no_link_tries_for_one_as_soon_as_nobody_blocks) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.cut(ada, ben);
  room.enter("Cleo");
  room.run_for(Duration::s(5));
  block(ada, ben);
  room.run_for(Duration::s(300));
  room.mend(ada, ben);
  block(ada, ben, false);
  room.run_for(Duration::s(5));
  EXPECT_TRUE(lists(ada, ada, ben));
}

TEST_F(BlockTest, who_brings_the_voice_of_the_blocked_stops_before_the_blocked_has_planned_anew) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  room.cut(ada, ben);
  room.enter("Cleo");
  room.run_for(Duration::s(5));
  talk(ben, 20, 1);
  for (int i = 0; i < 40; ++i) {
    if (i == 20) block(ada, ben);
    room.speak(ben, 2);
    room.run_for(Duration::ms(20));
  }
  EXPECT_LE(unheard(ada), 4U) << "a round trip of 60 ms to Cleo; over Ben it would be 120";
}

TEST_F(BlockTest, a_blocker_who_carries_for_somebody_ends_that_after_a_round_trip_without_a_hole) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  room.cut(ben, 3);
  const auto dan = room.enter("Dan");
  room.run_for(Duration::s(10));
  talk(ben, 20, 1);
  const RoomView view = room.person(ben).node->view();
  const auto& seats = view.trees.at(0).seats;
  const auto seat = std::find_if(seats.begin(), seats.end(), [&](const auto& s) { return view.peers[s.listener].id == id(dan); });
  ASSERT_NE(seat, seats.end());
  const auto carrier = view.peers[seat->parent].id == id(ada) ? ada : cleo;
  ASSERT_EQ(view.peers[seat->parent].id, id(carrier));
  const auto go_on = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      room.speak(ben, 2);
      room.run_for(Duration::ms(20));
    }
  };
  go_on(40);
  const auto carried = [&] { return room.person(carrier).voice_messages_sent; };
  block(carrier, ben);
  const auto before = carried();
  go_on(8);  // 60 and 100 ms
  const auto in_time = carried();
  EXPECT_GT(in_time, before) << "what others were promised";
  go_on(52);
  EXPECT_EQ(carried(), in_time);
  room.run_for(Duration::ms(300));
  EXPECT_EQ(heard(dan, 2), 100U);
}

// Ben, who has not heard of the block yet, hangs Cleo below whoever has just blocked him.
TEST_F(BlockTest, a_blocker_begins_to_carry_for_nobody_new) {
  const auto ben = room.enter("Ben"), ada = room.enter("Ada"), eve = room.enter("Eve");
  room.run_for(Duration::s(2));
  room.cut(ben, 3);
  const auto cleo = room.enter("Cleo");
  room.run_for(Duration::s(5));
  std::map<std::size_t, std::size_t> brought;  // to Cleo, by whom
  room.on_arrival = [&](std::size_t to, std::size_t from, const Bytes& message) {
    const auto decoded = wire::decode_link_message(message);
    brought[from] += to == cleo && decoded && std::holds_alternative<wire::FrameNews>(*decoded);
  };
  const auto go_on = [&](int frames) {
    for (int i = 0; i < frames; ++i) {
      room.speak(ben, 1);
      room.run_for(Duration::ms(20));
    }
  };
  go_on(50);
  const auto parent = brought[ada] > 0 ? ada : eve, other = parent == ada ? eve : ada;
  ASSERT_EQ(brought[other], 0U);
  room.lets_pass = [&](std::size_t from, Channel, const Bytes& message) {
    const auto decoded = wire::decode_link_message(message);
    return from != other || !decoded || !std::holds_alternative<wire::Hearing>(*decoded);
  };
  room.break_link(parent, cleo);
  go_on(1);
  block(other, ben);
  go_on(20);
  EXPECT_EQ(brought[other], 0U);
}

TEST_F(BlockTest, a_word_also_goes_over_a_link_aside_of_ones_own_but_nobody_elses_envelope_does) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.run_for(Duration::s(2));
  room.cut(ada, 3);
  const auto dan = room.enter("Dan");
  room.run_for(Duration::s(10));
  block(ada, cleo);
  room.run_for(Duration::s(2));
  bool has_ben_failed = false;
  const auto is_envelope = [](const Bytes& message) {
    const auto decoded = wire::decode_link_message(message);
    return decoded && std::holds_alternative<wire::Routed>(*decoded);
  };
  room.lets_pass = [&](std::size_t from, Channel, const Bytes& message) {
    const bool passes = from != ben || !is_envelope(message);
    has_ben_failed = has_ben_failed || !passes;
    return passes;
  };
  block(ada, dan);
  room.run_for(Duration::ms(500));
  EXPECT_TRUE(has_ben_failed);
  talk(dan, 20, 1);
  EXPECT_EQ(unheard(ada), 0U);
  EXPECT_EQ(heard(cleo, 1), 20U);

  // Cleo's own word to Ada goes; what she passes on for Dan does not.
  const auto refused = [&] { return room.person(ada).node->stats().messages_refused; };
  Bytes envelope;
  room.lets_pass = [&](std::size_t from, Channel, const Bytes& message) {
    if (from == dan && is_envelope(message)) envelope = std::get<wire::Routed>(*wire::decode_link_message(message)).envelope;
    return true;
  };
  block(dan, ada);
  ASSERT_FALSE(envelope.empty());
  const auto before = refused();
  for (const auto& [link, end] : room.person(ada).wires) {
    if (end.first == cleo) room.inject_on_link(ada, link, Channel::kControl, wire::encode(wire::Routed{{id(ada)}, envelope}));
  }
  EXPECT_EQ(refused(), before + 1);
}

// Ada, without a link to Dan, writes to him by way of Ben, who has just lost his; Cleo has one.
TEST_F(BlockTest, an_envelope_whose_way_is_gone_takes_another) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo");
  room.cut(ada, 3);
  const auto dan = room.enter("Dan");
  room.run_for(Duration::s(10));
  const auto send_over_ben = [&](std::uint8_t detours) {
    const auto letters_before = letters_to(dan);
    for (const auto& [link, end] : std::map(room.person(ben).wires)) {
      if (end.first != ada) continue;
      room.inject_on_link(ben, link, Channel::kControl, wire::encode(wire::Routed{{id(ben), id(dan)}, base::Bytes(64, 7), detours}));
    }
    room.run_for(Duration::ms(200));
    return letters_to(dan) - letters_before;
  };
  count_letters();
  EXPECT_EQ(send_over_ben(0), 1U);
  block(ben, dan);
  EXPECT_EQ(send_over_ben(0), 0U);
  EXPECT_EQ(send_over_ben(1), 1U);
  EXPECT_EQ(detours_left, 0);
  EXPECT_TRUE(lists(ada, cleo, dan));
}

// The only way from Ada to Cleo in the map is Eve, Ben, Cleo; Ben carries nothing of Ada's, whom he blocks.
TEST_F(BlockTest, whom_nobody_may_bring_a_voice_gets_a_link_of_the_speaker_who_blocks_them) {
  const auto ada = room.enter("Ada"), ben = room.enter("Ben"), eve = room.enter("Eve");
  room.run_for(Duration::s(2));
  room.cut(ada, 3);
  room.cut(eve, 3);
  const auto cleo = room.enter("Cleo");
  room.run_for(Duration::s(5));
  block(ada, cleo);
  room.mend(ada, cleo);
  talk(ada, 20, 1);
  EXPECT_EQ(heard(cleo, 1), 20U);
  block(ben, ada);
  talk(ada, 300, 2);
  talk(ada, 20, 3);
  EXPECT_EQ(heard(cleo, 3), 20U);
  EXPECT_EQ(heard(eve, 3), 20U);
  EXPECT_FALSE(lists(ben, ada, cleo));
  talk(cleo, 20, 4);
  EXPECT_EQ(heard(ada, 4), 0U);
  EXPECT_EQ(heard(ben, 4), 20U);
}

TEST_F(BlockTest, one_whom_everybody_blocks_sends_to_nobody_and_hears_all) {
  const auto ben = room.enter("Ben");
  std::vector<std::size_t> others;
  for (const char* name : {"Ada", "Cleo", "Dan", "Eve"}) others.push_back(room.enter(name));
  room.run_for(Duration::s(3));
  for (const auto other : others) block(other, ben);
  room.run_for(Duration::s(1));
  const auto sent = room.person(ben).voice_messages_sent;
  talk(ben, 20, 1);
  EXPECT_EQ(room.person(ben).voice_messages_sent, sent);
  talk(others[0], 20, 2);
  EXPECT_EQ(heard(ben, 2), 20U);
  for (const auto other : others) EXPECT_EQ(heard(other, 1), 0U);
}

TEST_F(BlockTest, whoever_blocks_everybody_hears_nobody_and_is_heard_by_all) {
  const auto ada = room.enter("Ada");
  std::vector<std::size_t> others;
  for (const char* name : {"Ben", "Cleo", "Dan", "Eve"}) others.push_back(room.enter(name));
  room.run_for(Duration::s(3));
  for (const auto other : others) block(ada, other);
  room.run_for(Duration::s(15));
  EXPECT_EQ(room.person(ada).who().size(), 4U);
  talk(ada, 20, 1);
  for (const auto other : others) EXPECT_EQ(heard(other, 1), 20U) << other;
  const auto in_vain = unheard(ada);
  talk(others[1], 20, 2);
  EXPECT_EQ(heard(ada, 2), 0U);
  EXPECT_EQ(unheard(ada), in_vain);
  EXPECT_EQ(heard(others[0], 2), 20U);
}

// Ada and Ben are set apart from Cleo and Dan, who are linked to each other; Ada and Dan never had a link.
struct TwoHalves : BlockTest {
  std::size_t ada = room.enter("Ada"), ben = room.enter("Ben"), cleo = room.enter("Cleo"), dan = 0;
  TwoHalves() {
    room.run_for(Duration::s(2));
    room.cut(ada, 3);
    dan = room.enter("Dan");
    room.run_for(Duration::s(5));
    block(ada, cleo);
    block(ben, cleo);
    block(ben, dan);
    room.run_for(Duration::s(15));
  }
};

TEST_F(TwoHalves, who_is_reached_aside_carries_on_for_those_beyond) {
  EXPECT_FALSE(lists(ben, ada, cleo));
  EXPECT_EQ(room.person(dan).who(), (std::set<std::string>{"Ada", "Ben", "Cleo"}));
  talk(ada, 20, 1);
  EXPECT_EQ(heard(ben, 1), 20U);
  EXPECT_EQ(heard(cleo, 1), 20U);
  EXPECT_EQ(heard(dan, 1), 20U);
  talk(cleo, 20, 2);
  EXPECT_EQ(heard(dan, 2), 20U);
  EXPECT_EQ(heard(ada, 2) + heard(ben, 2), 0U);
}

TEST_F(TwoHalves, each_end_of_a_link_aside_hears_what_changes_in_the_other_half) {
  room.command(dan, [&](Node& node) { node.set_name("Daniel", room.now()); });
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.person(ada).who(), (std::set<std::string>{"Ben", "Cleo", "Daniel"}));
}

TEST_F(TwoHalves, a_word_to_somebody_without_a_link_goes_over_one_that_is_aside) {
  const auto seats = [&] { return room.person(dan).node->view().trees.at(0).seats.size(); };
  talk(dan, 20, 1);
  EXPECT_EQ(seats(), 2U) << "Cleo's, and Ben's in name only; nobody may bring Ada this voice";
  block(ada, dan);
  room.run_for(Duration::ms(500));
  talk(dan, 20, 1);
  EXPECT_EQ(seats(), 3U);
  talk(ada, 20, 2);
  EXPECT_EQ(heard(dan, 2), 20U);
}

// --- the attacker's view ---------------------------------------------------------------------------------------------

// All that a third peer gets, in the order in which it gets it. Ben's plans alone may tell: they seat Ada at Ben himself.
std::vector<std::string> seen_by_third(bool by_block) {
  TestRoom room(5);
  std::vector<std::string> seen;
  const auto ada = room.enter("Ada"), ben = room.enter("Ben");
  for (const char* name : {"Cleo", "Dan", "Eve"}) room.enter(name);
  room.run_for(Duration::s(3));
  const PeerId ben_id = room.person(ben).node->id(), ada_id = room.person(ada).node->id();
  room.on_arrival = [&](std::size_t to, std::size_t from, const Bytes& message) {
    if (to == ada || to == ben) return;
    Bytes bytes = message;
    const auto decoded = wire::decode_link_message(message);
    if (decoded && std::holds_alternative<wire::PlanNews>(*decoded)) {
      auto plan = std::get<wire::PlanNews>(*decoded).plan.plan;
      if (plan.source == ben_id) {
        std::erase_if(plan.seats, [&](const wire::Seat& seat) { return seat.listener == ada_id; });
        for (wire::Seat& seat : plan.seats) seat.parent = seat.guardian = 0;  // indices, which Ada's guardian may shift
        bytes = wire::encode_unsigned(plan);
      }
    }
    seen.push_back(std::to_string(room.now().in_us()) + " " + std::to_string(from) + "→" + std::to_string(to) + " " +
                   std::string(base::as_text(bytes)));
  };
  const auto say = [&](std::size_t who) {
    for (int i = 0; i < 100; ++i) {
      room.speak(who, 1, i == 99);
      room.run_for(Duration::ms(20));
    }
  };
  if (by_block) {
    room.command(ada, [&](Node& node) { node.set_blocked(ben_id, true, room.now()); });
  } else {
    room.break_link(ada, ben);
  }
  say(ada);
  say(ben);
  room.publish(ada, "hello");
  room.publish(ben, "hello too");
  say(ada + 2);
  room.run_for(Duration::s(90));
  return seen;
}

TEST(BlockPrivacy, a_third_peer_receives_the_same_bytes_as_of_a_pair_that_cannot_connect) {
  const auto blocked = seen_by_third(true), cut = seen_by_third(false);
  ASSERT_GT(cut.size(), 500U);
  EXPECT_EQ(blocked.size(), cut.size());
  for (std::size_t i = 0; i < std::min(blocked.size(), cut.size()); ++i) {
    ASSERT_EQ(blocked[i].substr(0, blocked[i].find(' ', 12) + 4), cut[i].substr(0, cut[i].find(' ', 12) + 4)) << i;
    ASSERT_EQ(blocked[i], cut[i]) << i;
  }
}

}  // namespace
}  // namespace grove::node

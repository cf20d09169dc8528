#include <gtest/gtest.h>

#include <algorithm>

#include "node/test_room.h"
#include "overlay/notes.h"
#include "wire/link_message.h"
#include "wire/note.h"

namespace grove::node {
namespace {

using base::Duration;
using Texts = std::vector<std::string>;

struct NoteTest : testing::Test {
  TestRoom room{1};

  // In the order in which the app got them.
  Texts read_by(std::size_t reader) {
    Texts texts;
    for (const DeliverNote& note : room.person(reader).notes) texts.emplace_back(base::as_text(note.body));
    return texts;
  }
  Texts read_by(std::size_t reader, std::size_t author) {
    Texts texts;
    for (const DeliverNote& note : room.person(reader).notes) {
      if (note.author == room.person(author).node->id()) texts.emplace_back(base::as_text(note.body));
    }
    return texts;
  }
  // In the source's own plan.
  std::string parent_in_tree(std::size_t listener, std::size_t source) {
    const RoomView view = room.person(source).node->view();
    for (const RoomView::Tree& tree : view.trees) {
      if (tree.source != view.self) continue;
      for (const RoomView::Seat& seat : tree.seats) {
        if (view.peers[seat.listener].id == room.person(listener).node->id()) return view.peers[seat.parent].name;
      }
    }
    return {};
  }
  // The notes that cross links from now on; with `holds`, they do not arrive.
  void watch_notes(bool holds) {
    room.lets_pass = [this, holds](std::size_t, Channel channel, const Bytes& message) {
      if (channel != Channel::kControl) return true;
      const auto decoded = wire::decode_link_message(message);
      if (!decoded) return true;
      const auto* news = std::get_if<wire::NoteNews>(&*decoded);
      if (news) on_links.push_back(news->note);
      return !(news && holds);
    };
  }
  // Published, and not arrived anywhere.
  wire::SignedNote hold_back(std::size_t author, const std::string& text) {
    watch_notes(true);
    room.publish(author, text);
    room.run_for(Duration::ms(100));
    return on_links.at(0);
  }
  void hand(std::size_t to, const wire::SignedNote& note) {
    const LinkId link = room.person(to).wires.begin()->first;
    room.inject_on_link(to, link, Channel::kControl, wire::encode(wire::NoteNews{note}));
  }
  std::vector<wire::SignedNote> on_links;
};

TEST_F(NoteTest, a_note_reaches_everybody_else_once) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.publish(ada, "tea?"), Published::kSent);
  room.run_for(Duration::s(30));  // and through several digests
  EXPECT_EQ(read_by(bob), Texts{"tea?"});
  EXPECT_EQ(read_by(cid), Texts{"tea?"});
  EXPECT_EQ(read_by(ada), Texts{});
  const DeliverNote& note = room.person(bob).notes.at(0);
  EXPECT_EQ(note.author, room.person(ada).node->id());
  ASSERT_TRUE(note.peer);
  EXPECT_EQ(room.person(bob).names.at(*note.peer), "Ada");
  EXPECT_EQ(note.number, 1U);
  EXPECT_EQ(note.missing_before, 0U);
}

TEST_F(NoteTest, a_note_takes_no_longer_than_the_links_it_crosses) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  room.publish(ada, "now");
  room.run_for(Duration::ms(30));
  EXPECT_EQ(read_by(bob), Texts{"now"});
}

TEST_F(NoteTest, the_notes_of_two_authors_reach_everybody_each_authors_in_their_order) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  Texts adas, bobs;
  for (int i = 0; i < 20; ++i) {
    adas.push_back("a" + std::to_string(i));
    bobs.push_back("b" + std::to_string(i));
    EXPECT_EQ(room.publish(ada, adas.back()), Published::kSent);
    EXPECT_EQ(room.publish(bob, bobs.back()), Published::kSent);
    room.run_for(Duration::ms(7));
  }
  room.run_for(Duration::s(1));
  EXPECT_EQ(read_by(cid, ada), adas);
  EXPECT_EQ(read_by(cid, bob), bobs);
  EXPECT_EQ(read_by(ada), bobs);
  EXPECT_EQ(read_by(bob), adas);
}

TEST_F(NoteTest, a_newcomer_gets_what_was_written_before_also_by_those_who_left) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  room.publish(ada, "one");
  room.publish(ada, "two");
  room.run_for(Duration::s(1));
  room.publish(bob, "three");
  room.run_for(Duration::ms(100));
  room.leave(ada);
  room.run_for(Duration::s(1));
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  EXPECT_EQ(read_by(cid, ada), (Texts{"one", "two"}));
  EXPECT_EQ(read_by(cid, bob), Texts{"three"});
  for (const DeliverNote& note : room.person(cid).notes) EXPECT_EQ(note.peer.has_value(), note.author == room.person(bob).node->id());
}

TEST_F(NoteTest, a_note_written_alone_waits_for_whoever_comes) {
  const auto ada = room.enter("Ada");
  room.run_for(Duration::s(60));
  EXPECT_EQ(room.publish(ada, "anybody here?"), Published::kSent);
  room.run_for(Duration::s(60));
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  EXPECT_EQ(read_by(bob), Texts{"anybody here?"});
}

TEST_F(NoteTest, whoever_loads_the_page_again_gets_their_own_notes_back) {
  const auto ada = room.enter("Ada", 50);
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  room.publish(ada, "mine");
  room.run_for(Duration::s(1));
  room.leave(ada);
  room.run_for(Duration::s(1));
  const auto again = room.enter("Ada", 50);
  room.run_for(Duration::s(2));
  EXPECT_EQ(read_by(again, again), Texts{"mine"});
  room.publish(again, "more");
  room.run_for(Duration::s(10));
  EXPECT_EQ(read_by(bob), (Texts{"mine", "more"}));
}

TEST_F(NoteTest, a_pair_that_cannot_connect_gets_each_others_notes_through_a_third) {
  const auto ada = room.enter("Ada");
  room.cut(0, 1);
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(25));
  room.publish(ada, "from Ada");
  room.publish(bob, "from Bob");
  room.run_for(Duration::ms(100));
  EXPECT_EQ(read_by(bob), Texts{"from Ada"});
  EXPECT_EQ(read_by(ada), Texts{"from Bob"});
  EXPECT_EQ(read_by(cid).size(), 2U);
}

TEST_F(NoteTest, a_link_that_dies_and_comes_back_loses_nothing_and_doubles_nothing) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  room.publish(ada, "before");
  room.run_for(Duration::ms(100));
  room.cut(ada, bob);
  room.publish(ada, "into the dead link");
  room.run_for(Duration::s(20));
  ASSERT_FALSE(std::any_of(room.person(bob).link_states.begin(), room.person(bob).link_states.end(),
                           [](const auto& state) { return state.second == LinkState::kConnected; }));
  room.publish(ada, "without a link");
  EXPECT_EQ(read_by(bob), Texts{"before"});
  room.mend(ada, bob);
  room.run_for(Duration::s(60));
  EXPECT_EQ(read_by(bob), (Texts{"before", "into the dead link", "without a link"}));
  for (const DeliverNote& note : room.person(bob).notes) EXPECT_EQ(note.missing_before, 0U);
}

// As when a link is replaced while it carries something.
TEST_F(NoteTest, a_note_lost_on_its_way_comes_after_the_next_digests) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  hold_back(ada, "lost");
  EXPECT_EQ(on_links.size(), 1U);
  watch_notes(false);
  room.run_for(overlay::Notes::kDigestEvery + Duration::s(1));
  EXPECT_EQ(read_by(bob), Texts{"lost"});
}

TEST_F(NoteTest, whoever_dies_with_a_note_in_hand_keeps_it_from_nobody) {
  const auto ada = room.enter("Ada");
  room.cut(0, 1);
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  const auto dot = room.enter("Dot");
  room.run_for(Duration::s(25));
  room.publish(ada, "one");
  room.run_for(Duration::s(1));
  const std::string relay = parent_in_tree(bob, ada);
  ASSERT_TRUE(relay == "Cid" || relay == "Dot");
  room.publish(ada, "two");
  room.kill(relay == "Cid" ? cid : dot);
  room.run_for(Duration::s(1));
  EXPECT_EQ(read_by(bob), Texts{"one"});
  room.run_for(Duration::s(30));
  EXPECT_EQ(read_by(bob), (Texts{"one", "two"}));
  EXPECT_EQ(read_by(relay == "Cid" ? dot : cid), (Texts{"one", "two"}));
}

TEST_F(NoteTest, in_a_settled_room_a_note_crosses_one_link_for_each_listener) {
  for (int i = 0; i < 8; ++i) room.enter("P" + std::to_string(i));
  room.run_for(Duration::s(20));
  room.publish(0, "wakes the tree");
  room.run_for(Duration::s(1));
  watch_notes(false);
  room.publish(0, "goes down it");
  room.run_for(Duration::s(20));
  EXPECT_EQ(on_links.size(), 7U);
  for (std::size_t reader = 1; reader < 8; ++reader) EXPECT_EQ(read_by(reader), (Texts{"wakes the tree", "goes down it"}));
}

TEST_F(NoteTest, writing_is_not_speaking) {
  for (int i = 0; i < 5; ++i) room.enter("P" + std::to_string(i));
  room.run_for(Duration::s(5));
  for (int i = 0; i < 10; ++i) {
    room.publish(0, "x");
    room.run_for(Duration::s(1));
  }
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(room.person(i).voice_messages_sent, 0U);
    EXPECT_EQ(room.person(i).node->view().pulls_open, 0U);
    EXPECT_EQ(room.person(i).node->stats().messages_refused, 0U);
  }
}

TEST_F(NoteTest, a_forged_note_is_refused_and_goes_no_further_and_the_true_one_is_taken_after_it) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(2));
  const wire::SignedNote note = hold_back(cid, "true");
  on_links.clear();

  auto forged = note;
  forged.note.body = base::to_bytes(base::as_bytes("false"));
  hand(ada, forged);
  forged = note;
  forged.note.number = 2;
  hand(ada, forged);
  room.run_for(Duration::ms(100));
  EXPECT_EQ(room.person(ada).node->stats().messages_refused, 2U);
  EXPECT_EQ(read_by(ada), Texts{});
  EXPECT_TRUE(on_links.empty());

  room.lets_pass = [](std::size_t, Channel, const Bytes&) { return true; };
  hand(ada, note);
  room.run_for(Duration::s(30));
  EXPECT_EQ(read_by(ada), Texts{"true"});
  EXPECT_EQ(read_by(bob), Texts{"true"});
  EXPECT_EQ(room.person(ada).node->stats().messages_refused, 2U);
}

TEST_F(NoteTest, the_author_of_a_note_that_does_not_go_out_learns_why) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.publish(ada, ""), Published::kEmptyOrTooLong);
  EXPECT_EQ(room.publish(ada, std::string(wire::kNoteBytesMax + 1, 'x')), Published::kEmptyOrTooLong);
  std::size_t sent = 0;
  while (room.publish(ada, "x") == Published::kSent) ++sent;
  EXPECT_EQ(room.publish(ada, "x"), Published::kTooFast);
  room.run_for(Duration::s(1));
  EXPECT_EQ(read_by(bob), Texts(sent, "x"));
  EXPECT_EQ(room.publish(ada, std::string(wire::kNoteBytesMax, 'y')), Published::kSent);
  room.run_for(Duration::ms(100));
  EXPECT_EQ(read_by(bob).back(), std::string(wire::kNoteBytesMax, 'y'));
  room.leave(ada);
  EXPECT_EQ(room.publish(ada, "after all"), Published::kLeft);
}

}  // namespace
}  // namespace grove::node

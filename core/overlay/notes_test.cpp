#include "overlay/notes.h"

#include <gtest/gtest.h>

#include "overlay/note_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

// One peer among others, message by message.
struct OnePeer : testing::Test {
  const wire::NoteRun self = run_of(0), ada = run_of(1), bob = run_of(2), cleo = run_of(3);
  Instant now = kStart;
  Notes notes{self, kWallMs, 1, kStart};
  std::vector<Notes::Deliver> delivered;

  void advance(Duration duration) {
    const Instant end = now + duration;
    while (notes.next_deadline() <= end) {
      now = std::max(now, notes.next_deadline());
      notes.handle_time(now);
    }
    now = end;
  }
  template <typename Message>
  std::vector<std::pair<PeerId, Message>> sent() {
    std::vector<std::pair<PeerId, Message>> sent;
    while (auto output = notes.poll()) {
      if (auto* delivery = std::get_if<Notes::Deliver>(&*output)) delivered.push_back(*delivery);
      if (auto* send = std::get_if<Notes::Send>(&*output)) {
        if (auto* message = std::get_if<Message>(&send->message)) sent.emplace_back(send->to, std::move(*message));
      }
    }
    return sent;
  }
  Numbers numbers_delivered() {
    sent<wire::NoteNews>();
    Numbers numbers;
    for (const auto& delivery : delivered) numbers.push_back(delivery.note.note.number);
    return numbers;
  }
  void get(const wire::NoteRun& from, const wire::NoteRun& author, std::uint32_t number) {
    notes.handle_note(from.author, author.author, note_of(author, number, kWallMs), now);
  }
  void hear(const wire::NoteRun& from, std::vector<wire::NoteSpan> spans, bool is_whole = true) {
    notes.handle_digest(from.author, {1, is_whole, std::move(spans)}, now);
  }
};

TEST_F(OnePeer, passes_a_note_to_its_children_or_without_a_plan_to_all_and_never_back) {
  for (const auto& peer : {ada, bob, cleo}) notes.handle_link_open(peer.author, now);
  get(ada, bob, 1);
  auto news = sent<wire::NoteNews>();
  ASSERT_EQ(news.size(), 1U) << "neither to its sender nor to its author";
  EXPECT_EQ(news[0].first, cleo.author);
  notes.learn_children(ada, {bob.author});
  get(ada, ada, 1);
  news = sent<wire::NoteNews>();
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].first, bob.author);
  get(bob, ada, 1);
  EXPECT_TRUE(sent<wire::NoteNews>().empty()) << "nothing twice";
}

TEST_F(OnePeer, asks_one_neighbour_at_a_time_and_another_after_a_second) {
  for (const auto& peer : {ada, bob}) {
    notes.handle_link_open(peer.author, now);
    hear(peer, {{cleo, 1, 3}});
  }
  auto wants = sent<wire::NoteWant>();
  ASSERT_EQ(wants.size(), 1U);
  EXPECT_EQ(wants[0].second.marks, (std::vector<wire::NoteWant::Mark>{{cleo, 1}}));
  const PeerId first = wants[0].first;
  advance(Notes::kAnswerWithin - Duration::ms(1));
  EXPECT_TRUE(sent<wire::NoteWant>().empty());
  advance(Duration::ms(1));
  wants = sent<wire::NoteWant>();
  ASSERT_EQ(wants.size(), 1U);
  EXPECT_NE(wants[0].first, first);
}

TEST_F(OnePeer, asks_for_what_comes_after_what_it_got_as_soon_as_an_answer_ends) {
  notes.handle_link_open(ada.author, now);
  hear(ada, {{bob, 1, 4}, {cleo, 1, 2}});
  EXPECT_EQ(sent<wire::NoteWant>().size(), 1U);
  get(ada, bob, 1);
  get(ada, bob, 2);
  EXPECT_TRUE(sent<wire::NoteWant>().empty());
  hear(ada, {{bob, 1, 4}, {cleo, 1, 2}}, false);
  const auto wants = sent<wire::NoteWant>();
  ASSERT_EQ(wants.size(), 1U);
  EXPECT_EQ(wants[0].second.marks, (std::vector<wire::NoteWant::Mark>{{bob, 3}, {cleo, 1}}));
}

TEST_F(OnePeer, what_an_answer_brought_is_announced_to_those_who_lack_it_and_pushed_to_nobody) {
  for (const auto& peer : {ada, bob, cleo}) notes.handle_link_open(peer.author, now);
  const wire::NoteRun dan = run_of(9);
  hear(cleo, {{dan, 1, 3}});
  hear(ada, {{dan, 1, 3}});
  const auto wants = sent<wire::NoteWant>();
  ASSERT_EQ(wants.size(), 1U);
  const auto& asked = wants[0].first == ada.author ? ada : cleo;
  get(asked, dan, 1);
  get(asked, dan, 2);
  EXPECT_TRUE(sent<wire::NoteNews>().empty());
  hear(asked, {{dan, 1, 3}}, false);
  const auto announced = sent<wire::NoteDigest>();
  ASSERT_EQ(announced.size(), 1U);
  EXPECT_EQ(announced[0].first, bob.author);
  EXPECT_EQ(announced[0].second.spans, (std::vector<wire::NoteSpan>{{dan, 1, 3}}));
}

TEST_F(OnePeer, a_liar_who_claims_everything_holds_up_nothing_that_others_have) {
  notes.handle_link_open(ada.author, now);
  hear(ada, {{cleo, 1, 1000}});
  sent<wire::NoteWant>();
  get(ada, cleo, 9);  // as if eight were missing
  notes.handle_link_open(bob.author, now);
  hear(bob, {{cleo, 1, 3}});
  for (int tries = 0; tries < 5; ++tries) {
    for (const auto& [to, want] : sent<wire::NoteWant>()) {
      if (to != bob.author) continue;
      for (std::uint32_t number = want.marks.at(0).from; number < 3; ++number) get(bob, cleo, number);
      hear(bob, {{cleo, 1, 3}}, false);
    }
    advance(Duration::ms(500));
    hear(ada, {{cleo, 1, 1000}});
  }
  EXPECT_EQ(numbers_delivered(), (Numbers{1, 2}));
  for (int i = 0; i < 40; ++i) {
    advance(Duration::s(1));
    hear(ada, {{cleo, 1, 1000}});
  }
  EXPECT_EQ(numbers_delivered(), (Numbers{1, 2, 9})) << "and for the rest it is not waited for ever";
  ASSERT_FALSE(delivered.empty());
  EXPECT_EQ(delivered.back().missing_before, 6U);
}

TEST_F(OnePeer, whoever_claims_in_vain_is_asked_ever_more_rarely) {
  notes.handle_link_open(ada.author, now);
  std::size_t asked = 0;
  for (int second = 0; second < 600; ++second) {
    hear(ada, {{cleo, 1, 1000}});
    asked += sent<wire::NoteWant>().size();
    advance(Duration::s(1));
  }
  EXPECT_LE(asked, 5 + 600 / 60U);
  EXPECT_GE(asked, 600 / 61U);
}

TEST_F(OnePeer, a_sleeper_blames_nobody_and_gives_nothing_up_on_waking) {
  for (const auto& peer : {ada, bob}) notes.handle_link_open(peer.author, now);
  get(ada, cleo, 1);
  get(ada, cleo, 3);
  hear(bob, {{cleo, 9, 10}});  // so two is given up after a while
  sent<wire::NoteWant>();
  now = now + Duration::s(60);
  notes.handle_time(now);
  EXPECT_EQ(numbers_delivered(), Numbers{1});
  get(ada, cleo, 2);  // it lay in our own channel
  EXPECT_EQ(numbers_delivered(), (Numbers{1, 2, 3}));
}

TEST_F(OnePeer, an_answer_has_a_bound_and_ends_with_what_there_is) {
  notes.handle_link_open(ada.author, now);
  for (std::uint32_t i = 1; i <= 20; ++i) {
    notes.handle_note(ada.author, cleo.author, note_of(cleo, i, kWallMs, base::Bytes(5'000)), now);
  }
  sent<wire::NoteNews>();
  notes.handle_link_open(bob.author, now);
  sent<wire::NoteNews>();
  notes.handle_want(bob.author, {{{cleo, 5}, {bob, 1}}}, now);
  std::size_t bytes = 0;
  Numbers numbers;
  std::vector<wire::NoteSpan> end;
  while (auto output = notes.poll()) {
    const auto& message = std::get<Notes::Send>(*output).message;
    EXPECT_TRUE(end.empty()) << "nothing after the end";
    if (const auto* news = std::get_if<wire::NoteNews>(&message)) {
      bytes += wire::encoded_bytes(news->note);
      numbers.push_back(news->note.note.number);
    } else {
      end = std::get<wire::NoteDigest>(message).spans;
    }
  }
  EXPECT_EQ(numbers, up_to(4 + static_cast<std::uint32_t>(numbers.size()), 5));
  EXPECT_GE(bytes, Notes::kAnswerBytes);
  EXPECT_LT(bytes, Notes::kAnswerBytes + 5'200);
  EXPECT_EQ(end, (std::vector<wire::NoteSpan>{{cleo, 1, 21}, {bob, 1, 1}}));
}

TEST_F(OnePeer, a_neighbour_that_only_takes_gets_so_much_and_no_more) {
  notes.handle_link_open(ada.author, now);
  for (std::uint32_t i = 1; i <= 50; ++i) {
    notes.handle_note(ada.author, cleo.author, note_of(cleo, i, kWallMs, base::Bytes(wire::kNoteBytesMax)), now);
  }
  notes.handle_link_open(bob.author, now);
  sent<wire::NoteNews>();
  std::size_t bytes = 0;
  for (int i = 0; i < 1000; ++i) {
    notes.handle_want(bob.author, {{{cleo, 1}}}, now);
    for (const auto& [to, news] : sent<wire::NoteNews>()) bytes += wire::encoded_bytes(news.note);
  }
  EXPECT_LE(bytes, static_cast<std::size_t>(Notes::kAnswerRate.burst));
}

TEST_F(OnePeer, a_note_of_an_unwanted_author_is_neither_delivered_nor_passed_on_nor_asked_for) {
  for (const auto& peer : {ada, bob}) notes.handle_link_open(peer.author, now);
  notes.set_wanted(cleo.author, false, now);
  get(ada, cleo, 1);
  hear(ada, {{cleo, 1, 5}});
  EXPECT_TRUE(sent<wire::NoteNews>().empty());
  EXPECT_TRUE(sent<wire::NoteWant>().empty());
  EXPECT_TRUE(delivered.empty());
  notes.set_wanted(cleo.author, true, now);
  EXPECT_EQ(sent<wire::NoteWant>().size(), 1U);
}

TEST_F(OnePeer, one_neighbour_shows_so_many_new_runs_and_others_still_get_through) {
  for (const auto& peer : {ada, bob}) notes.handle_link_open(peer.author, now);
  const auto invented = [](std::size_t i) {
    return wire::NoteRun{{{200, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)}}, {kWallMs}};
  };
  for (std::size_t i = 0; i < 1000; ++i) get(ada, invented(i), 1);
  sent<wire::NoteNews>();
  EXPECT_EQ(delivered.size(), static_cast<std::size_t>(Notes::kRunRate.burst));
  get(bob, cleo, 1);
  sent<wire::NoteNews>();
  EXPECT_EQ(delivered.back().author, cleo.author);
}

}  // namespace
}  // namespace grove::overlay

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <map>

#include "base/assert.h"
#include "overlay/note_draw.h"
#include "overlay/notes.h"

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

PeerId author_of(const wire::Note& note) {
  PeerId author;
  std::copy_n(note.public_key.begin(), PeerId::kSize, author.bytes.begin());
  return author;
}

// Peers with links between them that carry messages after a delay and, for as long as they are told to, lose and reorder
// them. Every message goes through its bytes.
class Room {
 public:
  struct Peer {
    Peer(const wire::NoteRun& own, std::uint64_t seed, Instant now) : run(own), notes(own, kWallMs, seed, now) {}
    wire::NoteRun run;
    Notes notes;
    std::map<wire::NoteRun, Numbers> delivered;
    std::uint32_t missed = 0;
  };

  explicit Room(std::uint64_t seed) : random_(seed) {}

  std::size_t enter() {
    peers_.emplace_back(run_of(peers_.size()), random_.next(), now_);
    return peers_.size() - 1;
  }
  Peer& at(std::size_t i) { return peers_[i]; }
  std::size_t size() const { return peers_.size(); }
  Instant now() const { return now_; }
  base::Random& random() { return random_; }
  void set_loss_percent(std::size_t percent) { loss_percent_ = percent; }

  bool are_linked(std::size_t a, std::size_t b) const { return links_.contains(std::minmax(a, b)); }
  void link(std::size_t a, std::size_t b) {
    links_[std::minmax(a, b)] = ++link_count_;
    at(a).notes.handle_link_open(at(b).run.author, now_);
    at(b).notes.handle_link_open(at(a).run.author, now_);
    collect(a);
    collect(b);
  }
  void unlink(std::size_t a, std::size_t b) {  // what is on the way is lost
    links_.erase(std::minmax(a, b));
    at(a).notes.handle_link_closed(at(b).run.author, now_);
    at(b).notes.handle_link_closed(at(a).run.author, now_);
    collect(a);
    collect(b);
  }
  void write(std::size_t i, std::size_t bytes = 1) {
    Notes& notes = at(i).notes;
    if (!notes.may_write(now_)) return;
    const std::uint32_t number = notes.own_next();
    notes.publish(note_of(at(i).run, number, notes.wall_ms(now_), base::Bytes(bytes, 1)), now_);
    collect(i);
  }

  void run_for(Duration duration) {
    const Instant end = now_ + duration;
    for (;;) {
      Instant next = end;
      if (!on_the_way_.empty()) next = std::min(next, on_the_way_.begin()->first.first);
      for (const Peer& peer : peers_) next = std::min(next, peer.notes.next_deadline());
      now_ = std::max(now_, next);
      if (!on_the_way_.empty() && on_the_way_.begin()->first.first <= now_) {
        const Message message = on_the_way_.extract(on_the_way_.begin()).mapped();
        const auto link = links_.find(std::minmax(message.from, message.to));
        if (link != links_.end() && link->second == message.link) receive(message);
        continue;
      }
      for (std::size_t i = 0; i < size(); ++i) {
        if (at(i).notes.next_deadline() > now_) continue;
        at(i).notes.handle_time(now_);
        collect(i);
      }
      if (now_ >= end) return;
    }
  }

  std::size_t bytes_sent() const { return bytes_sent_; }
  std::size_t notes_sent() const { return notes_sent_; }

 private:
  struct Message {
    std::size_t from, to, link;
    base::Bytes bytes;
  };

  void receive(const Message& message) {
    Notes& notes = at(message.to).notes;
    const PeerId from = at(message.from).run.author;
    const auto decoded = wire::decode_link_message(message.bytes);
    GROVE_ASSERT(decoded);
    if (const auto* news = std::get_if<wire::NoteNews>(&*decoded)) {
      notes.handle_note(from, author_of(news->note.note), news->note, now_);
    } else if (const auto* digest = std::get_if<wire::NoteDigest>(&*decoded)) {
      notes.handle_digest(from, *digest, now_);
    } else {
      notes.handle_want(from, std::get<wire::NoteWant>(*decoded), now_);
    }
    collect(message.to);
  }

  void collect(std::size_t i) {
    while (auto output = at(i).notes.poll()) {
      if (const auto* send = std::get_if<Notes::Send>(&*output)) {
        const std::size_t to = send->to.bytes[0] - 1U;
        const auto link = links_.find(std::minmax(i, to));
        GROVE_ASSERT(link != links_.end());
        base::Bytes bytes = wire::encode(send->message);
        bytes_sent_ += bytes.size();
        notes_sent_ += std::holds_alternative<wire::NoteNews>(send->message);
        if (random_.below(100) < loss_percent_) continue;
        // In order, unless messages get lost as well.
        const auto delay = Duration::ms(loss_percent_ > 0 ? 5 + static_cast<std::int64_t>(random_.below(200)) : 40);
        on_the_way_.emplace(std::pair(now_ + delay, ++message_count_), Message{i, to, link->second, std::move(bytes)});
      } else {
        const auto& delivery = std::get<Notes::Deliver>(*output);
        at(i).delivered[{delivery.author, delivery.note.note.incarnation}].push_back(delivery.note.note.number);
        at(i).missed += delivery.missing_before;
      }
    }
  }

  Instant now_ = kStart;
  base::Random random_;
  std::deque<Peer> peers_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> links_;
  std::map<std::pair<Instant, std::size_t>, Message> on_the_way_;
  std::size_t link_count_ = 0, message_count_ = 0, loss_percent_ = 0, bytes_sent_ = 0, notes_sent_ = 0;
};

// Links come and go, plans are stale or wrong or unknown; then the room holds still.
void rough_time(Room& room, std::size_t steps) {
  base::Random& random = room.random();
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t a = random.below(room.size()), b = random.below(room.size());
    if (a != b && random.below(3) > 0) {
      if (room.are_linked(a, b)) {
        room.unlink(a, b);
      } else {
        room.link(a, b);
      }
    }
    if (random.below(2) == 0) room.write(random.below(room.size()));
    std::vector<PeerId> children;
    for (std::size_t i = 0; i < room.size(); ++i) {
      if (random.below(3) == 0) children.push_back(room.at(i).run.author);
    }
    Notes& notes = room.at(random.below(room.size())).notes;
    const wire::NoteRun source = room.at(random.below(room.size())).run;
    if (random.below(4) == 0) {
      notes.forget_tree(source.author);
    } else {
      notes.learn_children(source, children);
    }
    room.run_for(Duration::ms(static_cast<std::int64_t>(random.below(300))));
  }
}

void make_whole(Room& room) {
  for (std::size_t i = 1; i < room.size(); ++i) {
    const std::size_t other = room.random().below(i);
    if (!room.are_linked(i, other)) room.link(i, other);
  }
}

void expect_everybody_has_everything(Room& room) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    RC_ASSERT(room.at(i).missed == 0U);
    for (std::size_t author = 0; author < room.size(); ++author) {
      const std::uint32_t written = room.at(author).notes.own_next() - 1;
      const Numbers expected = author == i ? Numbers{} : up_to(written);
      RC_ASSERT(room.at(i).delivered[room.at(author).run] == expected);
    }
  }
}

TEST(Notes, everybody_gets_every_note_once_and_in_order_though_links_come_and_go) {
  EXPECT_TRUE(rc::check([] {
    Room room(*rc::gen::arbitrary<std::uint64_t>());
    const auto peers = *rc::gen::inRange<std::size_t>(2, 13);
    for (std::size_t i = 0; i < peers; ++i) room.enter();
    rough_time(room, *rc::gen::inRange<std::size_t>(0, 60));
    room.enter();  // somebody who comes late
    make_whole(room);
    room.run_for(Duration::s(60));
    expect_everybody_has_everything(room);
  }));
}

TEST(Notes, everybody_gets_every_note_once_and_in_order_though_messages_are_lost_and_reordered) {
  EXPECT_TRUE(rc::check([] {
    Room room(*rc::gen::arbitrary<std::uint64_t>());
    const auto peers = *rc::gen::inRange<std::size_t>(2, 13);
    for (std::size_t i = 0; i < peers; ++i) room.enter();
    room.set_loss_percent(*rc::gen::inRange<std::size_t>(1, 40));
    rough_time(room, *rc::gen::inRange<std::size_t>(0, 60));
    make_whole(room);
    room.set_loss_percent(0);
    room.run_for(Duration::s(120));
    expect_everybody_has_everything(room);
  }));
}

TEST(Notes, a_latecomer_gets_the_last_ones_of_the_room_in_order) {
  Room room(7);
  for (int i = 0; i < 4; ++i) room.enter();
  room.link(0, 1), room.link(1, 2), room.link(2, 3);
  for (int round = 0; round < 100; ++round) {
    for (std::size_t author = 0; author < 3; ++author) room.write(author, 500);
    room.run_for(Duration::ms(300));
  }
  const std::size_t late = room.enter();
  room.link(late, 3);
  room.run_for(Duration::s(3));
  std::size_t got = 0;
  for (std::size_t author = 0; author < 3; ++author) {
    const Numbers& numbers = room.at(late).delivered[run_of(author)];
    got += numbers.size();
    EXPECT_EQ(numbers, up_to(100, 101 - static_cast<std::uint32_t>(numbers.size())));
  }
  EXPECT_EQ(got, NoteLog::kHistoryNotesMax);
  EXPECT_EQ(room.at(late).missed, 0U);
  room.write(0);
  room.run_for(Duration::s(1));
  ASSERT_FALSE(room.at(late).delivered[run_of(0)].empty());
  EXPECT_EQ(room.at(late).delivered[run_of(0)].back(), 101U);
}

TEST(Notes, whoever_was_away_for_longer_than_the_history_is_told_how_many_are_gone) {
  Room room(7);
  for (int i = 0; i < 3; ++i) room.enter();
  room.link(0, 1), room.link(0, 2);
  room.write(0);
  room.run_for(Duration::s(1));
  room.unlink(0, 2);
  for (std::size_t i = 0; i < NoteLog::kHistoryNotesMax + 9; ++i) {
    room.write(0);
    room.run_for(Duration::ms(300));
  }
  room.link(0, 2);
  room.run_for(Notes::kSkipAfter - Duration::s(1));
  EXPECT_EQ(room.at(2).delivered[run_of(0)], Numbers{1});
  room.run_for(Duration::s(2));
  EXPECT_EQ(room.at(2).missed, 9U);
  EXPECT_EQ(room.at(2).delivered[run_of(0)].size(), 1 + NoteLog::kHistoryNotesMax);
  EXPECT_EQ(room.at(1).missed, 0U);
}

TEST(Notes, a_room_in_which_nobody_writes_compares_hashes_and_nothing_else) {
  Room room(7);
  for (int i = 0; i < 6; ++i) room.enter();
  for (std::size_t i = 1; i < 6; ++i) room.link(0, i);
  for (std::size_t i = 0; i < 6; ++i) room.write(i);
  room.run_for(Duration::s(10));
  const std::size_t before = room.bytes_sent();
  room.run_for(Duration::s(100));
  const std::size_t hash_bytes = wire::encode(wire::LinkMessage(wire::NoteDigest{})).size();
  EXPECT_EQ(room.bytes_sent() - before, 6 * 20 * hash_bytes);
}

TEST(Notes, a_note_goes_down_its_tree_as_often_as_there_are_listeners) {
  Room room(7);
  for (int i = 0; i < 7; ++i) room.enter();
  for (std::size_t a = 0; a < 7; ++a) {
    for (std::size_t b = a + 1; b < 7; ++b) room.link(a, b);
  }
  for (std::size_t i = 0; i < 7; ++i) {  // a heap: children of i are 2i+1 and 2i+2
    std::vector<PeerId> children;
    for (const std::size_t child : {2 * i + 1, 2 * i + 2}) {
      if (child < 7) children.push_back(run_of(child).author);
    }
    room.at(i).notes.learn_children(run_of(0), children);
  }
  room.run_for(Duration::s(1));
  room.write(0);
  room.run_for(Duration::ms(100));  // two hops
  for (std::size_t i = 1; i < 7; ++i) EXPECT_EQ(room.at(i).delivered[run_of(0)], Numbers{1}) << i;
  EXPECT_EQ(room.notes_sent(), 6U);
}

// Whatever one neighbour says, what is delivered is in order and not twice, what is offered is bounded, and an honest
// neighbour's notes get through.
TEST(Notes, a_hostile_neighbour_breaks_neither_order_nor_bounds_nor_others) {
  EXPECT_TRUE(rc::check([] {
    Room room(*rc::gen::arbitrary<std::uint64_t>());
    for (int i = 0; i < 3; ++i) room.enter();
    room.link(0, 1);  // honest; 2 is hostile and bypasses the harness
    base::Random& random = room.random();
    Notes& victim = room.at(0).notes;
    const PeerId eve = run_of(2).author;
    room.link(0, 2);
    const auto any_run = [&] {
      wire::NoteRun run = run_of(random.below(6));
      run.incarnation.started_ms += random.below(3);
      return run;
    };
    const auto any_number = [&] {
      return static_cast<std::uint32_t>(random.below(4) == 0 ? wire::kNoteNumberMax - random.below(3) : 1 + random.below(12));
    };
    const auto steps = *rc::gen::inRange<std::size_t>(0, 200);
    for (std::size_t step = 0; step < steps; ++step) {
      switch (random.below(6)) {
        case 0:
        case 1: {
          wire::NoteRun run = any_run();
          if (run == run_of(1)) run.incarnation.started_ms += 7;  // Eve cannot sign as the honest one's run
          if (run == run_of(0)) run.incarnation.started_ms += 7;
          victim.handle_note(eve, run.author, note_of(run, any_number(), random.next()), room.now());
          break;
        }
        case 2: {
          wire::NoteDigest digest{random.below(2), random.below(2) == 0, {}};
          for (std::size_t i = random.below(8); i > 0; --i) {
            const std::uint32_t first = any_number();
            digest.spans.push_back({any_run(), first, std::max(first, any_number())});
          }
          victim.handle_digest(eve, digest, room.now());
          break;
        }
        case 3: victim.handle_want(eve, {{{any_run(), any_number()}, {any_run(), any_number()}}}, room.now()); break;
        case 4: room.write(1); break;
        default: break;
      }
      room.run_for(Duration::ms(static_cast<std::int64_t>(random.below(400))));
    }
    room.run_for(Duration::s(40));
    const std::uint32_t written = room.at(1).notes.own_next() - 1;
    RC_ASSERT(room.at(0).delivered[run_of(1)] == up_to(written));
    for (const auto& [run, numbers] : room.at(0).delivered) {
      RC_ASSERT(std::is_sorted(numbers.begin(), numbers.end()));
      RC_ASSERT(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
    }
  }));
}

}  // namespace
}  // namespace grove::overlay

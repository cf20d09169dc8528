// The rendezvous reads and rewrites everything it relays. It learns nothing, and no link comes up through it that its
// two members did not make.
#include <gtest/gtest.h>

#include <algorithm>

#include "node/test_room.h"

namespace grove::node {
namespace {

using base::Duration;
using Names = std::set<std::string>;

struct HostileRendezvous : testing::Test {
  TestRoom room{2};
  base::Random random{3};

  // Whatever happened on the way: a wire joins two ends that meant each other, or there is none. (The test room's DTLS
  // sees to it that a wire needs both true descriptions; so a wire to a stranger would mean a description got through.)
  std::size_t wires() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 2; ++i) count += room.person(i).wires.size();
    return count;
  }
  bool contains(const Bytes& blob, ByteView needle) {
    return std::search(blob.begin(), blob.end(), needle.begin(), needle.end()) != blob.end();
  }
};

TEST_F(HostileRendezvous, learns_nothing_from_what_it_relays) {
  const auto ada = room.enter("Adalbertina");
  const auto bob = room.enter("Bobolinus");
  room.run_for(Duration::s(5));
  ASSERT_EQ(room.person(ada).who(), Names{"Bobolinus"});
  ASSERT_GE(room.seen_by_rendezvous.size(), 3U);
  const PeerId ids[] = {room.person(ada).node->id(), room.person(bob).node->id()};
  for (const Bytes& blob : room.seen_by_rendezvous) {
    for (const auto* text : {"Adalbertina", "Bobolinus", "fingerprint", "candidate"}) {
      EXPECT_FALSE(contains(blob, base::as_bytes(text))) << text;
    }
    for (const PeerId& id : ids) EXPECT_FALSE(contains(blob, id.bytes));
  }
}

TEST_F(HostileRendezvous, brings_no_link_up_by_rewriting) {
  room.tamper = [&](const Bytes& blob) {
    Bytes rewritten = blob;
    rewritten[random.below(rewritten.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
    return std::vector<Bytes>{rewritten};
  };
  room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(60));
  EXPECT_EQ(wires(), 0U);
  EXPECT_TRUE(room.person(0).who().empty());
  EXPECT_TRUE(room.person(1).who().empty());
  EXPECT_GT(room.person(0).node->stats().envelopes_refused + room.person(1).node->stats().envelopes_refused, 0U);
}

// It knows how a description looks and where it would lie: a swap of a stretch of bytes anywhere is as good as it gets.
TEST_F(HostileRendezvous, brings_no_link_up_by_swapping_a_fingerprint) {
  std::vector<Bytes> earlier;
  room.tamper = [&](const Bytes& blob) {
    Bytes swapped = blob;
    if (!earlier.empty()) {
      const Bytes& donor = earlier[random.below(earlier.size())];
      const std::size_t size = std::min({donor.size(), swapped.size(), std::size_t{200}}) / 2;
      std::copy_n(donor.end() - static_cast<std::ptrdiff_t>(size), size, swapped.end() - static_cast<std::ptrdiff_t>(size));
    } else {
      std::fill(swapped.end() - 40, swapped.end(), 0);
    }
    earlier.push_back(blob);
    return std::vector<Bytes>{swapped};
  };
  room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(60));
  EXPECT_EQ(wires(), 0U);
}

TEST_F(HostileRendezvous, gains_nothing_by_replaying_everything_to_everybody) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(3));
  ASSERT_EQ(wires(), 2U);
  const auto links = room.person(ada).links_created + room.person(bob).links_created;
  const auto replayed = room.seen_by_rendezvous;
  for (int round = 0; round < 3; ++round) {
    for (const Bytes& blob : replayed) {
      room.inject(ada, 77, blob);
      room.inject(bob, 78, blob);
      room.run_for(Duration::ms(700));
    }
  }
  EXPECT_EQ(room.person(ada).links_created + room.person(bob).links_created, links);
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  EXPECT_EQ(room.person(ada).link_states.begin()->second, LinkState::kConnected);
}

TEST_F(HostileRendezvous, invents_nobody_in_a_later_room_by_replaying_an_earlier_one) {
  room.enter("Ada", 1);
  room.enter("Bob", 2);
  room.run_for(Duration::s(3));
  const auto old = room.seen_by_rendezvous;
  room.leave(0);
  room.leave(1);
  room.run_for(Duration::s(3));
  const auto cid = room.enter("Cid");
  room.run_for(Duration::s(1));
  for (const Bytes& blob : old) room.inject(cid, 5, blob);
  room.run_for(Duration::s(30));
  EXPECT_TRUE(room.person(cid).who().empty());
  EXPECT_TRUE(room.person(cid).wires.empty());
}

TEST_F(HostileRendezvous, reordering_and_doubling_delay_at_most) {
  std::vector<Bytes> held;
  room.tamper = [&](const Bytes& blob) {
    held.push_back(blob);
    if (held.size() < 3) return std::vector<Bytes>{};
    std::vector<Bytes> out(held.rbegin(), held.rend());  // backwards
    out.insert(out.end(), held.begin(), held.end());     // and again
    held.clear();
    return out;
  };
  room.enter("Ada");
  room.enter("Bob");
  room.run_for(Duration::s(30));
  room.tamper = [](const Bytes& blob) { return std::vector<Bytes>{blob}; };
  room.run_for(Duration::s(60));
  EXPECT_LE(wires(), 2U);
  EXPECT_TRUE(room.person(0).who() == Names{"Bob"} || room.person(0).who().empty());
}

TEST_F(HostileRendezvous, lies_about_who_is_there_and_nothing_breaks) {
  const auto ada = room.enter("Ada");
  const auto bob = room.enter("Bob");
  room.run_for(Duration::s(2));
  namespace rv = wire::rendezvous;
  for (std::uint32_t i = 1; i < 500; ++i) {
    for (const auto& lie : {rv::encode(rv::FromServer(rv::Entered{{i}})), rv::encode(rv::FromServer(rv::Gone{{i}})),
                            rv::encode(rv::FromServer(rv::Welcome{{i + 1}, {{i}}, {}}))}) {
      room.command(ada, [&](Node& n) { n.handle_rendezvous_message(lie, room.now()); });
    }
  }
  room.run_for(Duration::s(30));
  EXPECT_EQ(room.person(ada).who(), Names{"Bob"});
  EXPECT_EQ(room.person(bob).who(), Names{"Ada"});
  EXPECT_EQ(room.person(ada).link_states.begin()->second, LinkState::kConnected);
}

}  // namespace
}  // namespace grove::node

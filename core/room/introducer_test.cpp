#include "room/introducer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/envelope_seal.h"

namespace grove::room {
namespace {

using base::Duration;
using base::Instant;
using base::LinkId;
using base::PeerId;

// One member, its host, and all that came out of it.
struct Member {
  Member(std::uint8_t seed, std::uint64_t incarnation, std::uint8_t secret = 1, std::uint8_t more_seed = 0)
      : me{crypto::Identity({seed, more_seed}), crypto::RoomKeys({secret}), {incarnation}},
        keys({seed, static_cast<std::uint8_t>(incarnation)}),
        introducer(me, keys, seed) {
    wire::Record plain;
    plain.public_key = me.identity.public_key();
    plain.incarnation = me.incarnation;
    plain.name = std::to_string(seed);
    record = me.sign(plain);
  }

  const PeerId& id() const { return me.self(); }

  void collect() {
    while (auto output = introducer.poll()) {
      // There are no links here to go over: only what names a door arrives.
      if (auto* blob = std::get_if<Introducer::SendBlob>(&*output); blob && blob->door) sent.push_back(*blob);
      if (auto* start = std::get_if<Introducer::StartLink>(&*output)) {
        started.push_back(*start);
        // What a browser does: the offerer makes its offer at once, the answerer when it has been given one.
        if (start->role == LinkRole::kOffers) {
          introducer.handle_own_signal(start->link, SignalKind::kOffer, "offer of " + record.record.name, record);
        }
      }
      if (auto* signal = std::get_if<Introducer::ApplySignal>(&*output)) {
        applied.push_back(*signal);
        if (signal->kind == SignalKind::kOffer) {
          introducer.handle_own_signal(signal->link, SignalKind::kAnswer, "answer of " + record.record.name, record);
        }
      }
      if (auto* drop = std::get_if<Introducer::DropLink>(&*output)) dropped.push_back(*drop);
      if (auto* m = std::get_if<Introducer::Met>(&*output)) met.push_back(m->peer);
      if (auto* e = std::get_if<Introducer::Ended>(&*output)) ended.push_back(e->peer);
    }
  }

  bool receive(std::uint32_t from, const base::Bytes& blob, Instant now) {
    const bool taken = introducer.handle_blob(ConnectionNumber{from}, blob, now);
    collect();
    return taken;
  }

  std::vector<base::Bytes> take_sent() {
    collect();
    std::vector<base::Bytes> blobs;
    for (auto& blob : sent) blobs.push_back(std::move(blob.blob));
    sent.clear();
    return blobs;
  }

  std::size_t count_applied(SignalKind kind) const {
    return static_cast<std::size_t>(std::count_if(applied.begin(), applied.end(), [&](const auto& s) { return s.kind == kind; }));
  }

  Credentials me;
  crypto::KeySource keys;
  Introducer introducer;
  wire::SignedRecord record;
  std::vector<Introducer::SendBlob> sent;
  std::vector<Introducer::StartLink> started;
  std::vector<Introducer::ApplySignal> applied;
  std::vector<Introducer::DropLink> dropped;
  std::vector<PeerId> met, ended;
};

constexpr std::uint32_t kAdaConnection = 1;
constexpr std::uint32_t kBobConnection = 2;

struct IntroducerTest : testing::Test {
  Member ada{1, 100};
  Member bob{2, 200};
  Instant now = Instant::from_us(10'000'000);

  // Bob comes into a room where Ada is. Returns his hello.
  base::Bytes bob_enters() {
    ada.introducer.handle_welcome({}, now);
    bob.introducer.handle_welcome({{kAdaConnection}}, now);
    return bob.take_sent().at(0);
  }

  // Everything in flight goes to the other side until nothing is.
  void settle() {
    for (int i = 0; i < 20; ++i) {
      for (const auto& blob : ada.take_sent()) bob.receive(kAdaConnection, blob, now);
      for (const auto& blob : bob.take_sent()) ada.receive(kBobConnection, blob, now);
    }
  }

  void link_up() {
    ada.receive(kBobConnection, bob_enters(), now);
    settle();
    ada.introducer.handle_link_open(ada.started.back().link, now);
    bob.introducer.handle_link_open(bob.started.back().link, now);
  }

  void pass(Duration time) {
    // Steps, so that deadlines fall in order on both sides.
    for (Duration passed; passed < time; passed = passed + Duration::ms(100)) {
      now = now + Duration::ms(100);
      ada.introducer.handle_time(now);
      bob.introducer.handle_time(now);
      settle();
    }
  }
};

TEST_F(IntroducerTest, the_newcomer_asks_the_member_offers_and_both_have_met) {
  ASSERT_TRUE(ada.receive(kBobConnection, bob_enters(), now));
  EXPECT_TRUE(ada.met.empty());  // a hello alone proves no presence
  settle();
  ASSERT_EQ(ada.started.size(), 1U);
  EXPECT_EQ(ada.started[0].role, LinkRole::kOffers);
  ASSERT_EQ(bob.started.size(), 1U);
  EXPECT_EQ(bob.started[0].role, LinkRole::kAnswers);
  EXPECT_EQ(ada.met, std::vector{bob.id()});
  EXPECT_EQ(bob.met, std::vector{ada.id()});
  EXPECT_EQ(bob.applied.at(0).text, "offer of 1");
  EXPECT_EQ(ada.applied.at(0).text, "answer of 2");
}

TEST_F(IntroducerTest, candidates_that_outrun_the_answer_wait_for_it) {
  ada.receive(kBobConnection, bob_enters(), now);
  for (const auto& blob : ada.take_sent()) bob.receive(kAdaConnection, blob, now);
  bob.introducer.handle_own_signal(bob.started[0].link, SignalKind::kCandidate, "c", bob.record);
  auto blobs = bob.take_sent();
  ASSERT_EQ(blobs.size(), 2U);
  ada.receive(kBobConnection, blobs[1], now);  // the candidate first
  EXPECT_EQ(ada.applied.size(), 0U);
  ada.receive(kBobConnection, blobs[0], now);
  ASSERT_EQ(ada.applied.size(), 2U);
  EXPECT_EQ(ada.applied[0].kind, SignalKind::kAnswer);
  EXPECT_EQ(ada.applied[1].kind, SignalKind::kCandidate);
}

TEST_F(IntroducerTest, offers_that_cross_leave_one_link) {
  link_up();
  const auto links_before = ada.started.size();
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  bob.introducer.handle_link_closed(bob.started.back().link, now);
  // Both ask, and both hear the other's hello before the other's offer.
  now = now + Duration::s(2);
  ada.introducer.handle_time(now);
  bob.introducer.handle_time(now);
  settle();
  ada.collect();
  bob.collect();
  EXPECT_GT(ada.started.size(), links_before);
  // The lower id's offer stands on both sides.
  const bool ada_is_lower = ada.id() < bob.id();
  EXPECT_EQ(ada.started.back().role, ada_is_lower ? LinkRole::kOffers : LinkRole::kAnswers);
  EXPECT_EQ(bob.started.back().role, ada_is_lower ? LinkRole::kAnswers : LinkRole::kOffers);
}

TEST_F(IntroducerTest, a_lost_link_is_asked_for_again_until_it_is_up) {
  link_up();
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  bob.introducer.handle_link_closed(bob.started.back().link, now);
  pass(Duration::s(2));
  const auto links_after_the_first_try = ada.started.size();
  EXPECT_GE(links_after_the_first_try, 2U);
  pass(Introducer::kAttemptTimeout + Duration::s(5));
  EXPECT_TRUE(std::any_of(ada.dropped.begin(), ada.dropped.end(),
                          [](const auto& drop) { return drop.reason == Introducer::DropReason::kTimedOut; }));
  EXPECT_GT(ada.started.size(), links_after_the_first_try);
  EXPECT_TRUE(ada.ended.empty());  // bob is still at the rendezvous
}

TEST_F(IntroducerTest, a_first_attempt_gets_less_time_than_those_after_it_until_a_link_is_up) {
  const auto timed_out = [&] {
    return std::count_if(ada.dropped.begin(), ada.dropped.end(), [](const auto& drop) { return drop.reason == Introducer::DropReason::kTimedOut; });
  };
  const auto time_given = [&] {
    const Instant began = now;
    const auto before = timed_out();
    while (timed_out() == before && now - began < Duration::s(60)) pass(Duration::ms(100));
    return now - began;
  };
  const auto is_about = [](Duration time, Duration timeout) { return time > timeout - Duration::s(2) && time < timeout + Duration::s(2); };
  ada.receive(kBobConnection, bob_enters(), now);
  settle();
  EXPECT_TRUE(is_about(time_given(), Introducer::kFirstAttemptTimeout));
  EXPECT_TRUE(is_about(time_given(), Introducer::kAttemptTimeout));
  pass(Duration::s(10));
  ada.introducer.handle_link_open(ada.started.back().link, now);
  bob.introducer.handle_link_open(bob.started.back().link, now);
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  bob.introducer.handle_link_closed(bob.started.back().link, now);
  EXPECT_TRUE(is_about(time_given(), Introducer::kFirstAttemptTimeout));
}

TEST_F(IntroducerTest, a_new_link_replaces_the_old_one_only_when_it_is_open) {
  link_up();
  const LinkId old_link = ada.started.back().link;
  bob.introducer.handle_link_closed(bob.started.back().link, now);  // only bob has noticed
  pass(Duration::s(2));
  ASSERT_EQ(ada.started.size(), 2U);
  EXPECT_TRUE(ada.dropped.empty());
  ada.introducer.handle_link_open(ada.started.back().link, now);
  ada.collect();
  ASSERT_EQ(ada.dropped.size(), 1U);
  EXPECT_EQ(ada.dropped[0].link, old_link);
}

TEST_F(IntroducerTest, a_return_of_the_rendezvous_starts_no_storm_of_new_links) {
  link_up();
  ada.introducer.handle_rendezvous_closed(now);
  bob.introducer.handle_rendezvous_closed(now);
  pass(Introducer::kVanishAfter * 2);
  ada.introducer.handle_welcome({}, now);
  bob.introducer.handle_welcome({{kAdaConnection}}, now);
  settle();
  EXPECT_EQ(ada.started.size(), 1U);
  EXPECT_EQ(bob.started.size(), 1U);
  EXPECT_TRUE(ada.ended.empty());
}

TEST_F(IntroducerTest, who_is_gone_from_the_rendezvous_and_has_no_link_is_gone) {
  link_up();
  ada.introducer.handle_gone({kBobConnection}, now);
  pass(Introducer::kVanishAfter * 2);
  EXPECT_TRUE(ada.ended.empty());  // the link still stands
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  pass(Introducer::kVanishAfter + Duration::ms(100));
  EXPECT_EQ(ada.ended, std::vector{bob.id()});
}

TEST_F(IntroducerTest, a_reload_ends_the_old_run_at_once) {
  link_up();
  Member bob_again{2, 300};
  bob_again.introducer.handle_welcome({{kAdaConnection}}, now);
  now = now + Duration::ms(10);
  ASSERT_TRUE(ada.receive(3, bob_again.take_sent().at(0), now));
  EXPECT_EQ(ada.ended, std::vector{bob.id()});
  EXPECT_EQ(ada.dropped.at(0).reason, Introducer::DropReason::kRestarted);
  EXPECT_EQ(ada.started.size(), 2U);
}

TEST_F(IntroducerTest, after_goodbye_nobody_is_asked_for_again) {
  link_up();
  ada.introducer.forget(bob.id());
  pass(Duration::s(60));
  EXPECT_EQ(ada.started.size(), 1U);
}

// --- the hostile rendezvous ------------------------------------------------------------------------------------------

TEST_F(IntroducerTest, a_replayed_message_of_any_kind_is_refused) {
  std::vector<base::Bytes> to_ada{bob_enters()};
  std::vector<base::Bytes> to_bob;
  ada.receive(kBobConnection, to_ada[0], now);
  for (const auto& blob : ada.take_sent()) to_bob.push_back(blob);
  for (const auto& blob : to_bob) bob.receive(kAdaConnection, blob, now);
  for (const auto& blob : bob.take_sent()) to_ada.push_back(blob);
  ada.receive(kBobConnection, to_ada.at(1), now);
  const auto ada_links = ada.started.size();
  const auto bob_links = bob.started.size();
  now = now + Duration::s(5);
  for (const auto& blob : to_ada) EXPECT_FALSE(ada.receive(kBobConnection, blob, now));
  for (const auto& blob : to_bob) EXPECT_FALSE(bob.receive(kAdaConnection, blob, now));
  EXPECT_EQ(ada.started.size(), ada_links);
  EXPECT_EQ(bob.started.size(), bob_links);
}

TEST_F(IntroducerTest, an_offer_that_was_held_back_for_long_introduces_nobody) {
  ada.receive(kBobConnection, bob_enters(), now);
  const auto offer = ada.take_sent().at(0);
  now = now + Introducer::kHelloGoodFor + Duration::ms(1);
  EXPECT_FALSE(bob.receive(kAdaConnection, offer, now));
  EXPECT_TRUE(bob.met.empty());
}

TEST_F(IntroducerTest, an_offerer_whose_attempt_failed_is_answered_anew_when_it_asks) {
  ada.receive(kBobConnection, bob_enters(), now);
  settle();
  ASSERT_EQ(bob.started.size(), 1U);  // bob answers and waits
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  pass(Duration::s(3));
  EXPECT_GE(ada.started.size(), 2U);
  EXPECT_GE(bob.started.size(), 2U);
  EXPECT_NE(ada.started.back().role, bob.started.back().role);
}

TEST_F(IntroducerTest, a_crowd_of_strangers_costs_a_bounded_number_of_connections) {
  ada.introducer.handle_welcome({}, now);
  for (std::uint32_t i = 0; i < 400; ++i) {
    Member guest(static_cast<std::uint8_t>(i), 1000 + i, 1, static_cast<std::uint8_t>(i >> 8));
    guest.introducer.handle_welcome({{kAdaConnection}}, now);
    ada.receive(10 + i, guest.take_sent().at(0), now);
  }
  EXPECT_LE(ada.started.size(), static_cast<std::size_t>(Introducer::kLinksAtOnce));
}

TEST_F(IntroducerTest, messages_of_an_earlier_run_introduce_nobody) {
  const auto old_hello = bob_enters();
  ada.receive(kBobConnection, old_hello, now);
  const auto old_offer = ada.take_sent().at(0);
  Member bob_again{2, 300};
  bob_again.introducer.handle_welcome({{kAdaConnection}}, now);
  EXPECT_FALSE(bob_again.receive(kAdaConnection, old_offer, now));
  ada.receive(3, bob_again.take_sent().at(0), now + Duration::s(2));
  EXPECT_FALSE(ada.receive(kBobConnection, old_hello, now + Duration::s(4)));
  EXPECT_TRUE(bob_again.started.empty());
}

TEST_F(IntroducerTest, what_is_meant_for_one_is_nothing_to_another_or_to_its_sender) {
  const auto hello = bob_enters();
  ada.receive(kBobConnection, hello, now);
  const auto offer = ada.take_sent().at(0);
  Member cid{3, 300};
  cid.introducer.handle_welcome({{1}, {2}}, now);
  EXPECT_FALSE(cid.receive(1, offer, now));
  EXPECT_FALSE(ada.receive(1, offer, now));
  EXPECT_FALSE(bob.receive(1, hello, now));
}

TEST_F(IntroducerTest, a_swapped_fingerprint_or_any_other_rewriting_brings_no_link_up) {
  ada.receive(kBobConnection, bob_enters(), now);
  const auto offer = ada.take_sent().at(0);
  for (std::size_t i = 0; i < offer.size(); ++i) {
    auto rewritten = offer;
    rewritten[i] ^= 0x55;
    EXPECT_FALSE(bob.receive(kAdaConnection, rewritten, now));
  }
  EXPECT_TRUE(bob.started.empty());
}

// Eve knows the room secret and runs the rendezvous. She can open Ada's offer, but not sign as Ada.
TEST_F(IntroducerTest, a_member_who_runs_the_rendezvous_cannot_put_herself_in_the_middle) {
  Member eve{66, 100};
  ada.receive(kBobConnection, bob_enters(), now);
  const auto opened = crypto::open_envelope(eve.me.keys, ada.take_sent().at(0));
  ASSERT_TRUE(opened);
  auto introduction = wire::decode_introduction(opened->content);
  ASSERT_TRUE(introduction);
  auto& offer = std::get<wire::Offer>(introduction->body);
  offer.description = "fingerprint of eve";
  // Ada's record and Ada's words under Eve's signature.
  const auto forged = crypto::seal_envelope(eve.me.keys, eve.me.identity, eve.keys, wire::encode(*introduction));
  EXPECT_FALSE(bob.receive(kAdaConnection, forged, now));
  EXPECT_TRUE(bob.started.empty());
}

TEST_F(IntroducerTest, another_room_is_not_understood) {
  Member stranger{9, 1, 2};
  stranger.introducer.handle_welcome({{kAdaConnection}}, now);
  EXPECT_FALSE(ada.receive(5, stranger.take_sent().at(0), now));
}

TEST_F(IntroducerTest, the_rendezvous_reads_nothing_of_what_passes) {
  ada.receive(kBobConnection, bob_enters(), now);
  for (const auto& blob : ada.take_sent()) {
    const std::string_view text = base::as_text(blob);
    EXPECT_EQ(text.find("offer of"), std::string_view::npos);
    EXPECT_EQ(text.find(base::as_text(ada.id().bytes)), std::string_view::npos);
    EXPECT_EQ(text.find(base::as_text(ada.me.identity.public_key())), std::string_view::npos);
  }
}

TEST_F(IntroducerTest, a_member_who_asks_without_end_costs_one_connection_a_second) {
  ada.introducer.handle_welcome({}, now);
  for (int i = 0; i < 500; ++i) {
    bob.introducer.handle_welcome({{kAdaConnection}}, now);
    for (const auto& blob : bob.take_sent()) ada.receive(kBobConnection, blob, now);
    now = now + Duration::ms(10);
  }
  EXPECT_LE(ada.started.size(), 6U);
}

TEST_F(IntroducerTest, a_member_who_offers_without_end_costs_one_connection_a_second) {
  ada.introducer.handle_welcome({{kBobConnection}}, now);
  ada.take_sent();
  for (std::uint32_t i = 1; i <= 500; ++i) {
    const wire::Introduction offer{ada.id(), wire::Offer{{{ada.me.incarnation, 1}, bob.me.incarnation, i}, bob.record, "x"}};
    ada.receive(kBobConnection, crypto::seal_envelope(bob.me.keys, bob.me.identity, bob.keys, wire::encode(offer)), now);
    now = now + Duration::ms(10);
  }
  EXPECT_LE(ada.started.size(), 5U + unsigned{Introducer::kAttemptsAtOnce});
}

TEST_F(IntroducerTest, a_member_who_starts_anew_without_end_costs_one_connection_a_second) {
  ada.introducer.handle_welcome({}, now);
  for (std::uint32_t i = 0; i < 500; ++i) {
    Member again{2, 200 + i};
    again.introducer.handle_welcome({{kAdaConnection}}, now);
    ada.receive(kBobConnection, again.take_sent().at(0), now);
    now = now + Duration::ms(10);
  }
  EXPECT_LE(ada.started.size(), 5U + unsigned{Introducer::kAttemptsAtOnce});
}

// Bob's connection to the rendezvous breaks while Ada's offer is on its way, and is back at once.
TEST_F(IntroducerTest, an_offer_that_was_lost_is_made_again_when_asked_for_again) {
  ada.receive(kBobConnection, bob_enters(), now);
  EXPECT_EQ(ada.take_sent().size(), 1U);  // lost
  pass(Duration::ms(500));
  bob.introducer.handle_welcome({{kAdaConnection}}, now);
  pass(Duration::ms(1500));
  EXPECT_EQ(bob.count_applied(SignalKind::kOffer), 1U);
  EXPECT_EQ(ada.count_applied(SignalKind::kAnswer), 1U);
}

TEST_F(IntroducerTest, an_answer_that_was_lost_is_asked_for_again) {
  ada.receive(kBobConnection, bob_enters(), now);
  for (const auto& offer : ada.take_sent()) bob.receive(kAdaConnection, offer, now);
  EXPECT_EQ(bob.take_sent().size(), 1U);  // lost
  pass(Duration::ms(500));
  bob.introducer.handle_welcome({{kAdaConnection}}, now);
  pass(Duration::ms(1500));
  EXPECT_EQ(ada.count_applied(SignalKind::kAnswer), 1U);
}

// Bob came back to the rendezvous while his link stood, so nobody answered his hello and he knows nobody's connection.
TEST_F(IntroducerTest, a_lost_link_is_asked_for_again_by_whoever_came_back_last) {
  link_up();
  bob.introducer.handle_welcome({{kAdaConnection}}, now);
  settle();
  bob.introducer.handle_link_closed(bob.started.back().link, now);  // Ada has not noticed yet
  pass(Duration::s(1));
  EXPECT_EQ(ada.started.size(), 2U);
  EXPECT_EQ(bob.count_applied(SignalKind::kOffer), 2U);
}

TEST_F(IntroducerTest, who_is_gone_from_the_rendezvous_is_not_asked_for) {
  link_up();
  ada.introducer.handle_gone({kBobConnection}, now);
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  now = now + Duration::s(1);
  ada.introducer.handle_time(now);
  EXPECT_TRUE(ada.take_sent().empty());
}

TEST_F(IntroducerTest, a_crowd_of_strangers_hides_no_end_of_somebody_we_had_met) {
  ada.receive(kBobConnection, bob_enters(), now);
  settle();
  ASSERT_EQ(ada.met.size(), 1U);
  ada.introducer.handle_link_closed(ada.started.back().link, now);
  ada.introducer.handle_gone({kBobConnection}, now);
  for (std::uint32_t i = 0; i < 600; ++i) {
    const crypto::Identity stranger({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(1 + (i >> 8))});
    const wire::Introduction hello{wire::kEverybody, wire::Hello{{{5}, 1}, {}}};
    ada.receive(10 + i, crypto::seal_envelope(bob.me.keys, stranger, bob.keys, wire::encode(hello)), now);
  }
  now = now + Introducer::kVanishAfter;
  ada.introducer.handle_time(now);
  ada.collect();
  EXPECT_EQ(ada.ended, std::vector{bob.id()});
}

TEST_F(IntroducerTest, strangers_without_end_are_a_bounded_number_of_contacts) {
  ada.introducer.handle_welcome({}, now);
  for (std::uint32_t i = 0; i < 600; ++i) {
    Member guest{static_cast<std::uint8_t>(i % 250 + 3), 1000 + i};
    guest.introducer.handle_welcome({{kAdaConnection}}, now);
    ada.receive(10 + i, guest.take_sent().at(0), now);
  }
  EXPECT_LE(ada.started.size(), 600U);
  EXPECT_FALSE(ada.introducer.next_deadline().is_never());
}

}  // namespace
}  // namespace grove::room

#include "room/listening.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

struct ListeningTest : testing::Test {
  Credentials bob{crypto::Identity({2}), crypto::RoomKeys({1}), {1}};
  base::PeerId ada{{42}};
  wire::Record record;
  Listening listening{bob};

  crypto::FrameSealer sealer_of(const base::PeerId& source, const wire::Record& r) const {
    return {bob.keys.sending_key(source, r.sending_salt), crypto::key_id_of(source, r.sending_salt)};
  }
};

TEST_F(ListeningTest, opens_the_frames_of_a_known_source_once) {
  listening.learn_source(ada, record);
  auto sealer = sealer_of(ada, record);
  const auto sealed = sealer.seal(base::Bytes{1, 2});
  const auto heard = listening.open(sealed, ada);
  ASSERT_TRUE(std::holds_alternative<Listening::Heard>(heard));
  EXPECT_EQ(std::get<Listening::Heard>(heard).source, ada);
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(sealed, ada)), Listening::Refused::kReplayed);
}

TEST_F(ListeningTest, a_frame_of_an_earlier_run_opens_nowhere) {
  auto sealer = sealer_of(ada, record);
  const auto old_frame = sealer.seal(base::Bytes{1});
  wire::Record rerun = record;
  rerun.incarnation = {2};
  rerun.sending_salt = {7};
  listening.learn_source(ada, rerun);
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(old_frame, ada)), Listening::Refused::kUnknown);
}

TEST_F(ListeningTest, learning_the_same_record_again_forgives_no_replay) {
  listening.learn_source(ada, record);
  auto sealer = sealer_of(ada, record);
  const auto sealed = sealer.seal(base::Bytes{1});
  listening.open(sealed, ada);
  listening.learn_source(ada, record);
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(sealed, ada)), Listening::Refused::kReplayed);
}

TEST_F(ListeningTest, a_member_who_is_neither_source_nor_parent_gets_no_word_in) {
  const base::PeerId eve{{66}};
  listening.learn_source(ada, record);
  auto sealer = sealer_of(ada, record);
  const auto forged = sealer.seal(base::Bytes{1});  // every member has the key
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(forged, eve)), Listening::Refused::kUnknown);
  EXPECT_TRUE(std::holds_alternative<Listening::Heard>(listening.open(forged, ada)));
  listening.learn_plan(ada, 0, eve);
  EXPECT_TRUE(std::holds_alternative<Listening::Heard>(listening.open(sealer.seal(base::Bytes{2}), eve)));
}

TEST_F(ListeningTest, nobody_we_know_is_refused) {
  auto sealer = sealer_of(ada, record);
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(sealer.seal(base::Bytes{1}), ada)), Listening::Refused::kUnknown);
  EXPECT_EQ(std::get<Listening::Refused>(listening.open(base::Bytes{1}, ada)), Listening::Refused::kUnknown);
}

}  // namespace
}  // namespace grove::room

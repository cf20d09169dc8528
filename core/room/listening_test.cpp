#include "room/listening.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

using Verdict = crypto::FrameOpener::Verdict;

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
  const auto sealed = sealer.seal(base::Bytes{1, 2}, true);
  EXPECT_EQ(listening.sources_of(sealed), std::vector<base::PeerId>{ada});
  const auto outcome = listening.open(ada, sealed);
  ASSERT_EQ(outcome.verdict, Verdict::kOpened);
  EXPECT_TRUE(outcome.opened.ends_spurt);
  EXPECT_EQ(listening.open(ada, sealed).verdict, Verdict::kReplayed);
}

TEST_F(ListeningTest, a_frame_of_an_earlier_run_opens_nowhere) {
  auto sealer = sealer_of(ada, record);
  const auto old_frame = sealer.seal(base::Bytes{1}, false);
  wire::Record rerun = record;
  rerun.incarnation = {2};
  rerun.sending_salt = {7};
  listening.learn_source(ada, rerun);
  EXPECT_TRUE(listening.sources_of(old_frame).empty());
  EXPECT_EQ(listening.open(ada, old_frame).verdict, Verdict::kRefused);
}

TEST_F(ListeningTest, learning_the_same_record_again_forgives_no_replay) {
  listening.learn_source(ada, record);
  auto sealer = sealer_of(ada, record);
  const auto sealed = sealer.seal(base::Bytes{1}, false);
  listening.open(ada, sealed);
  listening.learn_source(ada, record);
  EXPECT_EQ(listening.open(ada, sealed).verdict, Verdict::kReplayed);
}

TEST_F(ListeningTest, nobody_we_know_is_refused) {
  auto sealer = sealer_of(ada, record);
  EXPECT_EQ(listening.open(ada, sealer.seal(base::Bytes{1}, false)).verdict, Verdict::kRefused);
  EXPECT_TRUE(listening.sources_of(base::Bytes{1}).empty());
}

}  // namespace
}  // namespace grove::room

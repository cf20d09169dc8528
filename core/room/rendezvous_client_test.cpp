#include "room/rendezvous_client.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

namespace rendezvous = wire::rendezvous;
using base::Duration;
using base::Instant;
using Client = RendezvousClient;

struct RendezvousClientTest : testing::Test {
  Client client{rendezvous::RoomId{{7}}, 1};
  Instant now = Instant::from_us(1'000'000);

  template <typename T>
  T next() {
    auto output = client.poll();
    EXPECT_TRUE(output && std::holds_alternative<T>(*output));
    return output && std::holds_alternative<T>(*output) ? std::get<T>(*output) : T{};
  }
  void expect_silence() { EXPECT_FALSE(client.poll()); }

  void say(const rendezvous::FromServer& message) { EXPECT_TRUE(client.handle_message(rendezvous::encode(message), now)); }

  void join() {
    client.start(now);
    EXPECT_EQ(next<Client::StateChanged>().state, Client::State::kConnecting);
    next<Client::Open>();
    client.handle_open(now);
    EXPECT_EQ(next<Client::Send>().message, rendezvous::encode(rendezvous::FromClient(rendezvous::Join{{{7}}})));
    say(rendezvous::Welcome{{3}, {{1}, {2}}, {}});
    EXPECT_EQ(next<Client::StateChanged>().state, Client::State::kOpen);
    EXPECT_EQ(next<rendezvous::Welcome>().present.size(), 2U);
    expect_silence();
  }
};

TEST_F(RendezvousClientTest, joins_and_passes_blobs_both_ways) {
  join();
  client.relay({2}, {9});
  EXPECT_EQ(next<Client::Send>().message, rendezvous::encode(rendezvous::FromClient(rendezvous::Relay{{2}, {9}})));
  say(rendezvous::Relayed{{2}, {8}});
  EXPECT_EQ(next<rendezvous::Relayed>().blob, base::Bytes{8});
}

TEST_F(RendezvousClientTest, comes_back_by_itself_with_growing_pauses) {
  join();
  client.handle_closed(now);
  Duration before;
  for (int i = 0; i < 4; ++i) {
    const auto waiting = next<Client::StateChanged>();
    EXPECT_EQ(waiting.state, Client::State::kWaiting);
    EXPECT_GT(waiting.retry_in, before);
    EXPECT_EQ(client.next_deadline(), now + waiting.retry_in);
    before = waiting.retry_in;
    client.handle_time(now + waiting.retry_in - Duration::us(1));
    expect_silence();
    now = now + waiting.retry_in;
    client.handle_time(now);
    EXPECT_EQ(next<Client::StateChanged>().state, Client::State::kConnecting);
    next<Client::Open>();
    client.handle_closed(now);
  }
}

TEST_F(RendezvousClientTest, gives_up_a_try_that_neither_opens_nor_fails) {
  client.start(now);
  next<Client::StateChanged>();
  next<Client::Open>();
  client.handle_time(now + Client::kOpenTimeout);
  next<Client::Close>();
  EXPECT_EQ(next<Client::StateChanged>().state, Client::State::kWaiting);
}

TEST_F(RendezvousClientTest, a_refusal_is_told_in_the_servers_words_and_tried_again_slowly) {
  client.start(now);
  next<Client::StateChanged>();
  next<Client::Open>();
  client.handle_open(now);
  next<Client::Send>();
  say(rendezvous::Refused{rendezvous::RefusalCode::kRoomFull, "the room is full"});
  client.handle_closed(now);
  const auto refused = next<Client::StateChanged>();
  EXPECT_EQ(refused.state, Client::State::kRefused);
  EXPECT_EQ(refused.reason, "the room is full");
  EXPECT_GE(refused.retry_in, Duration::s(11));
}

TEST_F(RendezvousClientTest, garbage_and_messages_out_of_place_are_refused) {
  client.start(now);
  next<Client::StateChanged>();
  next<Client::Open>();
  client.handle_open(now);
  next<Client::Send>();
  EXPECT_FALSE(client.handle_message(base::Bytes{1, 2, 3}, now));
  EXPECT_FALSE(client.handle_message(rendezvous::encode(rendezvous::FromServer(rendezvous::Relayed{{1}, {1}})), now));
  say(rendezvous::Welcome{{3}, {}, {}});
  EXPECT_FALSE(client.handle_message(rendezvous::encode(rendezvous::FromServer(rendezvous::Welcome{{3}, {}, {}})), now));
}

TEST_F(RendezvousClientTest, stays_away_after_stop) {
  join();
  client.stop();
  next<Client::Close>();
  client.handle_closed(now);
  client.handle_time(now + Duration::s(100));
  expect_silence();
  EXPECT_TRUE(client.next_deadline().is_never());
}

}  // namespace
}  // namespace grove::room

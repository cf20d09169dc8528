// The real program, spoken to over WebSockets: introductions, and what comes of bad manners.
#include <gtest/gtest.h>

#include "server/shell/client_for_test.h"
#include "server/shell/program_for_test.h"

namespace grove::server {
namespace {

using base::Bytes;
using rendezvous::Entered;
using rendezvous::Gone;
using rendezvous::Join;
using rendezvous::RefusalCode;
using rendezvous::Relay;
using rendezvous::Relayed;
using rendezvous::Welcome;

TEST(Introductions, two_people_find_each_other) {
  ProgramForTest server({"--ice", "stun:one.example", "--ice", "stuns:two.example"});
  WebSocketClient ann(server.port());
  EXPECT_EQ(ann.join(), (Welcome{{1}, {}, {"stun:one.example", "stuns:two.example"}}));
  WebSocketClient ben(server.port());
  EXPECT_EQ(ben.join().present, (std::vector<rendezvous::ConnectionNumber>{{1}}));
  EXPECT_EQ(ann.receive_a<Entered>(), (Entered{{2}}));
  ben.send(Relay{{1}, {1, 2, 3}});
  EXPECT_EQ(ann.receive_a<Relayed>(), (Relayed{{2}, {1, 2, 3}}));
  ann.send(Relay{rendezvous::kEverybodyElse, Bytes(rendezvous::kBlobBytesMax, 7)});
  EXPECT_EQ(ben.receive_a<Relayed>(), (Relayed{{1}, Bytes(rendezvous::kBlobBytesMax, 7)}));
  EXPECT_EQ(get(server.port(), "/healthz").body, "{\"status\":\"ok\",\"rooms\":1,\"connections\":2}\n");
  ben.hang_up();
  EXPECT_EQ(ann.receive_a<Gone>(), (Gone{{2}}));
}

TEST(Introductions, a_plain_request_is_told_to_upgrade) {
  ProgramForTest server;
  EXPECT_EQ(get(server.port(), "/rendezvous").status, 426U);
}

TEST(Introductions, pages_from_elsewhere_are_not_let_in) {
  ProgramForTest server({"--allow-origin", "https://friend.example"});
  EXPECT_EQ(WebSocketClient(server.port(), {{"Origin", "https://evil.example"}}).status(), 403U);
  EXPECT_EQ(WebSocketClient(server.port(), {{"Origin", "http://localhost"}}).status(), 101U);
  EXPECT_EQ(WebSocketClient(server.port(), {{"Origin", "https://friend.example"}}).status(), 101U);
}

TEST(Introductions, garbage_is_refused_and_closed) {
  ProgramForTest server;
  WebSocketClient mal(server.port());
  mal.send_bytes(Bytes{1, 99, 0});
  EXPECT_EQ(mal.refusal(), RefusalCode::kMalformed);
  EXPECT_EQ(mal.close_code(), kClosePolicy);
}

TEST(Introductions, text_is_refused) {
  ProgramForTest server;
  WebSocketClient mal(server.port());
  mal.send_text("hello");
  EXPECT_EQ(mal.refusal(), RefusalCode::kMalformed);
}

TEST(Introductions, bytes_that_are_no_websocket_frames_end_the_connection) {
  ProgramForTest server;
  WebSocketClient ann(server.port());
  ann.join();
  RawClient mal(server.port());
  mal.write("GET /rendezvous HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(status_of(mal.read(12)), 101U);
  mal.write(std::string(1000, '\xff'));
  mal.end_writing();
  mal.read_all();
  ann.send(Relay{{1}, {5}});
  EXPECT_EQ(ann.receive_a<Relayed>(), (Relayed{{1}, {5}}));
}

TEST(Introductions, a_message_too_large_is_refused_by_however_much) {
  ProgramForTest server;
  for (const std::size_t size : {rendezvous::kClientMessageBytesMax + 1, std::size_t{1'000'000}}) {
    WebSocketClient large(server.port());
    large.send_bytes(Bytes(size, 1));
    EXPECT_EQ(large.refusal(), RefusalCode::kMessageTooLarge);
    EXPECT_EQ(large.close_code(), kClosePolicy);
  }
}

TEST(Introductions, who_is_too_fast_hears_so) {
  ProgramForTest server({"--message-rate", "1", "--message-burst", "20"});
  WebSocketClient hasty(server.port());
  hasty.join();
  for (int i = 0; i < 100; ++i) hasty.send(Relay{{9}, {1}});
  EXPECT_EQ(hasty.refusal(), RefusalCode::kTooFast);
}

TEST(Introductions, who_does_not_join_is_refused) {
  ProgramForTest server({"--join-timeout", "1"});
  EXPECT_EQ(WebSocketClient(server.port()).refusal(), RefusalCode::kNotJoined);
}

TEST(Introductions, rooms_and_addresses_are_limited) {
  ProgramForTest server({"--max-room", "2", "--max-per-address", "3"});
  WebSocketClient ann(server.port());
  WebSocketClient ben(server.port());
  WebSocketClient cat(server.port());
  ann.join();
  ben.join();
  WebSocketClient dan(server.port());
  EXPECT_EQ(dan.refusal(), RefusalCode::kTooManyFromAddress);
  cat.send(Join{a_room()});
  EXPECT_EQ(cat.refusal(), RefusalCode::kRoomFull);
}

TEST(Introductions, behind_a_proxy_people_are_counted_by_their_own_address) {
  ProgramForTest server({"--max-per-address", "1", "--trust-proxy"});
  WebSocketClient ann(server.port(), {{"X-Forwarded-For", "192.0.2.1"}});
  WebSocketClient ben(server.port(), {{"X-Forwarded-For", "192.0.2.1, 192.0.2.2"}});
  ann.join();
  ben.join();
  WebSocketClient again(server.port(), {{"X-Forwarded-For", "192.0.2.7, 192.0.2.2"}});
  EXPECT_EQ(again.refusal(), RefusalCode::kTooManyFromAddress);
}

TEST(Introductions, without_trust_the_forwarded_address_is_ignored) {
  ProgramForTest server({"--max-per-address", "1"});
  WebSocketClient ann(server.port(), {{"X-Forwarded-For", "192.0.2.1"}});
  ann.join();
  EXPECT_EQ(WebSocketClient(server.port(), {{"X-Forwarded-For", "192.0.2.2"}}).refusal(), RefusalCode::kTooManyFromAddress);
}

TEST(Introductions, who_answers_no_ping_is_gone) {
  ProgramForTest server({"--idle-timeout", "1"});
  WebSocketClient ann(server.port());  // answers pings while it reads
  ann.join();
  WebSocketClient dead(server.port());
  dead.send(Join{a_room()});
  EXPECT_EQ(ann.receive_a<Entered>(), (Entered{{2}}));
  EXPECT_EQ(ann.receive_a<Gone>(), (Gone{{2}}));
}

TEST(Introductions, who_reads_nothing_is_cut_off_and_the_others_go_on) {
  ProgramForTest server;
  WebSocketClient slow(server.port());
  slow.send(Join{a_room()});
  WebSocketClient ann(server.port());
  ASSERT_EQ(ann.join().self.value, 2U);
  // Each may send 4 MB at once; what the kernel holds for the slow one, and the queue of 1 MB, is full before that is
  // used up by five.
  bool is_cut_off = false;
  for (int sender = 0; sender < 5; ++sender) {
    WebSocketClient ben(server.port());
    ben.join();
    for (int i = 0; i < 240; ++i) ben.send(Relay{{1}, Bytes(rendezvous::kBlobBytesMax)});
    ben.send(Relay{{2}, {1}});  // to ann, behind all of it
    while (const auto message = ann.receive()) {
      if (const auto* gone = std::get_if<Gone>(&*message)) is_cut_off = is_cut_off || gone->who.value == 1;
      if (std::holds_alternative<Relayed>(*message)) break;
    }
  }
  EXPECT_TRUE(is_cut_off);
}

TEST(Introductions, a_server_that_goes_down_says_so_and_ends_well) {
  ProgramForTest server;
  WebSocketClient ann(server.port());
  WebSocketClient ben(server.port());
  ann.join();
  ben.join();
  server.terminate();
  EXPECT_EQ(ann.refusal(), RefusalCode::kGoingDown);
  EXPECT_EQ(ann.close_code(), kCloseGoingAway);
  EXPECT_EQ(ben.refusal(), RefusalCode::kGoingDown);
  EXPECT_EQ(server.exit_code(), 0);
}

TEST(Introductions, the_log_says_nothing_about_who_met_whom) {
  ProgramForTest server;
  WebSocketClient ann(server.port());
  ann.join();
  WebSocketClient mal(server.port());
  mal.send_bytes(Bytes{0});
  mal.refusal();
  server.terminate();
  ann.refusal();
  EXPECT_EQ(server.exit_code(), 0);
  const std::string log = server.log();
  EXPECT_NE(log.find("going down"), std::string::npos);
  EXPECT_EQ(log.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(log.find("abab"), std::string::npos);
}

}  // namespace
}  // namespace grove::server

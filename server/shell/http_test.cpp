// The real program, spoken to over HTTP.
#include <gtest/gtest.h>

#include "server/shell/client_for_test.h"
#include "server/shell/folder_for_test.h"
#include "server/shell/program_for_test.h"

namespace grove::server {
namespace {

struct AppServer {
  explicit AppServer(std::vector<std::string> flags = {}) : program(with_app(std::move(flags))) {}

  std::vector<std::string> with_app(std::vector<std::string> flags) const {
    folder.write("index.html", "<p>Grove</p>");
    folder.write("assets/app-1.js", std::string(200'000, 'x'));
    folder.write("assets/app-1.js.br", "br");
    folder.write("assets/app-1.js.gz", "gz");
    folder.write("node.wasm", "wasm");
    flags.insert(flags.end(), {"--assets", folder.path().string()});
    return flags;
  }

  FolderForTest folder;
  ProgramForTest program;
  std::uint16_t port = program.port();
};

TEST(Http, the_page_is_isolated_and_fenced_in) {
  AppServer server;
  const Response page = get(server.port, "/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.body, "<p>Grove</p>");
  EXPECT_EQ(page["Content-Type"], "text/html; charset=utf-8");
  EXPECT_EQ(page["Cross-Origin-Opener-Policy"], "same-origin");
  EXPECT_EQ(page["Cross-Origin-Embedder-Policy"], "require-corp");
  EXPECT_EQ(page["Cross-Origin-Resource-Policy"], "same-origin");
  EXPECT_EQ(page["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(page["Referrer-Policy"], "no-referrer");
  EXPECT_EQ(page["Cache-Control"], "no-cache");
  EXPECT_NE(page["Permissions-Policy"].find("microphone=(self)"), std::string::npos);
  EXPECT_NE(page["Content-Security-Policy"].find("default-src 'none'"), std::string::npos);
}

TEST(Http, a_query_changes_nothing) {
  AppServer server;
  EXPECT_EQ(get(server.port, "/index.html?v=2").body, "<p>Grove</p>");
}

TEST(Http, the_smallest_form_that_the_browser_takes_is_sent) {
  AppServer server;
  const char* path = "/assets/app-1.js";
  const Response brotli = get(server.port, path, {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(brotli.body, "br");
  EXPECT_EQ(brotli["Content-Encoding"], "br");
  EXPECT_EQ(brotli["Vary"], "Accept-Encoding");
  const Response gzip = get(server.port, path, {{"Accept-Encoding", "gzip, br;q=0"}});
  EXPECT_EQ(gzip.body, "gz");
  EXPECT_EQ(gzip["Content-Encoding"], "gzip");
  const Response plain = get(server.port, path);
  EXPECT_EQ(plain.body, std::string(200'000, 'x'));
  EXPECT_FALSE(plain.has("Content-Encoding"));
  EXPECT_NE(plain["ETag"], gzip["ETag"]);
  EXPECT_NE(brotli["ETag"], gzip["ETag"]);
  EXPECT_EQ(plain["Content-Type"], brotli["Content-Type"]);
}

TEST(Http, hashed_files_are_kept_for_ever_and_the_others_asked_for_again) {
  AppServer server;
  EXPECT_EQ(get(server.port, "/assets/app-1.js")["Cache-Control"], "public, max-age=31536000, immutable");
  const Response wasm = get(server.port, "/node.wasm");
  EXPECT_EQ(wasm["Cache-Control"], "no-cache");
  EXPECT_EQ(wasm["Content-Type"], "application/wasm");
}

TEST(Http, what_has_not_changed_is_not_sent_again) {
  AppServer server;
  const std::string tag = get(server.port, "/")["ETag"];
  const Response same = get(server.port, "/", {{"If-None-Match", tag}});
  EXPECT_EQ(same.status, 304U);
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(same["ETag"], tag);
  EXPECT_EQ(get(server.port, "/", {{"If-None-Match", "\"other\""}}).status, 200U);
}

TEST(Http, one_connection_carries_many_requests) {
  AppServer server;
  RawClient client(server.port);
  EXPECT_EQ(client.request("GET", "/node.wasm").body, "wasm");
  const Response head = client.request("HEAD", "/");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head["Content-Length"], "12");
  EXPECT_EQ(client.request("GET", "/nothing").status, 404U);
  EXPECT_EQ(client.request("GET", "/", {{"Connection", "close"}}).body, "<p>Grove</p>");
  EXPECT_EQ(client.read_all(), "");
}

TEST(Http, two_requests_at_once_get_two_answers_in_order) {
  AppServer server;
  RawClient client(server.port);
  client.write("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answers = client.read_all();
  EXPECT_EQ(status_of(answers), 404U);
  EXPECT_TRUE(answers.ends_with("<p>Grove</p>"));
}

TEST(Http, no_path_leads_out_of_the_app) {
  AppServer server;
  for (const char* path : {"/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/assets/../../x",
                           "//etc/passwd", "/.", "/assets"}) {
    EXPECT_EQ(get(server.port, path).status, 404U) << path;
  }
}

TEST(Http, only_get_and_head_are_answered) {
  AppServer server;
  RawClient client(server.port);
  const Response refused = client.request("DELETE", "/");
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(refused["Allow"], "GET, HEAD");
}

TEST(Http, a_body_is_too_much) {
  AppServer server;
  RawClient client(server.port);
  client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + std::string(100'000, 'x'));
  client.end_writing();
  EXPECT_EQ(status_of(client.read_all()), 413U);
}

TEST(Http, a_header_without_end_is_too_large) {
  AppServer server;
  RawClient client(server.port);
  client.write("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(60'000, 'x'));
  client.end_writing();
  EXPECT_EQ(status_of(client.read_all()), 431U);
}

TEST(Http, garbage_gets_a_clean_answer_and_hurts_nobody) {
  AppServer server;
  for (const std::string garbage : {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                                    "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                                    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    RawClient client(server.port);
    client.write(garbage);
    client.end_writing();
    EXPECT_EQ(status_of(client.read_all()), 400U) << garbage;
  }
  EXPECT_EQ(get(server.port, "/").status, 200U);
}

TEST(Http, a_header_that_drips_is_cut_off_in_time) {
  AppServer server({"--header-timeout", "1"});
  RawClient client(server.port);
  client.write("GET / HTTP/1.1\r\nHo");
  EXPECT_EQ(client.read_all(), "");
}

TEST(Http, too_many_sockets_are_turned_away_in_words) {
  AppServer server({"--max-sockets", "1"});
  RawClient first(server.port);
  EXPECT_EQ(first.request("GET", "/").status, 200U);
  RawClient second(server.port);
  const std::string answer = second.read_all();
  EXPECT_EQ(status_of(answer), 503U);
  EXPECT_NE(answer.find("Retry-After"), std::string::npos);
}

TEST(Http, one_address_cannot_take_all_sockets) {
  AppServer server({"--max-sockets-per-address", "1"});
  RawClient first(server.port);
  EXPECT_EQ(first.request("GET", "/").status, 200U);
  EXPECT_EQ(status_of(RawClient(server.port).read_all()), 503U);
}

TEST(Http, health_is_told_with_numbers) {
  AppServer server;
  const Response health = get(server.port, "/healthz");
  EXPECT_EQ(health.status, 200U);
  EXPECT_EQ(health["Content-Type"], "application/json");
  EXPECT_EQ(health.body, "{\"status\":\"ok\",\"rooms\":0,\"connections\":0}\n");
}

TEST(Http, without_an_app_there_is_health_and_a_word) {
  ProgramForTest server;
  EXPECT_EQ(get(server.port(), "/").status, 404U);
  EXPECT_EQ(get(server.port(), "/healthz").status, 200U);
}

TEST(Http, idle_browsers_do_not_hold_up_the_end) {
  AppServer server({"--header-timeout", "3600"});
  RawClient idle(server.port);
  EXPECT_EQ(idle.request("GET", "/").status, 200U);
  server.program.terminate();
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(server.program.exit_code(), 0);
}

TEST(CommandLine, a_taken_port_is_said_in_words) {
  ProgramForTest server;
  const Outcome second = run_program({"--port", std::to_string(server.port())});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.words.find("is taken"), std::string::npos);
  EXPECT_NE(second.words.find("--port"), std::string::npos);
}

TEST(CommandLine, mistakes_end_with_code_two_and_help_with_none) {
  EXPECT_EQ(run_program({"--help"}).exit_code, 0);
  EXPECT_EQ(run_program({"--version"}).exit_code, 0);
  EXPECT_EQ(run_program({"--nonsense"}).exit_code, 2);
  EXPECT_EQ(run_program({"--ice", "http://no"}).exit_code, 2);
  EXPECT_EQ(run_program({"--listen", "nowhere"}).exit_code, 2);
  EXPECT_EQ(run_program({"--port", "70000"}).exit_code, 2);
  EXPECT_EQ(run_program({"--assets", "/nowhere/at/all", "--port", "0"}).exit_code, 1);
}

TEST(CommandLine, a_mistake_is_told_in_one_line_that_says_what_to_do) {
  struct Mistake {
    const char* flag;
    const char* value;
    const char* advice;
  };
  for (const Mistake& mistake : {
           Mistake{"--port", "", "from 1 to 65535"},
           Mistake{"--port", "99999", "from 1 to 65535"},
           Mistake{"--port", "80a", "from 1 to 65535"},
           Mistake{"--assets", "", "leave --assets out"},
           Mistake{"--ice", "turn:turn.example.org:3478", "give a STUN server"},
           Mistake{"--ice", "turn:user:secret@example.org:3478", "give a STUN server"},
           Mistake{"--ice", "stun:user@example.org", "such as stun:stun.example.org:3478"},
           Mistake{"--ice", "stun:example.org:99999", "from 1 to 65535"},
           Mistake{"--ice", "stun:example.org:0", "from 1 to 65535"},
           Mistake{"--listen", "8.8.8.8", "an address of this machine"},
           Mistake{"--listen", "fe80::1", "an address of this machine"},
       }) {
    const Outcome outcome = run_program({mistake.flag, mistake.value, "--log-level", "off"});
    EXPECT_EQ(outcome.exit_code, 2) << mistake.flag << ' ' << mistake.value;
    EXPECT_NE(outcome.words.find(mistake.advice), std::string::npos) << outcome.words;
    EXPECT_EQ(outcome.words.find("boost"), std::string::npos) << outcome.words;
  }
}

TEST(CommandLine, stun_servers_are_named_by_host_address_and_port) {
  ProgramForTest server({"--ice", "stun:stun.example.org", "--ice", "stun:192.0.2.1:3478", "--ice", "stuns:[2001:db8::1]:5349"});
  EXPECT_NE(server.port(), 0);
}

}  // namespace
}  // namespace grove::server

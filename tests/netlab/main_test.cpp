// The program as scripts see it: its lines, its exit codes, and that a crash leaves nothing behind.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "netlab/descriptor.h"

extern char** environ;

namespace grove::netlab {
namespace {

class Program {
 public:
  explicit Program(std::vector<std::string> words) {
    words.insert(words.begin(), GROVE_NETLAB);
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) return;
    output_ = Descriptor(out[0]);
    errors_ = Descriptor(err[0]);
    const Descriptor theirs(out[1]), their_errors(err[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, their_errors.get(), 2);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&pid_, GROVE_NETLAB, &actions, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~Program() {
    if (!is_over_) end(SIGKILL);
  }

  // Empty: it ended instead.
  std::string next_line() {
    std::string line;
    for (char c = 0; ::read(output_.get(), &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }
  int exit_code() {
    int status = 0;
    is_over_ = ::waitpid(pid_, &status, 0) == pid_;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int end(int signal) {
    ::kill(pid_, signal);
    return exit_code();
  }
  std::string errors() {
    std::string all;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(errors_.get(), piece, sizeof piece)) > 0;) all.append(piece, static_cast<std::size_t>(got));
    return all;
  }

 private:
  pid_t pid_ = -1;
  bool is_over_ = false;
  Descriptor output_, errors_;
};

const std::string kOcean = GROVE_TOPOLOGIES "/two_homes_across_a_bad_ocean.json";
const std::string kName = "program-" + std::to_string(::getpid());

nlohmann::json ready_line(Program& program) {
  const std::string line = program.next_line();
  EXPECT_FALSE(line.empty()) << program.errors();
  return line.empty() ? nlohmann::json() : nlohmann::json::parse(line);
}

TEST(Program, says_when_it_is_ready_how_to_enter_a_host_and_what_became_of_the_packets) {
  Program lab({"run", kOcean, "--lab", kName});
  const auto ready = ready_line(lab);
  ASSERT_EQ(ready.value("netlab", ""), "ready");
  EXPECT_EQ(ready["hosts"]["anna"]["address"], "192.168.2.2");
  auto words = ready["hosts"]["anna"]["enter"].get<std::vector<std::string>>();
  EXPECT_EQ(words.front(), GROVE_NETLAB);
  words.erase(words.begin());
  words.insert(words.end(), {"cat", "/proc/self/net/fib_trie"});
  Program inside(words);
  std::string all;
  for (std::string line; !(line = inside.next_line()).empty();) all += line;
  EXPECT_EQ(inside.exit_code(), 0) << inside.errors();
  EXPECT_NE(all.find("192.168.2.2"), std::string::npos);
  EXPECT_EQ(all.find("192.168.3.2"), std::string::npos);

  EXPECT_EQ(lab.end(SIGTERM), 0);
  const auto ended = nlohmann::json::parse(lab.next_line());
  EXPECT_EQ(ended["netlab"], "ended");
  EXPECT_EQ(ended["packets"]["malformed"], 0);
}

TEST(Program, starts_again_under_its_name_after_a_crash_and_nobody_can_enter_what_has_gone) {
  Program crashed({"run", kOcean, "--lab", kName});
  ASSERT_EQ(ready_line(crashed).value("netlab", ""), "ready");
  Program second({"run", kOcean, "--lab", kName});
  EXPECT_EQ(second.exit_code(), 1);
  EXPECT_NE(second.errors().find("runs already"), std::string::npos);
  EXPECT_EQ(crashed.end(SIGKILL), -SIGKILL);
  Program late({"exec", "--lab", kName, "anna", "--", "true"});
  EXPECT_EQ(late.exit_code(), 1);
  EXPECT_NE(late.errors().find("no laboratory"), std::string::npos);
  Program again({"run", kOcean, "--lab", kName});
  EXPECT_EQ(ready_line(again).value("netlab", ""), "ready");
}

TEST(Program, refuses_in_words) {
  Program nothing({"run", "/nowhere.json"});
  EXPECT_EQ(nothing.exit_code(), 1);
  EXPECT_EQ(nothing.errors(), "grove-netlab: /nowhere.json cannot be read\n");
  EXPECT_EQ(Program({"run", kOcean, "--delay", "9"}).exit_code(), 2);
  EXPECT_EQ(Program({}).exit_code(), 2);
  EXPECT_EQ(Program({"--help"}).exit_code(), 0);
}

}  // namespace
}  // namespace grove::netlab

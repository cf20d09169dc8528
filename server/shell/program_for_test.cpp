#include "server/shell/program_for_test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace grove::server {
namespace {

struct Child {
  pid_t pid;
  int out;
  int err;
};

Child start(std::vector<std::string> flags) {
  int out[2];
  int err[2];
  if (pipe(out) != 0 || pipe(err) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("no process");
  if (pid == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    for (const int end : {out[0], out[1], err[0], err[1]}) close(end);
    flags.insert(flags.begin(), GROVE_SERVER_PROGRAM);
    std::vector<char*> arguments;
    for (std::string& flag : flags) arguments.push_back(flag.data());
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  return {pid, out[0], err[0]};
}

std::string read_all(int file) {
  std::string text;
  char piece[4096];
  for (ssize_t n = 0; (n = read(file, piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(n));
  return text;
}

std::string read_line(int file) {
  std::string line;
  for (char c = 0; read(file, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

int wait_for(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

ProgramForTest::ProgramForTest(std::vector<std::string> flags) {
  flags.insert(flags.end(), {"--port", "0"});
  const Child child = start(std::move(flags));
  pid_ = child.pid;
  stderr_ = child.err;
  const std::string line = read_line(child.out);
  close(child.out);
  const std::size_t colon = line.rfind(':');
  if (colon == std::string::npos) {
    exit_code();
    throw std::runtime_error("grove-server did not start: " + line + read_all(stderr_));
  }
  port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

ProgramForTest::~ProgramForTest() {
  if (pid_ != 0) kill(pid_, SIGKILL);
  exit_code();
  close(stderr_);
}

void ProgramForTest::terminate() const { kill(pid_, SIGTERM); }

int ProgramForTest::exit_code() { return pid_ == 0 ? -1 : wait_for(std::exchange(pid_, 0)); }

std::string ProgramForTest::log() { return read_all(stderr_); }

Outcome run_program(std::vector<std::string> flags) {
  const Child child = start(std::move(flags));
  std::string words = read_all(child.out) + read_all(child.err);
  close(child.out);
  close(child.err);
  return {wait_for(child.pid), std::move(words)};
}

}  // namespace grove::server

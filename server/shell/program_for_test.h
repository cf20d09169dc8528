// For tests: the real grove-server, on a port of its own choice.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace grove::server {

class ProgramForTest {
 public:
  // Adds --port 0 and waits until it listens.
  explicit ProgramForTest(std::vector<std::string> flags = {});
  ProgramForTest(const ProgramForTest&) = delete;
  ProgramForTest& operator=(const ProgramForTest&) = delete;
  ~ProgramForTest();

  std::uint16_t port() const { return port_; }
  void terminate() const;  // SIGTERM
  int exit_code();         // waits for the end; −1: not by itself
  std::string log();       // all that it said, once it has ended

 private:
  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
  int stderr_ = -1;
};

struct Outcome {
  int exit_code;
  std::string words;  // standard output and error
};
// For flags with which it ends by itself.
Outcome run_program(std::vector<std::string> flags);

}  // namespace grove::server

// What the person who starts the server chose.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/directory.h"

namespace grove::server {

struct Limits {
  // Guess: what a small machine carries with ease, about 20 kB each. Counts every socket, idle browsers included.
  std::size_t sockets_max = 4096;
  // Guess: four times connections_per_address_max, as a browser opens up to six to fetch the app.
  std::size_t sockets_per_address_max = 256;
  // Slow senders of headers, and idle connections between requests. 10 s is what the brief of this server asks for.
  std::chrono::seconds header_timeout{10};
  // A WebSocket without a sign of life. A ping goes out after half of it.
  std::chrono::seconds idle_timeout{40};
  // What may wait for one slow reader: an entry into a mesh of 32 brings about 150 kB at once, a largest blob is 16 kB.
  std::size_t queue_bytes_max = std::size_t{1} << 20U;
};

struct Options {
  std::vector<std::string> listen;  // addresses; empty: the two loopback ones
  std::uint16_t port = 8080;        // 0: any free one
  std::string assets;               // folder; empty: no app
  std::vector<std::string> allowed_origins;
  bool trusts_proxy = false;
  std::string log_level = "info";
  Config directory;
  Limits limits;
};

struct ExitCode {
  int value;
};

// --help, --version and mistakes print their words and end the program with a code.
std::variant<Options, ExitCode> parse_options(int argc, const char* const* argv);

}  // namespace grove::server

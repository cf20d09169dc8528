// grove-server: serves the app and introduces people to each other.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include "server/shell/options.h"
#include "server/shell/server.h"

namespace {

using namespace grove::server;

constexpr int kCouldNotStart = 1;
constexpr int kWrongFlag = 2;
// Descriptors that are not connections: the log, the listeners, the event loop.
constexpr rlim_t kOtherDescriptors = 64;

void raise_descriptor_limit(std::size_t sockets_max) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = sockets_max + kOtherDescriptors;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    spdlog::warn("only {} file descriptors are allowed, too few for --max-sockets {}", limit.rlim_cur, sockets_max);
  }
}

void tell_where(const Options& options, const Server& server) {
  // The one line on standard output: programs that start the server read it.
  const std::string host = options.listen.empty() ? "localhost" : options.listen.front();
  const bool is_v6 = host.find(':') != std::string::npos;
  std::printf("grove-server listens on http://%s%s%s:%u\n", is_v6 ? "[" : "", host.c_str(), is_v6 ? "]" : "",
              static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  if (!options.listen.empty()) {
    spdlog::warn("browsers give the microphone to pages from https or from localhost only: people elsewhere need a proxy "
                 "with TLS in front of this server (docs/operating.md)");
  }
}

int run(Options options) {
  raise_descriptor_limit(options.limits.sockets_max);
  Assets assets = options.assets.empty() ? Assets() : Assets::load(options.assets);
  if (!options.assets.empty()) {
    spdlog::info("the app: {} files, {} kB", assets.size(), assets.bytes() / 1000);
    if (!assets.find("/")) spdlog::warn("there is no index.html in {}: is the app built?", options.assets);
  }

  boost::asio::io_context io(1);
  Server server(io, options, std::move(assets));
  server.start();
  tell_where(options, server);

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (error) return;
    spdlog::info("going down: telling everybody");
    signals.clear();  // a second signal ends the program at once
    server.drain();
  });
  io.run();
  if (server.sockets() != 0) {
    spdlog::warn("down; {} connections had to be cut", server.sockets());
    spdlog::shutdown();
    std::_Exit(EXIT_SUCCESS);
  }
  spdlog::info("down");
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  auto parsed = parse_options(argc, argv);
  if (const auto* code = std::get_if<ExitCode>(&parsed)) return code->value;
  Options& options = std::get<Options>(parsed);
  spdlog::set_default_logger(spdlog::stderr_color_mt("grove"));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  try {
    return run(std::move(options));
  } catch (const NoSuchAddress& failure) {
    std::fprintf(stderr, "grove-server: %s\n", failure.what());
    return kWrongFlag;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "grove-server: %s\n", failure.what());
    return kCouldNotStart;
  }
}

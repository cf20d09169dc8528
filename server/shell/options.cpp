#include "server/shell/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <regex>

#include "base/bytes.h"
#include "server/shell/negotiation.h"
#include "wire/rendezvous.h"

namespace grove::server {
namespace {

// An empty text is CLI11's way to say "fine".
std::optional<int> port_of(const std::string& text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || parsed_to != end || port < 0 || port > 65'535) return std::nullopt;
  return port;
}

std::string check_port(const std::string& port) {
  return port_of(port) ? std::string() : "'" + port + "' is no port: give a number from 1 to 65535, or 0 for any free one";
}

std::string check_folder(const std::string& folder) {
  return folder.empty() ? "the name of a folder is missing: give that of the built app, such as web/dist, or leave --assets out" : std::string();
}

// RFC 7064: stun:host, stun:host:port.
std::string check_ice_url(const std::string& url) {
  if (url.starts_with("turn:") || url.starts_with("turns:")) {
    return "'" + url + "' is a TURN server, and browsers cannot be given a password for it yet: give a STUN server, such as stun:stun.example.org:3478";
  }
  static const std::regex form(R"(stuns?:(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]+))?)");
  std::smatch parts;
  const bool has_form = wire::rendezvous::is_ice_url(base::as_bytes(url)) && std::regex_match(url, parts, form);
  if (has_form && (!parts[1].matched || port_of(parts[1].str()).value_or(0) != 0)) return {};
  return "'" + url + "' is not the URL of a STUN server, such as stun:stun.example.org:3478 (a port is from 1 to 65535)";
}

std::string check_address(const std::string& address) {
  return counting_key(address) ? std::string() : "'" + address + "' is not an IP address, such as 0.0.0.0 or ::";
}

std::string check_origin(const std::string& origin) {
  const std::size_t scheme_end = origin.find("://");
  const bool is_origin = scheme_end != std::string::npos && origin.find('/', scheme_end + 3) == std::string::npos;
  return origin == "*" || is_origin ? std::string() : "'" + origin + "' is not an origin, such as https://grove.example.org";
}

}  // namespace

std::variant<Options, ExitCode> parse_options(int argc, const char* const* argv) {
  Options options;
  CLI::App app{
      "grove-server serves the Grove app and introduces people to each other. It never hears a word.\n"
      "Browsers give the microphone to pages from https or from localhost only: put a proxy with TLS\n"
      "in front of it for anybody but yourself (docs/operating.md).",
      "grove-server"};
  app.set_version_flag("--version", "grove-server " GROVE_VERSION);
  app.add_option("--port", options.port, "TCP port; 0 takes any free one")->check(CLI::Validator(check_port, "PORT"))->capture_default_str();
  app.add_option("--listen", options.listen, "Address to listen on, repeatable; default: the loopback addresses 127.0.0.1 and ::1")
      ->check(CLI::Validator(check_address, "ADDRESS"));
  app.add_option("--assets", options.assets, "Folder with the built app; without it only introductions are served")
      ->check(CLI::Validator(check_folder, "FOLDER"));
  app.add_option("--ice", options.directory.ice_servers, "STUN server for the browsers, repeatable up to 8 times")
      ->check(CLI::Validator(check_ice_url, "URL"))
      ->expected(1, static_cast<int>(wire::rendezvous::kIceServersMax));
  app.add_option("--allow-origin", options.allowed_origins,
                 "Origin of other pages that may ask for introductions, repeatable; * allows all")
      ->check(CLI::Validator(check_origin, "ORIGIN"));
  app.add_flag("--trust-proxy", options.trusts_proxy,
               "Take addresses from X-Forwarded-For and hosts from X-Forwarded-Host: only behind a proxy of your own");
  app.add_option("--log-level", options.log_level, "How much to tell")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();

  const std::string limits = "Limits";
  Config& directory = options.directory;
  app.add_option("--max-room", directory.room_size_max, "Connections in one room")
      ->check(CLI::Range(2, 65'535))->capture_default_str()->group(limits);
  app.add_option("--max-rooms", directory.rooms_max, "Rooms")
      ->check(CLI::PositiveNumber)->capture_default_str()->group(limits);
  app.add_option("--max-per-address", directory.connections_per_address_max, "Connections to the rendezvous from one address")
      ->check(CLI::PositiveNumber)->capture_default_str()->group(limits);
  app.add_option("--max-sockets", options.limits.sockets_max, "Sockets in all")
      ->check(CLI::PositiveNumber)->capture_default_str()->group(limits);
  app.add_option("--max-sockets-per-address", options.limits.sockets_per_address_max,
                 "Sockets from one address; not counted with --trust-proxy")
      ->check(CLI::PositiveNumber)->capture_default_str()->group(limits);
  app.add_option("--message-rate", directory.messages.per_second, "Messages a second from one connection, in the long run")
      ->check(CLI::Range(1, 1'000'000))->capture_default_str()->group(limits);
  app.add_option("--message-burst", directory.messages.burst, "Messages at once from one connection")
      ->check(CLI::Range(1, 1'000'000))->capture_default_str()->group(limits);

  int header_seconds = static_cast<int>(options.limits.header_timeout.count());
  int idle_seconds = static_cast<int>(options.limits.idle_timeout.count());
  int join_seconds = static_cast<int>(directory.join_timeout.in_us() / 1'000'000);
  const auto add_seconds = [&](const char* name, int& seconds, const char* words) {
    app.add_option(name, seconds, words)->check(CLI::Range(1, 3600))->capture_default_str()->group(limits);
  };
  add_seconds("--header-timeout", header_seconds, "Seconds for a request to arrive, and between two");
  add_seconds("--idle-timeout", idle_seconds, "Seconds without a sign of life until a WebSocket is given up");
  add_seconds("--join-timeout", join_seconds, "Seconds from connecting to joining a room");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCode{app.exit(error) == 0 ? 0 : 2};
  }
  options.limits.header_timeout = std::chrono::seconds(header_seconds);
  options.limits.idle_timeout = std::chrono::seconds(idle_seconds);
  directory.join_timeout = base::Duration::s(join_seconds);
  return options;
}

}  // namespace grove::server

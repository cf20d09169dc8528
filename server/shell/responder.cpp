#include "server/shell/responder.h"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <optional>

#include "server/shell/negotiation.h"

namespace grove::server {
namespace {

namespace http = boost::beast::http;

// Everything from our own origin. 'wasm-unsafe-eval' compiles WASM and nothing else; styles in attributes come from the
// web components; blob: is for Workers that a library makes from its own text.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' ws: wss:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; media-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void set_common_fields(Reply& reply) {
  auto& header = reply.header;
  header.version(11);
  header.set(http::field::server, "grove");
  header.set("X-Content-Type-Options", "nosniff");
  header.set("Referrer-Policy", "no-referrer");
  header.set("Cross-Origin-Resource-Policy", "same-origin");
}

// The two that isolate the page, without which there is no SharedArrayBuffer (DESIGN §3), and the rest of its walls.
// Workers need them too, so every asset carries them.
void set_page_fields(Reply& reply) {
  auto& header = reply.header;
  header.set("Cross-Origin-Opener-Policy", "same-origin");
  header.set("Cross-Origin-Embedder-Policy", "require-corp");
  header.set("Content-Security-Policy", kContentSecurityPolicy);
  header.set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()");
}

struct Representation {
  std::string_view content;
  std::string_view encoding;  // empty: none
};

Representation choose(const Asset& asset, std::string_view accept_encoding) {
  if (asset.brotli && accepts_encoding(accept_encoding, "br")) return {*asset.brotli, "br"};
  if (asset.gzip && accepts_encoding(accept_encoding, "gzip")) return {*asset.gzip, "gzip"};
  return {asset.plain, {}};
}

std::string_view field(const HttpRequest& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

Reply asset_reply(const HttpRequest& request, const Asset& asset) {
  const Representation chosen = choose(asset, field(request, http::field::accept_encoding));
  std::string tag = '"' + asset.tag;
  if (!chosen.encoding.empty()) tag.append("-").append(chosen.encoding);
  tag += '"';

  Reply reply;
  set_common_fields(reply);
  set_page_fields(reply);
  auto& header = reply.header;
  header.set(http::field::etag, tag);
  header.set(http::field::cache_control, asset.is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (asset.brotli || asset.gzip) header.set(http::field::vary, "Accept-Encoding");
  if (names_tag(field(request, http::field::if_none_match), tag)) {
    header.result(http::status::not_modified);
    reply.is_body_left_out = true;
    return reply;
  }
  header.result(http::status::ok);
  header.set(http::field::content_type, asset.content_type);
  if (!chosen.encoding.empty()) header.set(http::field::content_encoding, chosen.encoding);
  header.set(http::field::content_length, std::to_string(chosen.content.size()));
  reply.body = chosen.content;
  return reply;
}

Reply health_reply(const Health& health) {
  Reply reply = plain_reply(health.is_draining ? http::status::service_unavailable : http::status::ok, "");
  reply.own_body = std::string(R"({"status":")") + (health.is_draining ? "draining" : "ok") +
                   R"(","rooms":)" + std::to_string(health.stats.rooms) + R"(,"connections":)" +
                   std::to_string(health.stats.connections) + "}\n";
  reply.header.set(http::field::content_type, "application/json");
  reply.header.set(http::field::content_length, std::to_string(reply.own_body.size()));
  return reply;
}

Reply reply_to(const HttpRequest& request, const Assets& assets, const Health& health) {
  if (request.version() >= 11 && request.count(http::field::host) != 1) {
    return plain_reply(http::status::bad_request, "The request needs one Host field.\n");
  }
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    Reply reply = plain_reply(http::status::method_not_allowed, "Only GET and HEAD are answered here.\n");
    reply.header.set(http::field::allow, "GET, HEAD");
    return reply;
  }
  const auto target = request.target();
  const std::optional<std::string> path = target_path({target.data(), target.size()});
  if (!path) return plain_reply(http::status::bad_request, "This is no path.\n");
  if (*path == "/healthz") return health_reply(health);
  if (*path == kRendezvousPath) {
    Reply reply = plain_reply(http::status::upgrade_required, "Here only WebSockets are answered.\n");
    reply.header.set(http::field::upgrade, "websocket");
    return reply;
  }
  if (const Asset* asset = assets.find(*path)) return asset_reply(request, *asset);
  return plain_reply(http::status::not_found,
                     assets.empty() ? "This server introduces peers and serves no pages.\n" : "There is no such page.\n");
}

}  // namespace

Reply respond(const HttpRequest& request, const Assets& assets, const Health& health) {
  Reply reply = reply_to(request, assets, health);
  reply.is_last = !request.keep_alive() || health.is_draining;
  if (request.method() == http::verb::head) reply.is_body_left_out = true;
  // RFC 9110 §7.8: a server that names an upgrade says so in Connection, too.
  const bool names_upgrade = reply.header.count(http::field::upgrade) != 0;
  if (reply.is_last) {
    reply.header.set(http::field::connection, names_upgrade ? "close, upgrade" : "close");
  } else if (request.version() < 11) {
    reply.header.set(http::field::connection, "keep-alive");
  } else if (names_upgrade) {
    reply.header.set(http::field::connection, "upgrade");
  }
  return reply;
}

Reply plain_reply(http::status status, std::string_view words) {
  Reply reply;
  set_common_fields(reply);
  reply.header.result(status);
  reply.header.set(http::field::content_type, "text/plain; charset=utf-8");
  reply.header.set(http::field::cache_control, "no-store");
  reply.header.set(http::field::content_length, std::to_string(words.size()));
  reply.own_body = words;
  reply.is_last = true;
  return reply;
}

}  // namespace grove::server

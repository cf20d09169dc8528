// What a plain HTTP request is answered. Pure: the request and what is known go in, the reply comes out.
#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <string>
#include <string_view>

#include "server/directory.h"
#include "server/shell/assets.h"

namespace grove::server {

using HttpRequest = boost::beast::http::request<boost::beast::http::empty_body>;

struct Reply {
  boost::beast::http::response_header<> header;
  std::string_view body;     // into the assets, or into own_body's literal; sent unless is_body_left_out
  std::string own_body;      // when there is no asset to point at
  bool is_body_left_out = false;
  bool is_last = false;      // close the connection after it

  std::string_view content() const { return own_body.empty() ? body : std::string_view(own_body); }
};

struct Health {
  Stats stats;
  bool is_draining = false;
};

inline constexpr std::string_view kRendezvousPath = "/rendezvous";

Reply respond(const HttpRequest& request, const Assets& assets, const Health& health);

// For what never became a request, or is refused whatever it asks for.
Reply plain_reply(boost::beast::http::status status, std::string_view words);

}  // namespace grove::server

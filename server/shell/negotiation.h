// Reading what a request says about itself: encodings, validators, origins, addresses. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grove::server {

// Does this Accept-Encoding allow the coding ("br", "gzip")? RFC 9110 §12.5.3.
bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);

// Does this If-None-Match name the tag? Weak comparison, RFC 9110 §13.1.2.
bool names_tag(std::string_view if_none_match, std::string_view tag);

// The path that a request target asks for: without query, percent-decoded; nothing if the target is malformed.
std::optional<std::string> target_path(std::string_view target);

// May a page of this origin open a WebSocket to this host? The same host may, and whatever is in `allowed` ("*": all).
// Programs that are no browsers send no origin; they are not what this protects from.
bool is_origin_allowed(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed);

// What connections are counted by: an IPv4 address, or the /64 of an IPv6 address, as one customer has at least that.
// Nothing if the text is no address.
std::optional<std::string> counting_key(std::string_view address);

// The address that our own proxy appended: the last one.
std::string_view last_forwarded(std::string_view x_forwarded_for);

}  // namespace grove::server

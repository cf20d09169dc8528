#include "server/shell/negotiation.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace grove::server {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cuts the first item off a list.
std::string_view take_item(std::string_view& list, char separator) {
  const std::size_t end = list.find(separator);
  const std::string_view item = list.substr(0, end);
  list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  return trimmed(item);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

// "q=0", "q=0.0" …: a weight of nothing is a refusal.
bool is_zero_weight(std::string_view parameter) {
  if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') return false;
  return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  if (small >= 'a' && small <= 'f') return small - 'a' + 10;
  return std::nullopt;
}

}  // namespace

bool accepts_encoding(std::string_view accept_encoding, std::string_view coding) {
  bool any_allowed = false;
  while (!accept_encoding.empty()) {
    std::string_view item = take_item(accept_encoding, ',');
    const std::string_view name = take_item(item, ';');
    const bool is_allowed = !is_zero_weight(take_item(item, ';'));
    if (equal_ignoring_case(name, coding)) return is_allowed;
    if (name == "*") any_allowed = is_allowed;
  }
  return any_allowed;
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  if (trimmed(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view item = take_item(if_none_match, ',');
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == tag) return true;
  }
  return false;
}

std::optional<std::string> target_path(std::string_view target) {
  // A proxy's form of a target, RFC 9112 §3.2.2.
  if (target.starts_with("http://")) {
    const std::size_t slash = target.find('/', 7);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/')) return std::nullopt;
  target = target.substr(0, target.find_first_of("?#"));
  std::string path;
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] != '%') {
      path += target[i];
      continue;
    }
    const auto high = i + 2 < target.size() ? hex_digit(target[i + 1]) : std::nullopt;
    const auto low = i + 2 < target.size() ? hex_digit(target[i + 2]) : std::nullopt;
    if (!high || !low || (*high == 0 && *low == 0)) return std::nullopt;
    path += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return path;
}

bool is_origin_allowed(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed) {
  if (origin.empty()) return true;
  for (const std::string& one : allowed) {
    if (one == "*" || equal_ignoring_case(one, origin)) return true;
  }
  const std::size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos || host.empty()) return false;
  return equal_ignoring_case(origin.substr(scheme_end + 3), host);
}

std::optional<std::string> counting_key(std::string_view address) {
  boost::system::error_code error;
  auto parsed = boost::asio::ip::make_address(std::string(address), error);
  if (error) return std::nullopt;
  if (parsed.is_v4()) return parsed.to_string();
  boost::asio::ip::address_v6 v6 = parsed.to_v6();
  if (v6.is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string_view last_forwarded(std::string_view x_forwarded_for) {
  return trimmed(x_forwarded_for.substr(x_forwarded_for.rfind(',') + 1));
}

}  // namespace grove::server

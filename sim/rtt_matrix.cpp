#include "sim/rtt_matrix.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace grove::sim {
namespace {

struct Row {
  std::vector<double> values;
  std::string why;  // empty: well
};

Row read_row(std::string_view line) {
  Row row;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    while (at != end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
    if (at == end) return row;
    double value = 0;
    const auto [after, error] = std::from_chars(at, end, value);
    const bool is_whole = error == std::errc() && (after == end || *after == ' ' || *after == '\t' || *after == '\r');
    const std::string what = "number " + std::to_string(row.values.size() + 1);
    if (!is_whole) return {{}, what + " is no number"};
    if (!(value >= 0 && value <= RttMatrix::kRttMaxMs)) return {{}, what + " is not between 0 and 60000 ms"};
    row.values.push_back(value);
    at = after;
  }
}

}  // namespace

std::variant<RttMatrix, RttMatrix::Malformed> RttMatrix::parse(std::string_view text) {
  std::vector<std::vector<double>> rows;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    Row row = read_row(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
    ++line_number;
    if (!row.why.empty()) return Malformed{line_number, row.why};
    if (row.values.empty()) {
      if (text.empty()) break;
      return Malformed{line_number, "an empty line"};
    }
    const std::size_t columns = rows.empty() ? row.values.size() : rows.front().size();
    if (row.values.size() != columns) {
      return Malformed{line_number, std::to_string(row.values.size()) + " numbers where the first row has " + std::to_string(columns)};
    }
    if (rows.size() == columns) return Malformed{line_number, "more rows than the " + std::to_string(columns) + " columns"};
    if (columns > kHostsMax) return Malformed{line_number, "more than 10000 hosts"};
    if (row.values[rows.size()] != 0) return Malformed{line_number, "a host's distance to itself is not 0"};
    rows.push_back(std::move(row.values));
  }
  if (rows.size() < 2) return Malformed{line_number, "fewer than two hosts"};
  if (rows.size() != rows.front().size()) {
    return Malformed{line_number, std::to_string(rows.size()) + " rows but " + std::to_string(rows.front().size()) + " columns"};
  }
  RttMatrix matrix(rows.size());
  for (std::size_t a = 0; a < rows.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (std::abs(rows[a][b] - rows[b][a]) > 1e-9) {
        return Malformed{a + 1, "not symmetric: number " + std::to_string(b + 1) + " differs from the other direction's"};
      }
      matrix.set(a, b, rows[a][b]);
    }
  }
  return matrix;
}

RttMatrix RttMatrix::sample(std::size_t hosts, base::Random& random) const {
  std::vector<std::size_t> rows;
  while (rows.size() < hosts) {
    std::vector<std::size_t> deck(hosts_);
    for (std::size_t i = 0; i < hosts_; ++i) deck[i] = i;
    for (std::size_t i = 0; i < hosts_ && rows.size() < hosts; ++i) {  // Fisher and Yates
      std::swap(deck[i], deck[i + random.below(hosts_ - i)]);
      rows.push_back(deck[i]);
    }
  }
  RttMatrix sampled(hosts);
  for (std::size_t a = 0; a < hosts; ++a) {
    for (std::size_t b = 0; b < a; ++b) sampled.set(a, b, rows[a] == rows[b] ? kSameRowMs : ms(rows[a], rows[b]));
  }
  return sampled;
}

}  // namespace grove::sim

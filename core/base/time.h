// Instants and durations, in whole microseconds. The host says what time it is; nothing in the core reads a clock.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace grove::base {

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration us(std::int64_t n) { return Duration(n); }
  static constexpr Duration ms(std::int64_t n) { return Duration(n * 1000); }
  static constexpr Duration s(std::int64_t n) { return Duration(n * 1'000'000); }

  constexpr std::int64_t in_us() const { return us_; }
  constexpr double in_ms() const { return static_cast<double>(us_) / 1000.0; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration o) const { return Duration(us_ + o.us_); }
  constexpr Duration operator-(Duration o) const { return Duration(us_ - o.us_); }
  constexpr Duration operator*(std::int64_t k) const { return Duration(us_ * k); }
  constexpr Duration operator/(std::int64_t k) const { return Duration(us_ / k); }

 private:
  constexpr explicit Duration(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

// A point on the host's monotonic clock.
class Instant {
 public:
  constexpr Instant() = default;
  static constexpr Instant from_us(std::int64_t us) { return Instant(us); }
  static constexpr Instant never() { return Instant(std::numeric_limits<std::int64_t>::max()); }

  constexpr std::int64_t in_us() const { return us_; }
  constexpr bool is_never() const { return *this == never(); }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return is_never() ? *this : Instant(us_ + d.in_us()); }
  constexpr Instant operator-(Duration d) const { return is_never() ? *this : Instant(us_ - d.in_us()); }
  constexpr Duration operator-(Instant o) const { return Duration::us(us_ - o.us_); }

 private:
  constexpr explicit Instant(std::int64_t us) : us_(us) {}
  std::int64_t us_ = 0;
};

}  // namespace grove::base

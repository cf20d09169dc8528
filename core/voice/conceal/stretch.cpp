#include "voice/conceal/stretch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

#include "base/assert.h"

namespace grove::voice::conceal {
namespace {

constexpr std::size_t kCoarse = 4;          // first search at 12 kHz, then around the best at 48 kHz
constexpr double kQuietPower = 3e-6;        // -55 dBFS: nobody hears a seam in that
constexpr std::size_t kCoarseMax = 1024;

double similarity_at(const float* a, const float* b, std::size_t length, double power_a) {
  float cross = 0;
  float power_b = 0;
  for (std::size_t i = 0; i < length; ++i) {
    cross += a[i] * b[i];
    power_b += b[i] * b[i];
  }
  return static_cast<double>(cross) / std::sqrt(power_a * static_cast<double>(power_b) + 1e-18);
}

double power_of(const float* a, std::size_t length) {
  double power = 0;
  for (std::size_t i = 0; i < length; ++i) power += static_cast<double>(a[i] * a[i]);
  return power;
}

std::size_t thin_out(std::span<const float> from, std::array<float, kCoarseMax>& to) {
  const std::size_t count = std::min(from.size() / kCoarse, kCoarseMax);
  for (std::size_t i = 0; i < count; ++i) {
    const float* x = from.data() + i * kCoarse;
    to[i] = (x[0] + x[1] + x[2] + x[3]) / 4;
  }
  return count;
}

// Louder of the two sides of a seam.
bool is_quiet(std::span<const float> wave, std::size_t length) {
  return power_of(wave.data(), length) / static_cast<double>(length) < kQuietPower;
}

}  // namespace

Match find_match(std::span<const float> what, std::span<const float> where, std::size_t least, std::size_t most) {
  GROVE_ASSERT(least <= most && most + what.size() <= where.size());
  std::array<float, kCoarseMax> thin_what;
  std::array<float, kCoarseMax> thin_where;
  const std::size_t thin_length = thin_out(what, thin_what);
  const std::size_t thin_total = thin_out(where, thin_where);
  const double thin_power = power_of(thin_what.data(), thin_length);
  Match best{least, -2};
  for (std::size_t lag = least / kCoarse; lag <= most / kCoarse && lag + thin_length <= thin_total; ++lag) {
    const double similarity = similarity_at(thin_what.data(), thin_where.data() + lag, thin_length, thin_power);
    if (similarity > best.similarity) best = {lag * kCoarse, similarity};
  }
  const double power = power_of(what.data(), what.size());
  const std::size_t from = std::clamp(best.lag > kCoarse ? best.lag - kCoarse : 0, least, most);
  const std::size_t to = std::clamp(best.lag + kCoarse, least, most);
  best = {from, -2};
  for (std::size_t lag = from; lag <= to; ++lag) {
    const double similarity = similarity_at(what.data(), where.data() + lag, what.size(), power);
    if (similarity > best.similarity) best = {lag, similarity};
  }
  return best;
}

void cross_fade(std::span<const float> from, std::span<float> to) {
  GROVE_ASSERT(from.size() >= to.size());
  const float step = 1.0F / static_cast<float>(to.size() + 1);
  for (std::size_t i = 0; i < to.size(); ++i) {
    const float share = static_cast<float>(i + 1) * step;
    to[i] = from[i] + (to[i] - from[i]) * share;
  }
}

std::size_t shorten(std::span<float> wave, std::size_t most, double similarity) {
  if (wave.size() < kOverlap + kLagLeast) return 0;
  most = std::min({most, kLagMost, wave.size() - kOverlap});
  if (most < kLagLeast) return 0;
  std::size_t lag = most;
  if (!is_quiet(wave, most + kOverlap)) {
    const Match match = find_match(wave.first(kOverlap), wave, kLagLeast, most);
    if (match.similarity < similarity) return 0;
    lag = match.lag;
  }
  // The beginning fades into what comes one period later; then everything moves up.
  std::array<float, kOverlap> beginning;
  std::copy_n(wave.begin(), kOverlap, beginning.begin());
  cross_fade(beginning, wave.subspan(lag, kOverlap));
  std::memmove(wave.data(), wave.data() + lag, (wave.size() - lag) * sizeof(float));
  return lag;
}

std::size_t lengthen(std::span<float> wave, std::size_t length, std::size_t most, double similarity) {
  GROVE_ASSERT(length <= wave.size());
  if (length < kOverlap + kLagLeast) return 0;
  most = std::min({most, kLagMost, length - kOverlap, wave.size() - length});
  if (most < kLagLeast) return 0;
  std::size_t lag = most;
  if (!is_quiet(wave, most + kOverlap)) {
    const Match match = find_match(wave.first(kOverlap), wave.first(length), kLagLeast, most);
    if (match.similarity < similarity) return 0;
    lag = match.lag;
  }
  // What comes one period later fades back into the beginning, which is then heard a second time.
  std::array<float, kOverlap> later;
  std::copy_n(wave.begin() + static_cast<std::ptrdiff_t>(lag), kOverlap, later.begin());
  std::memmove(wave.data() + lag, wave.data(), length * sizeof(float));
  cross_fade(later, wave.subspan(lag, kOverlap));
  // The first period is unchanged: memmove left it in place below `lag`.
  return lag;
}

}  // namespace grove::voice::conceal

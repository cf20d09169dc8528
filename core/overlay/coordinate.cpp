#include "overlay/coordinate.h"

#include <algorithm>
#include <cmath>

namespace grove::overlay {
namespace {

constexpr double kTenth = 0.1;  // ms a wire unit
// Surer than this nobody is believed to be: it bounds how hard one neighbour pulls. A guess.
constexpr double kErrorMin = 0.05;
// Forgets the usual round-trip time over some 20 samples. A guess.
constexpr double kUsualGain = 0.05;

// Plain IEEE + - * / and sqrt only: equal natively and in WASM.
double length(const std::array<double, 3>& v) { return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

std::array<double, 3> place_in_ms(const wire::Coordinate& c) {
  return {c.place[0] * kTenth, c.place[1] * kTenth, c.place[2] * kTenth};
}

std::array<double, 3> minus(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

std::int16_t rounded_place(double ms) {
  const double units = ms / kTenth;
  const double nearest = units < 0 ? units - 0.5 : units + 0.5;
  return static_cast<std::int16_t>(std::clamp(nearest, -32767.0, 32767.0));
}

}  // namespace

base::Duration distance(const wire::Coordinate& a, const wire::Coordinate& b) {
  const double ms = length(minus(place_in_ms(a), place_in_ms(b))) + (a.height + b.height) * kTenth;
  return base::Duration::us(static_cast<std::int64_t>(ms * 1000.0 + 0.5));
}

void Whereabouts::handle_rtt(const wire::Coordinate& theirs, base::Duration rtt) {
  if (rtt <= base::Duration{}) return;
  const double measured = static_cast<double>(std::min(rtt, kRttMax).in_us()) / 1000.0;
  usual_rtt_ = usual_rtt_ == 0.0 ? measured : usual_rtt_ + kUsualGain * (measured - usual_rtt_);
  // Nobody has an idea of where they are before their first measurement: only we learn that, by leaving the origin.
  const double their_error = std::clamp(theirs.error_percent / 100.0, kErrorMin, 1.0);
  const double their_height = std::max(kHeightMin, theirs.height * kTenth);

  std::array<double, 3> away = minus(place_, place_in_ms(theirs));
  const double apart = length(away);
  const double predicted = apart + height_ + their_height;

  // The paper's fig. 3: sample weight, relative error of this sample, own error, step.
  const double weight = error_ / (error_ + their_error);
  const double sample_error = std::abs(predicted - measured) / measured;
  const double gain = kErrorGain * weight;
  error_ = std::clamp(sample_error * gain + error_ * (1.0 - gain), kErrorMin, 1.0);
  const double force = kTimestep * weight * (measured - predicted);

  // §5.4: along the unit vector whose length counts both heights; a shove upwards when squeezed, down when stretched.
  if (apart < kTenth) {
    for (double& d : away) d = random_.unit() - 0.5;
    const double random_length = std::max(1e-6, length(away));
    for (double& d : away) d /= random_length;
    for (std::size_t i = 0; i < away.size(); ++i) place_[i] += force * away[i];
  } else {
    for (std::size_t i = 0; i < away.size(); ++i) place_[i] += force * away[i] / predicted;
  }
  height_ = std::max(kHeightMin, height_ + force * (height_ + their_height) / predicted);

  // Nobody lies outside of what the wire can say.
  for (double& p : place_) p = std::clamp(p, -3276.7, 3276.7);
  height_ = std::min(height_, 6553.5);
}

wire::Coordinate Whereabouts::current() const {
  wire::Coordinate c;
  for (std::size_t i = 0; i < place_.size(); ++i) c.place[i] = rounded_place(place_[i]);
  c.height = static_cast<std::uint16_t>(std::clamp(height_ / kTenth + 0.5, 1.0, 65535.0));
  c.error_percent = static_cast<std::uint8_t>(std::min(100.0, error_ * 100.0 + 0.999));  // never surer than we are
  return c;
}

bool Whereabouts::is_worth_telling(const wire::Coordinate& told) const { return has_changed(told, 1.0); }
bool Whereabouts::is_worth_adding(const wire::Coordinate& told) const { return has_changed(told, 0.25); }

bool Whereabouts::has_changed(const wire::Coordinate& told, double by) const {
  const wire::Coordinate now = current();
  const double shift = length(minus(place_in_ms(now), place_in_ms(told))) + std::abs(now.height - told.height) * kTenth;
  const bool has_moved = shift > by * std::max(10.0, usual_rtt_ * 0.2);
  // "No idea" and "some idea" are the two that change what others do. A guess.
  const bool is_surer = told.error_percent >= (1 + by) * now.error_percent && told.error_percent > 30;
  return has_moved || is_surer;
}

}  // namespace grove::overlay

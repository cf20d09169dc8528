#include "overlay/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/random.h"
#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;

// People on a plane, each behind a last mile, linked to some twelve others.
struct Plane {
  Plane(std::size_t people, std::uint64_t seed) : room(people) {
    base::Random random(seed);
    for (std::size_t i = 0; i < people; ++i) at.push_back({random.unit() * 200, random.unit() * 100, 2 + random.unit() * 20});
    for (std::size_t i = 0; i < people; ++i) {
      for (int k = 0; k < 6; ++k) {
        const std::size_t j = random.below(people);
        if (j != i) room.link(i, j, rtt(i, j));
      }
    }
  }
  Duration rtt(std::size_t i, std::size_t j) const {
    const double ms = std::hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]) + at[i][2] + at[j][2];
    return Duration::us(static_cast<std::int64_t>(ms * 1000));
  }
  void tell(std::size_t i, double error_ms, std::uint8_t percent) {
    const auto tenths = [](double ms) { return static_cast<std::int16_t>(ms * 10); };
    room.record(i).coordinate = {{tenths(at[i][0] + error_ms), tenths(at[i][1] - error_ms), 0}, static_cast<std::uint16_t>(at[i][2] * 10), percent};
  }
  double median_error_percent() const {
    const Placement placement(room.graph());
    std::vector<double> errors;
    for (std::size_t i = 0; i < at.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto [a, b] = std::pair(*room.graph().find(RoomDraw::id(i)), *room.graph().find(RoomDraw::id(j)));
        if (!placement.is_known(a) || !placement.is_known(b)) continue;
        const auto real = static_cast<double>(rtt(i, j).in_us());
        errors.push_back(100 * std::abs(static_cast<double>(placement.distance(a, b).in_us()) - real) / real);
      }
    }
    std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2), errors.end());
    return errors[errors.size() / 2];
  }

  RoomDraw room;
  std::vector<std::array<double, 3>> at;
};

TEST(Placement, measured_links_mend_what_peers_told_long_ago) {
  Plane plane(40, 1);
  for (std::size_t i = 0; i < 40; ++i) plane.tell(i, i % 2 ? 25 : -25, 20);
  EXPECT_LT(plane.median_error_percent(), 8);
}

TEST(Placement, a_newcomer_who_knows_nothing_is_placed_by_its_links_and_one_without_is_not) {
  Plane plane(40, 2);
  for (std::size_t i = 0; i < 40; ++i) plane.tell(i, 0, i < 8 ? 100 : 10);
  const Placement placement(plane.room.graph());
  for (std::size_t i = 0; i < 40; ++i) EXPECT_TRUE(placement.is_known(static_cast<Graph::Index>(i)));
  EXPECT_LT(plane.median_error_percent(), 10);

  RoomDraw lonely(10);
  for (std::size_t i = 0; i < 10; ++i) lonely.record(i).coordinate.error_percent = 100;
  EXPECT_FALSE(Placement(lonely.graph()).is_known(0));
}

}  // namespace
}  // namespace grove::overlay

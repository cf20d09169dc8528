#include "overlay/coordinate.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace grove::overlay {
namespace {

using base::Duration;

// Hosts on a plane of some 150 ms, each behind a last mile of its own: what two places and two heights can say exactly.
class Plane {
 public:
  Plane(std::size_t hosts, std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < hosts; ++i) {
      places_.push_back({random_.unit() * 150, random_.unit() * 150, 2 + random_.unit() * 30});
      peers_.emplace_back(seed + i);
    }
  }

  double rtt_ms(std::size_t a, std::size_t b) const {
    const double x = places_[a][0] - places_[b][0];
    const double y = places_[a][1] - places_[b][1];
    return std::sqrt(x * x + y * y) + places_[a][2] + places_[b][2];
  }

  // Everybody measures `neighbours` fixed others once a round.
  void measure(std::size_t rounds, std::size_t neighbours) {
    for (std::size_t round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < peers_.size(); ++i) {
        for (std::size_t k = 1; k <= neighbours; ++k) {
          const std::size_t j = (i + k * k) % peers_.size();
          if (i != j) peers_[i].handle_rtt(peers_[j].current(), Duration::us(static_cast<std::int64_t>(rtt_ms(i, j) * 1000)));
        }
      }
    }
  }

  double median_error() const {
    std::vector<double> errors;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        errors.push_back(std::abs(distance(peers_[i].current(), peers_[j].current()).in_ms() - rtt_ms(i, j)) / rtt_ms(i, j));
      }
    }
    std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2), errors.end());
    return errors[errors.size() / 2];
  }

  Whereabouts& peer(std::size_t i) { return peers_[i]; }

 private:
  base::Random random_;
  std::vector<std::array<double, 3>> places_;
  std::vector<Whereabouts> peers_;
};

TEST(Coordinate, the_distance_is_that_of_the_places_and_both_heights) {
  const wire::Coordinate a{{300, 400, 0}, 50, 10};
  const wire::Coordinate b{{0, 0, 0}, 25, 10};
  EXPECT_EQ(distance(a, b), Duration::us(57'500));
  EXPECT_EQ(distance(b, a), distance(a, b));
}

TEST(Coordinate, predicts_what_was_never_measured) {
  for (const std::size_t neighbours : {8U, 24U}) {
    Plane plane(100, neighbours);
    EXPECT_GT(plane.median_error(), 0.5);
    plane.measure(60, neighbours);
    EXPECT_LT(plane.median_error(), 0.1);
  }
}

TEST(Coordinate, knows_that_it_knows_nothing_and_then_that_it_does) {
  Plane plane(50, 5);
  EXPECT_EQ(plane.peer(0).current().error_percent, 100);
  plane.measure(60, 12);
  EXPECT_LE(plane.peer(0).current().error_percent, 30);
}

TEST(Coordinate, is_told_again_when_it_has_moved_and_not_before) {
  Plane plane(50, 7);
  const wire::Coordinate unknown = plane.peer(0).current();
  EXPECT_FALSE(plane.peer(0).is_worth_telling(unknown));
  plane.measure(60, 12);
  EXPECT_TRUE(plane.peer(0).is_worth_telling(unknown));
  const wire::Coordinate told = plane.peer(0).current();
  EXPECT_FALSE(plane.peer(0).is_worth_telling(told));
  plane.measure(5, 12);
  EXPECT_FALSE(plane.peer(0).is_worth_telling(told));
}

TEST(Coordinate, one_liar_among_many_does_not_carry_us_away) {
  Plane plane(50, 9);
  plane.measure(60, 12);
  const double before = plane.median_error();
  for (int i = 0; i < 60; ++i) {
    plane.peer(0).handle_rtt({{32'000, -32'000, 32'000}, 65'535, 0}, Duration::ms(1));
    plane.measure(1, 12);
  }
  EXPECT_LT(plane.median_error(), before + 0.1);
}

TEST(Coordinate, whatever_comes_in_what_goes_out_is_a_coordinate) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Whereabouts here(seed);
    for (int i = 0; i < 200; ++i) {
      const wire::Coordinate theirs{{*rc::gen::arbitrary<std::int16_t>(), *rc::gen::arbitrary<std::int16_t>(),
                                     *rc::gen::arbitrary<std::int16_t>()},
                                    *rc::gen::arbitrary<std::uint16_t>(),
                                    *rc::gen::arbitrary<std::uint8_t>()};
      here.handle_rtt(theirs, Duration::us(*rc::gen::inRange<std::int64_t>(-1'000, 10'000'000'000)));
      const wire::Coordinate c = here.current();
      RC_ASSERT(c.error_percent >= 1 && c.error_percent <= 100);
      RC_ASSERT(c.height >= 1);
      RC_ASSERT(distance(c, theirs) == distance(theirs, c));
      RC_ASSERT(distance(c, theirs) < Duration::s(60));
    }
  }));
}

}  // namespace
}  // namespace grove::overlay

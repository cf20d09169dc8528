#include "sim/geography.h"

#include <array>
#include <cmath>
#include <vector>

#include "sim/draw.h"

namespace grove::sim {
namespace {

struct City {
  double latitude, longitude;
  int weight;  // hosts there; a guess in the proportions of PlanetLab: two fifths America, two fifths Europe
};

constexpr std::array kCities = {
    City{40.7, -74.0, 6},  City{42.4, -71.1, 4},  City{41.9, -87.6, 4},   City{33.7, -84.4, 3},   // New York Boston Chicago Atlanta
    City{29.8, -95.4, 3},  City{39.7, -105.0, 2}, City{34.1, -118.2, 4},  City{37.8, -122.4, 5},  // Houston Denver Los Angeles San Francisco
    City{47.6, -122.3, 3}, City{43.7, -79.4, 3},  City{19.4, -99.1, 1},   City{51.5, -0.1, 4},    // Seattle Toronto Mexico London
    City{48.9, 2.4, 4},    City{40.4, -3.7, 3},   City{50.1, 8.7, 4},     City{52.5, 13.4, 3},    // Paris Madrid Frankfurt Berlin
    City{47.4, 8.5, 2},    City{41.9, 12.5, 3},   City{59.3, 18.1, 2},    City{52.2, 21.0, 3},    // Zürich Rome Stockholm Warsaw
    City{38.0, 23.7, 1},   City{41.0, 29.0, 1},   City{55.8, 37.6, 1},    City{32.1, 34.8, 1},    // Athens Istanbul Moscow Tel Aviv
    City{35.7, 139.7, 3},  City{37.6, 127.0, 2},  City{39.9, 116.4, 3},   City{31.2, 121.5, 2},   // Tokyo Seoul Beijing Shanghai
    City{22.3, 114.2, 2},  City{1.4, 103.8, 2},   City{19.1, 72.9, 2},    City{25.0, 121.6, 1},   // Hong Kong Singapore Mumbai Taipei
    City{-33.9, 151.2, 2}, City{-36.8, 174.8, 1}, City{-23.6, -46.6, 3},  City{-34.6, -58.4, 1},  // Sydney Auckland São Paulo Buenos Aires
    City{-33.9, 18.4, 1},  City{-1.3, 36.8, 1},                                                    // Cape Town Nairobi
};

constexpr double kEarthKm = 6371;
constexpr double kFibreKmPerMs = 200;  // two thirds of the speed of light in vacuum
// How much longer than the great circle a path is, log-normal, and what routers at both ends cost: fitted to the slices.
constexpr double kStretchMedian = 1.65;
constexpr double kStretchSigma = 0.4;
constexpr double kRouterMs = 8;
constexpr double kSuburbsDegrees = 1.5;  // about 160 km to each side: a guess

struct Place {
  double latitude, longitude;  // radians
};

double great_circle_km(const Place& a, const Place& b) {  // haversine
  const double north = std::sin((a.latitude - b.latitude) / 2);
  const double east = std::sin((a.longitude - b.longitude) / 2);
  const double h = north * north + std::cos(a.latitude) * std::cos(b.latitude) * east * east;
  return 2 * kEarthKm * std::asin(std::min(1.0, std::sqrt(h)));
}

}  // namespace

RttMatrix draw_geography(std::size_t hosts, base::Random& random) {
  std::vector<const City*> pool;
  for (const City& city : kCities) pool.insert(pool.end(), static_cast<std::size_t>(city.weight), &city);

  constexpr double kRadian = std::numbers::pi / 180;
  std::vector<Place> places;
  for (std::size_t i = 0; i < hosts; ++i) {
    const City& city = *pool[random.below(pool.size())];
    places.push_back({(city.latitude + draw_between(random, -kSuburbsDegrees, kSuburbsDegrees)) * kRadian,
                      (city.longitude + draw_between(random, -kSuburbsDegrees, kSuburbsDegrees)) * kRadian});
  }
  RttMatrix matrix(hosts);
  for (std::size_t a = 0; a < hosts; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double stretch = std::max(1.0, draw_log_normal(random, kStretchMedian, kStretchSigma));
      matrix.set(a, b, kRouterMs + 2 * great_circle_km(places[a], places[b]) / kFibreKmPerMs * stretch);
    }
  }
  return matrix;
}

}  // namespace grove::sim

// A few people in a world that stands still, for tests that tell checkers what happens by hand.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "sim/geography.h"
#include "sim/world.h"
#include "wire/link_message.h"

namespace grove::sim {

struct RoomForTest {
  explicit RoomForTest(std::uint32_t people = 4) : network(globe(people + 1), {}, 1), world({}, network, {people}, 1) {
    for (std::uint32_t i = 0; i < people; ++i) all.push_back(world.enter({{i}, "person " + std::to_string(i)}));
  }
  static RttMatrix globe(std::size_t hosts) {
    base::Random random(1);
    return draw_geography(hosts, random);
  }

  static Instant at_ms(std::int64_t ms) { return Instant::from_us(1'000'000 + ms * 1000); }
  const base::PeerId& id(std::size_t i) const { return world.person(all[i]).id; }

  // One copy of a frame, as the world would tell of it.
  Passage frame(std::size_t from, std::size_t to, std::size_t source, std::uint64_t counter, std::int64_t ms = 0) const {
    return {at_ms(ms), all[from], all[to], node::Channel::kVoice, kFrameBytes, FrameName{all[source], counter}};
  }
  Passage control(std::size_t from, std::size_t to, const wire::LinkMessage& message, std::int64_t ms = 0) {
    bytes.push_back(wire::encode(message));
    return {at_ms(ms), all[from], all[to], node::Channel::kControl, bytes.back(), std::nullopt};
  }

  struct Place {  // of a plan: people by their index; parent -1: the source; guardian -1: nobody
    std::size_t listener;
    int parent, guardian = -1;
    bool is_hot = false;
  };
  wire::TreePlan plan(std::size_t source, std::uint32_t epoch, std::vector<Place> places) const {
    std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) { return id(a.listener) < id(b.listener); });
    const auto seat_of = [&](int person, wire::SeatIndex otherwise) {
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (person >= 0 && places[i].listener == static_cast<std::size_t>(person)) return static_cast<wire::SeatIndex>(i);
      }
      return otherwise;
    };
    wire::TreePlan made{id(source), {1}, epoch, 0, {}};
    for (const Place& place : places) {
      made.seats.push_back({id(place.listener), seat_of(place.parent, wire::kSourceSeat), seat_of(place.guardian, wire::kNoSeat), place.is_hot});
    }
    return made;
  }

  static constexpr std::uint8_t kFrameBytes[] = {1, 0x15, 0, 0, 0, 0, 0, 0};
  Network network;
  World world;
  std::vector<PersonId> all;
  std::deque<Bytes> bytes;
};

}  // namespace grove::sim

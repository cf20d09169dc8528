// Who talks, and what a frame holds: who spoke it and which one it is, so that a forged one shows.
#include <cmath>
#include <cstring>

#include "sim/world.h"

namespace grove::sim {
namespace {

constexpr std::uint32_t kMagic = 0x47524f56;  // "GROV"

struct Stamp {
  std::uint32_t magic, source;
  std::uint64_t counter;
};

}  // namespace

void World::start_talking(PersonId id) {
  Person& person = people_[id.value];
  if (!person.is_here || person.talks) return;
  person.talks = true;
  // Microphones are not in step.
  begin_spurt(id, now_ + Duration::us(static_cast<std::int64_t>(random_.unit() * static_cast<double>(terms_.speech.frame.in_us()))));
}

void World::stop_talking(PersonId id) {
  people_[id.value].talks = false;
  ++people_[id.value].turn;
}

void World::begin_spurt(PersonId id, Instant at) {
  Person& person = people_[id.value];
  const double length = -std::log(1.0 - random_.unit()) * static_cast<double>(terms_.speech.spurt_mean.in_us());
  person.spurt_ends = at + Duration::us(static_cast<std::int64_t>(length));
  queue_.post(at, EventKind::kSpeak, id.value, ++person.turn);
}

void World::on_speak(PersonId id, std::uint32_t turn) {
  Person& person = people_[id.value];
  if (!person.is_here || person.turn != turn) return;
  const Instant next = now_ + terms_.speech.frame;
  const bool ends_spurt = next >= person.spurt_ends;
  const Bytes frame = make_frame(id);
  const Spoken spoken{now_, {id, person.frames_spoken++}, ends_spurt};
  for (auto* o : observers_) o->on_spoken(spoken);
  speaking_ = id;
  act(id, [&](node::Node& node) { node.speak(frame, ends_spurt, now_); });
  speaking_.reset();

  if (!ends_spurt) return queue_.post(next, EventKind::kSpeak, id.value, turn);
  const double pause = -std::log(1.0 - random_.unit()) * static_cast<double>(terms_.speech.pause_mean.in_us());
  // In whole frames, as the microphone's clock goes on.
  const auto frames = static_cast<std::int64_t>(pause / static_cast<double>(terms_.speech.frame.in_us()));
  begin_spurt(id, next + terms_.speech.frame * frames);
}

Bytes World::make_frame(PersonId id) {
  const std::size_t spread = terms_.speech.bytes_max - terms_.speech.bytes_min + 1;
  Bytes frame(terms_.speech.bytes_min + random_.below(spread));
  const Stamp stamp{kMagic, id.value, people_[id.value].frames_spoken};
  std::memcpy(frame.data(), &stamp, sizeof stamp);
  return frame;
}

bool World::is_genuine(base::ByteView frame, const FrameName& name) const {
  Stamp stamp{};
  if (frame.size() < sizeof stamp) return false;
  std::memcpy(&stamp, frame.data(), sizeof stamp);
  return stamp.magic == kMagic && stamp.source == name.source.value && stamp.counter == name.counter;
}

}  // namespace grove::sim

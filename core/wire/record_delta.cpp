#include "wire/record_delta.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/assert.h"
#include "wire/record_codec.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kMovedFlag = 8;  // the coordinate follows
constexpr std::size_t kStepsMax = 255;

std::uint16_t low(std::uint64_t value) { return static_cast<std::uint16_t>(value); }

// Nearer ahead than behind, of 65 536 versions. Who leaps farther hides its own news.
bool is_ahead(std::uint16_t one, std::uint16_t other) { return one != other && low(std::uint64_t{one} - other) < 0x8000; }

bool is_before(const LinkClaim& a, const LinkClaim& b) { return a.to < b.to; }

bool is_sorted_without_doubles(const std::vector<LinkClaim>& links) {
  return std::adjacent_find(links.begin(), links.end(), [](const auto& a, const auto& b) { return !is_before(a, b); }) == links.end();
}

}  // namespace

ShortId short_of(const base::PeerId& peer) {
  ShortId id;
  std::copy_n(peer.bytes.begin(), id.size(), id.begin());
  return id;
}

base::PeerId lowest_with(const ShortId& id) {
  base::PeerId peer;
  std::copy(id.begin(), id.end(), peer.bytes.begin());
  return peer;
}

RecordMark mark_of(const base::PeerId& peer, const RecordAge& age) {
  return {short_of(peer), low(age.incarnation.started_ms), low(age.version)};
}

bool is_same_run(const RecordMark& mark, const RecordAge& age) { return mark.run == low(age.incarnation.started_ms); }

bool is_same(const RecordMark& mark, const RecordAge& age) { return is_same_run(mark, age) && mark.version == low(age.version); }

bool is_newer(const RecordMark& mark, const RecordAge& than) {
  if (mark.is_none()) return false;
  return !is_same_run(mark, than) || is_ahead(mark.version, low(than.version));
}

bool is_older(const RecordMark& mark, const RecordAge& than) {
  return mark.is_none() || !is_same_run(mark, than) || is_ahead(low(than.version), mark.version);
}

std::optional<RecordDelta> delta_between(const base::PeerId& author, const SignedRecord& base, const SignedRecord& record) {
  const Record& before = base.record;
  const Record& now = record.record;
  const bool is_next = before.incarnation == now.incarnation && before.version < now.version && now.version - before.version <= kStepsMax;
  const bool is_alike = before.public_key == now.public_key && before.sending_salt == now.sending_salt && before.name == now.name;
  if (!is_next || !is_alike || !is_sorted_without_doubles(before.links) || !is_sorted_without_doubles(now.links)) return std::nullopt;

  RecordDelta delta;
  delta.base = mark_of(author, age_of(before));
  delta.steps = static_cast<std::uint8_t>(now.version - before.version);
  delta.is_muted = now.is_muted;
  delta.is_at_door = now.is_at_door;
  delta.is_leaving = now.is_leaving;
  delta.role = now.role;
  delta.copies_max = now.copies_max;
  delta.copies_at_once = now.copies_at_once;
  if (before.coordinate != now.coordinate) delta.coordinate = now.coordinate;
  auto old = before.links.begin();
  for (const LinkClaim& claim : now.links) {
    for (; old != before.links.end() && is_before(*old, claim); ++old) {
      delta.removed.push_back(static_cast<std::uint8_t>(old - before.links.begin()));
    }
    if (old == before.links.end() || old->to != claim.to) {
      delta.added.push_back(claim);
      continue;
    }
    const auto place = static_cast<std::uint8_t>(old - before.links.begin());
    if (*old != claim) delta.changed.push_back({place, claim.rtt_tenth_ms, claim.loss_percent, claim.is_wanted});
    ++old;
  }
  for (; old != before.links.end(); ++old) delta.removed.push_back(static_cast<std::uint8_t>(old - before.links.begin()));
  delta.signature = record.signature;
  return delta;
}

std::optional<SignedRecord> apply(const RecordDelta& delta, const SignedRecord& base) {
  const std::size_t links = base.record.links.size();
  if (!delta.removed.empty() && delta.removed.back() >= links) return std::nullopt;
  if (!delta.changed.empty() && delta.changed.back().claim >= links) return std::nullopt;
  if (base.record.version > UINT32_MAX - delta.steps) return std::nullopt;

  SignedRecord made = base;
  made.signature = delta.signature;
  Record& record = made.record;
  record.version += delta.steps;
  record.is_muted = delta.is_muted;
  record.is_at_door = delta.is_at_door;
  record.is_leaving = delta.is_leaving;
  record.role = delta.role;
  record.copies_max = delta.copies_max;
  record.copies_at_once = delta.copies_at_once;
  if (delta.coordinate) record.coordinate = *delta.coordinate;
  for (const RecordDelta::Changed& changed : delta.changed) {
    LinkClaim& claim = record.links[changed.claim];
    claim = {claim.to, changed.rtt_tenth_ms, changed.loss_percent, changed.is_wanted};
  }
  std::vector<LinkClaim> kept;
  auto removed = delta.removed.begin();
  for (std::size_t i = 0; i < links; ++i) {
    if (removed != delta.removed.end() && *removed == i) {
      ++removed;
    } else {
      kept.push_back(record.links[i]);
    }
  }
  record.links.clear();
  std::merge(kept.begin(), kept.end(), delta.added.begin(), delta.added.end(), std::back_inserter(record.links), is_before);
  if (record.links.size() > kLinksMax) return std::nullopt;
  return made;
}

base::Bytes encode(const RecordDelta& delta) {
  GROVE_ASSERT(delta.steps > 0 && delta.removed.size() <= kLinksMax && delta.changed.size() <= kLinksMax && delta.added.size() <= kLinksMax);
  Writer writer(93 + delta.removed.size() + delta.changed.size() * 4 + delta.added.size() * 19);
  writer.bytes(delta.base.peer).u16(delta.base.run).u16(delta.base.version).u8(delta.steps);
  writer.u8(static_cast<std::uint8_t>((delta.is_muted ? kMutedFlag : 0) | (delta.is_at_door ? kAtDoorFlag : 0) |
                                      (delta.is_leaving ? kLeavingFlag : 0) | (delta.coordinate ? kMovedFlag : 0)));
  writer.u8(static_cast<std::uint8_t>(delta.role)).u8(delta.copies_max).u8(delta.copies_at_once);
  if (delta.coordinate) write(writer, *delta.coordinate);
  writer.u8(static_cast<std::uint8_t>(delta.removed.size())).bytes(delta.removed);
  writer.u8(static_cast<std::uint8_t>(delta.changed.size()));
  for (const RecordDelta::Changed& c : delta.changed) {
    writer.u8(c.claim).u16(c.rtt_tenth_ms).u8(loss_and_wanted(c.loss_percent, c.is_wanted));
  }
  writer.u8(static_cast<std::uint8_t>(delta.added.size()));
  for (const LinkClaim& claim : delta.added) write(writer, claim);
  return writer.bytes(delta.signature).take();
}

base::Result<RecordDelta> decode_delta(base::ByteView bytes) {
  Reader reader(bytes);
  RecordDelta delta;
  delta.base = {reader.array<8>(), reader.u16(), reader.u16()};
  delta.steps = reader.u8();
  const std::uint8_t flags = reader.u8();
  const std::uint8_t role = reader.u8();
  delta.copies_max = reader.u8();
  delta.copies_at_once = reader.u8();
  if (flags & kMovedFlag) delta.coordinate = read_coordinate(reader);
  delta.removed = base::to_bytes(reader.bytes(reader.u8()));
  const std::size_t changed = reader.u8();
  for (std::size_t i = 0; i < changed && !reader.has_failed(); ++i) {
    RecordDelta::Changed c{reader.u8(), reader.u16()};
    const std::uint8_t bits = reader.u8();
    c.loss_percent = loss_of(bits);
    c.is_wanted = is_wanted_of(bits);
    delta.changed.push_back(c);
  }
  const std::size_t added = reader.u8();
  for (std::size_t i = 0; i < added && !reader.has_failed(); ++i) delta.added.push_back(read_claim(reader));
  delta.signature = reader.array<kSignatureBytes>();

  if (!reader.is_done()) return base::Refusal{"delta: wrong length"};
  if (delta.steps == 0) return base::Refusal{"delta: changes no version"};
  if (flags & ~(kMutedFlag | kAtDoorFlag | kLeavingFlag | kMovedFlag)) return base::Refusal{"delta: unknown flags"};
  if (role > static_cast<std::uint8_t>(Role::kMetered)) return base::Refusal{"delta: unknown role"};
  if (delta.coordinate && delta.coordinate->error_percent > 100) return base::Refusal{"delta: more than 100 % error"};
  if (std::max({delta.removed.size(), changed, added}) > kLinksMax) return base::Refusal{"delta: too many links"};
  const auto is_lossy = [](const auto& claim) { return claim.loss_percent > 100; };
  if (std::any_of(delta.changed.begin(), delta.changed.end(), is_lossy) || std::any_of(delta.added.begin(), delta.added.end(), is_lossy)) {
    return base::Refusal{"delta: more than 100 % loss"};
  }
  const bool is_in_order =
      std::adjacent_find(delta.removed.begin(), delta.removed.end(), std::greater_equal<>()) == delta.removed.end() &&
      std::adjacent_find(delta.changed.begin(), delta.changed.end(), [](const auto& a, const auto& b) { return a.claim >= b.claim; }) ==
          delta.changed.end() &&
      is_sorted_without_doubles(delta.added);
  if (!is_in_order) return base::Refusal{"delta: not in order"};
  delta.is_muted = (flags & kMutedFlag) != 0;
  delta.is_at_door = (flags & kAtDoorFlag) != 0;
  delta.is_leaving = (flags & kLeavingFlag) != 0;
  delta.role = static_cast<Role>(role);
  return delta;
}

}  // namespace grove::wire

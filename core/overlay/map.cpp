#include "overlay/map.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace grove::overlay {
namespace {

struct Fnv {  // FNV-1a
  std::uint64_t value = 0xcbf29ce484222325U;

  void mix(std::uint8_t byte) { value = (value ^ byte) * 0x100000001b3U; }
  void mix(std::uint64_t word) {
    for (int i = 0; i < 8; ++i) mix(static_cast<std::uint8_t>(word >> (8 * i)));
  }
  void mix(const base::PeerId& peer, const wire::RecordAge& age) {
    for (const std::uint8_t byte : peer.bytes) mix(byte);
    mix(age.incarnation.started_ms);
    mix(std::uint64_t{age.version});
  }
};

}  // namespace

Map::Merged Map::merge(const base::PeerId& peer, const wire::SignedRecord& record, base::Instant now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end()) {
    if (entries_.size() >= kRecordsMax) return Merged::kFull;
    entries_.emplace(peer, Entry{record, now});
    return Merged::kNews;
  }
  if (age_of(record.record) <= age_of(known->second.record.record)) return Merged::kKnown;
  Entry& entry = known->second;
  if (entry.record.record.incarnation != record.record.incarnation) {
    entry.before.clear();
  } else {
    if (entry.before.size() >= kBeforeMax) entry.before.erase(entry.before.begin());
    entry.before.push_back(std::move(entry.record));
  }
  entry.record = record;
  return Merged::kNews;
}

const wire::SignedRecord* Map::find(const base::PeerId& peer) const {
  const auto entry = entries_.find(peer);
  return entry == entries_.end() ? nullptr : &entry->second.record;
}

std::optional<base::PeerId> Map::find(const wire::ShortId& peer) const {
  const auto first = entries_.lower_bound(wire::lowest_with(peer));
  const auto begins_so = [&](auto entry) { return entry != entries_.end() && wire::short_of(entry->first) == peer; };
  if (!begins_so(first) || begins_so(std::next(first))) return std::nullopt;
  return first->first;
}

const wire::SignedRecord* Map::before(const base::PeerId& peer) const {
  const auto entry = entries_.find(peer);
  return entry == entries_.end() || entry->second.before.empty() ? nullptr : &entry->second.before.back();
}

const wire::SignedRecord* Map::find(const base::PeerId& peer, const wire::RecordMark& mark) const {
  const auto entry = entries_.find(peer);
  if (entry == entries_.end()) return nullptr;
  if (is_same(mark, age_of(entry->second.record.record))) return &entry->second.record;
  for (const auto& before : entry->second.before) {
    if (is_same(mark, age_of(before.record))) return &before;
  }
  return nullptr;
}

bool Map::are_linked(const base::PeerId& a, const base::PeerId& b) const {
  const auto* record_a = find(a);
  const auto* record_b = find(b);
  return record_a && record_b && record_a->record.claim_of(b) && record_b->record.claim_of(a);
}

std::vector<std::pair<base::PeerId, const wire::SignedRecord*>> Map::records() const {
  std::vector<std::pair<base::PeerId, const wire::SignedRecord*>> records;
  records.reserve(entries_.size());
  for (const auto& [peer, entry] : entries_) records.emplace_back(peer, &entry.record);
  return records;
}

// A hash that somebody forced to be equal would hide news from two peers until the next change, no more.
std::uint64_t Map::hash() const {
  Fnv hash;
  for (const auto& [peer, age] : ages_of_component(self_)) hash.mix(peer, age);
  return hash.value;
}

wire::MapHashes Map::hashes(const base::PeerId& joined_to) const {
  std::array<Fnv, wire::kMapParts> parts;
  for (const auto& [peer, age] : ages_of_component(joined_to)) parts[wire::part_of(wire::short_of(peer))].mix(peer, age);
  wire::MapHashes hashes;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    hashes.parts[i] = static_cast<std::uint32_t>(parts[i].value ^ (parts[i].value >> 32));
  }
  return hashes;
}

wire::Digest Map::digest(std::uint16_t parts, const base::PeerId& joined_to) const {
  static_assert(kRecordsMax <= wire::kMarksMax);
  wire::Digest digest{parts, {}};
  for (const auto& [peer, age] : ages_of_component(joined_to)) {
    const auto mark = wire::mark_of(peer, age);
    if (parts >> wire::part_of(mark.peer) & 1) digest.marks.push_back(mark);
  }
  return digest;
}

bool Map::is_past_life(const base::PeerId& peer, const wire::RecordMark& mark) const {
  const auto* known = find(peer);
  if (!known || !known->record.is_leaving) return false;
  const wire::RecordAge last = age_of(known->record);
  return wire::is_same_run(mark, last) && wire::is_older(mark, last);  // of another run a mark does not tell which is later
}

std::vector<Map::Better> Map::newer_than(const wire::Digest& theirs) const {
  std::map<wire::ShortId, wire::RecordMark> known;
  for (const auto& mark : theirs.marks) known[mark.peer] = mark;
  std::vector<Better> newer;
  for (const auto& [peer, age] : ages_of_component(self_)) {
    const wire::ShortId id = wire::short_of(peer);
    if (!(theirs.parts >> wire::part_of(id) & 1)) continue;
    const auto their = known.find(id);
    const wire::RecordMark mark = their == known.end() ? wire::RecordMark{id} : their->second;
    if (wire::is_older(mark, age)) newer.push_back({peer, mark});
  }
  return newer;
}

std::vector<base::PeerId> Map::forget_unreachable(const std::vector<base::PeerId>& kept, base::Instant now) {
  std::set<base::PeerId> roots(kept.begin(), kept.end());
  roots.insert(self_);
  const std::set<base::PeerId> reached = reached_from(std::move(roots));
  const std::set<base::PeerId> claimed = claimed_by(reached_from({self_}));
  std::vector<base::PeerId> forgotten;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (reached.contains(entry->first)) entry->second.last_reachable = now;
    if (entry->second.record.record.is_leaving && claimed.contains(entry->first)) entry->second.last_reachable = now;
    const bool is_gone = now - entry->second.last_reachable > kForgetAfter;
    if (is_gone) forgotten.push_back(entry->first);
    entry = is_gone ? entries_.erase(entry) : std::next(entry);
  }
  return forgotten;
}

std::set<base::PeerId> Map::reached_from(std::set<base::PeerId> reached) const {
  std::vector<base::PeerId> frontier(reached.begin(), reached.end());
  while (!frontier.empty()) {
    const base::PeerId peer = frontier.back();
    frontier.pop_back();
    const auto* record = find(peer);
    if (!record) continue;
    for (const auto& link : record->record.links) {
      if (reached.contains(link.to) || !are_linked(peer, link.to)) continue;
      reached.insert(link.to);
      frontier.push_back(link.to);
    }
  }
  return reached;
}

std::set<base::PeerId> Map::claimed_by(const std::set<base::PeerId>& peers) const {
  std::set<base::PeerId> claimed;
  for (const base::PeerId& peer : peers) {
    const auto* record = find(peer);
    if (!record) continue;
    for (const auto& link : record->record.links) claimed.insert(link.to);
  }
  return claimed;
}

std::vector<std::pair<base::PeerId, wire::RecordAge>> Map::ages_of_component(const base::PeerId& of) const {
  std::vector<std::pair<base::PeerId, wire::RecordAge>> ages;
  for (const base::PeerId& peer : reached_from({of})) {
    if (const auto* record = find(peer)) ages.emplace_back(peer, age_of(record->record));
  }
  return ages;
}

}  // namespace grove::overlay

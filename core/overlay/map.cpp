#include "overlay/map.h"

#include <algorithm>
#include <set>

namespace grove::overlay {

Map::Merged Map::merge(const base::PeerId& peer, const wire::SignedRecord& record, base::Instant now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end()) {
    if (entries_.size() >= kRecordsMax) return Merged::kFull;
    entries_.emplace(peer, Entry{record, now});
    return Merged::kNews;
  }
  if (age_of(record.record) <= age_of(known->second.record.record)) return Merged::kKnown;
  known->second.record = record;
  return Merged::kNews;
}

const wire::SignedRecord* Map::find(const base::PeerId& peer) const {
  const auto entry = entries_.find(peer);
  return entry == entries_.end() ? nullptr : &entry->second.record;
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

// FNV-1a. A hash that somebody forced to be equal would hide news from two peers until the next change, no more.
std::uint64_t Map::hash() const {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&](std::uint64_t word) {
    for (int i = 0; i < 8; ++i) hash = (hash ^ ((word >> (8 * i)) & 0xff)) * 0x100000001b3U;
  };
  for (const auto& [peer, age] : ages_of_component()) {
    for (const std::uint8_t byte : peer.bytes) hash = (hash ^ byte) * 0x100000001b3U;
    mix(age.incarnation.started_ms);
    mix(age.version);
  }
  return hash;
}

wire::Digest Map::digest() const {
  static_assert(kRecordsMax <= wire::kDigestMax);
  return {hash(), true, ages_of_component()};
}

std::vector<wire::SignedRecord> Map::newer_than(const wire::Digest& theirs) const {
  std::map<base::PeerId, wire::RecordAge> known;
  for (const auto& entry : theirs.entries) known[entry.peer] = entry.age;
  std::vector<wire::SignedRecord> newer;
  for (const auto& [peer, age] : ages_of_component()) {
    const auto their = known.find(peer);
    if (their == known.end() || their->second < age) newer.push_back(entries_.at(peer).record);
  }
  return newer;
}

std::vector<base::PeerId> Map::forget_unreachable(const std::vector<base::PeerId>& kept, base::Instant now) {
  std::set<base::PeerId> reached = reached_from({kept.begin(), kept.end()});
  std::vector<base::PeerId> forgotten;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (reached.contains(entry->first)) entry->second.last_reachable = now;
    const bool is_gone = now - entry->second.last_reachable > kForgetAfter;
    if (is_gone) forgotten.push_back(entry->first);
    entry = is_gone ? entries_.erase(entry) : std::next(entry);
  }
  return forgotten;
}

std::set<base::PeerId> Map::reached_from(std::set<base::PeerId> reached) const {
  reached.insert(self_);
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

std::vector<wire::DigestEntry> Map::ages_of_component() const {
  std::vector<wire::DigestEntry> ages;
  for (const base::PeerId& peer : reached_from({})) {
    if (const auto* record = find(peer)) ages.push_back({peer, age_of(record->record)});
  }
  return ages;
}

}  // namespace grove::overlay

// What a peer knows of the room: everybody's link record, last writer wins on (incarnation, version). Records come in
// verified; this folder knows no keys.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "wire/gossip_message.h"
#include "wire/record.h"

namespace grove::overlay {

class Map {
 public:
  // Sum of parts: the largest room (250) and as many who have just left.
  static constexpr std::size_t kRecordsMax = 500;
  // Of those whom we have not met, told by others: the largest room. Identities cost nothing, so somebody may invent as
  // many as we take; the rest is for those who come to us themselves.
  static constexpr std::size_t kHearsayMax = 250;
  // Records of the same run before the newest, to make deltas from and for: a change a second, and news travel faster. A guess.
  static constexpr std::size_t kBeforeMax = 3;
  // How long a record outlives its last path to us: two digest periods, so that gossip can mend a gap.
  static constexpr base::Duration kForgetAfter = base::Duration::s(10);

  explicit Map(const base::PeerId& self) : self_(self) {}

  enum class Merged { kNews, kKnown, kFull };
  Merged merge(const base::PeerId& peer, const wire::SignedRecord& record, base::Instant now);

  const wire::SignedRecord* find(const base::PeerId& peer) const;
  // Whose id begins like this; nobody if two do.
  std::optional<base::PeerId> find(const wire::ShortId& peer) const;

  // The record that this one followed here, for those who may still have it; and any that is kept, by its mark.
  const wire::SignedRecord* before(const base::PeerId& peer) const;
  const wire::SignedRecord* find(const base::PeerId& peer, const wire::RecordMark& mark) const;

  // Both list each other. One-sided claims do not count.
  bool are_linked(const base::PeerId& a, const base::PeerId& b) const;

  // A chain of links joins us to this peer.
  bool has_in_reach(const base::PeerId& peer) const { return are_joined(self_, peer); }
  bool are_joined(const base::PeerId& a, const base::PeerId& b) const { return reached_from({a}).contains(b); }

  // Whoever tells of this has missed that peer's last word, which we have. Others may still claim links to it (a large room
  // tells that late), and with them its old record would make it rise from the dead.
  bool is_past_life(const base::PeerId& peer, const wire::RecordMark& mark) const;

  // Everybody's, sorted by id.
  std::vector<std::pair<base::PeerId, const wire::SignedRecord*>> records() const;

  // These four are of those alone whom a chain of links joins to us: what one has forgotten and another not yet would
  // otherwise go round for ever.
  // Equal for equal maps: over every (peer, incarnation, version).
  std::uint64_t hash() const;
  wire::MapHashes hashes() const { return hashes(self_); }
  wire::Digest digest(std::uint16_t parts) const { return digest(parts, self_); }
  // The same of those whom a chain of links joins to somebody else.
  wire::MapHashes hashes(const base::PeerId& joined_to) const;
  wire::Digest digest(std::uint16_t parts, const base::PeerId& joined_to) const;
  // What I know better than whoever sent this digest, and what they have of it.
  struct Better {
    base::PeerId peer;
    wire::RecordMark theirs;  // or none
  };
  std::vector<Better> newer_than(const wire::Digest& theirs) const;

  // Drops the records that no chain of links has joined to us for kForgetAfter, except those of `kept`, and last words of whom
  // somebody still claims a link to. Says whose.
  std::vector<base::PeerId> forget_unreachable(const std::vector<base::PeerId>& kept, base::Instant now);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    wire::SignedRecord record;
    base::Instant last_reachable;
    std::vector<wire::SignedRecord> before{};  // oldest first, at most kBeforeMax
  };

  std::set<base::PeerId> reached_from(std::set<base::PeerId> reached) const;
  std::set<base::PeerId> claimed_by(const std::set<base::PeerId>& peers) const;
  std::vector<std::pair<base::PeerId, wire::RecordAge>> ages_of_component(const base::PeerId& of) const;  // sorted by peer

  base::PeerId self_;
  std::map<base::PeerId, Entry> entries_;
};

}  // namespace grove::overlay

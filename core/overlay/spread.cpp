#include "overlay/spread.h"

#include <algorithm>

namespace grove::overlay {
namespace {

// splitmix64's last steps: spreads what the ids have of chance.
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint64_t word_of(const base::PeerId& peer) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{peer.bytes[i]} << (8 * i);
  return word;
}

}  // namespace

Spread::Spread(const Map& map, const base::PeerId& self, const base::PeerId& author, const wire::Record& record)
    : map_(map), self_(self), author_(author), draw_(mixed(word_of(author) + record.version)) {
  for (const wire::LinkClaim& claim : record.links) authors_own_.push_back(claim.to);
  std::sort(authors_own_.begin(), authors_own_.end());
}

bool Spread::is_linked_to_author(const base::PeerId& peer) const {
  return std::binary_search(authors_own_.begin(), authors_own_.end(), peer);
}

Spread::Telling Spread::telling(const base::PeerId& neighbour) const {
  if (neighbour == author_ || is_linked_to_author(neighbour)) return Telling::kNothing;
  const auto* theirs = map_.find(neighbour);
  if (!theirs) return Telling::kAnnounce;
  // Those two steps from the author have it from one who is linked to both; beyond, any neighbour may be the one that has it.
  const auto& links = theirs->record.links;
  const bool is_near = std::any_of(links.begin(), links.end(), [&](const auto& claim) { return is_linked_to_author(claim.to); });
  if (is_near && !is_linked_to_author(self_)) return Telling::kNothing;

  const std::uint64_t draw = mixed(draw_ ^ word_of(neighbour));
  const std::uint64_t ours = mixed(draw ^ word_of(self_));
  std::size_t before_us = 0;
  for (const wire::LinkClaim& claim : links) {
    if (claim.to == self_ || (is_near && !is_linked_to_author(claim.to))) continue;
    before_us += mixed(draw ^ word_of(claim.to)) < ours;
  }
  if (before_us > 1) return Telling::kNothing;
  return before_us == 0 && is_near ? Telling::kBody : Telling::kAnnounce;
}

}  // namespace grove::overlay

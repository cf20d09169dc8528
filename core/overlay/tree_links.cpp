#include "overlay/tree_links.h"

#include <algorithm>

#include "overlay/link_choice.h"

namespace grove::overlay {

bool TreeLinks::is_due(std::size_t people, std::uint8_t error_percent, base::Instant now) {
  if (began_.is_never()) {
    began_ = now;
    due_ = now + kUnsureFor;
  }
  const std::size_t changed = people > people_at_look_ ? people - people_at_look_ : people_at_look_ - people;
  if (changed * 100 >= std::max<std::size_t>(1, people_at_look_) * kChangedPercent && people != people_) {
    if (stale_since_.is_never()) stale_since_ = now;
    due_ = std::min(now + kCalmFor, stale_since_ + kStaleMax) + between(kCalmFor);
    pause_ = kPauseFirst;
  }
  people_ = people;
  const bool knows_its_place = error_percent <= kUnsurePercent || now - began_ >= kUnsureFor;
  return knows_its_place && now >= due_;
}

void TreeLinks::look(const Graph& room, PlanInput input, base::Instant now) {
  const Graph all = room.completed(pause_ <= kPauseFirst * 4 ? kPriceAtFirst : kPriceLater);
  peers_.clear();
  input.copies_max = std::min(input.copies_max, kChildren);
  for (const wire::Seat& seat : plan_tree(all, input).seats) {
    if (seat.parent == wire::kSourceSeat) want(seat.listener);
  }
  // Always the same others, as long as they are here.
  std::vector<std::pair<std::uint64_t, Graph::Index>> others;
  for (Graph::Index i = 0; i < all.size(); ++i) {
    if (all.peer(i).id != input.source) others.emplace_back(pair_hash(input.source, all.peer(i).id), i);
  }
  const std::size_t trees = std::min(kTreesOfOthers, others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(trees), others.end());
  const base::PeerId self = input.source;
  for (std::size_t i = 0; i < trees; ++i) {
    const Graph::Peer& source = all.peer(others[i].second);
    input.source = source.id;
    input.copies_max = source.copies_max;
    const std::vector<wire::Seat> seats = plan_tree(all, input).seats;
    const auto ours = std::find_if(seats.begin(), seats.end(), [&](const wire::Seat& seat) { return seat.listener == self; });
    if (ours != seats.end() && ours->parent != wire::kSourceSeat) want(seats[ours->parent].listener);
  }
  people_at_look_ = people_;
  stale_since_ = base::Instant::never();
  due_ = now + pause_ * 3 / 4 + between(pause_ / 2);
  pause_ = std::min(pause_ * 4, kPauseMax);
}

void TreeLinks::want(const base::PeerId& peer) {
  const auto place = std::lower_bound(peers_.begin(), peers_.end(), peer);
  if (place == peers_.end() || *place != peer) peers_.insert(place, peer);
}

base::Duration TreeLinks::between(base::Duration most) {
  return base::Duration::us(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.in_us()))));
}

}  // namespace grove::overlay

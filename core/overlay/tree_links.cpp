#include "overlay/tree_links.h"

#include <algorithm>
#include <utility>

#include "overlay/link_choice.h"

namespace grove::overlay {
namespace {

// Always the same, as long as they are here.
std::vector<base::PeerId> sources_of_others(const Graph& all, const base::PeerId& self) {
  std::vector<std::pair<std::uint64_t, base::PeerId>> others;
  for (Graph::Index i = 0; i < all.size(); ++i) {
    if (all.peer(i).id != self) others.emplace_back(pair_hash(self, all.peer(i).id), all.peer(i).id);
  }
  const std::size_t count = std::min(TreeLinks::kTreesOfOthers, others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(count), others.end());
  std::vector<base::PeerId> sources;
  for (std::size_t i = 0; i < count; ++i) sources.push_back(others[i].second);
  return sources;
}

}  // namespace

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
    plans_made_ = 0;
    found_.clear();
  }
  people_ = people;
  const bool knows_its_place = error_percent <= kUnsurePercent || now - began_ >= kUnsureFor;
  if (!knows_its_place) due_ = std::max(due_, now + kAskAgain);
  return now >= due_;
}

bool TreeLinks::look(const Graph& room, PlanInput input, base::Instant now) {
  input.failure_price = kPredictedFailurePrice;
  // Links outlast whoever speaks now.
  input.carried.clear();
  input.ours.clear();
  input.other_voices = input.copies_at_once = 0;
  const Graph all = room.completed(pause_ == kPauseFirst ? kPriceAtFirst : kPriceLater);
  const std::vector<base::PeerId> sources = sources_of_others(all, input.source);
  if (plans_made_ == 0) {
    want_our_children(all, std::move(input));
  } else if (plans_made_ <= sources.size()) {
    want_our_parent(all, std::move(input), sources[plans_made_ - 1]);
  }
  if (++plans_made_ <= sources.size()) {
    due_ = now + kBetweenPlans;
    return false;
  }
  peers_ = std::exchange(found_, {});
  plans_made_ = 0;
  people_at_look_ = people_;
  stale_since_ = base::Instant::never();
  due_ = now + pause_ * 3 / 4 + between(pause_ / 2);
  pause_ = std::min(pause_ * 4, kPauseMax);
  return true;
}

void TreeLinks::want_our_children(const Graph& all, PlanInput input) {
  input.copies_max = std::min(input.copies_max, kChildren);
  for (const wire::Seat& seat : plan_tree(all, input).seats) {
    if (seat.parent == wire::kSourceSeat) want(seat.listener);
  }
}

void TreeLinks::want_our_parent(const Graph& all, PlanInput input, const base::PeerId& source) {
  const base::PeerId self = std::exchange(input.source, source);
  input.copies_max = all.peer(*all.find(source)).copies_max;
  const std::vector<wire::Seat> seats = plan_tree(all, input).seats;
  const auto ours = std::find_if(seats.begin(), seats.end(), [&](const wire::Seat& seat) { return seat.listener == self; });
  if (ours != seats.end() && ours->parent != wire::kSourceSeat) want(seats[ours->parent].listener);
}

void TreeLinks::want(const base::PeerId& peer) {
  const auto place = std::lower_bound(found_.begin(), found_.end(), peer);
  if (place == found_.end() || *place != peer) found_.insert(place, peer);
}

base::Duration TreeLinks::between(base::Duration most) {
  return base::Duration::us(static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(most.in_us()))));
}

}  // namespace grove::overlay

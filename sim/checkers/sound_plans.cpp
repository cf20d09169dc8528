#include "sim/checkers/sound_plans.h"

#include <algorithm>
#include <map>

namespace grove::sim {
namespace {

const node::RoomView::Peer* find(const node::RoomView& view, const base::PeerId& id) {
  const auto peer = std::find_if(view.peers.begin(), view.peers.end(), [&](const auto& p) { return p.id == id; });
  return peer == view.peers.end() ? nullptr : &*peer;
}

bool lists(const node::RoomView& view, const node::RoomView::Peer& peer, const base::PeerId& other) {
  return std::any_of(peer.links.begin(), peer.links.end(), [&](const auto& link) { return view.peers[link.to].id == other; });
}

}  // namespace

void SoundPlans::on_sent(const Passage& passage) {
  if (plans_.unreadable() > unreadable_) {
    unreadable_ = plans_.unreadable();
    violated(passage.at, name(passage.from) + " publishes a plan that is no tree");
  }
  for (; seen_ < plans_.published().size(); ++seen_) {
    const auto& published = plans_.published()[seen_];
    if (!world_.is_here(published.source)) continue;
    const std::string wrong = flaw(published.plan, world_.person(published.source).node->view());
    if (!wrong.empty()) violated(passage.at, "epoch " + std::to_string(published.plan.epoch) + " of " + name(published.source) + " " + wrong);
  }
}

std::string SoundPlans::flaw(const wire::TreePlan& plan, const node::RoomView& view) {
  std::map<base::PeerId, std::uint32_t> children;
  for (const wire::Seat& seat : plan.seats) {
    if (seat.listener == plan.source) return "seats the source itself";
    if (seat.parent != wire::kSourceSeat && seat.parent >= plan.seats.size()) return "names a parent without a seat";
    // Rooted and acyclic: from every seat the source is reached within as many steps as there are seats.
    wire::SeatIndex at = seat.parent;
    for (std::size_t steps = 0; at != wire::kSourceSeat; at = plan.seats[at].parent) {
      if (++steps > plan.seats.size()) return "has a ring of parents";
      if (plan.seats[at].parent != wire::kSourceSeat && plan.seats[at].parent >= plan.seats.size()) return "names a parent without a seat";
    }
    const base::PeerId& parent = plan.peer_at(seat.parent);
    ++children[parent];
    // The source's own edges aside: it sends over links whose other end may not have said so yet.
    if (parent == plan.source) continue;
    const auto* upper = find(view, parent);
    const auto* lower = find(view, seat.listener);
    if (!upper || !lower) return "seats somebody whom its source does not know";
    if (!lists(view, *upper, seat.listener) || !lists(view, *lower, parent)) return "uses a link that not both ends advertise";
  }
  for (const auto& [parent, count] : children) {
    if (parent == plan.source) continue;  // leftovers go to the source beyond its budget (DESIGN §4)
    const auto* peer = find(view, parent);
    if (peer && count > peer->copies_max) {
      return "gives a relay " + std::to_string(count) + " children, who can serve " + std::to_string(peer->copies_max);
    }
  }
  return "";
}

}  // namespace grove::sim

#include "sim/checkers/sound_plans.h"

#include <algorithm>

namespace grove::sim {
namespace {

// A plan and what its source knows of the room, for questions about both.
class Looked {
 public:
  Looked(const wire::TreePlan& plan, const node::RoomView& view, const std::set<base::PeerId>& deaf) : plan_(plan), view_(view), deaf_(deaf) {
    for (const wire::Seat& seat : plan.seats) ++children_[plan.peer_at(seat.parent)];
  }

  bool knows(const base::PeerId& peer) const { return find(peer); }
  bool are_linked(const base::PeerId& a, const base::PeerId& b) const { return lists(a, b) && lists(b, a); }

  std::uint32_t budget(const base::PeerId& peer) const {
    const auto* known = find(peer);
    if (!known) return 0;
    const std::uint32_t copies = known->copies_max;
    return known->role == wire::Role::kDesktop ? copies : std::min(copies, SoundPlans::kLeafCopiesMax);
  }
  std::uint32_t children(const base::PeerId& peer) const {
    const auto known = children_.find(peer);
    return known == children_.end() ? 0 : known->second;
  }
  const std::map<base::PeerId, std::uint32_t>& parents() const { return children_; }

  // Somebody else who could serve this listener as the plan stands: the source, who may go beyond its budget, or whoever
  // has room and does not hang below the listener.
  bool could_hang_elsewhere(const wire::Seat& seat) const {
    if (are_linked(seat.listener, plan_.source)) return true;
    return std::any_of(plan_.seats.begin(), plan_.seats.end(), [&](const wire::Seat& other) {
      const base::PeerId& to = other.listener;
      return to != plan_.peer_at(seat.parent) && !deaf_.contains(to) && children(to) < budget(to) && are_linked(seat.listener, to) && !is_below(other, seat);
    });
  }

 private:
  const node::RoomView::Peer* find(const base::PeerId& id) const {
    const auto peer = std::find_if(view_.peers.begin(), view_.peers.end(), [&](const auto& p) { return p.id == id; });
    return peer == view_.peers.end() ? nullptr : &*peer;
  }
  bool lists(const base::PeerId& peer, const base::PeerId& other) const {
    const auto* known = find(peer);
    return known && std::any_of(known->links.begin(), known->links.end(), [&](const auto& link) { return view_.peers[link.to].id == other; });
  }
  bool is_below(const wire::Seat& lower, const wire::Seat& upper) const {
    const wire::Seat* at = &lower;
    while (at->listener != upper.listener && at->parent != wire::kSourceSeat) at = &plan_.seats[at->parent];
    return at->listener == upper.listener;
  }

  const wire::TreePlan& plan_;
  const node::RoomView& view_;
  const std::set<base::PeerId>& deaf_;
  std::map<base::PeerId, std::uint32_t> children_;
};

}  // namespace

void SoundPlans::on_sent(const Passage& passage) {
  if (plans_.unreadable() > unreadable_) {
    unreadable_ = plans_.unreadable();
    violated(passage.at, name(passage.from) + " publishes a plan that is no tree");
  }
  for (; seen_ < plans_.published().size(); ++seen_) {
    const auto& published = plans_.published()[seen_];
    if (!world_.is_here(published.source)) continue;
    const std::string wrong = flaw(published.plan, world_.person(published.source).node->view(), blockers_of(published.plan, published.source));
    if (!wrong.empty()) violated(passage.at, "epoch " + std::to_string(published.plan.epoch) + " of " + name(published.source) + " " + wrong);
  }
}

// Of whom the source must have heard that they are.
std::set<base::PeerId> SoundPlans::blockers_of(const wire::TreePlan& plan, PersonId source) const {
  std::set<base::PeerId> blockers;
  if (blocks_.is_empty()) return blockers;
  for (const wire::Seat& seat : plan.seats) {
    const auto listener = world_.person_of(seat.listener);
    if (listener && blocks_.must_be_quiet(*listener, source, world_.now())) blockers.insert(seat.listener);
  }
  return blockers;
}

std::string SoundPlans::flaw(const wire::TreePlan& plan, const node::RoomView& view, const std::set<base::PeerId>& deaf) {
  for (const wire::Seat& seat : plan.seats) {
    if (seat.listener == plan.source) return "seats the source itself";
    if (seat.parent != wire::kSourceSeat && seat.parent >= plan.seats.size()) return "names a parent without a seat";
    // Rooted and acyclic: from every seat the source is reached within as many steps as there are seats.
    wire::SeatIndex at = seat.parent;
    for (std::size_t steps = 0; at != wire::kSourceSeat; at = plan.seats[at].parent) {
      if (++steps > plan.seats.size()) return "has a ring of parents";
      if (plan.seats[at].parent != wire::kSourceSeat && plan.seats[at].parent >= plan.seats.size()) return "names a parent without a seat";
    }
  }
  const Looked room(plan, view, deaf);
  for (const wire::Seat& seat : plan.seats) {
    const base::PeerId& parent = plan.peer_at(seat.parent);
    // The source's own edges aside: it sends over links whose other end may not have said so yet.
    if (parent == plan.source) continue;
    if (deaf.contains(parent)) return "hangs somebody below one who gets nothing";
    if (!room.knows(parent) || !room.knows(seat.listener)) return "seats somebody whom its source does not know";
    if (!room.are_linked(parent, seat.listener)) return "uses a link that not both ends advertise";
  }
  for (const auto& [parent, count] : room.parents()) {
    const std::uint32_t budget = room.budget(parent);
    if (parent == plan.source || count <= budget) continue;  // leftovers go to the source beyond its budget (DESIGN §4)
    const std::string what = "gives a relay " + std::to_string(count) + " children, who can serve " + std::to_string(budget);
    if (count > budget + kLeftoversBeyond) return what;
    const auto seat = std::find_if(plan.seats.begin(), plan.seats.end(), [&, relay = parent](const wire::Seat& s) {
      return plan.peer_at(s.parent) == relay && room.could_hang_elsewhere(s);
    });
    if (seat != plan.seats.end()) return what + ", though another could serve one of them";
  }
  return "";
}

}  // namespace grove::sim

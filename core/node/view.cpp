// The picture of the room that a node can give.
#include <algorithm>

#include "node/state.h"

namespace grove::node {
namespace {

constexpr base::Duration kLiveFor = base::Duration::s(1);

// Peers by their place in a sorted list.
class Places {
 public:
  explicit Places(const std::vector<RoomView::Peer>& peers) : peers_(peers) {}

  std::uint16_t of(const PeerId& peer) const {
    const auto place = std::lower_bound(peers_.begin(), peers_.end(), peer,
                                        [](const RoomView::Peer& p, const PeerId& id) { return p.id < id; });
    if (place == peers_.end() || place->id != peer) return RoomView::kNobody;
    return static_cast<std::uint16_t>(place - peers_.begin());
  }

 private:
  const std::vector<RoomView::Peer>& peers_;
};

}  // namespace

RoomView Node::State::view(Instant now) const {
  RoomView view{};
  const auto records = map_.records();  // sorted by id
  for (const auto& [id, signed_record] : records) {
    const wire::Record& record = signed_record->record;
    view.peers.push_back({id, record.name, record.role, record.is_at_door, record.copies_max, {}});
  }
  const Places places(view.peers);
  view.self = places.of(me_.self());
  view.map_hash = map_.hash();
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const wire::LinkClaim& link : records[i].second->record.links) {
      const std::uint16_t to = places.of(link.to);
      if (to == RoomView::kNobody) continue;
      view.peers[i].links.push_back({to, base::Duration::us(std::int64_t{link.rtt_tenth_ms} * 100), link.loss_percent});
    }
  }
  // Whoever is blocked sees the link as before.
  for (const auto& [peer, aside] : asides_) {
    const std::uint16_t there = places.of(peer);
    if (there == RoomView::kNobody) continue;
    const base::Duration rtt = links_.at(aside.link).pulse.rtt().value_or(base::Duration());
    view.peers[view.self].links.push_back({there, rtt, loss_from(peer)});
    view.peers[there].links.push_back({view.self, rtt, members_.at(peer).their_loss_percent});
  }
  const auto add_tree = [&](const Tree& known) {
    if (!known.plan) return;
    const wire::TreePlan& plan = known.plan->plan;
    RoomView::Tree tree{places.of(plan.source), plan.epoch, now - known.last_frame < kLiveFor, {}};
    if (tree.source == RoomView::kNobody) return;
    for (const wire::Seat& seat : plan.seats) {
      const std::uint16_t listener = places.of(seat.listener);
      if (listener == RoomView::kNobody) continue;
      const std::uint16_t guardian = seat.guardian == wire::kNoSeat ? RoomView::kNobody : places.of(plan.peer_at(seat.guardian));
      tree.seats.push_back({listener, places.of(plan.peer_at(seat.parent)), guardian, seat.is_hot});
    }
    view.trees.push_back(std::move(tree));
  };
  add_tree(own_stream_.tree);
  for (const auto& [source, stream] : streams_) {
    add_tree(stream.tree);
    view.pulls_open += stream.intake.is_pulling();
  }
  std::sort(view.trees.begin(), view.trees.end(), [](const auto& a, const auto& b) { return a.source < b.source; });
  return view;
}

}  // namespace grove::node

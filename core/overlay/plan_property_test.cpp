// What holds for every plan of every room: I3 and I8 (DESIGN §4), checked by other means than the planner's own.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "overlay/improve.h"
#include "overlay/plan.h"
#include "overlay/plan_terms.h"
#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;

struct Shape {
  bool has_leaves = false;   // phones, hidden tabs, metered lines
  bool has_limits = false;   // budgets from 0 to 10; else 8
};

RoomDraw any_room(std::size_t peers_min, Shape shape, int links_percent) {
  RoomDraw room(*rc::gen::inRange<std::size_t>(peers_min, 61));
  base::Random random(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t a = 0; a < room.size(); ++a) {
    if (shape.has_leaves && random.below(3) == 0) room.record(a).role = static_cast<wire::Role>(1 + random.below(3));
    if (shape.has_limits) room.record(a).copies_max = static_cast<std::uint8_t>(random.below(11));
    for (std::size_t b = 0; b < a; ++b) {
      const auto rtt = Duration::ms(static_cast<std::int64_t>(random.below(300)));
      const auto loss = static_cast<std::uint8_t>(random.below(10) == 0 ? random.below(20) : 0);
      if (random.below(100) < static_cast<std::size_t>(links_percent)) room.link(a, b, rtt, loss);
      if (random.below(50) == 0) room.claim(a, b, rtt);
    }
  }
  return room;
}

PlanInput any_input(const RoomDraw& room) {
  PlanInput input{RoomDraw::id(*rc::gen::inRange<std::size_t>(0, room.size())), *rc::gen::inRange<std::size_t>(0, 12)};
  const auto any_peers = rc::gen::resize(4, rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, room.size())));
  for (const std::size_t peer : *any_peers) input.no_send.push_back(RoomDraw::id(peer));
  for (const std::size_t peer : *any_peers) input.avoided_relays.push_back(RoomDraw::id(peer));
  for (const std::size_t peer : *any_peers) input.avoided_links.emplace_back(RoomDraw::id(peer), RoomDraw::id(peer / 2));
  return input;
}

class Checked {
 public:
  Checked(const RoomDraw& room, const PlanInput& input, const Planned& planned)
      : map_(room.map()), input_(input), plan_{input.source, {}, 0, 0, served(planned.seats)}, unreached_(planned.unreached) {}

  // I3: rooted and acyclic, within fan-out, over links that both ends advertise; nobody who asked for nothing.
  void is_a_tree() const {
    for (const wire::Seat& seat : plan_.seats) {
      RC_ASSERT(seat.listener != input_.source);
      RC_ASSERT(map_.are_linked(seat.listener, plan_.peer_at(seat.parent)));
      RC_ASSERT(path_to(seat.listener).back() == input_.source);
      RC_ASSERT(plan_.children_of(seat.listener).size() <= budget(seat.listener) + kLeftoversBeyond);
    }
    for (std::size_t i = 1; i < plan_.seats.size(); ++i) RC_ASSERT(plan_.seats[i - 1].listener < plan_.seats[i].listener);
  }

  // I3: a relay goes beyond its budget only while none of its children could hang elsewhere.
  void goes_beyond_no_budget_needlessly() const {
    for (const wire::Seat& seat : plan_.seats) {
      if (seat.parent == wire::kSourceSeat) continue;
      const base::PeerId parent = plan_.peer_at(seat.parent);
      if (plan_.children_of(parent).size() <= budget(parent)) continue;
      RC_ASSERT(!map_.are_linked(seat.listener, input_.source));
      for (const wire::Seat& other : plan_.seats) {
        if (other.listener == parent || !map_.are_linked(other.listener, seat.listener)) continue;
        const auto path = path_to(other.listener);
        const bool is_below = std::find(path.begin(), path.end(), seat.listener) != path.end();
        RC_ASSERT(is_below || plan_.children_of(other.listener).size() >= budget(other.listener));
      }
    }
  }

  // I8, and I5 for what guardians may be asked for when one relay fails.
  void is_guarded_from_outside() const {
    for (const wire::Seat& seat : plan_.seats) {
      if (seat.guardian == wire::kNoSeat) continue;
      const base::PeerId guardian = plan_.peer_at(seat.guardian);
      const base::PeerId parent = plan_.peer_at(seat.parent);
      const auto path = path_to(guardian);
      RC_ASSERT(map_.are_linked(seat.listener, guardian));
      RC_ASSERT(guardian != parent);
      const base::PeerId shunned = parent == input_.source ? seat.listener : parent;
      RC_ASSERT(std::find(path.begin(), path.end(), shunned) == path.end());
      RC_ASSERT(copies_when_one_fails(guardian) <= std::max(budget(guardian) + kCopiesBeyond, plan_.children_of(guardian).size()));
    }
  }

  // Whoever is left out has no link to anybody in the tree who could take one more.
  void leaves_nobody_out_needlessly() const {
    for (const base::PeerId& left_out : unreached_) {
      RC_ASSERT(!map_.are_linked(left_out, input_.source));
      for (const wire::Seat& seat : plan_.seats) {
        if (!map_.are_linked(left_out, seat.listener)) continue;
        RC_ASSERT(plan_.children_of(seat.listener).size() == budget(seat.listener) + kLeftoversBeyond);
      }
    }
  }

 private:
  // Without those who get nothing: their seats, at the source, are seats in name only, and nobody depends on them.
  std::vector<wire::Seat> served(const std::vector<wire::Seat>& seats) const {
    std::vector<wire::SeatIndex> places;  // by seat
    std::vector<wire::Seat> served;
    for (const wire::Seat& seat : seats) {
      const bool is_in_name_only = std::find(input_.no_send.begin(), input_.no_send.end(), seat.listener) != input_.no_send.end();
      if (is_in_name_only) RC_ASSERT(seat == wire::Seat{seat.listener});
      places.push_back(is_in_name_only ? wire::kNoSeat : static_cast<wire::SeatIndex>(served.size()));
      if (!is_in_name_only) served.push_back(seat);
    }
    for (wire::Seat& seat : served) {
      if (seat.parent != wire::kSourceSeat) {
        seat.parent = places[seat.parent];
        RC_ASSERT(seat.parent != wire::kNoSeat);
      }
      if (seat.guardian < wire::kNoSeat) {
        seat.guardian = places[seat.guardian];
        RC_ASSERT(seat.guardian != wire::kNoSeat);
      }
    }
    return served;
  }

  std::size_t budget(const base::PeerId& peer) const {
    if (peer == input_.source) return input_.copies_max;
    const wire::Record& record = map_.find(peer)->record;
    return record.role == wire::Role::kDesktop ? record.copies_max : std::min<std::size_t>(record.copies_max, kLeafCopiesMax);
  }

  std::vector<base::PeerId> path_to(base::PeerId peer) const {
    std::vector<base::PeerId> path{peer};
    while (peer != input_.source && path.size() <= plan_.seats.size() + 1) path.push_back(peer = plan_.parent_of(peer));
    return path;
  }

  std::size_t copies_when_one_fails(const base::PeerId& guardian) const {
    std::size_t hot = 0;
    std::map<base::PeerId, std::size_t> cold;  // by parent
    for (const wire::Seat& seat : plan_.seats) {
      if (seat.guardian == wire::kNoSeat || plan_.peer_at(seat.guardian) != guardian) continue;
      std::size_t& wards = cold[plan_.peer_at(seat.parent)];
      if (seat.is_hot) {
        ++hot;
      } else if (seat.parent == wire::kSourceSeat) {
        wards = 1;
      } else {
        ++wards;
      }
    }
    std::size_t most = 0;
    for (const auto& [parent, wards] : cold) most = std::max(most, wards);
    return plan_.children_of(guardian).size() + hot + most;
  }

  Map map_;
  const PlanInput& input_;
  wire::TreePlan plan_;
  std::vector<base::PeerId> unreached_;
};

void check(const RoomDraw& room, const PlanInput& input, const Planned& planned) {
  const Checked checked(room, input, planned);
  checked.is_a_tree();
  checked.goes_beyond_no_budget_needlessly();
  checked.is_guarded_from_outside();
  checked.leaves_nobody_out_needlessly();
}

RC_GTEST_PROP(PlanProperty, every_plan_is_a_tree_within_budgets_with_guardians_outside, ()) {
  const RoomDraw room = any_room(2, {true, true}, *rc::gen::element(8, 25, 60, 100));
  const PlanInput input = any_input(room);
  check(room, input, plan_tree(room.graph(), input));
}

RC_GTEST_PROP(PlanProperty, every_patch_is_one_too_whatever_happened_since, ()) {
  RoomDraw room = any_room(2, {true, true}, *rc::gen::element(8, 25, 60, 100));
  const PlanInput before = any_input(room);
  const Planned planned = plan_tree(room.graph(), before);
  PlanInput input = any_input(room);
  input.source = before.source;
  for (const std::size_t peer : *rc::gen::resize(6, rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, room.size())))) {
    room.lose(peer);
    room.record(peer / 2).copies_max = static_cast<std::uint8_t>(peer % 7);
  }
  check(room, input, patch_tree(room.graph(), input, planned));
}

RC_GTEST_PROP(PlanProperty, the_order_of_what_is_told_does_not_matter, ()) {
  const RoomDraw room = any_room(2, {true, true}, 40);
  RoomDraw turned = room;
  PlanInput input = any_input(room);
  const Planned planned = plan_tree(room.graph(), input);
  for (std::size_t peer = 0; peer < room.size(); ++peer) std::reverse(turned.record(peer).links.begin(), turned.record(peer).links.end());
  std::reverse(input.no_send.begin(), input.no_send.end());
  std::reverse(input.avoided_links.begin(), input.avoided_links.end());
  RC_ASSERT(plan_tree(turned.graph(), input).seats == planned.seats);
}

RC_GTEST_PROP(PlanProperty, with_a_fifth_of_the_pairs_cut_everybody_whom_links_reach_is_served, ()) {
  const RoomDraw room = any_room(6, {}, 80);
  const Map map = room.map();
  const PlanInput input{RoomDraw::id(0), 8};
  std::set<base::PeerId> joined{input.source};
  for (bool grows = true; grows;) {
    grows = false;
    for (std::size_t peer = 0; peer < room.size(); ++peer) {
      const auto near = std::any_of(joined.begin(), joined.end(), [&](const auto& one) { return map.are_linked(one, RoomDraw::id(peer)); });
      grows |= near && joined.insert(RoomDraw::id(peer)).second;
    }
  }
  const Planned planned = plan_tree(room.graph(), input);
  RC_ASSERT(planned.seats.size() == joined.size() - 1);
  RC_ASSERT(planned.copies_over_budget == 0U);
}

// docs/decisions/0004: who sends one copy at least, and reaches four of five others, needs nobody beyond a budget.
RC_GTEST_PROP(PlanProperty, with_a_fifth_of_the_pairs_cut_and_the_smallest_uplinks_no_relay_goes_beyond_its_budget, ()) {
  RoomDraw room = any_room(6, {}, 80);
  base::Random random(*rc::gen::arbitrary<std::uint64_t>());
  for (std::size_t peer = 0; peer < room.size(); ++peer) room.record(peer).copies_max = static_cast<std::uint8_t>(1 + random.below(3));
  const PlanInput input{RoomDraw::id(0), room.record(0).copies_max};
  const Planned planned = plan_tree(room.graph(), input);
  const wire::TreePlan plan{input.source, {}, 0, 0, planned.seats};
  for (const wire::Seat& seat : planned.seats) {
    std::size_t peer = 0;
    while (RoomDraw::id(peer) != seat.listener) ++peer;
    RC_ASSERT(plan.children_of(seat.listener).size() <= room.record(peer).copies_max);
  }
}

RC_GTEST_PROP(PlanProperty, after_a_patch_nobody_who_did_not_hang_below_what_was_lost_notices_anything, ()) {
  RoomDraw room = any_room(6, {}, 70);
  const PlanInput input{RoomDraw::id(0), 8};
  const Planned before = plan_tree(room.graph(), input);
  const wire::TreePlan old{input.source, {}, 0, 0, before.seats};
  const base::PeerId lost = RoomDraw::id(*rc::gen::inRange<std::size_t>(1, room.size()));
  for (std::size_t peer = 1; peer < room.size(); ++peer) {
    if (RoomDraw::id(peer) == lost) room.lose(peer);
  }
  const Planned after = patch_tree(room.graph(), input, before);
  for (std::size_t i = 0; i < before.seats.size(); ++i) {
    bool was_below = false;
    for (base::PeerId above = before.seats[i].listener; above != input.source; above = old.parent_of(above)) was_below |= above == lost;
    const auto now = std::find_if(after.seats.begin(), after.seats.end(), [&](const auto& seat) { return seat.listener == before.seats[i].listener; });
    if (was_below || now == after.seats.end()) continue;
    RC_ASSERT(after.delays[static_cast<std::size_t>(now - after.seats.begin())] <= before.delays[i] + kUnnoticed);
  }
}

RC_GTEST_PROP(PlanProperty, a_patch_of_what_needs_none_changes_nothing, ()) {
  const RoomDraw room = any_room(2, {true, false}, 60);
  const PlanInput input{RoomDraw::id(0), 8};
  const Planned before = plan_tree(room.graph(), input);
  RC_PRE(before.copies_over_budget == 0U);
  RC_ASSERT(patch_tree(room.graph(), input, before).seats == before.seats);
}

}  // namespace
}  // namespace grove::overlay

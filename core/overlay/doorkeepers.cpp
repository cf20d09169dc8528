#include "overlay/doorkeepers.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace grove::overlay {
namespace {

auto rank_of(const DoorMember& member) {
  return std::tuple(member.role != wire::Role::kDesktop, member.incarnation, member.id);
}

}  // namespace

std::vector<DoorMember> door_ranking(std::vector<DoorMember> members) {
  std::sort(members.begin(), members.end(),
            [](const DoorMember& a, const DoorMember& b) { return rank_of(a) < rank_of(b); });
  return members;
}

DoorNeed door_need(const std::vector<DoorMember>& members, const base::PeerId& self, bool is_here) {
  const std::vector<DoorMember> ranking = door_ranking(members);
  const auto us = std::find_if(ranking.begin(), ranking.end(), [&](const DoorMember& m) { return m.id == self; });
  GROVE_ASSERT(us != ranking.end());
  const auto rank = static_cast<std::size_t>(us - ranking.begin());
  const auto is_at_door = [](const DoorMember& m) { return m.is_at_door; };
  const auto before = static_cast<std::size_t>(std::count_if(ranking.begin(), us, is_at_door));
  const auto after = static_cast<std::size_t>(std::count_if(us + 1, ranking.end(), is_at_door));

  if (is_here) return {before >= kDoorkeepersMax ? DoorNeed::Kind::kGo : DoorNeed::Kind::kNone, 0};
  if (rank < kDoorkeepersMax) return {DoorNeed::Kind::kCome, 0};
  if (before + after >= kDoorkeepersMax) return {};
  return {DoorNeed::Kind::kCome, rank - before};
}

Doorkeeper::Decision Doorkeeper::decide(const std::vector<DoorMember>& members, const base::PeerId& self, bool is_here,
                                        base::Instant now) {
  const DoorNeed need = door_need(members, self, is_here);
  if (need.kind == DoorNeed::Kind::kNone) {
    need_ = need;
    due_ = base::Instant::never();
    return Decision::kStay;
  }
  if (need.kind != need_.kind || need.turn < need_.turn || due_.is_never()) {
    const auto jitter = base::Duration::us(static_cast<std::int64_t>(random_.unit() * static_cast<double>(kGoJitter.in_us())));
    due_ = need.kind == DoorNeed::Kind::kGo ? now + kSettledFor + jitter
                                            : now + kTurnWait * static_cast<std::int64_t>(need.turn);
    need_ = need;
  }
  if (now < due_) return Decision::kStay;
  return need.kind == DoorNeed::Kind::kGo ? Decision::kGo : Decision::kCome;
}

}  // namespace grove::overlay

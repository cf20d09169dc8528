#include "sim/checkers/apart_guardians.h"

namespace grove::sim {
namespace {

// Whether `seat` is `above` or lies below it. Rings end after as many steps as there are seats.
bool is_below(const wire::TreePlan& plan, wire::SeatIndex seat, wire::SeatIndex above) {
  for (std::size_t steps = 0; steps <= plan.seats.size() && seat < plan.seats.size(); ++steps) {
    if (seat == above) return true;
    seat = plan.seats[seat].parent;
  }
  return false;
}

}  // namespace

void ApartGuardians::on_sent(const Passage& passage) {
  for (; seen_ < plans_.published().size(); ++seen_) {
    const auto& published = plans_.published()[seen_];
    if (const auto wrong = flaw(published.plan)) {
      violated(passage.at, "epoch " + std::to_string(published.plan.epoch) + " of " + name(published.source) + ": the guardian of seat " +
                               std::to_string(*wrong) + " falls with its parent");
    }
  }
}

std::optional<std::size_t> ApartGuardians::flaw(const wire::TreePlan& plan) {
  for (std::size_t i = 0; i < plan.seats.size(); ++i) {
    const wire::Seat& seat = plan.seats[i];
    if (seat.guardian >= plan.seats.size()) continue;  // the source, or nobody
    const auto above = seat.parent == wire::kSourceSeat ? static_cast<wire::SeatIndex>(i) : seat.parent;
    if (is_below(plan, seat.guardian, above) || seat.guardian == i) return i;
  }
  return std::nullopt;
}

}  // namespace grove::sim

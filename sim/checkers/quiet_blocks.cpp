#include "sim/checkers/quiet_blocks.h"

namespace grove::sim {

void QuietBlocks::on_delivered(const Delivered& delivered) {
  if (blocks_.is_empty() || !blocks_.is_blocked(delivered.listener, delivered.frame.source)) return;
  violated(delivered.at, name(delivered.listener) + " hears " + name(delivered.frame) + ", whom it blocks");
}

void QuietBlocks::on_sent(const Passage& passage) {
  if (blocks_.is_empty()) return;
  for (; seen_ < plans_.published().size(); ++seen_) look_at(plans_.published()[seen_]);
  if (!passage.frame || blocks_.is_waking(passage.from, passage.at)) return;
  const PersonId source = passage.frame->source;
  if (blocks_.must_be_quiet(passage.to, source, passage.at)) {
    violated(passage.at, name(passage.from) + " sends " + name(*passage.frame) + " to " + name(passage.to) + ", who blocks it");
  }
  if (blocks_.must_be_quiet(passage.from, source, passage.at)) {
    violated(passage.at, name(passage.from) + " carries " + name(*passage.frame) + ", whom it blocks");
  }
}

void QuietBlocks::look_at(const PlanWatch::Published& published) {
  const wire::TreePlan& plan = published.plan;
  const auto joins = [&](wire::SeatIndex seat, const base::PeerId& listener) {
    const auto by = world_.person_of(plan.peer_at(seat)), to = world_.person_of(listener);
    if (!by || !to || *by == published.source) return false;
    // Whoever cannot tell the source of it, as in another part of a broken network, is not obeyed.
    const HostId source = world_.person(published.source).host;
    const bool is_told = world_.network().can_reach(world_.person(*by).host, source) && world_.network().can_reach(world_.person(*to).host, source);
    return is_told && (blocks_.is_blocked_since(*by, *to, kToldToAll, published.at) || blocks_.is_blocked_since(*to, *by, kToldToAll, published.at));
  };
  for (const wire::Seat& seat : plan.seats) {
    const bool is_joined = joins(seat.parent, seat.listener) || (seat.guardian != wire::kNoSeat && joins(seat.guardian, seat.listener));
    if (!is_joined) continue;
    violated(published.at, "epoch " + std::to_string(plan.epoch) + " of " + name(published.source) + " joins two of whom one blocks the other");
    return;
  }
}

}  // namespace grove::sim

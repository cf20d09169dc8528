#include "sim/checkers/growing_epochs.h"

namespace grove::sim {

void GrowingEpochs::on_sent(const Passage& passage) {
  for (; seen_ < plans_.published().size(); ++seen_) {
    const auto& published = plans_.published()[seen_];
    const auto last = published_.find(published.source);
    if (last != published_.end() && published.plan.epoch <= last->second) {
      violated(passage.at, name(published.source) + " publishes epoch " + std::to_string(published.plan.epoch) + " after " + std::to_string(last->second));
    }
    published_[published.source] = published.plan.epoch;
  }
}

void GrowingEpochs::on_tick(Instant now) {
  if (!views_.is_fresh()) return;
  for (const auto& one : views_.looks()) look(now, one);
}

void GrowingEpochs::look(Instant now, const ViewWatch::Look& look) {
  for (const auto& tree : look.view.trees) {
    const auto source = world_.person_of(look.view.peers[tree.source].id);
    // Of a source that is gone an earlier run may be meant.
    if (!source || *source == look.person || !world_.is_here(*source)) continue;
    auto& believed = believed_[{look.person, *source}];
    const auto* plan = plans_.find(*source, tree.epoch);
    if (!plan && believed == 0 && has_earlier_run(*source)) continue;  // whose plan it may be
    if (tree.epoch < believed) violated(now, name(look.person) + " falls back to an older plan of " + name(*source));
    believed = tree.epoch;
    if (!plan) {
      violated(now, name(look.person) + " believes a plan that " + name(*source) + " never published");
      continue;
    }
    for (const auto& seat : tree.seats) {
      const auto* published = plan->seat_of(look.view.peers[seat.listener].id);
      const bool is_same = published && (seat.parent == node::RoomView::kNobody ||
                                         plan->peer_at(published->parent) == look.view.peers[seat.parent].id);
      if (!is_same) violated(now, name(look.person) + " believes a seat that " + name(*source) + " never published");
    }
  }
}

bool GrowingEpochs::has_earlier_run(PersonId person) const {
  for (std::uint32_t i = 0; i < person.value; ++i) {
    if (world_.person({i}).id == world_.person(person).id) return true;
  }
  return false;
}

}  // namespace grove::sim

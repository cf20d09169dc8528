#include "overlay/tree_keeper.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"

namespace grove::overlay {
namespace {

const wire::Seat* seat_of(const std::vector<wire::Seat>& seats, const base::PeerId& listener) {
  const auto seat = std::find_if(seats.begin(), seats.end(), [&](const auto& s) { return s.listener == listener; });
  return seat == seats.end() ? nullptr : &*seat;
}

// Whether `seat` names `peer` at this place of it.
bool names(const PlanInput& input, const std::vector<wire::Seat>& seats, wire::SeatIndex place, const base::PeerId& peer) {
  if (place == wire::kNoSeat) return false;
  return (place == wire::kSourceSeat ? input.source : seats[place].listener) == peer;
}

std::size_t unguarded(const Planned& planned) {
  return static_cast<std::size_t>(std::count_if(planned.seats.begin(), planned.seats.end(),
                                                [](const wire::Seat& seat) { return seat.guardian == wire::kNoSeat; }));
}

// DESIGN §4 Timers, for delay; else what the delay was bought with, or what nobody should go without.
bool is_worth_changing(const Planned& now, const Planned& then, base::Duration gain_min) {
  if (then.unreached.size() != now.unreached.size()) return then.unreached.size() < now.unreached.size();
  if (then.copies_over_budget != now.copies_over_budget) return then.copies_over_budget < now.copies_over_budget;
  const base::Duration gain = now.mean_delay - then.mean_delay;
  if (gain >= gain_min || gain * 100 >= now.mean_delay * TreeKeeper::kGainMinPercent) return gain > base::Duration();
  if (gain * 100 <= now.mean_delay * -TreeKeeper::kGainMinPercent) return false;
  const auto poorer = [&](std::size_t before, std::size_t after) { return (before - after) * 100 >= now.seats.size() * 10; };
  if (unguarded(then) < unguarded(now)) return poorer(unguarded(now), unguarded(then));
  return then.hot_guardians < now.hot_guardians && poorer(now.hot_guardians, then.hot_guardians);
}

}  // namespace

void TreeKeeper::handle_map_changed(Change change, base::Instant now) {
  if (change == Change::kFailure) want_patch(now + kPatchAfterFailure);
  is_mending_ = is_mending_ || change == Change::kFailure || change == Change::kLeave;
  if (change == Change::kJoin || change == Change::kLeave) want_patch(now + kPatchAfterChange);
  want_optimising(now);
}

void TreeKeeper::handle_complaint(const base::PeerId& listener, const wire::Complaint& complaint, base::Instant now) {
  forget_old_complaints(now);
  // Also of an earlier plan, while it holds of this one: in a storm of plans no complaint would arrive in time.
  if (complaint.incarnation != incarnation_ || complaint.epoch > epoch_) return;
  const wire::Seat* seat = seat_of(current_.seats, listener);
  if (!seat) return;
  const bool is_its_own = names(input_, current_.seats, seat->parent, complaint.about) ||
                          names(input_, current_.seats, seat->guardian, complaint.about);
  if (!is_its_own) return;

  const bool is_forged = complaint.reason == wire::Complaint::Reason::kForged;
  const base::Instant until = now + (is_forged ? kAvoidForger : kAvoidSilent);
  const auto of_listener = [&](const Complained& c) { return c.listener == listener; };
  const auto known = std::find_if(complaints_.begin(), complaints_.end(),
                                  [&](const Complained& c) { return of_listener(c) && c.about == complaint.about; });
  if (known != complaints_.end()) {
    known->until = std::max(known->until, until);
  } else {
    if (std::count_if(complaints_.begin(), complaints_.end(), of_listener) >= static_cast<std::ptrdiff_t>(kComplaintsMax)) {
      // The one that ends first makes room: a listener that bans another has the same four in mind (Intake::kBannedMax).
      const auto ends_first = std::min_element(complaints_.begin(), complaints_.end(), [&](const auto& a, const auto& b) {
        return std::make_pair(!of_listener(a), a.until) < std::make_pair(!of_listener(b), b.until);
      });
      if (ends_first->until > until) return;
      complaints_.erase(ends_first);
    }
    complaints_.push_back({listener, complaint.about, until, is_forged});
  }
  // Whoever was handed a forgery handed it on before the proof came: the fault lies above it.
  if (is_forged) std::erase_if(avoided_relays_, [&](const AvoidedRelay& avoided) { return avoided.peer == listener; });
  judge_relay(complaint.about);
  list_avoided();
  is_mending_ = true;
  want_patch(is_forged ? now : now + kPatchAfterFailure);
  want_optimising(now);
}

void TreeKeeper::handle_budget_changed(std::size_t copies_max, std::size_t copies_at_once, base::Instant now) {
  if (copies_max == input_.copies_max && copies_at_once == input_.copies_at_once) return;
  if (copies_max < input_.copies_max || copies_at_once < input_.copies_at_once) {
    is_mending_ = true;
    want_patch(now + kPatchAfterChange);
  }
  input_.copies_max = copies_max;
  input_.copies_at_once = copies_at_once;
  want_optimising(now);
}

void TreeKeeper::set_carried(std::size_t other_voices, std::vector<PlanInput::Carried> carried, const Map& map, base::Instant now) {
  if (other_voices == input_.other_voices && carried == input_.carried) return;
  input_.other_voices = other_voices;
  input_.carried = std::move(carried);
  handle_shrunk(map, now);
  want_optimising(now);
}

void TreeKeeper::handle_shrunk(const Map& map, base::Instant now) {
  if (!is_overloaded(map, input_, current_.seats)) return;
  is_mending_ = true;
  want_patch(now + kPatchAfterChange);
}

void TreeKeeper::set_no_send(std::vector<base::PeerId> peers, base::Instant now) {
  std::sort(peers.begin(), peers.end());
  if (peers == input_.no_send) return;
  input_.no_send = std::move(peers);
  is_torn_ = true;
  is_mending_ = true;
  want_patch(now);
  want_optimising(now);
}

void TreeKeeper::set_doubtful(std::vector<base::PeerId> peers, base::Instant now) {
  std::sort(peers.begin(), peers.end());
  if (peers == doubtful_) return;
  const bool has_lost = !std::includes(doubtful_.begin(), doubtful_.end(), peers.begin(), peers.end());
  doubtful_ = std::move(peers);
  list_avoided();
  if (has_lost) {
    is_mending_ = true;
    want_patch(now + kPatchAfterFailure);
  }
  want_optimising(now);
}

void TreeKeeper::set_aside(std::vector<PlanInput::Aside> links, base::Instant now) {
  const bool are_the_same = std::equal(links.begin(), links.end(), input_.aside.begin(), input_.aside.end(),
                                       [](const auto& a, const auto& b) { return a.peer == b.peer; });
  input_.aside = std::move(links);
  if (are_the_same) return;
  is_torn_ = true;
  want_patch(now + kPatchAfterFailure);
  want_optimising(now);
}

void TreeKeeper::handle_spoke(base::Instant now) {
  const bool is_news_waiting = epoch_ == 0 || !patch_due_.is_never() || !optimise_due_.is_never();
  if (!is_awake(now) && is_news_waiting) is_waking_ = true;
  has_spoken_ = true;
  last_spoke_ = now;
}

std::optional<Planned> TreeKeeper::poll(const Map& map, base::Instant now) {
  if (!is_awake(now)) {
    has_spoken_ = false;  // what is due waits for the next word; a deadline must not stay in the past
    return std::nullopt;
  }
  forget_old_complaints(now);
  const bool is_optimising = is_waking_ || optimise_due_ <= now;
  if (!is_optimising && patch_due_ > now) return std::nullopt;

  const Graph graph(map);
  const bool is_waking = std::exchange(is_waking_, false);
  patch_due_ = base::Instant::never();
  is_mending_ = is_mending_ || is_waking;
  if (is_optimising) {
    optimise_due_ = base::Instant::never();
    next_optimise_ = now + kOptimiseEvery;
  }
  if (is_waking) return publish(plan_tree(graph, input_));
  Planned patched = patch_tree(graph, input_, current_);
  if (!is_optimising) return publish(std::move(patched));
  Planned fresh = plan_tree(graph, input_);
  const bool is_worth_it = is_worth_changing(patched, fresh, is_torn_ ? kGainAfterBlocks : kGainMin);
  is_torn_ = is_torn_ && is_worth_it;
  return publish(is_worth_it ? std::move(fresh) : std::move(patched));
}

base::Instant TreeKeeper::next_deadline() const {
  if (!has_spoken_) return base::Instant::never();
  if (is_waking_) return last_spoke_;
  base::Instant due = std::min(patch_due_, optimise_due_);
  for (const Complained& complained : complaints_) due = std::min(due, complained.until);
  for (const AvoidedRelay& avoided : avoided_relays_) due = std::min(due, avoided.until);
  return due < last_spoke_ + kAwakeFor ? due : base::Instant::never();
}

void TreeKeeper::want_patch(base::Instant due) { patch_due_ = std::min(patch_due_, due); }

void TreeKeeper::want_optimising(base::Instant now) {
  if (optimise_due_.is_never()) optimise_due_ = std::max(next_optimise_, now + kSettleFor);
}

void TreeKeeper::judge_relay(const base::PeerId& relay) {
  if (relay == input_.source) return;
  std::vector<base::PeerId> voters;
  std::vector<base::Instant> until;
  for (const Complained& complained : complaints_) {
    if (complained.about != relay) continue;
    voters.push_back(complained.listener);
    until.push_back(complained.until);
  }
  const bool was_deceived = std::any_of(complaints_.begin(), complaints_.end(),
                                        [&](const Complained& c) { return c.is_forged && c.listener == relay; });
  if (voters.size() < 2 || was_deceived) return;
  // Those it serves; who complained before may have been moved elsewhere since.
  std::vector<base::PeerId> served = voters;
  for (const wire::Seat& seat : current_.seats) {
    if (names(input_, current_.seats, seat.parent, relay)) served.push_back(seat.listener);
  }
  std::sort(served.begin(), served.end());
  served.erase(std::unique(served.begin(), served.end()), served.end());
  if (2 * voters.size() < served.size()) return;
  std::sort(until.rbegin(), until.rend());
  std::erase_if(avoided_relays_, [&](const AvoidedRelay& avoided) { return avoided.peer == relay; });
  avoided_relays_.push_back({relay, until[1]});  // for as long as two say so
}

void TreeKeeper::forget_old_complaints(base::Instant now) {
  const auto links = std::erase_if(complaints_, [&](const Complained& c) { return c.until <= now; });
  const auto relays = std::erase_if(avoided_relays_, [&](const AvoidedRelay& a) { return a.until <= now; });
  if (links + relays == 0) return;
  list_avoided();
  want_optimising(now);
}

void TreeKeeper::list_avoided() {
  input_.avoided_links.clear();
  for (const Complained& complained : complaints_) input_.avoided_links.emplace_back(complained.about, complained.listener);
  input_.avoided_relays = doubtful_;
  for (const AvoidedRelay& avoided : avoided_relays_) input_.avoided_relays.push_back(avoided.peer);
}

std::optional<Planned> TreeKeeper::publish(Planned planned) {
  const bool is_same = planned.seats == current_.seats;
  const bool seats_more = std::any_of(planned.seats.begin(), planned.seats.end(), [&](const wire::Seat& seat) {
    return seat_of(current_.seats, seat.listener) == nullptr;  // it may hear nothing till then
  });
  lead_ = std::exchange(is_mending_, false) || seats_more ? 0 : kLeadFrames;
  current_ = std::move(planned);
  CopyCount ours;
  ours.add_own(input_, current_.seats);
  input_.ours = ours.take();
  if (is_same) return std::nullopt;
  GROVE_ASSERT(epoch_ != std::numeric_limits<std::uint32_t>::max());  // I4: it grows, and never comes round
  ++epoch_;
  return current_;
}

}  // namespace grove::overlay

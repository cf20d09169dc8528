#include "overlay/intake.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace grove::overlay {

using base::Duration;
using base::Instant;
using base::PeerId;

void Intake::handle_place(Place place, Instant now) {
  const auto old_parent = place_.parent;
  if (place.epoch != place_.epoch) {
    // They go on until the new plan begins, be it after a pause, and what they sent until then is on its way when it has begun.
    std::erase_if(old_ways_, [&](const auto& way) { return frames_.next() >= way.second; });
    const std::uint64_t ends_at = place.from_counter + kServedFrames;
    if (old_parent) old_ways_[*old_parent] = ends_at;
    if (place_.guardian) old_ways_[place_.guardian->peer] = ends_at;
  }
  const bool has_moved = old_parent != place.parent;
  const bool is_new_plan = place.epoch != place_.epoch;
  if (is_new_plan) next_complaint_ = now;
  place_ = std::move(place);
  if (has_moved) {
    parent_from_ = place_.from_counter;
    leave_parent(old_parent, now);
  }
  if (is_new_plan) doubt_place(now);
  holes_.handle_frame(frames_, hole_patience(), now);  // there may be somebody to ask now
}

// Whoever seats us beside a forger has not heard of it: a complaint gets lost, for one when the room falls in two.
void Intake::doubt_place(Instant now) {
  if (place_.parent && is_banned(*place_.parent)) {
    next_complaint_ = now + kComplainAgain;
    outputs_.push_back(Complain{*place_.parent, true});
  }
  if (place_.guardian && is_banned(place_.guardian->peer)) outputs_.push_back(Complain{place_.guardian->peer, true});
}

void Intake::leave_parent(const std::optional<PeerId>& old_parent, Instant now) {
  parent_frames_ = 0;
  parent_stalled_.reset();
  // The old parent goes on for as long as a lease; we tell it to stop when the new one serves.
  if (old_parent && place_.parent && !is_silent_ && !pulled(*old_parent)) {
    pulled_.push_back({*old_parent, Instant::never(), now + kOldParentFor, true});
  }
  if (place_.parent) {
    std::erase_if(pulled_, [&](const Pulled& p) { return p.peer == *place_.parent; });
  }
  parent_has_until_ = now + kNextParentFor;
}

bool Intake::accepts(const PeerId& from, const PeerId& source, Instant now) const {
  if (from == source) return true;  // it proves or spoils its own word alone
  if (is_banned(from)) return false;
  if (!place_.parent) return true;
  if (from == *place_.parent || (place_.guardian && from == place_.guardian->peer)) return true;
  const auto old_way = old_ways_.find(from);
  if (old_way != old_ways_.end() && frames_.next() < old_way->second) return true;
  const auto expected = expected_.find(from);
  if (expected != expected_.end() && now < expected->second) return true;
  return std::any_of(pulled_.begin(), pulled_.end(), [&](const Pulled& p) { return p.peer == from; });
}

void Intake::handle_unaccepted(const PeerId& from, Instant now) {
  if (!is_banned(from) || from != place_.parent) return;
  if (!promised_at_) promised_at_ = now;  // if we hear nothing of anybody else
  if (now < next_complaint_) return;
  next_complaint_ = now + kComplainAgain;  // the source has not heard of it
  outputs_.push_back(Complain{from, true});
}

void Intake::handle_frame(const PeerId& from, std::uint64_t counter, bool ends_spurt, bool is_new, Instant now) {
  const bool is_parent = place_.parent && from == *place_.parent;
  // The plan that told us where to start may begin later than this: then we start here.
  if (is_new && !has_heard_ && counter < frames_.next()) frames_.start_at(counter);
  const std::uint64_t next_before = frames_.next();
  const bool is_newest = is_new && counter >= next_before;
  if (is_new) {
    has_heard_ = true;
    if (is_newest) {
      learn_rhythm(counter, now);
      is_silent_ = ends_spurt;
      last_new_ = now;
    }
    frames_.add(counter);
    if (!is_starving_) promised_at_.reset();
  }
  const bool is_hunting = holes_.holes(frames_) != 0;
  if (is_parent) {
    // Also a late copy shows that it serves.
    const bool is_served = counter + kServedFrames >= frames_.next();
    parent_frames_ = is_served ? parent_frames_ + 1 : 0;
    if (is_served) {
      parent_served_ = now;
      parent_has_until_ = now + kComplainAfter;
      is_parent_in_doubt_ = false;
    }
    const bool is_abreast = counter + kServedAgain >= frames_.next() && !is_hunting;
    if (parent_frames_ >= (is_abreast ? kServedAgain : kServedSurely)) stop_all_but(std::nullopt, now);
  } else if (is_newest) {
    Pulled* supplier = pulled(from);
    const bool has_begun = supplier && !std::exchange(supplier->has_served, true);
    if (supplier) {
      if (!supplier->renew.is_never()) supplier->until = Instant::never();  // no old parent
    } else if (!place_.parent && pulled_.size() < kPulledMax) {
      pulled_.push_back({from, now + kRenewEvery, Instant::never(), true});
    }
    if (is_starving_) {
      parent_frames_ = 0;
      is_parent_in_doubt_ = place_.parent.has_value();  // somebody else has what it should have brought
      if (supplier) stop_all_but(from, now);
    } else if (has_begun) {
      stop_idle(now);
    }
    if (is_parent_in_doubt_ && now >= parent_has_until_) complain_of_parent(from, now);
  }
  if (is_newest && is_starving_) calm();
  if (is_silent_) end_spurt(now);
  holes_.handle_frame(frames_, hole_patience(), now);
}

void Intake::handle_start(std::uint64_t next_counter) {
  if (frames_.is_empty()) frames_.start_at(next_counter);
}

void Intake::handle_have(const PeerId& from, std::uint64_t next_counter, bool is_silent, Instant now) {
  if (is_banned(from)) return;
  if (frames_.is_empty()) frames_.start_at(next_counter == 0 ? 0 : next_counter - 1);
  if (next_counter > frames_.next()) {
    if (!promised_at_) promised_at_ = now;
    return;
  }
  if (is_silent && next_counter == frames_.next()) {
    // It has all that there is: what we took for a hole in a spurt was its end.
    is_silent_ = true;
    calm();
    end_spurt(now);
    return;
  }
  const Pulled* supplier = pulled(from);
  if (supplier && !supplier->has_served && is_starving_) pull_next(now);  // it misses the same; its lease stands, it may be served before us
}

void Intake::handle_hint(const PeerId& from, std::uint64_t next_counter, Instant now) {
  if (is_banned(from) || next_counter <= frames_.next() || now - last_new_ < missed_after()) return;
  if (pulled(from) || pulled_.size() >= kPulledMax) return;
  is_parent_in_doubt_ = place_.parent.has_value();
  pulled_.push_back({from, now + kRenewEvery, now + kNextParentFor, false});
  outputs_.push_back(SendPull{from, frames_.next(), 0, true});
}

void Intake::handle_refusal(const PeerId& from, Instant now) {
  if (place_.parent && from == *place_.parent) parent_stalled_ = now;
  if (pulled(from) && is_starving_) pull_next(now);
  holes_.handle_refusal(from, now);
}

void Intake::handle_forgery(const PeerId& from, Instant now) {
  const bool is_known = is_banned(from);
  if (!is_known && banned_.size() >= kBannedMax) {
    banned_.erase(std::min_element(banned_.begin(), banned_.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  banned_[from] = now + kBanFor;
  if (is_known) return;
  if (from == place_.parent) next_complaint_ = now + kComplainAgain;
  outputs_.push_back(Complain{from, true});
  std::erase_if(pulled_, [&](const Pulled& p) { return p.peer == from; });
  expected_.erase(from);
  outputs_.push_back(SendStop{from});
  const bool was_ours = (place_.parent && from == *place_.parent) || pulled_.empty();
  if (was_ours && !is_silent_) miss(now);
}

void Intake::handle_withheld(const PeerId& from, Instant now) {
  if (place_.parent && from == *place_.parent) complain_of_parent(std::nullopt, now);
  if (place_.guardian && from == place_.guardian->peer) outputs_.push_back(Complain{from, false});
}

void Intake::handle_peer_gone(const PeerId& peer, Instant now) {
  std::erase_if(pulled_, [&](const Pulled& p) { return p.peer == peer; });
  std::erase_if(place_.others, [&](const Supplier& s) { return s.peer == peer; });
  if (place_.guardian && place_.guardian->peer == peer) place_.guardian.reset();
  const bool was_parent = place_.parent && *place_.parent == peer;
  if (was_parent) next_complaint_ = Instant::never();  // the map tells the source
  if (!is_silent_ && (was_parent || (is_starving_ && pulled_.empty()))) miss(now);
  if (is_silent_ && was_parent && has_heard_ && now - last_new_ < kAwakeFor) await_spurt(now);
}

void Intake::handle_own_sleep(Instant now) {
  // What came meanwhile is still on its way in: give it one alarm's time.
  last_new_ = now;
  promised_at_.reset();
  holes_.stop();
  tried_.clear();
  is_starving_ = false;
}

void Intake::handle_time(Instant now) {
  std::erase_if(banned_, [&](const auto& ban) { return now >= ban.second; });
  std::erase_if(expected_, [&](const auto& expected) { return now >= expected.second; });
  std::erase_if(pulled_, [&](const Pulled& p) { return now >= p.until; });
  if (!is_starving_ && now >= alarm_at()) miss(now);
  while (now >= holes_.next_deadline()) {
    const auto ask = holes_.poll(frames_, suppliers(), now);
    if (!ask) break;
    expected_[ask->to] = now + kLateFor;
    outputs_.push_back(SendPull{ask->to, frames_.next(), ask->missing, false});
  }
  if (is_starving_) {
    if (now >= starving_since_ + kGiveUpAfter) {
      is_silent_ = true;
      calm();
      stop_all_but(std::nullopt, now);
      return;
    }
    if (now >= next_try_) {
      // Whoever should have helped is gone as well: more than one may be.
      pull_next(now);
      if (!tried_.empty()) pull_next(now);
    }
    if (now >= next_stall_) {
      next_stall_ = now + kStallEvery;
      outputs_.push_back(TellStall{});
    }
  }
  for (Pulled& supplier : pulled_) {
    if (now < supplier.renew) continue;
    supplier.renew = now + kRenewEvery;
    outputs_.push_back(SendPull{supplier.peer, frames_.next(), 0, true});
  }
}

std::optional<Intake::Output> Intake::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Instant Intake::next_deadline() const {
  Instant deadline = is_starving_ ? std::min({next_stall_, next_try_, starving_since_ + kGiveUpAfter}) : alarm_at();
  deadline = std::min(deadline, holes_.next_deadline());
  for (const auto& [peer, until] : banned_) deadline = std::min(deadline, until);
  for (const Pulled& supplier : pulled_) deadline = std::min({deadline, supplier.renew, supplier.until});
  return deadline;
}

std::vector<PeerId> Intake::senders() const {
  std::vector<PeerId> peers;
  if (place_.parent) peers.push_back(*place_.parent);
  if (place_.guardian && place_.is_hot) peers.push_back(place_.guardian->peer);
  for (const Pulled& supplier : pulled_) {
    if (std::find(peers.begin(), peers.end(), supplier.peer) == peers.end()) peers.push_back(supplier.peer);
  }
  return peers;
}

Duration Intake::missed_after() const {
  const auto learned = Duration::us(static_cast<std::int64_t>(2 * period_us_ + 4 * jitter_us_));
  return std::clamp(learned, kMissedAfterMin, kMissedAfterMax);
}

// --- parts -----------------------------------------------------------------------------------------------------------

void Intake::learn_rhythm(std::uint64_t counter, Instant now) {
  if (frames_.is_empty() || is_silent_ || is_starving_) return;
  const std::uint64_t steps = counter + 1 - frames_.next();
  if (steps == 0 || steps > 5) return;  // after a break nothing is learned
  const double gap = static_cast<double>((now - last_new_).in_us());
  const double deviation = std::abs(gap - period_us_ * static_cast<double>(steps));
  jitter_us_ += (deviation - jitter_us_) / 16;                                  // RFC 3550 §6.4.1
  period_us_ += (gap / static_cast<double>(steps) - period_us_) / 64;           // a guess: about a second of speech
}

void Intake::miss(Instant now) {
  if (!is_starving_) {
    is_starving_ = true;
    starving_since_ = now;
    next_stall_ = now;
    tried_.clear();
    parent_frames_ = 0;
  }
  for (Pulled& supplier : pulled_) supplier.has_served = false;
  pull_next(now);
}

void Intake::pull_next(Instant now) {
  next_try_ = now + kAllOverAfter;
  if (pulled_.size() >= kPulledMax) {
    // Room for another: the first that was of no help.
    const auto useless = std::find_if(pulled_.begin(), pulled_.end(), [](const Pulled& p) { return !p.has_served; });
    if (useless == pulled_.end()) return;
    stop(useless->peer, now);
    pulled_.erase(useless);
  }
  for (const Supplier& supplier : suppliers()) {
    if (!tried_.contains(supplier.peer)) return pull_from(supplier, now);
  }
  tried_.clear();
}

void Intake::pull_from(const Supplier& supplier, Instant now) {
  tried_.insert(supplier.peer);
  std::erase_if(pulled_, [&](const Pulled& p) { return p.peer == supplier.peer; });
  pulled_.push_back({supplier.peer, now + kRenewEvery, Instant::never(), false});
  next_try_ = now + supplier.rtt + HoleHunt::kAnswerSlack;
  outputs_.push_back(SendPull{supplier.peer, frames_.next(), frames_.missing(kServedFrames), true});
}

void Intake::stop_all_but(const std::optional<PeerId>& kept, Instant now) {
  for (const Pulled& supplier : pulled_) {
    if (supplier.peer != kept) stop(supplier.peer, now);
  }
  std::erase_if(pulled_, [&](const Pulled& p) { return p.peer != kept; });
}

// Of several who said that they have it, one is enough.
void Intake::stop_idle(Instant now) {
  for (const Pulled& supplier : pulled_) {
    if (!supplier.has_served) stop(supplier.peer, now);
  }
  std::erase_if(pulled_, [](const Pulled& p) { return !p.has_served; });
}

// Our parent is gone in a pause: whoever stands in for it is asked before the next spurt begins.
void Intake::await_spurt(Instant now) {
  const auto best_first = suppliers();
  if (best_first.empty() || pulled(best_first.front().peer) || pulled_.size() >= kPulledMax) return;
  is_parent_in_doubt_ = true;
  pulled_.push_back({best_first.front().peer, now + kRenewEvery, now + kDoubtFor, true});
  outputs_.push_back(SendPull{best_first.front().peer, frames_.next(), 0, true});
}

// A parent that failed in this spurt would fail in the next one too, and make its hole anew: whoever stood in for it goes on.
void Intake::end_spurt(Instant now) {
  const auto stands_in = std::find_if(pulled_.begin(), pulled_.end(), [](const Pulled& p) { return p.has_served && !p.renew.is_never(); });
  if (!is_parent_in_doubt_ || stands_in == pulled_.end()) return stop_all_but(std::nullopt, now);
  stands_in->until = std::min(stands_in->until, now + kDoubtFor);
  stop_all_but(stands_in->peer, now);
}

void Intake::stop(const PeerId& peer, Instant now) {
  outputs_.push_back(SendStop{peer});
  expected_[peer] = now + kLateFor;
}

void Intake::complain_of_parent(const std::optional<PeerId>& served_by, Instant now) {
  const bool has_excuse = parent_stalled_ && now - *parent_stalled_ < kStallHolds;
  if (!place_.parent || !has_begun() || has_excuse || now < next_complaint_) return;
  next_complaint_ = now + kComplainAgain;
  outputs_.push_back(Complain{*place_.parent, false, served_by});
}

Duration Intake::hole_patience() const {
  const bool has_one_way_in = pulled_.empty() && !place_.is_hot;
  return has_one_way_in ? kHoleAfter : missed_after();
}

std::vector<Supplier> Intake::suppliers() const {
  std::vector<Supplier> best_first;
  const auto add = [&](const Supplier& s) {
    const bool is_parent = place_.parent && s.peer == *place_.parent;
    if (!is_parent && !is_banned(s.peer)) best_first.push_back(s);
  };
  if (place_.guardian) add(*place_.guardian);
  for (const Supplier& other : place_.others) {
    if (!place_.guardian || other.peer != place_.guardian->peer) add(other);
  }
  std::stable_partition(best_first.begin(), best_first.end(), [](const Supplier& s) { return !s.is_doubtful; });
  return best_first;
}

void Intake::calm() {
  is_starving_ = false;
  tried_.clear();
  promised_at_.reset();
}

Instant Intake::alarm_at() const {
  Instant at = Instant::never();
  // While the parent brings what others brought before, it is only behind them, and will bring new ones.
  if (!is_silent_) at = std::max(last_new_, parent_served_) + missed_after();
  if (promised_at_) at = std::min(at, *promised_at_ + missed_after());
  return at;
}

Intake::Pulled* Intake::pulled(const PeerId& peer) {
  const auto found = std::find_if(pulled_.begin(), pulled_.end(), [&](const Pulled& p) { return p.peer == peer; });
  return found == pulled_.end() ? nullptr : &*found;
}

}  // namespace grove::overlay

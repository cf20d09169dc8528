#include "overlay/relay.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"

namespace grove::overlay {
namespace {

// `missing` as in FrameWindow::missing, of the frames below `next_counter`.
bool lacks_any(const FrameWindow& known, std::uint64_t next_counter, std::uint64_t missing) {
  for (std::uint64_t age = 0; age < std::min(next_counter, FrameWindow::kSpan); ++age) {
    if ((missing >> age & 1) != 0 && !known.has(next_counter - 1 - age)) return true;
  }
  return false;
}

}  // namespace

bool Relay::Duties::seats(const base::PeerId& peer) const {
  return std::find(children.begin(), children.end(), peer) != children.end() ||
         std::find(hot_wards.begin(), hot_wards.end(), peer) != hot_wards.end();
}

void Relay::change_duties(Duties duties, base::Instant now) {
  const std::vector<base::PeerId> children_before = present().children;
  std::erase_if(declined_, [&](const auto& declined) { return duties.seats(declined.first) && !duties_.seats(declined.first); });
  past_.push_back(std::exchange(duties_, std::move(duties)));
  std::erase_if(past_, [&](const Duties& past) { return past.from_counter >= duties_.from_counter; });  // never begins
  forget_past();
  for (const base::PeerId& child : children_before) {
    const bool is_served = duties_.seats(child) || declines(child) ||
                           std::binary_search(duties_.of_source.begin(), duties_.of_source.end(), child);
    if (!is_served && !is_silent_) leases_[child] = now + kLease;  // in a silence nothing is under way
  }
  for (const base::PeerId& other : duties_.of_source) leases_.erase(other);
  // I5 comes first: who finds no place here pulls from its guardian.
  keep_within_budget(present());
  keep_within_budget(duties_);
  forget_old_frames(now);
  // Frames may overtake their plan.
  for (Kept& frame : ring_) {
    if (frame.counter >= duties_.from_counter) send_planned(frame, true);
  }
}

void Relay::forget_past() {
  while (!past_.empty()) {
    const std::uint64_t ends_at = past_.size() > 1 ? past_[1].from_counter : duties_.from_counter;
    if (past_.size() <= kPastMax && ends_at + kServedFrames > next_counter_) return;
    past_.pop_front();
  }
}

const Relay::Duties& Relay::duties_for(std::uint64_t counter) const {
  if (counter >= duties_.from_counter) return duties_;
  for (auto past = past_.rbegin(); past != past_.rend(); ++past) {
    if (counter >= past->from_counter) return *past;
  }
  return duties_;
}

void Relay::keep_within_budget(const Duties& duties) {
  while (copies(duties) > copies_most(duties)) {
    auto first = leases_.end();
    for (auto lease = leases_.begin(); lease != leases_.end(); ++lease) {
      if (duties.seats(lease->first)) continue;
      if (first == leases_.end() || lease->second < first->second) first = lease;
    }
    leases_.erase(first);
  }
}

std::size_t Relay::copies(const Duties& duties) const {
  const auto leased = std::count_if(leases_.begin(), leases_.end(), [&](const auto& lease) { return !duties.seats(lease.first); });
  return duties.children.size() + duties.hot_wards.size() + static_cast<std::size_t>(leased);
}

std::size_t Relay::copies_most(const Duties& duties) {
  return std::max(duties.children.size() + duties.hot_wards.size(), duties.copies_max + kCopiesBeyond);
}

void Relay::handle_frame(std::uint64_t counter, bool ends_spurt, Message message, const std::optional<base::PeerId>& from,
                         base::Instant now) {
  const bool starts_spurt = is_silent_ || now - last_frame_ > kLiveFor;
  const bool is_newest = counter >= next_counter_;
  if (is_newest) {
    next_counter_ = counter + 1;
    is_silent_ = ends_spurt;
  }
  // Whose way up has died in a long silence knows of nothing to miss.
  is_waking_ = is_waking_ || now - last_frame_ > kAwakeFor;
  last_frame_ = now;
  if (from) handle_known(*from, counter);

  // By counter, not by number: after a hole old frames would stay.
  std::erase_if(ring_, [&](const Kept& kept) { return kept.counter + kRingFrames <= next_counter_; });
  if (counter + kRingFrames > next_counter_) ring_.push_back({counter, std::move(message), now});
  GROVE_ASSERT(ring_.size() <= kRingFrames);  // I5
  if (ring_.empty() || ring_.back().counter != counter) return;  // too late to be passed on

  send_planned(ring_.back(), !is_newest);
  for (const auto& [peer, until] : leases_) {
    if (now < until) send(peer, ring_.back(), !is_newest);
  }
  if (is_newest && (starts_spurt || ends_spurt)) {
    tell_wards();
    if (ends_spurt || now < alarmed_until_) tell_all(now);
    next_have_ = ends_spurt || !has_to_tell(now) ? base::Instant::never() : now + kHaveEvery;
  }
}

void Relay::handle_decline(const base::PeerId& peer, base::Instant now) {
  leases_.erase(peer);
  declined_[peer] = now + kDeclinedFor;
}

bool Relay::is_needed_from(std::uint64_t counter) const {
  const auto wants = [&](const base::PeerId& peer) { return !declines(peer); };
  const auto is_for_any = [&](const Duties& duties) {
    return std::any_of(duties.children.begin(), duties.children.end(), wants) ||
           std::any_of(duties.hot_wards.begin(), duties.hot_wards.end(), wants);
  };
  const Duties& duties = duties_for(counter);
  return !leases_.empty() || is_for_any(duties) || is_for_any(duties_);
}

void Relay::handle_silence() {
  if (is_silent_) return;
  is_silent_ = true;
  next_have_ = base::Instant::never();
  tell_wards();
  for (const base::PeerId& peer : receivers()) outputs_.push_back(SendHave{peer, next_counter_, true});
}

void Relay::handle_known(const base::PeerId& peer, std::uint64_t counter) { known_[peer].add(counter); }

// After a pause the end of what was said before would come like a belch.
void Relay::forget_old_frames(base::Instant now) {
  std::erase_if(ring_, [&](const Kept& kept) { return now - kept.since > kRingFor; });
}

void Relay::handle_pull(const base::PeerId& peer, std::uint64_t next_counter, std::uint64_t missing, bool wants_more,
                        base::Instant now) {
  declined_.erase(peer);
  forget_old_frames(now);
  std::size_t sent = 0;
  for (Kept& frame : ring_) {
    const std::uint64_t age = next_counter - 1 - frame.counter;  // of those below next_counter
    const bool is_wanted = frame.counter >= next_counter || (age < FrameWindow::kSpan && (missing >> age & 1) != 0);
    if (!is_wanted) continue;
    const std::size_t before = outputs_.size();
    send(peer, frame, true);
    sent += outputs_.size() - before;
  }
  if (!wants_more) {
    if (lacks_any(known_[peer], next_counter, missing)) outputs_.push_back(Refused{peer});
    return;
  }
  if (present().seats(peer)) return;
  if (!leases_.contains(peer) && copies(present()) >= copies_most(present())) {
    outputs_.push_back(Refused{peer});
    return;
  }
  leases_[peer] = now + kLease;
  if (sent == 0) outputs_.push_back(SendHave{peer, next_counter_, is_silent_});
}

void Relay::keep_ring_from(const base::PeerId& peer) {
  for (const Kept& frame : ring_) handle_known(peer, frame.counter);
}

void Relay::welcome(const base::PeerId& peer, base::Instant now) {
  if (now - last_frame_ > kLease || next_counter_ == 0) return;
  keep_ring_from(peer);  // from here on
  handle_pull(peer, next_counter_, 0, true, now);
}

void Relay::handle_peer_gone(const base::PeerId& peer) {
  leases_.erase(peer);
  declined_.erase(peer);
  known_.erase(peer);
}

void Relay::handle_alarm(base::Instant until, base::Instant now) {
  if (!is_silent_ && now >= alarmed_until_) next_have_ = std::min(next_have_, now);
  alarmed_until_ = until;
}

void Relay::handle_time(base::Instant now) {
  std::erase_if(leases_, [&](const auto& lease) { return now >= lease.second; });
  std::erase_if(declined_, [&](const auto& declined) { return now >= declined.second; });
  if (now < next_have_) return;
  const bool is_live = !is_silent_ && now - last_frame_ <= kLiveFor;
  if (is_live) tell_wards();
  if (is_live) tell_all(now);
  next_have_ = is_live && has_to_tell(now) ? now + kHaveEvery : base::Instant::never();
}

std::optional<Relay::Output> Relay::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

base::Instant Relay::next_deadline() const {
  base::Instant deadline = next_have_;
  for (const auto& [peer, until] : leases_) deadline = std::min(deadline, until);
  for (const auto& [peer, until] : declined_) deadline = std::min(deadline, until);
  return deadline;
}

std::vector<base::PeerId> Relay::receivers() const {
  std::set<base::PeerId> all;
  const auto add = [&](const Duties& duties) {
    all.insert(duties.children.begin(), duties.children.end());
    all.insert(duties.hot_wards.begin(), duties.hot_wards.end());
  };
  for (const Duties& past : past_) add(past);
  add(duties_);
  for (const auto& [peer, until] : leases_) all.insert(peer);
  for (const auto& [peer, until] : declined_) all.erase(peer);
  return {all.begin(), all.end()};
}

bool Relay::serves(const base::PeerId& peer) const { return present().seats(peer) || leases_.contains(peer); }

void Relay::send_planned(Kept& frame, bool is_late) {
  const Duties& duties = duties_for(frame.counter);
  for (const base::PeerId& child : duties.children) send(child, frame, is_late);
  for (const base::PeerId& ward : duties.hot_wards) send(ward, frame, is_late);
}

// I1: a frame crosses a link at most once, whoever asks for it.
void Relay::send(const base::PeerId& to, Kept& frame, bool is_late) {
  if (declines(to)) return;
  FrameWindow& known = known_[to];
  const bool is_too_old = frame.counter + kServedFrames < next_counter_;
  if (known.has(frame.counter) || frame.copies >= copies_most(duties_for(frame.counter)) || is_too_old) return;  // I1, I5
  ++frame.copies;
  known.add(frame.counter);
  outputs_.push_back(SendCopy{to, frame.counter, frame.message, is_late});
}

bool Relay::has_to_tell(base::Instant now) const { return !duties_.cold_wards.empty() || is_waking_ || now < alarmed_until_; }

// Whoever has a way up has heard by itself by now. Who carries for nobody says nothing, for one that a blocker of the source could not say.
void Relay::tell_all(base::Instant now) {
  const bool is_due = std::exchange(is_waking_, false) || now < alarmed_until_;
  if (is_due && !receivers().empty()) outputs_.push_back(TellAll{next_counter_, is_silent_});
}

void Relay::tell_wards() {
  for (const base::PeerId& ward : duties_.cold_wards) {
    if (!declines(ward)) outputs_.push_back(SendHave{ward, next_counter_, is_silent_});
  }
}

}  // namespace grove::overlay

#include "overlay/relay.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace grove::overlay {
namespace {

bool contains(const std::vector<base::PeerId>& peers, const base::PeerId& peer) {
  return std::find(peers.begin(), peers.end(), peer) != peers.end();
}

// `missing` as in FrameWindow::missing, of the frames below `next_counter`.
bool lacks_any(const FrameWindow& known, std::uint64_t next_counter, std::uint64_t missing) {
  for (std::uint64_t age = 0; age < std::min(next_counter, FrameWindow::kSpan); ++age) {
    if ((missing >> age & 1) != 0 && !known.has(next_counter - 1 - age)) return true;
  }
  return false;
}

}  // namespace

void Relay::change_duties(Duties duties, base::Instant now) {
  duties_ = std::move(duties);
  const std::vector<base::PeerId> children_before = past_.back().children;
  forget_past();
  for (const base::PeerId& child : duties_.children) leases_.erase(child);
  for (const base::PeerId& child : children_before) {
    if (!contains(duties_.children, child)) leases_[child] = now + kLease;
  }
  // I5 comes first: who finds no place here pulls from its guardian.
  while (copies() > copies_most(duties_)) {
    leases_.erase(std::min_element(leases_.begin(), leases_.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
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

std::size_t Relay::copies() const { return duties_.children.size() + duties_.hot_wards.size() + leases_.size(); }

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
  last_frame_ = now;
  if (from) handle_known(*from, counter);

  // By counter, not by number: after a hole old frames would stay.
  std::erase_if(ring_, [&](const Kept& kept) { return kept.counter + kRingFrames <= next_counter_; });
  if (counter + kRingFrames > next_counter_) ring_.push_back({counter, std::move(message)});
  GROVE_ASSERT(ring_.size() <= kRingFrames);  // I5
  if (ring_.empty() || ring_.back().counter != counter) return;  // too late to be passed on

  send_planned(ring_.back(), !is_newest);
  for (const auto& [peer, until] : leases_) {
    if (now < until) send(peer, ring_.back(), !is_newest);
  }
  if (is_newest && (starts_spurt || ends_spurt)) {
    tell_wards();
    next_have_ = ends_spurt || duties_.cold_wards.empty() ? base::Instant::never() : now + kHaveEvery;
  }
}

void Relay::handle_silence() {
  if (is_silent_) return;
  is_silent_ = true;
  next_have_ = base::Instant::never();
  tell_wards();
  for (const base::PeerId& child : duties_.children) outputs_.push_back(SendHave{child, next_counter_, true});
  for (const auto& [peer, until] : leases_) outputs_.push_back(SendHave{peer, next_counter_, true});
}

void Relay::handle_known(const base::PeerId& peer, std::uint64_t counter) { known_[peer].add(counter); }

void Relay::handle_pull(const base::PeerId& peer, std::uint64_t next_counter, std::uint64_t missing, bool wants_more,
                        base::Instant now) {
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
  if (contains(duties_.children, peer) || contains(duties_.hot_wards, peer)) return;
  if (!leases_.contains(peer) && copies() >= copies_most(duties_)) {
    outputs_.push_back(Refused{peer});
    return;
  }
  leases_[peer] = now + kLease;
  if (sent == 0) outputs_.push_back(SendHave{peer, next_counter_, is_silent_});
}

void Relay::welcome(const base::PeerId& peer, base::Instant now) {
  if (now - last_frame_ > kLease || next_counter_ == 0) return;
  // From here on; what lies in the ring is over for whoever was not there.
  for (const Kept& frame : ring_) handle_known(peer, frame.counter);
  handle_pull(peer, next_counter_, 0, true, now);
}

void Relay::handle_peer_gone(const base::PeerId& peer) {
  leases_.erase(peer);
  known_.erase(peer);
}

void Relay::handle_time(base::Instant now) {
  std::erase_if(leases_, [&](const auto& lease) { return now >= lease.second; });
  if (now < next_have_) return;
  const bool is_live = !is_silent_ && now - last_frame_ <= kLiveFor;
  next_have_ = is_live ? now + kHaveEvery : base::Instant::never();
  if (is_live) tell_wards();
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
  return deadline;
}

std::vector<base::PeerId> Relay::receivers() const {
  std::vector<base::PeerId> all = duties_.children;
  all.insert(all.end(), duties_.hot_wards.begin(), duties_.hot_wards.end());
  for (const auto& [peer, until] : leases_) {
    if (!contains(duties_.hot_wards, peer)) all.push_back(peer);
  }
  return all;
}

bool Relay::serves(const base::PeerId& peer) const {
  return contains(duties_.children, peer) || contains(duties_.hot_wards, peer) || leases_.contains(peer);
}

void Relay::send_planned(Kept& frame, bool is_late) {
  const Duties& duties = duties_for(frame.counter);
  for (const base::PeerId& child : duties.children) send(child, frame, is_late);
  for (const base::PeerId& ward : duties.hot_wards) send(ward, frame, is_late);
}

// I1: a frame crosses a link at most once, whoever asks for it.
void Relay::send(const base::PeerId& to, Kept& frame, bool is_late) {
  FrameWindow& known = known_[to];
  if (known.has(frame.counter) || frame.copies >= copies_most(duties_for(frame.counter)) || frame.counter + kServedFrames < next_counter_) return;  // I1, I5
  ++frame.copies;
  known.add(frame.counter);
  outputs_.push_back(SendCopy{to, frame.counter, frame.message, is_late});
}

void Relay::tell_wards() {
  for (const base::PeerId& ward : duties_.cold_wards) outputs_.push_back(SendHave{ward, next_counter_, is_silent_});
}

}  // namespace grove::overlay

// What we say of ourselves: when it changed enough to be told, and to whom goes what of it.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {
namespace {

std::uint16_t in_tenth_ms(const std::optional<base::Duration>& rtt) {
  if (!rtt) return 0;
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(rtt->in_us() / 100, 1, 0xffff));
}

// A record costs by what changed in it, so one that is made anyway tells what moved by a quarter of what is worth a record.
std::uint16_t told_or_moved(const wire::LinkClaim* told, std::uint16_t rtt) {
  const bool is_near = told && told->rtt_tenth_ms != 0 && std::abs(int{told->rtt_tenth_ms} - int{rtt}) <= std::max(25, told->rtt_tenth_ms / 20);
  return is_near ? told->rtt_tenth_ms : rtt;
}

// One percent more or less is chance; none at all is news.
std::uint8_t told_or_moved_loss(const wire::LinkClaim* told, std::uint8_t loss) {
  const bool is_near = told && loss != 0 && std::abs(int{told->loss_percent} - int{loss}) <= 1;
  return is_near ? told->loss_percent : loss;
}

}  // namespace

// What cannot wait is made anew at once, for ourselves and for a link that opens; the room hears of it when it is due.
void Node::State::change_own_record(Urgency urgency, Instant now) {
  if (has_left_) return;
  const bool is_large = is_large_room();
  if (urgency == Urgency::kMeasured) {
    const auto by_size = is_large ? kMeasuredPerPeer * static_cast<std::int64_t>(map_.size()) : base::Duration();
    record_due_ = std::min(record_due_, now + std::max(kMeasuredMin, by_size));
  } else if (urgency == Urgency::kFirst && is_large) {
    record_due_ = std::min(record_due_, now + kFirstCalm);
  } else if (urgency == Urgency::kGained && is_large) {
    const bool has_few = own_.links.size() < kLinksFew;
    gained_since_ = std::min(gained_since_, now);
    gained_due_ = std::min(now + (has_few ? kArrivingCalm : kGainedCalm), gained_since_ + (has_few ? kArrivingMax : kGainedMax));
  } else {
    record_due_ = now;
    if (now < next_record_) renew_own_record(now);  // else telling it does
  }
  publish_record_when_due(now);
}

// As far as we know: a newcomer, whom no tree can seat until both ends of some are told.
bool Node::State::has_hardly_a_link(const PeerId& peer) const {
  const auto* theirs = map_.find(peer);
  return !theirs || theirs->record.links.size() < kLinksFirst;
}

void Node::State::renew_own_record(Instant now) {
  own_.is_at_door = rendezvous_.is_open();
  if (whereabouts_.is_worth_adding(own_.coordinate)) own_.coordinate = whereabouts_.current();
  own_.copies_max = uplink_.copies_max();
  own_.copies_at_once = uplink_.copies_at_once();
  own_.links.clear();
  for (const auto& [peer, member] : members_) {
    if (!member.link || withdrawn_.contains(peer) || own_.links.size() >= wire::kLinksMax) continue;
    if (!links_.at(*member.link).has_word) continue;
    const auto rtt = links_.at(*member.link).pulse.rtt();
    // Its round-trip time, known a second later, would be another record; and no planner likes a link of which it knows none.
    if (!rtt && is_large_room() && own_.links.size() >= kLinksFew && !has_hardly_a_link(peer)) continue;
    const auto* told = own_signed_.record.claim_of(peer);
    own_.links.push_back({peer, told_or_moved(told, in_tenth_ms(rtt)), told_or_moved_loss(told, member.loss.percent()),
                          wanted_.empty() || wanted_.contains(peer)});
  }
  keeper_.handle_budget_changed(own_.copies_max, own_.copies_at_once, now);
  if (own_ == own_signed_.record) return;
  ++own_.version;
  own_signed_ = me_.sign(own_);
  map_.merge(me_.self(), own_signed_, now);
  graph_.reset();
}

void Node::State::publish_record_when_due(Instant now) {
  if (now < std::min(record_due_, gained_due_) || now < next_record_) return;
  record_due_ = gained_due_ = gained_since_ = Instant::never();
  renew_own_record(now);
  next_record_ = now + (is_large_room() && own_.links.size() < kLinksFirst ? kFirstSpacing : kRecordSpacing);
  for (auto& [id, link] : links_) {
    if (link.is_open && (!is_aside(id) || is_only_way(link.peer))) send_own_record(id);
  }
}

void Node::State::send_own_record(LinkId id) {
  Link& link = links_.at(id);
  if (wire::is_same(link.told, age_of(own_))) return;
  send_record(id, me_.self(), link.told);
  link.told = wire::mark_of(me_.self(), age_of(own_));
}

}  // namespace grove::node

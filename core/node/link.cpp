// Links and what passes over their control channel: records, digests, beats, goodbyes.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {
namespace {

using base::Duration;

// A round-trip time is worth telling the app when it moved by a tenth and a millisecond.
bool is_worth_showing(const std::optional<Duration>& told, Duration rtt) {
  if (!told) return true;
  const std::int64_t moved = std::abs((rtt - *told).in_us());
  return moved > Duration::ms(1).in_us() && moved > told->in_us() / 10;
}

// And worth telling the room when it moved by max(10 ms, 20 %): DESIGN §4 Timers.
bool is_worth_publishing(std::uint16_t told_tenth_ms, std::uint16_t rtt_tenth_ms) {
  const int moved = std::abs(int{rtt_tenth_ms} - int{told_tenth_ms});
  return moved > std::max(100, told_tenth_ms / 5);
}

constexpr int kLossWorthPublishing = 2;  // percent; a guess

std::uint16_t in_tenth_ms(const std::optional<Duration>& rtt) {
  if (!rtt) return 0;
  return static_cast<std::uint16_t>(std::min<std::int64_t>(rtt->in_us() / 100, 0xffff));
}

}  // namespace

void Node::State::on_link_open(LinkId link, Instant now) {
  const auto opened = links_.find(link);
  if (opened == links_.end() || opened->second.is_open) return;
  const PeerId peer = opened->second.peer;
  const auto member = members_.find(peer);
  if (member == members_.end()) return;  // nobody we met: the introduction never finished

  opened->second.is_open = true;
  opened->second.pulse = room::LinkPulse(now);
  // The new link first, so that closing the old one leaves no gap.
  member->second.link = link;
  introducer_.handle_link_open(link, now);
  on_introductions(now);

  tell_link_state(peer, LinkState::kConnected);
  change_own_record(now);
  send_control(link, wire::RecordNews{own_signed_});
  send_control(link, map_.digest());
  replan(now);
}

void Node::State::on_link_closed(LinkId link, Instant now) {
  const auto closed = links_.find(link);
  if (closed == links_.end()) return;
  const PeerId peer = closed->second.peer;
  const bool was_open = closed->second.is_open;
  links_.erase(closed);
  emit(CloseLink{link});
  introducer_.handle_link_closed(link, now);

  const auto member = members_.find(peer);
  if (member == members_.end()) return;
  if (member->second.link == link) {
    member->second.link.reset();
    tell_link_state(peer, LinkState::kConnecting);
    change_own_record(now);
    replan(now);
  } else if (!was_open && !member->second.link) {
    tell_link_state(peer, LinkState::kFailed);
  }
}

void Node::State::on_link_message(LinkId id, Channel channel, ByteView bytes, Instant now) {
  const auto known = links_.find(id);
  if (known == links_.end() || !known->second.is_open) return;
  Link& link = known->second;
  link.pulse.handle_heard(now);

  const auto message = wire::decode_link_message(bytes);
  const bool is_frame = message && std::holds_alternative<wire::FrameNews>(*message);
  const bool is_in_place = is_frame == (channel == Channel::kVoice);
  if (!message || !is_in_place || (!is_frame && !link.control_rate.try_take(1, now))) {
    ++stats_.messages_refused;
    return;
  }
  if (is_frame) return on_frame(link.peer, std::get<wire::FrameNews>(*message), now);
  if (const auto* news = std::get_if<wire::RecordNews>(&*message)) return on_record(id, news->record, now);
  if (const auto* digest = std::get_if<wire::Digest>(&*message)) return on_digest(id, *digest, now);
  if (const auto* news = std::get_if<wire::PlanNews>(&*message)) return on_plan(news->plan);
  if (const auto* beat = std::get_if<wire::Beat>(&*message)) return on_beat(id, *beat, now);
  if (!std::holds_alternative<wire::Bye>(*message)) {
    ++stats_.messages_refused;
    return;
  }
  const PeerId peer = link.peer;
  on_ended(peer, LeaveReason::kSaidBye, now);
  introducer_.forget(peer);
}

void Node::State::on_record(LinkId from, const wire::SignedRecord& record, Instant now) {
  // The same news comes over many links: look whether it is news before the signature, which costs 100 times as much.
  const PeerId claimed = crypto::peer_id_of(record.record.public_key);
  if (claimed == me_.self()) return;
  const auto* known = map_.find(claimed);
  const bool is_news = !known || std::tie(known->record.incarnation, known->record.version) <
                                     std::tie(record.record.incarnation, record.record.version);
  if (!is_news) return;
  const auto author = me_.author_of(record);
  if (!author) {
    ++stats_.messages_refused;
    return;
  }
  const bool is_hearsay = !known && !members_.contains(*author);
  const bool has_room = !is_hearsay || map_.size() < overlay::Map::kHearsayMax;
  // What finds no room is not passed on either: it would be news again and again, and go in rings.
  if (!has_room || !learn_record(*author, record, now)) {
    ++stats_.messages_refused;
    return;
  }
  for (const auto& [id, link] : links_) {
    if (link.is_open && id != from && link.peer != *author) send_control(id, wire::RecordNews{record});
  }
}

bool Node::State::learn_record(const PeerId& author, const wire::SignedRecord& record, Instant now) {
  const auto member = members_.find(author);
  if (member != members_.end() && member->second.incarnation < record.record.incarnation) {
    on_ended(author, LeaveReason::kLost, now);  // their own word that the run we know is over
  }
  if (map_.merge(author, record, now) != overlay::Map::Merged::kNews) return false;
  listening_.learn_source(author, record.record);

  const auto still = members_.find(author);
  if (still == members_.end()) return true;
  Member& known = still->second;
  if (known.name == record.record.name && known.is_muted == record.record.is_muted) return true;
  known.name = record.record.name;
  known.is_muted = record.record.is_muted;
  emit(PeerChanged{known.number, author, known.is_muted, known.name});
  return true;
}

void Node::State::on_digest(LinkId from, const wire::Digest& digest, Instant now) {
  if (!links_.at(from).digest_rate.try_take(1, now)) {
    ++stats_.messages_refused;
    return;
  }
  for (const auto& record : map_.newer_than(digest)) send_control(from, wire::RecordNews{record});
}

void Node::State::on_beat(LinkId from, const wire::Beat& beat, Instant now) {
  Link& link = links_.at(from);
  link.pulse.handle_beat(beat, now);
  const auto member = members_.find(link.peer);
  const auto rtt = link.pulse.rtt();
  if (member == members_.end() || member->second.link != from) return;
  member->second.their_loss_percent = beat.loss_percent;
  tell_loss();
  if (!rtt) return;
  if (is_worth_showing(member->second.told_rtt, *rtt)) tell_link_state(link.peer, LinkState::kConnected);

  const auto claim = std::find_if(own_.links.begin(), own_.links.end(), [&](const auto& c) { return c.to == link.peer; });
  const bool is_news = claim != own_.links.end() &&
                       (is_worth_publishing(claim->rtt_tenth_ms, in_tenth_ms(rtt)) ||
                        std::abs(claim->loss_percent - member->second.loss.percent()) >= kLossWorthPublishing);
  if (is_news) change_own_record(now);
}

void Node::State::tell_loss() {
  std::uint8_t worst = 0;
  for (const auto& [peer, member] : members_) {
    if (member.link) worst = std::max(worst, member.their_loss_percent);
  }
  if (worst == told_loss_percent_) return;
  told_loss_percent_ = worst;
  emit(LossReported{worst});
}

void Node::State::on_time(Instant now) {
  if (has_left_) return;
  rendezvous_.handle_time(now);
  introducer_.handle_time(now);
  std::vector<LinkId> dead;
  for (auto& [id, link] : links_) {
    if (!link.is_open) continue;
    if (link.pulse.is_dead(now)) {
      dead.push_back(id);
    } else if (const auto beat = link.pulse.poll_beat(loss_from(link.peer), now)) {
      send_control(id, *beat);
    }
  }
  for (const LinkId id : dead) on_link_closed(id, now);
  publish_record_when_due(now);
  gossip(now);
}

// The record is made anew at once, so that a new link gets it true; the room hears of it at most once a second.
void Node::State::change_own_record(Instant now) {
  if (has_left_) return;
  ++own_.version;
  own_.links.clear();
  for (const auto& [peer, member] : members_) {
    if (member.link && own_.links.size() < wire::kLinksMax) {
      own_.links.push_back({peer, in_tenth_ms(links_.at(*member.link).pulse.rtt()), member.loss.percent()});
    }
  }
  own_signed_ = me_.sign(own_);
  map_.merge(me_.self(), own_signed_, now);
  is_own_record_stale_ = true;
  publish_record_when_due(now);
}

void Node::State::publish_record_when_due(Instant now) {
  if (!is_own_record_stale_ || now < next_record_) return;
  is_own_record_stale_ = false;
  next_record_ = now + kRecordSpacing;
  for (const auto& [id, link] : links_) {
    if (link.is_open) send_control(id, wire::RecordNews{own_signed_});
  }
}

void Node::State::gossip(Instant now) {
  if (now < next_digest_) return;
  next_digest_ = now + kDigestEvery;
  // Whoever we have met stays known, though the link may take longer to come up than the map remembers strangers.
  std::vector<PeerId> met;
  for (const auto& [peer, member] : members_) met.push_back(peer);
  for (const PeerId& peer : map_.forget_unreachable(met, now)) {
    listening_.forget_source(peer);
    plans_.erase(peer);
  }
  const std::vector<PeerId> linked = linked_peers();
  if (linked.empty()) return;
  const PeerId& to = linked[random_.below(linked.size())];
  send_control(*members_.at(to).link, map_.digest());
}

}  // namespace grove::node

// What everybody knows of the room: records on change, digests against what got lost.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {
namespace {

std::uint16_t in_tenth_ms(const std::optional<base::Duration>& rtt) {
  if (!rtt) return 0;
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(rtt->in_us() / 100, 1, 0xffff));
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
    renew_own_record(now);
  }
  publish_record_when_due(now);
}

// As far as we know: a newcomer, whom no tree can seat until both ends of some are told.
bool Node::State::has_hardly_a_link(const PeerId& peer) const {
  const auto* theirs = map_.find(peer);
  return !theirs || theirs->record.links.size() < kLinksFirst;
}

void Node::State::renew_own_record(Instant now) {
  ++own_.version;
  own_.is_at_door = rendezvous_.is_open();
  own_.coordinate = whereabouts_.current();
  own_.copies_max = uplink_.copies_max();
  own_.links.clear();
  for (const auto& [peer, member] : members_) {
    if (!member.link || withdrawn_.contains(peer) || own_.links.size() >= wire::kLinksMax) continue;
    if (!links_.at(*member.link).has_word) continue;
    const auto rtt = links_.at(*member.link).pulse.rtt();
    // Its round-trip time, known a second later, would be another record; and no planner likes a link of which it knows none.
    if (!rtt && is_large_room() && own_.links.size() >= kLinksFew && !has_hardly_a_link(peer)) continue;
    own_.links.push_back({peer, in_tenth_ms(rtt), member.loss.percent(),
                          wanted_.empty() || wanted_.contains(peer)});
  }
  own_signed_ = me_.sign(own_);
  map_.merge(me_.self(), own_signed_, now);
  graph_.reset();
  keeper_.handle_budget_changed(own_.copies_max, now);
}

void Node::State::publish_record_when_due(Instant now) {
  if (now < std::min(record_due_, gained_due_) || now < next_record_) return;
  record_due_ = gained_due_ = gained_since_ = Instant::never();
  renew_own_record(now);
  next_record_ = now + (is_large_room() && own_.links.size() < kLinksFirst ? kFirstSpacing : kRecordSpacing);
  for (const auto& [id, link] : links_) {
    if (link.is_open && (!is_aside(id) || is_only_way(link.peer))) send_control(id, wire::RecordNews{own_signed_});
  }
}

void Node::State::on_map_changed(overlay::TreeKeeper::Change change, Instant now) {
  graph_.reset();
  keeper_.handle_map_changed(change, now);
  count_due_ = std::min(count_due_, now + count_spacing());
  choose_due_ = std::min(choose_due_, now + count_spacing());
}

void Node::State::on_record(LinkId from, const wire::SignedRecord& record, Instant now) {
  // The same news comes over many links: look whether it is news before the signature, which costs 100 times as much.
  const PeerId claimed = crypto::peer_id_of(record.record.public_key);
  if (claimed == me_.self()) return;
  const auto* known = map_.find(claimed);
  const bool is_news = !known || age_of(known->record) < age_of(record.record);
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
  asked_.erase(*author);
  // Whoever is linked to the author has it from there. Of the rest a few are told, chosen by lot.
  const auto is_told = [&](const Link& link) {
    return link.peer == *author || record.record.claim_of(link.peer);
  };
  std::vector<Link*> others;
  for (auto& [id, link] : links_) {
    if (link.is_open && id != from && !is_told(link) && !is_aside(id)) others.push_back(&link);
  }
  const std::size_t told_max = is_large_room() ? kToldMaxInLargeRoom : kToldMax;
  for (std::size_t i = 0; i < others.size() && i < told_max; ++i) {
    std::swap(others[i], others[i + random_.below(others.size() - i)]);
    others[i]->news.insert(*author);
    next_news_ = std::min(next_news_, now + kNewsEvery);
  }
}

void Node::State::on_digest(LinkId from, const wire::Digest& digest, Instant now) {
  Link& link = links_.at(from);
  const bool is_question = digest.is_whole || digest.entries.empty();
  if (is_question && !link.digest_rate.try_take(1, now)) {
    ++stats_.messages_refused;
    return;
  }
  if (!digest.is_whole && digest.entries.empty()) {
    if (digest.map_hash != map_.hash()) send_control(from, map_.digest());
    return;
  }
  if (digest.is_whole) {
    for (const auto& record : map_.newer_than(digest)) send_control(from, wire::RecordNews{record});
  }
  wire::Want want;
  for (const wire::DigestEntry& entry : digest.entries) {
    const auto* known = map_.find(entry.peer);
    if (entry.peer == me_.self() || (known && age_of(known->record) >= entry.age)) {
      link.news.erase(entry.peer);  // they know it at least as well
      continue;
    }
    const auto asked = asked_.find(entry.peer);
    const bool is_coming = asked != asked_.end() && asked->second.age >= entry.age && now < asked->second.at + kWantAgainAfter;
    if (is_coming || asked_.size() >= overlay::Map::kRecordsMax) continue;
    asked_[entry.peer] = {entry.age, now};
    want.peers.push_back(entry.peer);
  }
  if (!want.peers.empty()) send_control(from, want);
}

void Node::State::on_want(LinkId from, const wire::Want& want, Instant now) {
  // Each answer is a record: the link's own rate bounds the questions, this one what they cost us.
  for (const PeerId& peer : want.peers) {
    const auto* record = map_.find(peer);
    if (!record) continue;
    if (!links_.at(from).control_rate.try_take(1, now)) {
      ++stats_.messages_refused;
      return;
    }
    send_control(from, wire::RecordNews{*record});
  }
}

void Node::State::gossip(Instant now) {
  if (now >= next_news_) {
    next_news_ = Instant::never();
    for (auto& [id, link] : links_) {
      if (!link.is_open || link.news.empty()) continue;
      wire::Digest digest{0, false, {}};
      for (const PeerId& peer : std::exchange(link.news, {})) {
        const auto* known = map_.find(peer);
        if (known && digest.entries.size() < wire::kDigestMax) {
          digest.entries.push_back({peer, age_of(known->record)});
        }
      }
      if (!digest.entries.empty()) send_control(id, digest);
    }
  }
  if (now < next_digest_) return;
  next_digest_ = now + kDigestEvery;
  std::erase_if(asked_, [&](const auto& asked) { return now >= asked.second.at + kWantAgainAfter; });
  // Whoever we have met stays known, though the link may take longer to come up than the map remembers strangers.
  std::vector<PeerId> met;
  for (const auto& [peer, member] : members_) met.push_back(peer);
  for (const PeerId& peer : map_.forget_unreachable(met, now)) {
    listening_.forget_source(peer);
    streams_.erase(peer);
    notes_.notes().forget_tree(peer);
    graph_.reset();
  }
  const std::vector<PeerId> linked = linked_peers();
  if (linked.empty()) return;
  send_control_to(linked[random_.below(linked.size())], wire::Digest{map_.hash(), false, {}});
}

}  // namespace grove::node

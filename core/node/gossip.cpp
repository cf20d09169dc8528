// What everybody knows of the room: whoever learns of a record tells those who have it from nobody else; hashes against what got lost.
#include <algorithm>
#include <utility>

#include "node/state.h"
#include "overlay/spread.h"

namespace grove::node {

using overlay::Spread;

void Node::State::on_map_changed(overlay::TreeKeeper::Change change, Instant now) {
  graph_.reset();
  keeper_.handle_map_changed(change, now);
  count_due_ = std::min(count_due_, now + count_spacing());
  choose_due_ = std::min(choose_due_, now + count_spacing());
}

void Node::State::on_record(LinkId from, const wire::SignedRecord& record, Instant now) {
  // The same news may come over many links: look whether it is news before the signature, which costs 100 times as much.
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
  take_news(from, *author, record, now);
}

// A delta is worth nothing by itself: what it makes of our record counts, if its author signed that.
void Node::State::on_delta(LinkId from, const wire::RecordDelta& delta, Instant now) {
  const auto author = map_.find(delta.base.peer);
  if (author == me_.self()) return;
  wire::RecordMark told = delta.base;
  told.version = static_cast<std::uint16_t>(told.version + delta.steps);
  const auto* known = author ? map_.find(*author) : nullptr;
  if (known && !wire::is_newer(told, age_of(known->record))) return;
  const auto* base = author ? map_.find(*author, delta.base) : nullptr;
  const auto made = base ? wire::apply(delta, *base) : std::nullopt;
  if (made && me_.author_of(*made) == author) {
    if (age_of(known->record) < age_of(made->record)) take_news(from, *author, *made, now);
    return;
  }
  // It is of a record that we lack; or the author signed two of one version, or somebody lies: then only a whole one helps.
  if (made) ++stats_.messages_refused;
  wire::Want want;
  ask(want, told, made ? wire::RecordMark{told.peer} : what_we_have(told.peer), now);
  if (!want.marks.empty()) send_control(from, want);
}

void Node::State::take_news(LinkId from, const PeerId& author, const wire::SignedRecord& record, Instant now) {
  const bool is_hearsay = !map_.find(author) && !members_.contains(author);
  const bool has_room = !is_hearsay || map_.size() < overlay::Map::kHearsayMax;
  // What finds no room is not passed on either: it would be news again and again, and go in rings.
  if (!has_room || !learn_record(author, record, now)) {
    ++stats_.messages_refused;
    return;
  }
  asked_.erase(wire::short_of(author));
  pass_on(from, author, now);
}

void Node::State::pass_on(LinkId from, const PeerId& author, Instant now) {
  const auto* record = map_.find(author);
  if (!record) return;  // learnt, and forgotten since: it was their last word
  if (is_aside(from)) return;  // of the other part of the room: whoever has such a link is told over its own
  const auto* before = map_.before(author);
  const auto delta = before ? wire::delta_between(author, *before, *record) : std::nullopt;
  // Whoever leaves lists no links any more, but has told those that it had.
  const Spread spread(map_, me_.self(), author, record->record.is_leaving && before ? before->record : record->record);
  for (auto& [id, link] : links_) {
    const bool is_link_aside = is_aside(id);
    if (!link.is_open || id == from || (is_link_aside && !is_only_way(link.peer))) continue;
    const Spread::Telling telling = is_link_aside ? Spread::Telling::kAnnounce : spread.telling(link.peer);
    if (telling == Spread::Telling::kNothing) continue;
    if (telling == Spread::Telling::kBody && delta) {
      send_control(id, *delta);
      continue;
    }
    // Whom we stand by for shall have it by then; who has no record of its author yet is asked whether it wants one.
    link.news.insert(author);
    next_news_ = std::min(next_news_, now + (delta ? kStandBy : kNewsEvery));
  }
}

wire::RecordMark Node::State::what_we_have(const wire::ShortId& peer) const {
  const auto known = map_.find(peer);
  return known ? wire::mark_of(*known, age_of(map_.find(*known)->record)) : wire::RecordMark{peer};
}

// One question for one record, whoever says that it has it; another when the answer should have come.
void Node::State::ask(wire::Want& want, const wire::RecordMark& news, const wire::RecordMark& ours, Instant now) {
  const auto asked = asked_.find(news.peer);
  const bool is_coming = asked != asked_.end() && asked->second.mark == news && now < asked->second.at + kWantAgainAfter;
  if (is_coming || asked_.size() >= overlay::Map::kRecordsMax || want.marks.size() >= wire::kMarksMax) return;
  asked_[news.peer] = {news, now};
  want.marks.push_back(ours);
}

void Node::State::want_newer(LinkId from, const std::vector<wire::RecordMark>& marks, Instant now) {
  wire::Want want;
  for (const wire::RecordMark& mark : marks) {
    const auto peer = map_.find(mark.peer);
    if (peer == me_.self()) continue;
    if (peer && !wire::is_newer(mark, age_of(map_.find(*peer)->record))) {
      links_.at(from).news.erase(*peer);  // they know it at least as well
      if (map_.is_past_life(*peer, mark) && links_.at(from).control_rate.try_take(1, now)) {
        send_control(from, wire::RecordNews{*map_.find(*peer)});
      }
      continue;
    }
    ask(want, mark, what_we_have(mark.peer), now);
  }
  if (!want.marks.empty()) send_control(from, want);
}

void Node::State::on_hashes(LinkId from, const wire::MapHashes& theirs, Instant now) {
  Link& link = links_.at(from);
  if (!link.digest_rate.try_take(1, now)) {
    ++stats_.messages_refused;
    return;
  }
  if (now < link.listed_until) return;  // they know already
  // Over a link aside each tells of its own part of the room, and is asked for that.
  const PeerId& joined_to = is_aside(from) ? link.peer : me_.self();
  const wire::MapHashes ours = map_.hashes(joined_to);
  std::uint16_t parts = 0;
  for (std::size_t i = 0; i < wire::kMapParts; ++i) {
    if (ours.parts[i] != theirs.parts[i]) parts = static_cast<std::uint16_t>(parts | 1U << i);
  }
  if (parts) send_digest(from, parts, joined_to, now);
}

void Node::State::send_digest(LinkId to, std::uint16_t parts, const PeerId& joined_to, Instant now) {
  links_.at(to).listed_until = now + kListedFor;
  send_control(to, map_.digest(parts, joined_to));
}

void Node::State::on_digest(LinkId from, const wire::Digest& digest, Instant now) {
  Link& link = links_.at(from);
  if (!link.digest_rate.try_take(1, now)) {
    ++stats_.messages_refused;
    return;
  }
  for (const auto& better : map_.newer_than(digest)) send_record(from, better.peer, better.theirs);
  // Whom we have just told what we know sends what it knows better without being asked.
  if (now >= link.listed_until) want_newer(from, digest.marks, now);
}

void Node::State::on_want(LinkId from, const wire::Want& want, Instant now) {
  // Each answer is a record: the link's own rate bounds the questions, this one what they cost us.
  for (const wire::RecordMark& mark : want.marks) {
    const auto peer = map_.find(mark.peer);
    if (!peer || !wire::is_older(mark, age_of(map_.find(*peer)->record))) continue;
    if (!links_.at(from).control_rate.try_take(1, now)) {
      ++stats_.messages_refused;
      return;
    }
    send_record(from, *peer, mark);
  }
}

// As a delta, if what they have is still known here.
void Node::State::send_record(LinkId to, const PeerId& peer, const wire::RecordMark& theirs) {
  const auto* record = map_.find(peer);
  if (!record) return;
  const auto* base = theirs.is_none() ? nullptr : map_.find(peer, theirs);
  if (const auto delta = base ? wire::delta_between(peer, *base, *record) : std::nullopt) {
    send_control(to, *delta);
  } else {
    send_control(to, wire::RecordNews{*record});
  }
}

// A link is open: what does each end know better? Who knows hardly anybody lists them, and is told the rest; of others one asks.
void Node::State::greet(LinkId id, bool is_stranger, Instant now) {
  Link& link = links_.at(id);
  const auto own = wire::mark_of(me_.self(), age_of(own_));
  if (link.told == own) {
    // A change of ours has just gone to all links.
  } else if (is_stranger || !is_large_room()) {
    send_control(id, wire::RecordNews{own_signed_});
  } else {
    send_control(id, wire::News{{own}});  // they have met us, and as a rule our record has come to them as to all
  }
  link.told = own;
  if (map_.size() < kKnowsHardlyAnybody) {
    send_digest(id, 0xffff, me_.self(), now);
  } else if (me_.self() < link.peer) {
    send_control(id, map_.hashes());
  }
}

void Node::State::gossip(Instant now) {
  if (now >= next_news_) {
    next_news_ = Instant::never();
    for (auto& [id, link] : links_) {
      if (!link.is_open || link.news.empty()) continue;
      wire::News news;
      for (const PeerId& peer : std::exchange(link.news, {})) {
        const auto* known = map_.find(peer);
        if (known && news.marks.size() < wire::kMarksMax) news.marks.push_back(wire::mark_of(peer, age_of(known->record)));
      }
      if (!news.marks.empty()) send_control(id, news);
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
  const std::vector<PeerId> ways = ways_out();
  if (ways.empty()) return;
  send_control_to(ways[random_.below(ways.size())], map_.hashes());
}

}  // namespace grove::node

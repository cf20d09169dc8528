#include "overlay/neighbours.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace grove::overlay {
namespace {

using Stage = Neighbours::Stage;

constexpr base::Duration kHour = base::Duration::s(3600);
constexpr base::Duration kLookAgain = base::Duration::s(5);  // wishes age, coordinates move

// By lot, but the same at both ends: whoever begins has spent a connection.
bool begins(const base::PeerId& self, const base::PeerId& peer) { return (self < peer) == ((pair_hash(self, peer) & 1U) == 0); }

bool is_full(const Neighbours::Candidate& c) { return c.links >= Neighbours::kOpenMax; }
bool is_crowded(const Neighbours::Candidate& c) { return c.links >= Neighbours::kSpareMax; }

// The best of each group first: whatever comes up first, the graph is whole and has short and long ways.
std::vector<base::PeerId> interleaved(const Choice& choice) {
  const auto groups = {&choice.ring, &choice.tree_links, &choice.wished};
  std::size_t longest = 0;
  for (const auto* group : groups) longest = std::max(longest, group->size());
  std::vector<base::PeerId> order;
  for (std::size_t i = 0; i < longest; ++i) {
    for (const auto* group : groups) {
      if (i < group->size()) order.push_back((*group)[i]);
    }
  }
  return order;
}

}  // namespace

void Neighbours::handle_wish(const base::PeerId& from, const base::PeerId& link_to, base::Instant now) {
  if (link_to == self_ || from == link_to) return;
  std::erase_if(wishes_, [&](const Wish& w) { return w.until <= now || (w.from == from && w.link_to == link_to); });
  const auto is_theirs = [&](const Wish& w) { return w.from == from; };
  if (static_cast<std::size_t>(std::count_if(wishes_.begin(), wishes_.end(), is_theirs)) >= kWishesEach) {
    wishes_.erase(std::find_if(wishes_.begin(), wishes_.end(), is_theirs));
  }
  if (wishes_.size() >= kWishesMax) wishes_.pop_front();
  wishes_.push_back({from, link_to, now + kWishFor});
}

void Neighbours::handle_attempt(base::Instant now) {
  ++made_in_life_;
  made_.push_back(now);
  if (made_.size() > kMadeAnHour) made_.pop_front();
}

void Neighbours::handle_failed(const base::PeerId& peer, base::Instant now) {
  Known& known = known_[peer];
  known.last_seen = now;
  fail(known, now);
}

void Neighbours::forget_failures(const base::PeerId& peer, base::Instant now) {
  const auto known = known_.find(peer);
  if (known == known_.end()) return;
  known->second.failures = 0;
  known->second.retry_at = now;
}

Neighbours::Decision Neighbours::decide(const std::vector<Candidate>& others, base::Instant now) {
  note_stages(others, now);
  forget_old(now);
  if (!is_sparse_ && others.size() >= kMeshMax) {
    is_sparse_ = true;
  } else if (others.size() < kMeshAgain) {
    is_sparse_ = false;
  }

  const std::vector<base::PeerId> order = is_sparse_ ? interleaved(choose(others, now)) : mesh_order(others);
  Decision decision;
  decision.next = now + kLookAgain;
  decision.wanted = order;
  for (const Known* known : current_) {
    if (known->is_filler) decision.wanted.push_back(others[known->at].peer);
  }
  std::sort(decision.wanted.begin(), decision.wanted.end());
  note_wanted(decision.wanted, others, now);
  decide_retire(others, now, decision);
  decide_open(order, others, now, decision);
  return decision;
}

bool Neighbours::is_out_of_reach(const Candidate& other, base::Instant now) const {
  if (other.stage == Stage::kOpen) return false;
  const auto known = known_.find(other.peer);
  return is_crowded(other) || (known != known_.end() && now < known->second.retry_at);
}

void Neighbours::note_stages(const std::vector<Candidate>& others, base::Instant now) {
  current_.clear();
  for (const Candidate& c : others) {
    Known& known = known_[c.peer];
    known.at = current_.size();
    current_.push_back(&known);
    if (c.stage == Stage::kOpen) {
      if (known.stage != Stage::kOpen) known.opened_at = now;
      known.is_paid = false;
      if (now - known.opened_at >= kShortLife) known.failures = 0;
      if (c.is_in_use && wishes_for(c.peer, now) > 0) known.useful_until = now + kUsefulFor;
    } else {
      if (c.stage == Stage::kPending && known.stage != Stage::kPending) known.asked_at = now;
      // Who has no place left does not answer.
      if (c.stage == Stage::kPending && now - known.asked_at >= kAttemptFor && now >= known.retry_at) fail(known, now);
      if (known.stage == Stage::kOpen && now - known.opened_at < kShortLife && known.close_at.is_never()) fail(known, now);
      known.close_at = base::Instant::never();
      known.unwanted_since = base::Instant::never();
    }
    known.is_filler = known.is_filler && c.stage == Stage::kPending && now >= known.retry_at;
    known.stage = c.stage;
    known.last_seen = now;
  }
  for (auto& [peer, known] : known_) {
    if (known.last_seen < now) known.stage = Stage::kNone;  // left the room
  }
}

void Neighbours::forget_old(base::Instant now) {
  std::erase_if(known_, [&](const auto& entry) { return now - entry.second.last_seen > kRemembered; });
  while (known_.size() > kPeersMax) {
    const auto oldest = std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) {
      return a.second.last_seen < b.second.last_seen;
    });
    if (oldest->second.last_seen == now) break;
    known_.erase(oldest);
  }
  while (!made_.empty() && now - made_.front() > kHour) made_.pop_front();
  std::erase_if(wishes_, [&](const Wish& w) { return w.until <= now; });
}

Choice Neighbours::choose(const std::vector<Candidate>& others, base::Instant now) const {
  std::vector<Prospect> prospects;
  prospects.reserve(others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Candidate& c = others[i];
    const Known& known = *current_[i];
    if (c.stage != Stage::kOpen && now < known.retry_at) continue;
    Prospect& p = prospects.emplace_back(Prospect{.peer = c.peer});
    p.wishes = wishes_for(c.peer, now);
    p.is_tree_link = c.is_tree_link;
    p.is_open = c.stage == Stage::kOpen;
    p.is_doubtful = known.failures > 0;
    p.is_full = c.stage == Stage::kNone && is_full(c);
    p.is_crowded = c.stage == Stage::kNone && is_crowded(c);
    p.takes_wishes = c.stage != Stage::kNone || c.links < kLinksMaxByWish;
  }
  return choose_links(self_, prospects);
}

std::vector<base::PeerId> Neighbours::mesh_order(const std::vector<Candidate>& others) const {
  std::vector<std::pair<std::uint64_t, base::PeerId>> hashed;
  for (const Candidate& c : others) hashed.emplace_back(pair_hash(self_, c.peer), c.peer);
  std::sort(hashed.begin(), hashed.end());
  std::vector<base::PeerId> order;
  for (const auto& [hash, peer] : hashed) order.push_back(peer);
  return order;
}

void Neighbours::note_wanted(const std::vector<base::PeerId>& wanted, const std::vector<Candidate>& others,
                             base::Instant now) {
  const auto open = std::count_if(others.begin(), others.end(), [](const Candidate& c) { return c.stage == Stage::kOpen; });
  const bool has_spare = static_cast<std::size_t>(open) > kLinksTarget;
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Candidate& c = others[i];
    Known& known = *current_[i];
    if (!std::binary_search(wanted.begin(), wanted.end(), c.peer)) {
      known.wanted_since = base::Instant::never();
      const bool is_idle = has_spare && c.stage == Stage::kOpen && !c.is_wanted_by_it && !c.is_in_use;
      if (!is_idle) known.unwanted_since = base::Instant::never();
      if (is_idle && known.unwanted_since.is_never()) known.unwanted_since = now;
    } else {
      if (known.wanted_since.is_never()) known.wanted_since = now;
      known.unwanted_since = base::Instant::never();
    }
    if (known.unwanted_since.is_never()) known.close_at = base::Instant::never();  // somebody thought better of it
  }
}

void Neighbours::decide_open(const std::vector<base::PeerId>& order, const std::vector<Candidate>& others,
                             base::Instant now, Decision& decision) {
  std::size_t open = 0;
  std::size_t pending = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    open += others[i].stage == Stage::kOpen ? 1U : 0U;
    pending += others[i].stage == Stage::kPending && now >= current_[i]->retry_at ? 1U : 0U;
  }
  if (pending >= kAttemptsAtOnce || !may_make(open == 0 ? 0 : kReservedForIncoming, now)) return;
  if (is_sparse_ && open + pending >= kLinksMaxByWish) return;
  const bool is_full = is_sparse_ && open + pending >= kOpenMax;

  const bool may_wait = is_sparse_ && open + pending >= kLinksFew;
  const auto try_to_open = [&](const base::PeerId& peer, base::Instant since, int opens_left) {
    base::Instant may_at = std::max(since + (begins(self_, peer) ? base::Duration{} : kOtherWaits), known_.at(peer).retry_at);
    if (may_wait) may_at = std::max(may_at, opens_paid_until_ - kOpenSpacing * (kOpensSaved - 1 - opens_left));
    if (now < may_at) {
      decision.next = std::min(decision.next, may_at);
      return false;
    }
    if (is_sparse_) {
      opens_paid_until_ = std::max(opens_paid_until_, now) + kOpenSpacing;
      known_.at(peer).is_paid = true;
    }
    decision.open = peer;
    return true;
  };
  std::size_t waiting = 0;
  for (const base::PeerId& peer : order) {
    const Known& known = known_.at(peer);
    if (others[known.at].stage != Stage::kNone || (is_full && wishes_for(peer, now) == 0)) continue;
    if (try_to_open(peer, known.wanted_since, 0)) return;
    ++waiting;
  }

  if (!is_sparse_ || open >= kFillTo) short_since_ = base::Instant::never();
  const bool is_short = open + pending + waiting < (short_since_.is_never() ? kFillBelow : kFillTo);
  if (!is_sparse_ || !is_short) return;
  short_since_ = std::min(short_since_, now);
  const auto near = filler(others, now);
  if (near && try_to_open(*near, short_since_, kOpensForWanted)) known_.at(*near).is_filler = true;
}

// Rather somebody who lacks links too, and never failed to answer; of those the nearest.
std::optional<base::PeerId> Neighbours::filler(const std::vector<Candidate>& others, base::Instant now) const {
  const auto cost = [&](const Candidate& c) {
    return std::tuple(known_.at(c.peer).failures > 0, c.links >= kFillTo, *c.away, c.peer);
  };
  const Candidate* best = nullptr;
  for (const Candidate& c : others) {
    if (c.stage != Stage::kNone || !c.away || is_out_of_reach(c, now)) continue;
    if (!best || cost(c) < cost(*best)) best = &c;
  }
  return best ? std::optional(best->peer) : std::nullopt;
}

// All at once: a record that tells of six links less costs the room no more than one that tells of one.
void Neighbours::decide_retire(const std::vector<Candidate>& others, base::Instant now, Decision& decision) {
  std::size_t staying = 0;
  std::vector<std::tuple<base::Duration, base::PeerId, Known*>> idle;  // the farthest last
  for (std::size_t i = 0; i < others.size(); ++i) {
    const Candidate& c = others[i];
    if (c.stage != Stage::kOpen) continue;
    Known& known = *current_[i];
    if (!known.close_at.is_never()) {
      decision.withdrawn.push_back(c.peer);
      if (now >= known.close_at && !decision.close) decision.close = c.peer;
      decision.next = std::min(decision.next, std::max(now, known.close_at));
      continue;
    }
    ++staying;
    if (known.unwanted_since.is_never() || now - known.unwanted_since < kUnwantedFor) continue;
    idle.emplace_back(c.away.value_or(base::Duration{}), c.peer, &known);
  }
  if (is_sparse_ && others.size() >= kRetireFrom && now >= next_retire_) {
    std::sort(idle.begin(), idle.end());
    for (; !idle.empty() && staying > kLinksTarget; --staying, idle.pop_back()) {
      const auto& [distance, peer, known] = idle.back();
      known->close_at = now + kFarewell;
      decision.withdrawn.push_back(peer);
    }
    next_retire_ = base::Instant::never();
    decision.next = std::min(decision.next, now + kFarewell);
  }
  decision.next = std::min(decision.next, std::max(now, next_retire_));
  std::sort(decision.withdrawn.begin(), decision.withdrawn.end());
}

std::size_t Neighbours::wishes_for(const base::PeerId& peer, base::Instant now) const {
  const auto fresh = std::count_if(wishes_.begin(), wishes_.end(),
                                   [&](const Wish& w) { return w.link_to == peer && w.until > now; });
  const auto known = known_.find(peer);
  const bool is_useful = known != known_.end() && known->second.useful_until > now;
  return static_cast<std::size_t>(fresh) + (is_useful ? 1 : 0);
}

bool Neighbours::may_make(std::size_t reserve, base::Instant now) const {
  const auto this_hour = static_cast<std::size_t>(
      std::count_if(made_.begin(), made_.end(), [&](base::Instant made) { return now - made <= kHour; }));
  return this_hour + reserve < kMadeAnHour && made_in_life_ + reserve < kMadeInLife;
}

void Neighbours::fail(Known& known, base::Instant now) {
  if (std::exchange(known.is_paid, false)) opens_paid_until_ = opens_paid_until_ - kOpenSpacing;  // it made no link
  known.failures = std::min(known.failures + 1, 20);
  const base::Duration pause = std::min(kRetryFirst * (std::int64_t{1} << (known.failures - 1)), kRetryMax);
  // A quarter either way: both ends tried, and would try again together.
  const double spread = 0.75 + random_.unit() / 2;
  known.retry_at = now + base::Duration::us(static_cast<std::int64_t>(static_cast<double>(pause.in_us()) * spread));
}

}  // namespace grove::overlay

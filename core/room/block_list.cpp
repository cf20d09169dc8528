#include "room/block_list.h"

#include <algorithm>
#include <tuple>

namespace grove::room {

using base::Instant;
using base::PeerId;
using wire::Hearing;

bool BlockList::set_blocked(const PeerId& peer, bool is_blocked, Instant now) {
  if (is_blocked == blocks(peer)) return false;
  if (is_blocked) {
    if (blocked_.size() >= kPeersMax) return false;
    blocked_.insert(peer);
  } else {
    blocked_.erase(peer);
  }
  Word& word = words_[peer];
  word = {word.number + 1, !is_blocked, false, now, kAgainFirst};
  return true;
}

bool BlockList::set_withheld(const PeerId& peer, bool is_withheld) {
  if (!is_withheld) return withheld_.erase(peer) > 0;
  return withheld_.size() < kPeersMax && withheld_.insert(peer).second;
}

bool BlockList::is_blocked_by(const PeerId& peer) const {
  const auto asked = asked_.find(peer);
  return asked != asked_.end() && !asked->second.is_wanted;
}

std::vector<PeerId> BlockList::no_send() const {
  std::set<PeerId> all = withheld_;
  for (const auto& [peer, asked] : asked_) {
    if (!asked.is_wanted) all.insert(peer);
  }
  return {all.begin(), all.end()};
}

Hearing BlockList::word_to(const PeerId& peer) const {
  const auto word = words_.find(peer);
  if (word == words_.end()) return {own_, 0, true, false};
  return {own_, word->second.number, word->second.is_wanted, false};
}

bool BlockList::handle_hearing(const PeerId& from, const Hearing& hearing) {
  if (hearing.is_echo) {
    const auto word = words_.find(from);
    if (word == words_.end() || hearing.incarnation != own_) return false;
    const bool is_the_last = hearing.number == word->second.number && hearing.is_wanted == word->second.is_wanted;
    if (is_the_last) word->second.is_heard = true;
    return false;
  }
  const auto asked = asked_.find(from);
  const bool is_known = asked != asked_.end();
  if (is_known && std::tie(hearing.incarnation, hearing.number) <
                      std::tie(asked->second.incarnation, asked->second.number)) {
    return false;  // an old word that somebody repeats
  }
  if (!is_known && asked_.size() >= kPeersMax) {
    const auto idle = std::find_if(asked_.begin(), asked_.end(), [](const auto& known) { return known.second.is_wanted; });
    if (idle == asked_.end()) return false;
    asked_.erase(idle);
  }
  const bool was_wanted = !is_blocked_by(from);
  asked_[from] = {hearing.incarnation, hearing.number, hearing.is_wanted};  // a SEND too: an older NOSEND may still be on its way
  if (hearing.number > 0) {  // a link's first word needs no answer
    echoes_[from] = hearing;
    echoes_[from].is_echo = true;
  }
  return was_wanted != hearing.is_wanted;
}

void BlockList::handle_met(const PeerId& peer, Instant now) {
  const auto word = words_.find(peer);
  if (word == words_.end() || word->second.is_wanted) return;
  word->second.is_heard = false;
  word->second.again = now;
  word->second.pause = kAgainFirst;
}

bool BlockList::forget_words_of(const PeerId& peer, wire::Incarnation newer_than) {
  const auto asked = asked_.find(peer);
  if (asked == asked_.end() || asked->second.incarnation >= newer_than) return false;
  const bool was_wanted = asked->second.is_wanted;
  asked->second = {newer_than, 0, true};  // no word of the run before counts again
  return !was_wanted;
}

void BlockList::handle_unwanted(const PeerId& from, Instant now) {
  const auto word = words_.find(from);
  if (word == words_.end() || word->second.is_wanted || !word->second.is_heard) return;
  word->second.is_heard = false;
  word->second.again = now + word->second.pause;
}

std::optional<BlockList::Say> BlockList::poll(Instant now) {
  if (!echoes_.empty()) {
    const auto echo = echoes_.extract(echoes_.begin());
    return Say{echo.key(), echo.mapped()};
  }
  for (auto& [peer, word] : words_) {
    if (word.is_heard || now < word.again) continue;
    word.again = now + word.pause;
    word.pause = std::min(word.pause * 2, kAgainMax);
    return Say{peer, {own_, word.number, word.is_wanted, false}};
  }
  return std::nullopt;
}

Instant BlockList::next_deadline() const {
  Instant due = Instant::never();
  for (const auto& [peer, word] : words_) {
    if (!word.is_heard) due = std::min(due, word.again);
  }
  return due;
}

}  // namespace grove::room

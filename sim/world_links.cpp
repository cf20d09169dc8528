// Links: how they come up, what passes over them, how they end.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/sequence.h"
#include "crypto/frame_seal.h"
#include "sim/world.h"

namespace grove::sim {
namespace {

constexpr std::string_view kFingerprint = "a=fingerprint:";
constexpr std::uint8_t kRecordType = 0x10, kPlanType = 0x12, kDeltaType = 0x21, kPlanDeltaType = 0x24, kFrameType = 0x15;  // docs/protocol.md §3

// "a=fingerprint:PERSON/LINK ", which stands for the certificate of exactly this connection.
std::optional<std::pair<std::uint32_t, std::uint32_t>> maker_of(std::string_view text) {
  if (!text.starts_with(kFingerprint)) return std::nullopt;
  std::uint32_t person = 0, link = 0;
  const char* const end = text.data() + text.size();
  const auto [slash, no_person] = std::from_chars(text.data() + kFingerprint.size(), end, person);
  if (no_person != std::errc() || slash == end || *slash != '/') return std::nullopt;
  if (std::from_chars(slash + 1, end, link).ec != std::errc()) return std::nullopt;
  return std::pair(person, link);
}

std::string padded(std::string text, std::size_t bytes) {
  text.resize(std::max(bytes, text.size()), ' ');
  return text;
}

}  // namespace

LinkAtHost& World::link_of(PersonId person, base::LinkId link) {
  auto& links = people_[person.value].links;
  if (links.size() <= link.value) links.resize(link.value + 1);
  return links[link.value];
}

void World::on(PersonId i, node::CreateLink& o) {
  link_of(i, o.link);
  if (++people_[i.value].links_created > terms_.links.per_tab_max) {  // the browser refuses to make another
    queue_.post(now_, EventKind::kLinkLost, i.value, o.link.value);
    return;
  }
  if (o.role == node::LinkRole::kOffers) describe(i, o.link, false);
}

void World::describe(PersonId i, base::LinkId link, bool is_answer) {
  std::uint32_t number = 0;
  for (const Duration after : terms_.links.own_signals_after) {
    queue_.post(now_ + after, EventKind::kOwnSignal, i.value, own_signals_.take({link, number++, is_answer}));
  }
}

void World::on_own_signal(PersonId i, std::uint32_t index) {
  const PendingSignal signal = own_signals_[index];
  own_signals_.release(index);
  if (!is_here(i) || link_of(i, signal.link).is_closed) return;
  if (signal.number > 0) {
    const std::string candidate = padded("candidate:" + std::to_string(signal.number), terms_.links.candidate_bytes);
    return act(i, [&](node::Node& node) { node.handle_signal(signal.link, node::SignalKind::kCandidate, candidate, now_); });
  }
  std::string text(kFingerprint);
  text += std::to_string(i.value) + "/" + std::to_string(signal.link.value) + " ";
  text = padded(std::move(text), terms_.links.description_bytes);
  link_of(i, signal.link).own_text = text;
  const auto kind = signal.is_answer ? node::SignalKind::kAnswer : node::SignalKind::kOffer;
  act(i, [&](node::Node& node) { node.handle_signal(signal.link, kind, text, now_); });
}

void World::on(PersonId i, node::ApplySignal& o) {
  LinkAtHost& link = link_of(i, o.link);
  if (link.is_closed) return;
  if (o.kind == node::SignalKind::kCandidate) {
    link.has_candidate = true;
  } else {
    link.their_text = o.text;
    if (o.kind == node::SignalKind::kOffer) describe(i, o.link, true);
  }
  try_connect(i, o.link);
}

// DTLS lets two ends meet that each hold the very description the other made; ICE needs one candidate of either.
void World::try_connect(PersonId i, base::LinkId id) {
  LinkAtHost& link = link_of(i, id);
  const auto maker = maker_of(link.their_text);
  if (link.end || link.own_text.empty() || !maker || maker->first >= people_.size()) return;
  const PersonId j{maker->first};
  const base::LinkId other_id{maker->second};
  if (j == i || other_id.value >= people_[j.value].links.size() || !is_here(j)) return;
  LinkAtHost& other = link_of(j, other_id);
  const bool is_mutual = other.own_text == link.their_text && other.their_text == link.own_text;
  if (!is_mutual || other.is_closed || other.end || !(link.has_candidate || other.has_candidate)) return;

  const HostId here = people_[i.value].host, there = people_[j.value].host;
  const bool fails = random_.unit() < terms_.links.fails || !network_.can_reach(here, there);
  const double trips = terms_.links.round_trips_min + (terms_.links.round_trips_max - terms_.links.round_trips_min) * random_.unit();
  link.end = channels_.connect(here, there);
  other.end = link.end->other();
  owners_.push_back({i, id});
  owners_.push_back({j, other_id});
  link.peer = j.value;
  other.peer = i.value;
  if (fails) {
    queue_.post(now_ + terms_.links.failure_noticed, EventKind::kLinkLost, i.value, id.value);
    queue_.post(now_ + terms_.links.failure_noticed, EventKind::kLinkLost, j.value, other_id.value);
    return;
  }
  const Duration rtt = network_.rtt(here, there);
  const Duration set_up = Duration::us(static_cast<std::int64_t>(trips * static_cast<double>(rtt.in_us())));
  queue_.post(now_ + set_up, EventKind::kLinkUp, i.value, id.value);
  queue_.post(now_ + set_up + rtt / 2, EventKind::kLinkUp, j.value, other_id.value);
}

void World::on_link_up(PersonId i, base::LinkId id) {
  LinkAtHost& link = link_of(i, id);
  if (!is_here(i) || link.is_closed || link.is_up) return;
  link.is_up = true;
  for (auto* o : observers_) o->on_link_up(i, {link.peer}, now_);
  act(i, [&](node::Node& node) { node.handle_link_open(id, now_); });
}

void World::on_link_lost(PersonId i, base::LinkId id) {
  LinkAtHost& link = link_of(i, id);
  if (!is_here(i) || link.is_closed) return;
  link.is_closed = true;
  if (link.end) channels_.close(*link.end);
  if (std::exchange(link.is_up, false)) {
    for (auto* o : observers_) o->on_link_down(i, {link.peer}, now_);
  }
  act(i, [&](node::Node& node) { node.handle_link_closed(id, now_); });
}

void World::on(PersonId i, node::CloseLink& o) {
  LinkAtHost& link = link_of(i, o.link);
  if (std::exchange(link.is_closed, true) || !link.end) return;
  if (std::exchange(link.is_up, false)) {
    for (auto* observer : observers_) observer->on_link_down(i, {link.peer}, now_);
  }
  channels_.close(*link.end);
  // DTLS and SCTP each say that it is over, once; if both are lost, consent runs out.
  const Owner other = owners_[link.end->other().value];
  const HostId here = people_[i.value].host, there = people_[other.person.value].host;
  auto arrival = network_.carry(here, there, terms_.channels.header_bytes, now_);
  if (!arrival) arrival = network_.carry(here, there, terms_.channels.header_bytes, now_);
  queue_.post(arrival.value_or(now_ + terms_.links.consent), EventKind::kLinkLost, other.person.value, other.link.value);
}

void World::on_consent_lost(std::uint32_t association) {
  const LinkEnd end{association * 2};
  const Owner one = owners_[end.value], other = owners_[end.other().value];
  const bool lives = channels_.is_open(end) && channels_.is_open(end.other()) &&
                     network_.can_reach(people_[one.person.value].host, people_[other.person.value].host);
  if (lives) return;
  for (const Owner& owner : {one, other}) queue_.post(now_, EventKind::kLinkLost, owner.person.value, owner.link.value);
}

std::optional<FrameName> World::name_of(base::ByteView message) const {
  if (type_of(message) != kFrameType) return std::nullopt;
  const auto header = crypto::FrameHeader::of(message.subspan(2));
  if (!header) return std::nullopt;
  const auto source = by_key_id_.find(header->key.value);
  if (source == by_key_id_.end()) return std::nullopt;
  return FrameName{source->second, base::unwrap_sequence(header->counter, people_[source->second.value].frames_spoken)};
}

bool World::lies(PersonId liar, node::SendOnLink& o, const std::optional<FrameName>& frame) {
  const Person& person = people_[liar.value];
  if (frame && frame->source != liar) {
    if (person.lie == Lie::kDropsRelayed) return false;
    auto forged = liar_->forge(liar, people_[frame->source.value].id, frame->counter);
    if (forged) o.message = std::move(*forged);
    return true;
  }
  const auto type = type_of(o.message);
  const bool is_signed = type == kRecordType || type == kPlanType || type == kDeltaType || type == kPlanDeltaType;
  const bool is_forger = person.lie == Lie::kForgesRelayed && is_signed && !liar_->is_by(person.id, o.message);
  if (!is_forger || random_.below(2) == 0) return true;
  o.message = Liar::spoil(o.message);
  return true;
}

void World::on(PersonId i, node::SendOnLink& o) {
  const LinkAtHost& link = link_of(i, o.link);
  if (link.end && link.is_up) {
    if (speaking_ == i && type_of(o.message) == kFrameType) {  // how we learn whose key id it is
      const auto header = crypto::FrameHeader::of(ByteView(o.message).subspan(2));
      if (header) by_key_id_.try_emplace(header->key.value, i);
    }
    const auto frame = name_of(o.message);
    if (type_of(o.message) == kRecordType) liar_->hear_record(o.message);
    if (people_[i.value].lie == Lie::kNone || lies(i, o, frame)) {
      note(o.message);
      const Passage passage{now_, i, {link.peer}, o.channel, o.message, frame};
      for (auto* observer : observers_) observer->on_sent(passage);
      channels_.send(*link.end, o.channel, std::move(o.message), now_);
    }
  }
  if (o.channel != Channel::kVoice) return;
  const std::size_t buffered = link.end ? channels_.buffered(*link.end) : 0;
  people_[i.value].node->handle_link_buffered(o.link, buffered, now_);
}

void World::on_arrive(const Event& event) {
  channels_.on_arrive(event.a, event.b, arrived_);
  // A node's answers never arrive at once, so arrived_ is not touched below.
  for (const Channels::Arrived& arrived : arrived_) {
    const Owner to = owners_[arrived.at.value];
    const LinkAtHost& link = link_of(to.person, to.link);
    if (!is_here(to.person) || link.is_closed) continue;
    const Passage passage{now_, {link.peer}, to.person, arrived.channel, arrived.message, name_of(arrived.message)};
    for (auto* observer : observers_) observer->on_arrived(passage);
    act(to.person, [&](node::Node& node) { node.handle_link_message(to.link, arrived.channel, arrived.message, now_); });
  }
}

}  // namespace grove::sim

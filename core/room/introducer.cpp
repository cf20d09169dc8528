#include "room/introducer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace grove::room {

using base::Duration;
using base::Instant;
using base::LinkId;
using base::PeerId;

// --- the rendezvous --------------------------------------------------------------------------------------------------

void Introducer::handle_welcome(const std::vector<ConnectionNumber>& present, Instant now) {
  deadline_.reset();
  for (auto& [peer, contact] : contacts_) {
    contact.connection.reset();  // numbers of the connection before
    contact.is_gone = false;
    watch_for_vanishing(contact, now);
  }
  if (present.empty()) return;
  const base::Bytes hello = seal({wire::kEverybody, new_hello(now)});
  if (present.size() <= kDoorsAllAsked) {
    outputs_.push_back(SendBlob{{}, wire::rendezvous::kEverybodyElse, true, hello});
    return;
  }
  std::vector<ConnectionNumber> doors = present;
  for (std::size_t i = 0; i < kDoorsAsked; ++i) {
    std::swap(doors[i], doors[i + random_.below(doors.size() - i)]);
    outputs_.push_back(SendBlob{{}, doors[i], true, hello});
  }
}

void Introducer::handle_gone(ConnectionNumber connection, Instant now) {
  deadline_.reset();
  for (auto& [peer, contact] : contacts_) {
    if (contact.connection != connection) continue;
    contact.connection.reset();
    contact.is_gone = true;
    watch_for_vanishing(contact, now);
  }
}

void Introducer::handle_rendezvous_closed(Instant now) {
  deadline_.reset();
  for (auto& [peer, contact] : contacts_) {
    contact.connection.reset();
    watch_for_vanishing(contact, now);
  }
}

bool Introducer::handle_blob(std::optional<ConnectionNumber> from, base::ByteView blob, Instant now) {
  const auto envelope = crypto::open_envelope(me_.keys, blob);
  return envelope && handle_envelope(from, *envelope, now);
}

bool Introducer::handle_envelope(std::optional<ConnectionNumber> from, const crypto::OpenedEnvelope& envelope, Instant now) {
  deadline_.reset();
  if (envelope.sender == me_.self()) return false;
  const auto introduction = wire::decode_introduction(envelope.content);
  if (!introduction) return false;

  const auto* hello = std::get_if<wire::Hello>(&introduction->body);
  const bool is_to_all = hello && introduction->to == wire::kEverybody;
  if (introduction->to != me_.self() && !is_to_all) return false;

  if (hello) return on_hello(envelope.sender, from, *hello, is_to_all, now);
  if (const auto* offer = std::get_if<wire::Offer>(&introduction->body)) return on_offer(envelope, from, *offer, now);
  if (const auto* answer = std::get_if<wire::Answer>(&introduction->body)) return on_answer(envelope, *answer);
  return on_candidate(envelope.sender, std::get<wire::Candidate>(introduction->body));
}

bool Introducer::on_hello(const PeerId& from, std::optional<ConnectionNumber> connection, const wire::Hello& hello,
                          bool is_to_all, Instant now) {
  Contact* contact = contact_of(from, hello.id.incarnation);
  if (!contact || hello.id.count <= contact->last_hello) return false;  // an old run, or a replay
  contact->last_hello = hello.id.count;
  hear_from(*contact, connection);

  const bool lists_us = std::find(hello.linked.begin(), hello.linked.end(), me_.self()) != hello.linked.end();
  if (lists_us && contact->open_link) return true;
  const bool has_place = contact->open_link || contact->attempt || links_and_attempts() < links_max_;
  if (!has_place) return true;
  // Whoever says hello to all may have an offer to us under way; whoever asks us alone has none any more.
  if (is_to_all && contact->attempt && contact->attempt->role == LinkRole::kAnswers) return true;
  const bool is_too_soon = now - contact->last_attempt_start < kAttemptSpacing;
  if (is_too_soon || !try_pay(*contact, now)) {
    // Asked in turn, a little later: nobody is forgotten for having been quick.
    contact->asked_again = hello.id;
    contact->retry_at = std::min(contact->retry_at, (is_too_soon ? contact->last_attempt_start : now) + kAttemptSpacing);
    return true;
  }
  start_attempt(from, *contact, {hello.id, me_.incarnation, ++offers_}, LinkRole::kOffers, now);
  return true;
}

bool Introducer::on_offer(const crypto::OpenedEnvelope& envelope, std::optional<ConnectionNumber> connection,
                          const wire::Offer& offer, Instant now) {
  const wire::HelloId& hello = offer.attempt.hello;
  if (!is_recent(hello, now)) return false;
  if (offer.record.record.incarnation != offer.attempt.offerer || !is_record_of(envelope, offer.record)) return false;
  Contact* contact = contact_of(envelope.sender, offer.attempt.offerer);
  if (!contact || offer.attempt.offer_count <= contact->last_offer) return false;
  contact->last_offer = offer.attempt.offer_count;
  hear_from(*contact, connection);

  const bool ours_stands = contact->attempt && contact->attempt->role == LinkRole::kOffers && me_.self() < envelope.sender;
  if (ours_stands) return true;
  if (!try_pay(*contact, now)) return false;

  start_attempt(envelope.sender, *contact, offer.attempt, LinkRole::kAnswers, now);
  contact->attempt->is_answered = true;
  meet(envelope.sender, *contact, offer.record);
  outputs_.push_back(ApplySignal{contact->attempt->link, SignalKind::kOffer, offer.description});
  return true;
}

bool Introducer::on_answer(const crypto::OpenedEnvelope& envelope, const wire::Answer& answer) {
  const auto found = contacts_.find(envelope.sender);
  if (found == contacts_.end()) return false;
  Contact& contact = found->second;
  auto& attempt = contact.attempt;
  if (!attempt || attempt->role != LinkRole::kOffers || attempt->id != answer.attempt || attempt->is_answered) return false;
  if (answer.record.record.incarnation != contact.incarnation || !is_record_of(envelope, answer.record)) return false;

  attempt->is_answered = true;
  meet(envelope.sender, contact, answer.record);
  outputs_.push_back(ApplySignal{attempt->link, SignalKind::kAnswer, answer.description});
  for (std::string& candidate : std::exchange(attempt->early_candidates, {})) {
    outputs_.push_back(ApplySignal{attempt->link, SignalKind::kCandidate, std::move(candidate)});
  }
  return true;
}

bool Introducer::on_candidate(const PeerId& from, const wire::Candidate& candidate) {
  const auto found = contacts_.find(from);
  if (found == contacts_.end()) return false;
  auto& attempt = found->second.attempt;
  if (!attempt || attempt->id != candidate.attempt || ++attempt->candidates_seen > kCandidatesMax) return false;
  if (attempt->is_answered) {
    outputs_.push_back(ApplySignal{attempt->link, SignalKind::kCandidate, candidate.candidate});
  } else {
    attempt->early_candidates.push_back(candidate.candidate);
  }
  return true;
}

// --- our own browser and the links -----------------------------------------------------------------------------------

void Introducer::handle_own_signal(LinkId link, SignalKind kind, std::string_view text,
                                   const wire::SignedRecord& own_record) {
  deadline_.reset();
  for (auto& [peer, contact] : contacts_) {
    if (!contact.attempt || contact.attempt->link != link) continue;
    const std::size_t size_max = kind == SignalKind::kCandidate ? wire::kCandidateBytesMax : wire::kDescriptionBytesMax;
    if (text.size() > size_max) return;

    wire::Introduction introduction{peer, wire::Candidate{contact.attempt->id, std::string(text)}};
    if (kind == SignalKind::kOffer) introduction.body = wire::Offer{contact.attempt->id, own_record, std::string(text)};
    if (kind == SignalKind::kAnswer) introduction.body = wire::Answer{contact.attempt->id, own_record, std::string(text)};
    send(peer, contact, introduction);
    return;
  }
}

void Introducer::handle_link_open(LinkId link, Instant) {
  deadline_.reset();
  for (auto& [peer, contact] : contacts_) {
    if (!contact.attempt || contact.attempt->link != link) continue;
    if (contact.open_link) outputs_.push_back(DropLink{*contact.open_link, peer, DropReason::kSuperseded});
    contact.open_link = link;
    contact.attempt.reset();
    contact.has_timed_out = false;
    contact.retry_at = Instant::never();
    contact.retry_pause = kRetryFirst;
    contact.vanish_at = Instant::never();
    return;
  }
}

void Introducer::handle_link_closed(LinkId link, Instant now) {
  deadline_.reset();
  Contact* contact = contact_with_link(link);
  if (!contact) return;
  if (contact->open_link == link) contact->open_link.reset();
  if (contact->attempt && contact->attempt->link == link) contact->attempt.reset();
  if (contact->open_link || contact->attempt) return;
  ask_again_later(*contact, now);
  watch_for_vanishing(*contact, now);
}

void Introducer::adopt_link(const PeerId& peer, LinkId link) {
  deadline_.reset();
  const auto found = contacts_.find(peer);
  if (found == contacts_.end()) return;
  Contact& contact = found->second;
  drop_attempt(peer, contact, DropReason::kSuperseded);
  contact.open_link = link;
  contact.retry_at = contact.vanish_at = Instant::never();
  contact.retry_pause = kRetryFirst;
}

// What we have heard from this run stays remembered, so that nothing of it can be replayed.
void Introducer::forget(const PeerId& peer) {
  deadline_.reset();
  const auto found = contacts_.find(peer);
  if (found == contacts_.end()) return;
  Contact& contact = found->second;
  if (contact.open_link) outputs_.push_back(DropLink{*contact.open_link, peer, DropReason::kSuperseded});
  drop_attempt(peer, contact, DropReason::kSuperseded);
  contact.open_link.reset();
  contact.connection.reset();
  contact.retry_at = contact.vanish_at = Instant::never();
  contact.is_met = false;
}

void Introducer::ask(const PeerId& peer, wire::Incarnation incarnation, Instant now) {
  deadline_.reset();
  Contact* contact = contact_of(peer, incarnation);
  if (!contact || contact->open_link || contact->attempt) return;
  contact->is_wanted = true;
  if (!contact->retry_at.is_never()) return;  // asked already, and will be again
  say_hello(peer, *contact, now);
  ask_again_later(*contact, now);
}

void Introducer::ask_anew(const PeerId& peer, wire::Incarnation incarnation, Instant now) {
  Contact* contact = contact_of(peer, incarnation);
  if (!contact || contact->open_link) return;
  drop_attempt(peer, *contact, DropReason::kSuperseded);
  contact->retry_at = Instant::never();
  contact->retry_pause = kRetryFirst;
  ask(peer, incarnation, now);
}

void Introducer::set_wanted(const PeerId& peer, bool is_wanted) {
  const auto found = contacts_.find(peer);
  if (found != contacts_.end()) found->second.is_wanted = is_wanted;
}

void Introducer::release(const PeerId& peer) {
  deadline_.reset();
  const auto found = contacts_.find(peer);
  if (found == contacts_.end() || !found->second.open_link) return;
  outputs_.push_back(DropLink{*found->second.open_link, peer, DropReason::kSuperseded});
  found->second.open_link.reset();
}

bool Introducer::is_trying(const PeerId& peer) const {
  const auto found = contacts_.find(peer);
  return found != contacts_.end() && (found->second.attempt || (found->second.is_wanted && !found->second.retry_at.is_never()));
}

bool Introducer::is_present(const PeerId& peer) const {
  const auto found = contacts_.find(peer);
  return found != contacts_.end() && (found->second.open_link || found->second.attempt || found->second.connection);
}

std::size_t Introducer::links_and_attempts() const {
  return static_cast<std::size_t>(std::count_if(contacts_.begin(), contacts_.end(), [](const auto& entry) {
    return entry.second.open_link || entry.second.attempt;
  }));
}

// --- time ------------------------------------------------------------------------------------------------------------

void Introducer::handle_time(Instant now) {
  if (now < next_deadline()) return;  // asked after every input, of a hundred contacts
  deadline_.reset();
  std::vector<PeerId> vanished;
  for (auto& [peer, contact] : contacts_) {
    if (now >= gives_up_at(contact)) {
      contact.has_timed_out = true;
      drop_attempt(peer, contact, DropReason::kTimedOut);
      contact.prefers_door = !contact.prefers_door;
      if (!contact.open_link) ask_again_later(contact, now);
      watch_for_vanishing(contact, now);
    }
    if (now >= contact.retry_at) {
      contact.retry_at = Instant::never();
      const auto asked = std::exchange(contact.asked_again, {});
      // Our offer, or its answer, was lost; or they lost the link that we take for open.
      const bool is_in_vain = contact.attempt ? contact.attempt->role == LinkRole::kOffers && !contact.attempt->is_answered
                                              : contact.open_link.has_value();
      if (asked && is_in_vain && try_pay(contact, now)) {
        start_attempt(peer, contact, {*asked, me_.incarnation, ++offers_}, LinkRole::kOffers, now);
      }
      // Again until a link is up. Whoever came back to the rendezvous with their links up knows nobody's connection, and
      // asks through all: only the one who is meant will answer.
      if (!contact.open_link && !contact.attempt && contact.is_wanted) {
        say_hello(peer, contact, now);
        ask_again_later(contact, now);
      }
    }
    if (now >= contact.vanish_at) vanished.push_back(peer);
  }
  for (const PeerId& peer : vanished) {
    if (contacts_[peer].is_met) outputs_.push_back(Ended{peer});
    forget(peer);
  }
}

std::optional<Introducer::Output> Introducer::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Instant Introducer::next_deadline() const {
  if (!deadline_) deadline_ = find_deadline();
  return *deadline_;
}

Instant Introducer::find_deadline() const {
  Instant deadline = Instant::never();
  for (const auto& [peer, contact] : contacts_) {
    deadline = std::min({deadline, gives_up_at(contact), contact.retry_at, contact.vanish_at});
  }
  return deadline;
}

// --- parts -----------------------------------------------------------------------------------------------------------

void Introducer::hear_from(Contact& contact, std::optional<ConnectionNumber> connection) {
  contact.prefers_door = connection.has_value();
  if (connection) {
    contact.connection = connection;
    contact.is_gone = false;
  }
  contact.vanish_at = Instant::never();
}

// The contact, in this run of theirs; a newer run ends the older. None for a run that is over, or when there is no room.
Introducer::Contact* Introducer::contact_of(const PeerId& peer, wire::Incarnation incarnation) {
  const auto found = contacts_.find(peer);
  if (found == contacts_.end()) {
    if (contacts_.size() >= kContactsMax) {
      const auto idle = std::find_if(contacts_.begin(), contacts_.end(), [](const auto& entry) {
        const Contact& c = entry.second;
        return !c.open_link && !c.attempt && !c.connection && !c.is_met;  // who was met ends by vanishing
      });
      if (idle == contacts_.end()) return nullptr;
      contacts_.erase(idle);
    }
    Contact& contact = contacts_[peer];
    contact.incarnation = incarnation;
    return &contact;
  }
  Contact& contact = found->second;
  if (incarnation < contact.incarnation) return nullptr;
  if (incarnation > contact.incarnation) {
    if (contact.open_link) outputs_.push_back(DropLink{*contact.open_link, peer, DropReason::kRestarted});
    drop_attempt(peer, contact, DropReason::kRestarted);
    if (contact.is_met) outputs_.push_back(Ended{peer});
    const Instant paid_until = contact.paid_until;
    contact = Contact{};
    contact.incarnation = incarnation;
    contact.paid_until = paid_until;
  }
  return &contact;
}

Introducer::Contact* Introducer::contact_with_link(LinkId link) {
  for (auto& [peer, contact] : contacts_) {
    if (contact.open_link == link || (contact.attempt && contact.attempt->link == link)) return &contact;
  }
  return nullptr;
}

bool Introducer::is_record_of(const crypto::OpenedEnvelope& envelope, const wire::SignedRecord& record) const {
  return record.record.public_key == envelope.sender_key && me_.author_of(record).has_value();
}

bool Introducer::try_pay(Contact& contact, Instant now) {
  if (contact.paid_until > now + kAttemptSpacing * (kAttemptsAtOnce - 1)) return false;
  if (links_paid_until_ > now + kLinkSpacing * (kLinksAtOnce - 1)) return false;
  contact.paid_until = std::max(contact.paid_until, now) + kAttemptSpacing;
  links_paid_until_ = std::max(links_paid_until_, now) + kLinkSpacing;
  return true;
}

bool Introducer::is_recent(const wire::HelloId& hello, Instant now) const {
  const std::uint32_t age = hellos_ - hello.count;  // wraps far beyond what is kept for a count we never used
  if (hello.incarnation != me_.incarnation || age >= hello_times_.size()) return false;
  return now - hello_times_[hello_times_.size() - 1 - age] <= kHelloGoodFor;
}

void Introducer::start_attempt(const PeerId& peer, Contact& contact, const wire::AttemptId& id, LinkRole role, Instant now) {
  drop_attempt(peer, contact, DropReason::kSuperseded);
  contact.attempt = Attempt{id, LinkId{++links_}, role, now, false, 0, {}};
  contact.last_attempt_start = now;
  contact.asked_again.reset();
  contact.retry_at = Instant::never();
  outputs_.push_back(StartLink{contact.attempt->link, peer, role});
}

void Introducer::drop_attempt(const PeerId& peer, Contact& contact, DropReason reason) {
  if (!contact.attempt) return;
  outputs_.push_back(DropLink{contact.attempt->link, peer, reason});
  contact.attempt.reset();
}

Instant Introducer::gives_up_at(const Contact& contact) {
  if (!contact.attempt) return Instant::never();
  return contact.attempt->started + (contact.has_timed_out ? kAttemptTimeout : kFirstAttemptTimeout);
}

void Introducer::ask_again_later(Contact& contact, Instant now) {
  // From half to the whole pause: the two ends seldom ask at once.
  const auto pause = static_cast<std::int64_t>(static_cast<double>(contact.retry_pause.in_us()) * (0.5 + random_.unit() / 2));
  contact.retry_at = now + Duration::us(pause);
  contact.retry_pause = std::min(contact.retry_pause * 2, kRetryMax);
}

void Introducer::watch_for_vanishing(Contact& contact, Instant now) {
  if (contact.open_link || contact.connection || !contact.is_met) return;
  if (contact.vanish_at.is_never()) contact.vanish_at = now + kVanishAfter;
}

wire::Hello Introducer::new_hello(Instant now) {
  wire::Hello hello{{me_.incarnation, ++hellos_}, {}};
  hello_times_.push_back(now);
  if (hello_times_.size() > kHellosKept) hello_times_.pop_front();
  for (const auto& [linked, contact] : contacts_) {
    if (contact.open_link && hello.linked.size() < wire::kLinksMax) hello.linked.push_back(linked);
  }
  return hello;
}

void Introducer::say_hello(const PeerId& peer, const Contact& contact, Instant now) {
  send(peer, contact, {peer, new_hello(now)});
}

void Introducer::send(const PeerId& peer, const Contact& contact, const wire::Introduction& introduction) {
  // Whoever came back to the rendezvous with its links up knows nobody's door: all are asked, the one who is meant answers.
  const bool is_hello = std::holds_alternative<wire::Hello>(introduction.body);
  auto door = contact.connection;
  if (!door && is_hello && !contact.is_gone) door = wire::rendezvous::kEverybodyElse;
  outputs_.push_back(SendBlob{peer, door, contact.prefers_door, seal(introduction)});
}

base::Bytes Introducer::seal(const wire::Introduction& introduction) {
  return crypto::seal_envelope(me_.keys, me_.identity, nonces_, wire::encode(introduction));
}

void Introducer::meet(const PeerId& peer, Contact& contact, const wire::SignedRecord& record) {
  contact.is_met = true;
  outputs_.push_back(Met{peer, record});
}

}  // namespace grove::room

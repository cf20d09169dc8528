// How two members who hold the same secret come to a link through a rendezvous that neither trusts (docs/protocol.md §2):
// HELLO → OFFER → ANSWER, candidates both ways, everything signed by its sender and fresh by its numbers.
//
// A lost link is asked for again by both ends; where two offers cross, the one of the lower peer id stands.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "crypto/envelope_seal.h"
#include "crypto/key_source.h"
#include "room/credentials.h"
#include "room/link_terms.h"
#include "wire/introduction.h"
#include "wire/rendezvous.h"

namespace grove::room {

using wire::rendezvous::ConnectionNumber;

class Introducer {
 public:
  // ICE (RFC 8445) tries for some 15 s on a bad network before it fails. Most that come up at all do in two: the first attempt,
  // of which a signal may have been lost, is given up sooner. A guess.
  static constexpr base::Duration kFirstAttemptTimeout = base::Duration::s(8);
  static constexpr base::Duration kAttemptTimeout = base::Duration::s(20);
  // A member that keeps asking, offering or starting anew costs us at most one connection a second, and some at once.
  static constexpr base::Duration kAttemptSpacing = base::Duration::s(1);
  // Patience with a crossing offer, a reload, a line that bunches what was sent in turn. A guess.
  static constexpr int kAttemptsAtOnce = 3;
  static constexpr base::Duration kRetryFirst = base::Duration::ms(500);
  // A pair that cannot connect costs 12 of a tab's 500 RTCPeerConnections an hour.
  static constexpr base::Duration kRetryMax = base::Duration::s(300);
  // Over all peers: DESIGN §4, at most 300 in an hour, because a tab gets 500 in its life. A full room at once.
  static constexpr base::Duration kLinkSpacing = base::Duration::s(12);
  static constexpr int kLinksAtOnce = 250;
  // An offer to a hello older than this was held back on the way: its sender may be long gone.
  static constexpr base::Duration kHelloGoodFor = base::Duration::s(30);
  static constexpr std::size_t kHellosKept = 1'000;
  // Without a link, and gone from the rendezvous: time enough for a reload or a change of network.
  static constexpr base::Duration kVanishAfter = base::Duration::s(5);
  // Whoever comes into a large room asks so many for a link and learns of the others from them. DESIGN §9: as many as
  // keep the door.
  static constexpr std::size_t kDoorsAsked = 5;
  // Up to here all are asked: links to everybody will be wanted anyway.
  static constexpr std::size_t kDoorsAllAsked = 8;
  static constexpr std::size_t kContactsMax = 500;    // the largest room, twice
  static constexpr std::size_t kCandidatesMax = 64;   // an attempt; browsers make about ten

  // The host of this class picks the way: over links, when the map shows one, or through the rendezvous.
  struct SendBlob {
    std::optional<base::PeerId> peer;      // none: whoever stands at that door
    std::optional<ConnectionNumber> door;  // none: not known to be at the rendezvous
    bool prefers_door;                     // they spoke to us there, or the other way failed
    base::Bytes blob;
  };
  struct StartLink {
    base::LinkId link;
    base::PeerId peer;
    LinkRole role;
  };
  struct ApplySignal {
    base::LinkId link;
    SignalKind kind;
    std::string text;
  };
  enum class DropReason { kSuperseded, kTimedOut, kRestarted };
  struct DropLink {
    base::LinkId link;
    base::PeerId peer;
    DropReason reason;
  };
  struct Met {  // fresh and proven: this peer is in the room now
    base::PeerId peer;
    wire::SignedRecord record;
  };
  struct Ended {  // the run of this peer that we knew is over
    base::PeerId peer;
  };
  using Output = std::variant<SendBlob, StartLink, ApplySignal, DropLink, Met, Ended>;

  Introducer(const Credentials& credentials, crypto::KeySource& keys, std::uint64_t seed)
      : me_(credentials), nonces_(keys), random_(seed) {}

  // The rendezvous.
  void handle_welcome(const std::vector<ConnectionNumber>& present, base::Instant now);
  void handle_gone(ConnectionNumber connection, base::Instant now);
  void handle_rendezvous_closed(base::Instant now);
  // Both say false if they refuse. `from`: none, when it came over links.
  bool handle_blob(std::optional<ConnectionNumber> from, base::ByteView blob, base::Instant now);
  bool handle_envelope(std::optional<ConnectionNumber> from, const crypto::OpenedEnvelope& envelope, base::Instant now);

  // Our own browser, and the links.
  void handle_own_signal(base::LinkId link, SignalKind kind, std::string_view text, const wire::SignedRecord& own_record);
  void handle_link_open(base::LinkId link, base::Instant now);
  void handle_link_closed(base::LinkId link, base::Instant now);  // asked for again
  void adopt_link(const base::PeerId& peer, base::LinkId link);   // one that was taken for closed is none that is missing
  void forget(const base::PeerId& peer);                          // said goodbye: not asked for again

  // A link to this peer is wanted now, or is no longer. Without a word, everybody's is who came to us.
  void ask(const base::PeerId& peer, wire::Incarnation incarnation, base::Instant now);
  // What was tried before was in vain on purpose: begins again without a pause.
  void ask_anew(const base::PeerId& peer, wire::Incarnation incarnation, base::Instant now);
  void set_wanted(const base::PeerId& peer, bool is_wanted);
  void release(const base::PeerId& peer);  // closes its link, without a grudge
  // Refuses whoever asks for a link beyond so many.
  void set_links_max(std::size_t links) { links_max_ = links; }
  bool is_trying(const base::PeerId& peer) const;
  bool is_present(const base::PeerId& peer) const;  // linked, about to be, or at the rendezvous
  std::size_t links_and_attempts() const;

  void handle_time(base::Instant now);
  std::optional<Output> poll();
  base::Instant next_deadline() const;

 private:
  base::Instant find_deadline() const;

  struct Attempt {
    wire::AttemptId id;
    base::LinkId link;
    LinkRole role;
    base::Instant started;
    bool is_answered = false;
    std::size_t candidates_seen = 0;
    std::vector<std::string> early_candidates;  // before the answer
  };
  struct Contact {
    wire::Incarnation incarnation;
    std::uint32_t last_hello = 0;
    std::uint32_t last_offer = 0;
    std::optional<ConnectionNumber> connection;
    bool is_wanted = true;
    bool prefers_door = false;
    bool is_gone = false;  // from the rendezvous: their connection is not unknown, there is none
    std::optional<base::LinkId> open_link;
    std::optional<Attempt> attempt;
    bool has_timed_out = false;  // an attempt, since a link was up
    base::Instant last_attempt_start = base::Instant::from_us(-kAttemptSpacing.in_us());
    base::Duration retry_pause = kRetryFirst;
    base::Instant paid_until;  // one attempt is paid by kAttemptSpacing, over all runs of this peer
    std::optional<wire::HelloId> asked_again;  // too soon after an attempt to be answered at once
    base::Instant retry_at = base::Instant::never();
    base::Instant vanish_at = base::Instant::never();
    bool is_met = false;
  };
  using Contacts = std::map<base::PeerId, Contact>;

  bool on_hello(const base::PeerId& from, std::optional<ConnectionNumber> connection, const wire::Hello& hello, bool is_to_all,
                base::Instant now);
  bool on_offer(const crypto::OpenedEnvelope& envelope, std::optional<ConnectionNumber> connection, const wire::Offer& offer,
                base::Instant now);
  bool on_answer(const crypto::OpenedEnvelope& envelope, const wire::Answer& answer);
  bool on_candidate(const base::PeerId& from, const wire::Candidate& candidate);

  static void hear_from(Contact& contact, std::optional<ConnectionNumber> connection);
  Contact* contact_of(const base::PeerId& peer, wire::Incarnation incarnation);
  Contact* contact_with_link(base::LinkId link);
  bool is_record_of(const crypto::OpenedEnvelope& envelope, const wire::SignedRecord& record) const;
  bool try_pay(Contact& contact, base::Instant now);
  bool is_recent(const wire::HelloId& hello, base::Instant now) const;
  void start_attempt(const base::PeerId& peer, Contact& contact, const wire::AttemptId& id, LinkRole role, base::Instant now);
  void drop_attempt(const base::PeerId& peer, Contact& contact, DropReason reason);
  static base::Instant gives_up_at(const Contact& contact);  // of the attempt, if there is one
  void ask_again_later(Contact& contact, base::Instant now);
  void watch_for_vanishing(Contact& contact, base::Instant now);
  wire::Hello new_hello(base::Instant now);
  void say_hello(const base::PeerId& peer, const Contact& contact, base::Instant now);
  void send(const base::PeerId& peer, const Contact& contact, const wire::Introduction& introduction);
  base::Bytes seal(const wire::Introduction& introduction);
  void meet(const base::PeerId& peer, Contact& contact, const wire::SignedRecord& record);

  const Credentials& me_;
  crypto::KeySource& nonces_;
  base::Random random_;
  Contacts contacts_;
  std::uint32_t hellos_ = 0;
  std::deque<base::Instant> hello_times_;  // of the last kHellosKept
  base::Instant links_paid_until_;         // one by kLinkSpacing
  std::uint32_t offers_ = 0;
  std::uint32_t links_ = 0;
  std::size_t links_max_ = wire::kLinksMax;
  mutable std::optional<base::Instant> deadline_;  // found once after whatever changed something
  std::deque<Output> outputs_;
};

}  // namespace grove::room

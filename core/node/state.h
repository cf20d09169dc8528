// What a node knows. Its acts, one file each: join.cpp (rendezvous, introductions, the door), members.cpp (who is here),
// link.cpp (links and beats), own_record.cpp (our own record), gossip.cpp (everybody's), route.cpp (envelopes over links, petitions, link selection),
// speak.cpp (our own voice), listen.cpp (other people's), trees.cpp (what both go down), notes.cpp (small messages), block.cpp. node.cpp
// only dispatches.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/random.h"
#include "base/token_bucket.h"
#include "crypto/frame_seal.h"
#include "crypto/key_source.h"
#include "node/node.h"
#include "node/stream.h"
#include "overlay/coordinate.h"
#include "overlay/doorkeepers.h"
#include "overlay/graph.h"
#include "overlay/map.h"
#include "overlay/neighbours.h"
#include "overlay/route.h"
#include "overlay/tree_keeper.h"
#include "overlay/tree_links.h"
#include "overlay/uplink.h"
#include "overlay/voice_queue.h"
#include "room/block_list.h"
#include "room/credentials.h"
#include "room/introducer.h"
#include "room/link_pulse.h"
#include "room/listening.h"
#include "room/loss_meter.h"
#include "room/note_board.h"
#include "room/rendezvous_client.h"
#include "wire/petition.h"

namespace grove::node {

class Node::State {
 public:
  State(const Config& config, Instant now);

  // Every input passes here first: time never runs backwards, and a long gap means that we slept ourselves.
  void observe(Instant now);
  // What every input ends with.
  void settle(Instant now);
  void on_time(Instant now);

  // join.cpp
  void start(Instant now);
  void leave(Instant now);
  void on_rendezvous_outputs(Instant now);
  void on_introductions(Instant now);
  void on_drop_link(const room::Introducer::DropLink& drop, Instant now);
  void keep_the_door(Instant now);

  // members.cpp
  void on_met(const room::Introducer::Met& met, Instant now);
  void on_ended(const PeerId& peer, LeaveReason reason, Instant now);
  bool learn_record(const PeerId& author, const wire::SignedRecord& record, Instant now);  // false: no news, or no room
  void add_member(const PeerId& peer, const wire::Record& record, Instant now);
  void count_members(Instant now);
  void tell_link_state(const PeerId& peer, LinkState state);

  // link.cpp
  void on_link_open(LinkId link, Instant now);
  void join_link(LinkId link, Instant now);
  void claim_link(const PeerId& peer, Instant now);
  void on_word(LinkId from, const wire::Hearing& hearing, Instant now);
  void forget_link_in_trees(const PeerId& peer, Instant now);
  void close_link(LinkId link);
  void tell_unlinked(const PeerId& peer, overlay::TreeKeeper::Change change, Instant now);
  void on_link_closed(LinkId link, Instant now);
  void on_link_message(LinkId link, Channel channel, ByteView message, Instant now);
  void on_beat(LinkId from, const wire::Beat& beat, Instant now);
  void keep_pulses(Instant now);
  void review_doubts(Instant now);  // whom we can rely on has changed
  void take_places(Instant now);
  void on_peer_unlinked(const PeerId& peer, overlay::TreeKeeper::Change change, Instant now);

  // own_record.cpp
  // How soon the room must hear of a change of our record. In a large room every record costs everybody.
  enum class Urgency { kAtOnce, kFirst, kGained, kMeasured };
  void change_own_record(Urgency urgency, Instant now);
  bool has_hardly_a_link(const PeerId& peer) const;
  void renew_own_record(Instant now);
  void publish_record_when_due(Instant now);
  void send_own_record(LinkId link);

  // gossip.cpp
  void on_record(LinkId from, const wire::SignedRecord& record, Instant now);
  void on_delta(LinkId from, const wire::RecordDelta& delta, Instant now);
  void take_news(LinkId from, const PeerId& author, const wire::SignedRecord& record, Instant now);
  void pass_on(LinkId from, const PeerId& author, Instant now);
  wire::RecordMark what_we_have(const wire::ShortId& peer) const;
  void ask(wire::Want& want, const wire::RecordMark& news, const wire::RecordMark& ours, Instant now);
  void want_newer(LinkId from, const std::vector<wire::RecordMark>& marks, Instant now);
  void on_hashes(LinkId from, const wire::MapHashes& theirs, Instant now);
  void send_digest(LinkId to, std::uint16_t parts, const PeerId& joined_to, Instant now);
  void on_digest(LinkId from, const wire::Digest& digest, Instant now);
  void on_want(LinkId from, const wire::Want& want, Instant now);
  void send_record(LinkId to, const PeerId& peer, const wire::RecordMark& theirs);
  void greet(LinkId link, bool is_stranger, Instant now);
  void gossip(Instant now);
  void on_map_changed(overlay::TreeKeeper::Change change, Instant now);

  // route.cpp
  void send_blob(room::Introducer::SendBlob& blob);
  bool send_over_links(const PeerId& to, Bytes envelope);
  std::optional<Bytes> seal_petition(const PeerId& to, const wire::Petition& petition);
  void send_petition(const PeerId& to, const wire::Petition& petition, const std::vector<PeerId>& avoiding,
                     const std::vector<PeerId>& second_way = {});
  void on_letter(const crypto::OpenedEnvelope& envelope, const wire::Letter& letter, Instant now);
  void on_routed(LinkId from, wire::Routed routed, Instant now);
  bool leads_on(const PeerId& next) const;
  bool try_detour(wire::Routed& routed, LinkId from, Instant now);
  void look_for_tree_links(std::vector<overlay::Neighbours::Candidate>& others, Instant now);
  void choose_links(Instant now);

  // speak.cpp
  void speak(ByteView frame, bool ends_spurt, Instant now);
  void count_carried(Instant now);
  void plan_when_due(Instant now);
  void wish_when_due(Instant now);
  void link_to_unreached(Instant now);
  void drain_own_stream(Instant now);

  // listen.cpp
  void on_plan(LinkId from, const wire::SignedPlan& plan, Instant now);
  void on_plan_delta(LinkId from, const wire::PlanDelta& delta, Instant now);
  void on_frame(LinkId from, const wire::FrameNews& frame, Instant now);
  bool take_frame(const PeerId& source, Stream& stream, const PeerId& from, const wire::FrameNews& frame, Instant now);
  void on_proof(LinkId from, const wire::Proof& proof, Instant now);
  void on_have(LinkId from, const wire::Have& have, Instant now);
  void on_stall(LinkId from, const wire::Stall& stall, Instant now);
  void want_plan(const PeerId& source, Stream& stream, const PeerId& from, Instant now);
  void take_place(const PeerId& source, Stream& stream, Instant now);
  void drain_stream(const PeerId& source, Stream& stream, Instant now);
  void keep_streams(Instant now);

  // trees.cpp
  Tree* tree_of(const PeerId& source);
  Stream& stream_of(const PeerId& source, Instant now);
  void adopt_plan(Tree& tree, wire::SignedPlan plan, Instant now);
  void take_duties(Tree& tree, Instant now);
  void send_plan(Tree& tree, const PeerId& to);
  void send_proofs(const PeerId& source, const PeerId& to);
  void on_plan_request(LinkId from, const wire::PlanRequest& request);
  void on_pull(LinkId from, const wire::Pull& pull, Instant now);
  void on_stop(LinkId from, const wire::Stop& stop, Instant now);
  std::size_t copies_now(Instant now) const;  // of all voices together
  void drain_tree(const PeerId& source, Tree& tree, Instant now);
  void tell_all(const Tree& tree, const wire::Have& have);
  void send_copy(const PeerId& source, const overlay::Relay::SendCopy& copy, Instant now);
  void flush_voice(LinkId link, Instant now);
  void welcome(const PeerId& peer, Instant now);

  // notes.cpp
  Published publish(ByteView body, Instant now);
  void send_note_aside();
  void on_note(LinkId from, const wire::NoteNews& news, Instant now);
  void on_note_digest(LinkId from, const wire::NoteDigest& digest, Instant now);
  void on_note_want(LinkId from, const wire::NoteWant& want, Instant now);
  void keep_notes(Instant now);
  void drain_notes();

  // block.cpp
  void set_blocked(const PeerId& peer, bool is_blocked, Instant now);
  void set_withheld(const PeerId& peer, bool is_withheld, Instant now);
  void on_hearing(const PeerId& from, const wire::Hearing& hearing, Instant now);
  void on_block_changed(const PeerId& peer, Instant now);
  void say_hearings(Instant now);
  void say_over_others(const room::BlockList::Say& say);
  void set_aside(const PeerId& peer, Instant now);
  void keep_asides(Instant now);
  void seek_link(const PeerId& peer, Instant now);
  void keep_from(const PeerId& peer, Instant now);
  void review_asides(Instant now);
  void take_back(const PeerId& peer, Instant now);
  bool is_aside(LinkId link) const;
  bool is_only_way(const PeerId& peer) const;
  std::vector<PeerId> only_ways() const;
  bool must_not_connect(const PeerId& peer, Instant now) const;
  void on_meant(const PeerId& from, Instant now);
  bool may_pass_aside(const PeerId& peer, const wire::LinkMessage& message) const;
  std::optional<LinkId> carrier_of(const PeerId& peer) const;  // the link, be it aside
  bool passes_on_unheard(const PeerId& source, const PeerId& from, Instant now);
  void decline(const PeerId& source, const PeerId& from, Instant now);
  void forget_unheard(Instant now);
  Instant unheard_due() const;
  std::optional<base::Duration> rtt_by_way(const PeerId& peer) const;

  // view.cpp
  RoomView view(Instant now) const;

  void emit(Output output) { outputs_.push_back(std::move(output)); }
  std::optional<Output> poll();
  Instant next_deadline() const;

  // Joins of a full room in one second, each with a record and a plan from everybody; a guess above it.
  static constexpr base::TokenBucket::Rate kControlRate{.per_second = 200, .burst = 2'000};
  static constexpr base::TokenBucket::Rate kDigestRate{.per_second = 1, .burst = 3};
  // Of others' envelopes that we pass on, in bytes: thirty descriptions a second, a full room's worth at once. A guess.
  static constexpr base::TokenBucket::Rate kRoutedRate{.per_second = 64'000, .burst = 512'000};
  // Each searches the map, some ms in a large room: for one link, and for all. Guesses.
  static constexpr base::TokenBucket::Rate kDetourRate{.per_second = 5, .burst = 20};
  static constexpr base::TokenBucket::Rate kDetoursRate{.per_second = 20, .burst = 100};
  // Twice a voice's 50 frames a second; the burst is what a path may hold back for four seconds.
  static constexpr base::TokenBucket::Rate kFrameRate{.per_second = 100, .burst = 200};
  static constexpr base::Duration kRecordSpacing = base::Duration::s(1);    // DESIGN §4 Timers
  static constexpr base::Duration kDigestEvery = base::Duration::s(5);      // DESIGN §4.1
  static constexpr base::Duration kNewsEvery = base::Duration::ms(100);     // news are told in bunches; a guess
  static constexpr base::Duration kWantAgainAfter = base::Duration::ms(500);  // a guess: an RTT and some loss
  // Beyond the full mesh each record costs everybody 700 bytes, so what comes together is told together: of links gained or
  // given back when none has come for a while, but not later than the longest wait; of what was measured, so that all together
  // tell one in three seconds. A link that is lost is told at once, for trees run over it. Guesses.
  static constexpr base::Duration kGainedCalm = base::Duration::s(1);     // and a new link's round-trip time is known
  static constexpr base::Duration kGainedMax = base::Duration::s(3);
  static constexpr base::Duration kArrivingCalm = base::Duration::ms(500);  // while we have few links
  static constexpr base::Duration kArrivingMax = base::Duration::s(2);
  static constexpr base::Duration kFirstCalm = base::Duration::ms(100);  // for the first of a newcomer's, at both ends
  static constexpr base::Duration kFirstSpacing = base::Duration::ms(300);
  static constexpr std::size_t kLinksFirst = 4;
  static constexpr std::size_t kLinksFew = overlay::Neighbours::kLinksFew;
  static constexpr base::Duration kMeasuredPerPeer = base::Duration::s(3);
  static constexpr base::Duration kMeasuredMin = base::Duration::s(10);  // in a small one
  // Until whoever was to tell a third should have done so: two hops, and a lost datagram's repair. A guess.
  static constexpr base::Duration kStandBy = base::Duration::ms(500);
  // What we listed for somebody is answered by then, or was lost; a guess.
  static constexpr base::Duration kListedFor = base::Duration::s(2);
  static constexpr std::size_t kKnowsHardlyAnybody = 8;  // a list of fewer is shorter than the hashes
  static constexpr base::Duration kCountEvery = base::Duration::ms(100);    // who is here, at most so often; a guess
  static constexpr base::Duration kCountPerPeer = base::Duration::ms(5);    // and in a large room more seldom
  // While we speak: a wish costs several plans, more in a larger room, and is fulfilled some 5 s later. Guesses.
  static constexpr base::Duration kWishEvery = base::Duration::s(10);
  static constexpr base::Duration kWishPerPeer = base::Duration::ms(100);
  static constexpr base::Duration kMeantFor = base::Duration::s(60);  // some attempts; a guess
  static constexpr std::size_t kUnreachedAtOnce = 4;                  // each costs a search of the map; a guess
  static constexpr base::Duration kMissingFor = base::Duration::s(5);       // as Introducer::kVanishAfter
  static constexpr base::Duration kRttUnknown = base::Duration::ms(100);    // as overlay::Graph::kUnmeasuredRtt
  // After a block we pass on what comes, unheard, for one round trip and so long: a plan without us takes that to work. Issue 4
  // has 100 ms; jitter and frames' spacing are off.
  static constexpr base::Duration kBeyondRtt = base::Duration::ms(80);
  // Measured (./bench blocking): when a fifth of all pairs block at once, a way of two hops that the map shows is whole in two
  // cases of five; of eight ways one is, nearly always.
  static constexpr std::size_t kWaysOfHearing = 8;
  static constexpr base::TokenBucket::Rate kHearingRate{.per_second = 1, .burst = 10};  // a guess: somebody who cannot decide
  static constexpr base::Duration kStopEvery = base::Duration::ms(50);      // a guess
  // So large a part of our links doubted at once is more than a few who left without a word. Guesses.
  static constexpr std::size_t kAlarmShare = 5;  // one in so many
  static constexpr base::Duration kAlarmFor = base::Duration::s(3);
  static constexpr base::Duration kCarriedEvery = base::Duration::s(1);     // a guess
  static constexpr base::Duration kCarriedSpacing = base::Duration::ms(250);  // after somebody's new plan; a guess
  static constexpr base::Duration kPlanRequestEvery = base::Duration::s(1); // a guess

  struct Link {
    Link(const PeerId& peer_id, Instant now)
        : peer(peer_id), pulse(now), control_rate(kControlRate, now), digest_rate(kDigestRate, now), routed_rate(kRoutedRate, now), detour_rate(kDetourRate, now) {}
    PeerId peer;
    bool is_open = false;
    bool has_word = false;  // they said whether they want to hear us; only then the room is told of the link
    room::LinkPulse pulse;
    overlay::VoiceQueue voice;
    base::TokenBucket control_rate;
    base::TokenBucket digest_rate;
    base::TokenBucket routed_rate, detour_rate;
    std::set<PeerId> news;  // whose records to tell of
    wire::RecordMark told;  // our own record, as we last told it there
    Instant listed_until;   // we have just said what we know
  };
  struct Member {
    PeerNumber number;
    wire::Incarnation incarnation;
    std::string name;
    bool is_muted = false;
    std::optional<LinkId> link;  // the open one
    LinkState state = LinkState::kConnecting;
    std::optional<base::Duration> told_rtt;
    base::TokenBucket frame_rate;
    room::LossMeter loss;               // of their frames on the way to us
    std::uint8_t their_loss_percent = 0;  // of ours on the way to them, as they say
    std::optional<Instant> missing_since;  // the map shows no way to them
    base::TokenBucket hearing_rate;
  };
  struct Meant {  // a link, though one of the two blocks the other
    Instant until;
    Instant again;  // we say so
    base::Duration pause;
  };
  struct Aside {
    LinkId link;
    bool is_only_way = false;  // nobody else joins us two
  };
  struct Unheard {
    Instant until;  // we pass on what comes of theirs
    std::map<PeerId, Instant> next_stop;  // to whoever sends it, not before
  };
  struct Asked {
    wire::RecordMark mark;
    Instant at;
  };

  bool is_large_room() const { return members_.size() >= overlay::Neighbours::kMeshMax; }
  base::Duration count_spacing() const;
  Link* open_link_of(const PeerId& peer);
  bool is_doubtful(const PeerId& peer);  // no link to it, or nothing has come over it of late
  std::vector<PeerId> linked_peers() const;
  std::vector<PeerId> ways_out() const;  // and those aside without whom the room would fall apart
  std::vector<PeerId> peers_aside() const;
  // The way of an envelope that begins with one of these links.
  std::optional<std::vector<PeerId>> route_over(const std::vector<PeerId>& first, const PeerId& to, const std::vector<PeerId>& avoiding) const;
  base::Duration rtt_to(const PeerId& peer) const;
  std::uint8_t loss_from(const PeerId& peer) const;  // percent
  void send_control(LinkId link, const wire::LinkMessage& message);
  void send_control_to(const PeerId& peer, const wire::LinkMessage& message);
  void tell_loss();
  const overlay::Graph& graph();

  room::Credentials me_;
  crypto::KeySource keys_;
  base::Random random_;
  room::RendezvousClient rendezvous_;
  room::Introducer introducer_;
  room::Listening listening_;
  overlay::Map map_;
  std::optional<overlay::Graph> graph_;  // of map_, made when it is asked for
  overlay::Neighbours neighbours_;
  overlay::TreeLinks tree_links_;
  overlay::Whereabouts whereabouts_;
  overlay::Uplink uplink_;
  overlay::Doorkeeper doorkeeper_;
  overlay::TreeKeeper keeper_;
  room::NoteBoard notes_;  // refers to me_
  room::BlockList blocks_;
  crypto::FrameSealer sealer_;

  wire::Record own_;
  wire::SignedRecord own_signed_;
  Instant record_due_ = Instant::never();    // nothing to tell
  Instant gained_due_ = Instant::never();    // links, which may come in bunches
  Instant gained_since_ = Instant::never();
  base::TokenBucket detours_rate_;
  Instant next_record_;                    // not before
  Instant next_digest_;
  Instant next_news_ = Instant::never();
  Instant count_due_ = Instant::never();
  Instant choose_due_;
  Instant next_wish_;
  Instant door_due_;  // somebody came or went
  Instant carried_at_, carried_due_;
  // Not after the earliest deadline of any; found anew when it has come.
  Instant pulses_due_ = Instant::never();
  Instant streams_due_ = Instant::never();

  std::map<LinkId, Link> links_;
  std::map<PeerId, Member> members_;
  std::map<PeerId, Stream> streams_;
  OwnStream own_stream_;
  std::map<PeerId, Aside> asides_;            // links that the room is not told of (block.cpp)
  std::map<PeerId, Meant> meant_;
  std::map<PeerId, Unheard> unheard_;         // whom we block
  std::map<wire::ShortId, Asked> asked_;  // records that we have asked somebody for
  std::set<PeerId> wanted_;        // whom our link selection wants to be linked to
  std::set<PeerId> withdrawn_;     // linked, but no longer told of
  std::uint32_t peer_numbers_ = 0;
  std::uint8_t told_loss_percent_ = 0;

  Instant last_seen_;
  bool has_left_ = false;
  Stats stats_;
  std::deque<Output> outputs_;
};

}  // namespace grove::node

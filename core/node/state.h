// What a node knows, and its acts: join.cpp (rendezvous and introductions), link.cpp (links, records, beats), speak.cpp
// (frames and plans). node.cpp only dispatches.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/random.h"
#include "base/token_bucket.h"
#include "crypto/frame_seal.h"
#include "crypto/key_source.h"
#include "node/node.h"
#include "overlay/map.h"
#include "overlay/voice_queue.h"
#include "room/credentials.h"
#include "room/introducer.h"
#include "room/link_pulse.h"
#include "room/listening.h"
#include "room/loss_meter.h"
#include "room/rendezvous_client.h"

namespace grove::node {

class Node::State {
 public:
  State(const Config& config, Instant now);

  // Every input passes here first: time never runs backwards, and a long gap means that we slept ourselves.
  void observe(Instant now);
  // What every input ends with.
  void settle(Instant now);

  // join.cpp
  void start(Instant now);
  void leave(Instant now);
  void on_rendezvous_outputs(Instant now);
  void on_introductions(Instant now);
  void on_met(const room::Introducer::Met& met, Instant now);
  void on_ended(const PeerId& peer, LeaveReason reason, Instant now);
  void on_drop_link(const room::Introducer::DropLink& drop, Instant now);

  // link.cpp
  void on_link_open(LinkId link, Instant now);
  void on_link_closed(LinkId link, Instant now);
  void on_link_message(LinkId link, Channel channel, ByteView message, Instant now);
  void on_time(Instant now);
  void change_own_record(Instant now);
  void publish_record_when_due(Instant now);

  // speak.cpp
  void speak(ByteView frame, bool ends_spurt, Instant now);
  void replan(Instant now);
  void on_plan(const wire::SignedPlan& plan);
  void on_frame(const PeerId& from, const wire::FrameNews& frame, Instant now);
  void flush_voice(LinkId link, Instant now);

  void emit(Output output) { outputs_.push_back(std::move(output)); }
  // view.cpp
  RoomView view(Instant now) const;

  std::optional<Output> poll();
  Instant next_deadline() const;

  struct Link {
    Link(const PeerId& peer_id, Instant now)
        : peer(peer_id), pulse(now), control_rate(kControlRate, now), digest_rate(kDigestRate, now) {}
    PeerId peer;
    bool is_open = false;
    room::LinkPulse pulse;
    overlay::VoiceQueue voice;
    base::TokenBucket control_rate;
    base::TokenBucket digest_rate;
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
  };
  struct KnownPlan {
    wire::TreePlan plan;
    std::vector<PeerId> our_children;
    Instant last_frame = Instant::from_us(-1'000'000'000);  // long ago
  };

  // Joins of a full room in one second, each with a record and a plan from everybody; a guess above it.
  static constexpr base::TokenBucket::Rate kControlRate{.per_second = 200, .burst = 2'000};
  static constexpr base::TokenBucket::Rate kDigestRate{.per_second = 1, .burst = 3};
  // Twice a voice's 50 frames a second; the burst is what a path may hold back for four seconds.
  static constexpr base::TokenBucket::Rate kFrameRate{.per_second = 100, .burst = 200};
  static constexpr base::Duration kRecordSpacing = base::Duration::s(1);  // DESIGN §4 Timers
  static constexpr base::Duration kDigestEvery = base::Duration::s(5);    // DESIGN §4.1
  static constexpr std::uint8_t kCopiesMax = 32;  // DESIGN §4: full mesh to 32, a star while the uplink lasts

  Link* open_link_of(const PeerId& peer);
  std::vector<PeerId> linked_peers() const;
  std::uint8_t loss_from(const PeerId& peer) const;  // percent
  void send_control(LinkId link, const wire::LinkMessage& message);
  void tell_link_state(const PeerId& peer, LinkState state);
  bool learn_record(const PeerId& author, const wire::SignedRecord& record, Instant now);  // false: no news, or no room
  void on_record(LinkId from, const wire::SignedRecord& record, Instant now);
  void on_digest(LinkId from, const wire::Digest& digest, Instant now);
  void on_beat(LinkId from, const wire::Beat& beat, Instant now);
  void tell_loss();
  void gossip(Instant now);
  void send_copies(const std::vector<PeerId>& children, const PeerId& source, const wire::FrameNews& frame, Instant now);

  room::Credentials me_;
  crypto::KeySource keys_;
  base::Random random_;
  room::RendezvousClient rendezvous_;
  room::Introducer introducer_;
  room::Listening listening_;
  overlay::Map map_;
  crypto::FrameSealer sealer_;

  wire::Record own_;
  wire::SignedRecord own_signed_;
  bool is_own_record_stale_ = false;
  Instant next_record_;
  Instant next_digest_;

  std::map<LinkId, Link> links_;
  std::map<PeerId, Member> members_;
  std::map<PeerId, KnownPlan> plans_;
  std::uint32_t peer_numbers_ = 0;
  std::uint32_t plan_epoch_ = 0;
  std::vector<PeerId> our_listeners_;
  std::uint8_t told_loss_percent_ = 0;

  Instant last_seen_;
  bool has_left_ = false;
  Stats stats_;
  std::deque<Output> outputs_;
};

}  // namespace grove::node

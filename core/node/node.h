// The network half of Grove: who is in the room, and who carries whose voice to whom. A voice frame is opaque bytes here.
//
// The drive contract (the host is a browser Worker, a simulator or a headless program):
//   1. Tell the node what happened, with the time: one handle_* call or one command.
//   2. Call poll() until it returns nothing, and do what each Output says.
//   3. Sleep until next_deadline() at the latest, then call handle_time().
//   4. Time never runs backwards.
// The node reads no clock, opens no socket, starts no thread and never calls back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "room/link_terms.h"
#include "wire/record.h"

namespace grove::node {

using base::ByteArray;
using base::Bytes;
using base::ByteView;
using base::Instant;
using base::LinkId;
using base::PeerId;
using base::PeerNumber;

struct Config {
  ByteArray<16> room_secret{};
  ByteArray<32> identity_seed{};     // of the Ed25519 key; the same seed is the same person
  ByteArray<32> entropy{};           // fresh from the system's secure generator for every run, never reused
  std::string name;                  // UTF-8; cut at kNameBytesMax on a character boundary
  std::uint8_t copies_cap = 0;       // at most so many copies of one stream, whatever the uplink bears; 0 = no such bound
  wire::Role role = wire::Role::kDesktop;
  std::uint64_t wall_clock_ms = 0;   // since 1970; a later run of the same person must show a later one, or is refused as old
};

// --- what the host reports -------------------------------------------------------------------------------------------

using room::SignalKind;  // offer, answer, candidate

// The two channels of a link: reliable and ordered; unordered with a lifetime of 150 ms.
enum class Channel : std::uint8_t { kControl = 0, kVoice = 1 };

// --- what the host is told to do -------------------------------------------------------------------------------------

struct OpenRendezvous {};  // answer with handle_rendezvous_open or handle_rendezvous_closed
struct SendRendezvous {
  Bytes message;
};
struct CloseRendezvous {};

using room::LinkRole;
struct CreateLink {  // an RTCPeerConnection with its two channels; kOffers: make an offer now
  LinkId link;
  LinkRole role;
};
struct ApplySignal {  // the other end's description or candidate
  LinkId link;
  SignalKind kind;
  std::string text;
};
struct CloseLink {
  LinkId link;
};
struct SendOnLink {
  LinkId link;
  Channel channel;
  Bytes message;
};

// --- what the host shows and plays -----------------------------------------------------------------------------------

struct DeliverFrame {  // verified, opened, never the same one twice; order as it arrived
  PeerNumber speaker;
  std::uint64_t sequence;
  Bytes frame;
};

// Another person's note, each once, a run's in its order; also of those who left, and those of our own earlier runs.
struct DeliverNote {
  PeerId author;
  std::optional<PeerNumber> peer;  // the author, if here now
  std::uint32_t number;            // within its author's run: 1, 2, …
  std::uint64_t at_ms;             // since 1970: by the author's clock, but never later than ours
  std::uint32_t missing_before;    // notes of that run right before it that nobody has any more
  Bytes body;
};

// kResting: left on purpose, others keep the door (DESIGN §9); all is well.
enum class RendezvousState : std::uint8_t { kConnecting = 0, kOpen = 1, kWaiting = 2, kRefused = 3, kResting = 4 };
struct RendezvousChanged {
  RendezvousState state;
  base::Duration retry_in;  // kWaiting: until the next try
  std::string reason;       // kRefused: the server's words
};

struct PeerJoined {
  PeerNumber peer;  // new for every run of a person
  PeerId id;        // the same in all of them
  bool is_muted;
  std::string name;
};
struct PeerChanged {
  PeerNumber peer;
  PeerId id;
  bool is_muted;
  std::string name;
};
enum class LeaveReason : std::uint8_t { kSaidBye = 0, kLost = 1 };
struct PeerLeft {
  PeerNumber peer;
  LeaveReason reason;
};

enum class LinkState : std::uint8_t { kConnecting = 0, kConnected = 1, kFailed = 2 };
struct PeerLinkChanged {
  PeerNumber peer;
  LinkState state;
  std::optional<base::Duration> rtt;
};

struct LossReported {  // what the worst-served listener misses of our frames: for the encoder's redundancy
  std::uint8_t percent;
};

struct IceServers {  // applies to links created from now on
  std::string urls;  // one a line
};

using Output = std::variant<OpenRendezvous, SendRendezvous, CloseRendezvous, CreateLink, ApplySignal, CloseLink, SendOnLink,
                            DeliverFrame, DeliverNote, RendezvousChanged, PeerJoined, PeerChanged, PeerLeft, PeerLinkChanged,
                            LossReported, IceServers>;

// What became of a note of ours. Only kSent gave it to the room; of the others nothing went out.
enum class Published : std::uint8_t { kSent = 0, kEmptyOrTooLong = 1, kTooFast = 2, kLeft = 3 };

struct Stats {
  std::uint64_t frames_spoken = 0;
  std::uint64_t copies_sent = 0;
  std::uint64_t copies_dropped_in_queue = 0;  // voice is never queued: the oldest made room
  std::uint64_t frames_delivered = 0;
  std::uint64_t frames_replayed = 0;          // seen before, or too old to tell
  std::uint64_t frames_unheard = 0;           // of people whom we block
  std::uint64_t frames_refused = 0;           // did not open, or from nobody we know
  std::uint64_t messages_refused = 0;         // malformed, or not allowed to their sender
  std::uint64_t envelopes_refused = 0;        // signalling that the rendezvous, or somebody through it, made up or spoilt
};

// What this peer knows of the room: for the app's picture of who carries whose voice, and for the simulator's checkers.
// Peers are named by their place in `peers`.
struct RoomView {
  static constexpr std::uint16_t kNobody = 0xffff;
  struct Claim {  // one end's word on a link
    std::uint16_t to;
    base::Duration rtt;  // 0: not measured yet
    std::uint8_t loss_percent;
  };
  struct Peer {
    PeerId id;
    std::string name;
    wire::Role role;
    bool is_at_door;
    std::uint8_t copies_max;
    std::vector<Claim> links;
  };
  struct Seat {
    std::uint16_t listener, parent;
    std::uint16_t guardian;  // or kNobody
    bool is_hot;
  };
  struct Tree {
    std::uint16_t source;
    std::uint32_t epoch;
    bool is_live;  // frames came within the last second
    std::vector<Seat> seats;
  };
  std::vector<Peer> peers;  // sorted by id, ourselves among them
  std::uint16_t self;
  std::vector<Tree> trees;  // sorted by source; those whose plan we know, our own among them
  std::size_t pulls_open;   // streams that we pull from somebody other than our parent just now
  std::uint64_t map_hash;   // equal maps, equal hash
};

class Node {
 public:
  Node(const Config& config, Instant now);
  ~Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;

  // Outside input.
  void handle_rendezvous_open(Instant now);
  void handle_rendezvous_message(ByteView message, Instant now);
  void handle_rendezvous_closed(Instant now);
  void handle_signal(LinkId link, SignalKind kind, std::string_view text, Instant now);  // our own end's text
  void handle_link_open(LinkId link, Instant now);    // both channels are open
  void handle_link_closed(LinkId link, Instant now);  // failed or closed
  void handle_link_message(LinkId link, Channel channel, ByteView message, Instant now);
  void handle_link_buffered(LinkId link, std::size_t bytes, Instant now);  // what waits in the voice channel below us
  void handle_time(Instant now);

  // Commands.
  // `ends_spurt`: silence follows, so nobody needs to miss the next frame.
  void speak(ByteView frame, bool ends_spurt, Instant now);
  void set_name(std::string_view name, Instant now);
  void set_muted(bool is_muted, Instant now);
  void set_role(wire::Role role, Instant now);  // a phone, a hidden tab, a metered line: not asked to carry others' voices
  // For ourselves alone, by identity, of people who are here or not; it holds for the life of the node, so tell a new one
  // at once. Blocked: nothing of their voice or notes comes from this call on, only they are told, and their program sends
  // us nothing more. Withheld: they get nothing of our voice (of our notes they do). docs/overlay.md §15.
  void set_blocked(const PeerId& peer, bool is_blocked, Instant now);
  void set_withheld(const PeerId& peer, bool is_withheld, Instant now);
  // A note of 1 to wire::kNoteBytesMax bytes, to everybody here and those who come later; at most 50 at once and then 5 a
  // second. Not delivered to ourselves. Whoever is told kTooFast may try again.
  Published publish(ByteView body, Instant now);
  void leave(Instant now);  // says goodbye, closes everything; nothing comes after its outputs

  std::optional<Output> poll();
  Instant next_deadline() const;

  PeerId id() const;
  const Stats& stats() const;
  RoomView view() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace grove::node

// A room full of production nodes, the production directory, and the Internet between them, on one clock. Whoever drives it
// says what people do; observers look on. One seed, one history.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "sim/channel.h"
#include "sim/event_queue.h"
#include "sim/liar.h"
#include "sim/network.h"
#include "sim/observer.h"
#include "sim/person.h"
#include "sim/rendezvous.h"
#include "sim/verify_once.h"

namespace grove::sim {

struct SpeechTerms {
  Duration frame = Duration::ms(20);   // DESIGN §1
  // Exponential spurts and pauses; guesses for somebody who holds forth (79 % of the time there is sound).
  Duration spurt_mean = Duration::ms(1500), pause_mean = Duration::ms(400);
  // Opus at 32 kbit/s and 20 ms: 80 bytes in the mean; variable bit rate spreads them. A guess at how far.
  std::size_t bytes_min = 50, bytes_max = 110;
};

struct LinkTerms {
  double round_trips_min = 6, round_trips_max = 8;         // DESIGN §11: ICE, DTLS and SCTP, from the answer on
  double fails = 0.05;                                     // DESIGN §11
  Duration failure_noticed = Duration::s(15);              // a guess: ICE's patience in browsers
  Duration consent = Duration::s(30);                      // RFC 7675 §5.1
  std::uint32_t per_tab_max = 500;                         // DESIGN §4: RTCPeerConnections in the life of a tab
  std::size_t description_bytes = 480, candidate_bytes = 140;  // as Chromium 156 writes them for two data channels
  std::vector<Duration> own_signals_after = {Duration::ms(3), Duration::ms(8), Duration::ms(60)};  // description, then candidates
};

struct WorldTerms {
  SpeechTerms speech;
  LinkTerms links;
  ChannelTerms channels;
  Duration tick = Duration::ms(100);
};

class World {
 public:
  struct Newcomer {
    HostId host;
    std::string name;
    wire::Role role = wire::Role::kDesktop;
    std::uint8_t copies_cap = 0;
  };

  // `server`: the rendezvous' host in the network. The rendezvous is up from the start.
  World(const WorldTerms& terms, Network& network, HostId server, std::uint64_t seed);

  void watch(Observer& observer) { observers_.push_back(&observer); }

  // What people do. A host that enters again is the same person in a new run.
  PersonId enter(const Newcomer& newcomer);
  void leave(PersonId person);
  void kill(PersonId person);  // silent death: nobody is told
  void freeze(PersonId person, Duration time);
  void set_lie(PersonId person, Lie lie);
  // By identity: they hold for every run of either, until undone.
  void set_blocked(PersonId listener, PersonId source, bool is_blocked);
  void set_withheld(PersonId source, PersonId listener, bool is_withheld);
  // Figures leave the pair out as if it were blocked; nobody else learns of it.
  void leave_out(PersonId listener, PersonId source) { tell_blocked(listener, source, BlockKind::kLeftOut, true); }
  void start_talking(PersonId person);
  void stop_talking(PersonId person);

  // What befalls the world.
  void rendezvous_down();
  void rendezvous_up();
  void partition(const std::vector<HostId>& other_side);
  void heal();
  void set_rtts(const RttMatrix& rtts) { network_.set_rtts(rtts); }
  void lose_nothing() { network_.set_loss({}); }

  // Until `end`, or until a kPopulation event is due: that one is returned.
  std::optional<Event> run_until(Instant end);
  void post(Instant at, std::uint32_t a, std::uint32_t b = 0) { queue_.post(at, EventKind::kPopulation, a, b); }
  void tell(FaultKind kind, PersonId person) { for (auto* o : observers_) o->on_fault(kind, person, now_); }
  void tell_measuring() { for (auto* o : observers_) o->on_measuring(now_); }
  void tell_faults_over() { for (auto* o : observers_) o->on_faults_over(now_); }
  void end() { for (auto* o : observers_) o->on_end(now_); }

  // What there is to see.
  Instant now() const { return now_; }
  std::size_t people() const { return people_.size(); }  // ever
  const Person& person(PersonId id) const { return people_[id.value]; }
  bool is_here(PersonId id) const { return people_[id.value].is_here; }
  std::vector<PersonId> here() const;
  std::optional<PersonId> person_of(const base::PeerId& peer) const;  // the latest run
  const Network& network() const { return network_; }
  const Channels& channels() const { return channels_; }
  // Over everything that happened: equal histories, equal hash.
  std::uint64_t trace_hash() const { return trace_; }
  std::uint64_t events() const { return events_; }
  VerifyStats signatures() const;  // of the whole program

 private:
  void dispatch(const Event& event);
  std::optional<PersonId> whose(const Event& event) const;  // whose node it is for
  template <typename Act>
  void act(PersonId id, Act&& what) {
    if (!is_here(id)) return;
    what(*people_[id.value].node);
    drain(id);
  }
  void drain(PersonId person);
  void plan_wake(PersonId person);
  void note(std::uint64_t what) { trace_ = (trace_ ^ what) * 0x9e3779b97f4a7c15U; trace_ ^= trace_ >> 29; }
  void note(base::ByteView bytes);
  void gone(PersonId person, Departure how);

  void tell_blocked(PersonId listener, PersonId source, BlockKind kind, bool is_on) {
    for (auto* o : observers_) o->on_blocked(listener, source, kind, is_on, now_);
  }
  void renew_blocks(PersonId newcomer);

  // Outputs of a node.
  void on(PersonId i, node::OpenRendezvous& o);
  void on(PersonId i, node::SendRendezvous& o);
  void on(PersonId i, node::CloseRendezvous& o);
  void on(PersonId i, node::CreateLink& o);
  void on(PersonId i, node::ApplySignal& o);
  void on(PersonId i, node::CloseLink& o);
  void on(PersonId i, node::SendOnLink& o);
  void on(PersonId i, node::DeliverFrame& o);
  void on(PersonId i, node::PeerJoined& o);
  template <typename Other>
  void on(PersonId, Other&) {}  // what only an app shows

  // world_links.cpp
  LinkAtHost& link_of(PersonId person, base::LinkId link);
  void describe(PersonId person, base::LinkId link, bool is_answer);
  void on_own_signal(PersonId person, std::uint32_t note);
  void try_connect(PersonId person, base::LinkId link);
  void on_link_up(PersonId person, base::LinkId link);
  void on_link_lost(PersonId person, base::LinkId link);
  void on_consent_lost(std::uint32_t association);
  void on_arrive(const Event& event);
  std::optional<FrameName> name_of(base::ByteView message) const;
  // What a liar sends in place of `o`; false: nothing.
  bool lies(PersonId liar, node::SendOnLink& o, const std::optional<FrameName>& frame);

  // world_speech.cpp
  void on_speak(PersonId person, std::uint32_t turn);
  Bytes make_frame(PersonId person);
  bool is_genuine(base::ByteView frame, const FrameName& name) const;
  void begin_spurt(PersonId person, Instant at);

  struct Owner {  // of an end of an association
    PersonId person;
    base::LinkId link;
  };
  struct PendingSignal {
    base::LinkId link;
    std::uint32_t number;
    bool is_answer;
  };

  WorldTerms terms_;
  Network& network_;
  EventQueue queue_;
  Channels channels_;
  Rendezvous rendezvous_;
  base::Random random_;
  base::ByteArray<16> room_secret_{};
  std::optional<Liar> liar_;  // all liars' knowledge: they are in league
  Instant now_ = Instant::from_us(1'000'000);
  std::vector<Person> people_;
  std::vector<Owner> owners_;  // by LinkEnd
  Slots<PendingSignal> own_signals_;
  std::map<base::PeerId, PersonId> by_id_;
  std::set<std::pair<base::PeerId, base::PeerId>> blocked_, withheld_;  // listener, source
  std::unordered_map<std::uint32_t, PersonId> by_key_id_;  // of frames
  std::optional<PersonId> speaking_;
  std::vector<Channels::Arrived> arrived_;
  std::vector<Observer*> observers_;
  std::uint64_t trace_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace grove::sim

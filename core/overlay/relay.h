// The way down of one stream at one peer: whom its frames go to, and never twice. The source has one for its own voice,
// every listener one for each source. docs/overlay.md.
//
// Copies go to the plan's children and hot wards, and for as long as a lease lasts to whoever pulled. Cold wards are told
// what is here (HAVE), so that they know what they miss.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "overlay/frame_window.h"
#include "overlay/spurt.h"

namespace grove::overlay {

// I5: how far beyond its budget f a relay may go, for leftovers, hot wards, and whoever its parent has failed.
inline constexpr std::size_t kCopiesBeyond = 2;

class Relay {
 public:
  static constexpr std::size_t kRingFrames = 25;                             // DESIGN §4 I5
  static constexpr base::Duration kRingFor = base::Duration::ms(500);        // the same in time
  static constexpr base::Duration kLease = base::Duration::s(2);             // DESIGN §4 Timers
  static constexpr base::Duration kHaveEvery = base::Duration::ms(250);      // DESIGN §4 Timers, beats of live streams
  static constexpr base::Duration kLiveFor = base::Duration::ms(200);        // a guess: ten frames; then HAVEs stop

  static constexpr base::Duration kDeclinedFor = kLease;  // by then its source has planned without it, or it says so again

  static constexpr std::size_t kPastMax = 16;  // plans that begin within a second or a ring: ten at 100 ms each, and some

  using Message = std::shared_ptr<const base::Bytes>;  // one frame's bytes, in many hands

  struct SendCopy {
    base::PeerId to;
    std::uint64_t counter;
    Message message;
    bool is_late;  // newer ones went before it
  };
  struct SendHave {
    base::PeerId to;
    std::uint64_t next_counter;
    bool is_silent;
  };
  struct TellAll {  // HAVE to everybody who should have it and does not get it from us
    std::uint64_t next_counter;
    bool is_silent;
  };
  struct Refused {  // a pull that we cannot serve, or not wholly: too many already, or we lack the frames ourselves
    base::PeerId to;
  };
  using Output = std::variant<SendCopy, SendHave, TellAll, Refused>;

  // What the plan says of us. Children it drops keep a lease, until their new parent serves them and they say STOP; those
  // that it does not seat at all (`is_seated`) get nothing more. Whom the source alone serves needs no lease: no plan has to
  // reach the source first, and it may be that they get nothing at all.
  struct Duties {
    std::vector<base::PeerId> children, hot_wards, cold_wards;
    std::size_t copies_max;  // f
    std::uint64_t from_counter = 0;  // they are for frames from here on; earlier ones go the way of the plan before
    std::vector<base::PeerId> of_source = {};  // sorted: seated at the source, without a guardian

    bool seats(const base::PeerId& peer) const;  // gets every frame
  };
  template <typename IsSeated>
  void set_duties(Duties duties, IsSeated is_seated, base::Instant now) {
    const auto is_out = [&](const base::PeerId& peer) { return !is_seated(peer); };
    std::erase_if(leases_, [&](const auto& lease) { return is_out(lease.first); });
    const auto forget = [&](Duties& before) {
      std::erase_if(before.children, is_out);
      std::erase_if(before.hot_wards, is_out);
    };
    std::for_each(past_.begin(), past_.end(), forget);
    forget(duties_);
    change_duties(std::move(duties), now);
  }

  // A frame that we have now, for the first time. `from`: who sent it; nobody for our own.
  void handle_frame(std::uint64_t counter, bool ends_spurt, Message message, const std::optional<base::PeerId>& from,
                    base::Instant now);
  // This peer has that frame: no copy goes to it.
  void handle_known(const base::PeerId& peer, std::uint64_t counter);
  void handle_pull(const base::PeerId& peer, std::uint64_t next_counter, std::uint64_t missing, bool wants_more, base::Instant now);
  void handle_stop(const base::PeerId& peer) { leases_.erase(peer); }
  // It wants nothing, though the plan may seat it here: none goes there for kDeclinedFor, unless it pulls or a plan seats it anew.
  void handle_decline(const base::PeerId& peer, base::Instant now);
  // The source says nothing more for now, though no frame said that its spurt was over.
  void handle_silence();
  // What lies in the ring is over for whoever was not to hear it.
  void keep_ring_from(const base::PeerId& peer);
  // A newcomer gets the stream before the source's next plan knows of it.
  void welcome(const base::PeerId& peer, base::Instant now);
  void handle_peer_gone(const base::PeerId& peer);
  // Many seem to be gone at once: until then all who are linked to us are told what is here, for plans may reach them no more.
  void handle_alarm(base::Instant until, base::Instant now);
  void handle_time(base::Instant now);

  std::optional<Output> poll();
  base::Instant next_deadline() const;
  bool is_silent() const { return is_silent_; }

  // Everybody who gets copies now, wards too: for what goes along with them.
  std::vector<base::PeerId> receivers() const;
  const std::vector<base::PeerId>& children() const { return present().children; }
  bool serves(const base::PeerId& peer) const;
  std::size_t copies() const { return is_silent_ ? 0 : copies(present()); }  // of each frame, now
  // Somebody is to get frames from this one on.
  bool is_needed_from(std::uint64_t counter) const;
  bool is_needed() const { return is_needed_from(next_counter_); }

 private:
  struct Kept {
    std::uint64_t counter;
    Message message;
    base::Instant since;
    std::size_t copies = 0;  // sent
  };

  void change_duties(Duties duties, base::Instant now);
  void forget_past();
  void forget_old_frames(base::Instant now);
  const Duties& duties_for(std::uint64_t counter) const;
  bool declines(const base::PeerId& peer) const { return declined_.contains(peer); }
  const Duties& present() const { return duties_for(next_counter_); }
  void keep_within_budget(const Duties& duties);
  std::size_t copies(const Duties& duties) const;  // of each frame
  static std::size_t copies_most(const Duties& duties);  // I5: f + 2, unless the plan itself asks for more
  void send_planned(Kept& frame, bool is_late);
  void send(const base::PeerId& to, Kept& frame, bool is_late);
  void tell_wards();
  void tell_all(base::Instant now);
  bool has_to_tell(base::Instant now) const;

  Duties duties_{{}, {}, {}, 0};
  std::deque<Duties> past_;  // whose frames are still in the ring, the oldest first
  std::map<base::PeerId, base::Instant> leases_;
  std::map<base::PeerId, base::Instant> declined_;  // until when
  std::map<base::PeerId, FrameWindow> known_;  // what each neighbour has
  std::deque<Kept> ring_;
  std::uint64_t next_counter_ = 0;
  bool is_silent_ = true;
  bool is_waking_ = false;  // those linked to us are not told yet
  base::Instant alarmed_until_;
  base::Instant last_frame_ = base::Instant::from_us(-1'000'000'000);  // long ago
  base::Instant next_have_ = base::Instant::never();
  std::deque<Output> outputs_;
};

}  // namespace grove::overlay

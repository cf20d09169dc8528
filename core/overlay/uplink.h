// How many copies our own uplink serves, of one stream and of all at once (DESIGN §4 Budgets). Nobody can ask a browser for U,
// so it starts low and follows what happens: more while the budget is used and all is well, a good deal fewer when it is not.
#pragma once

#include <cstdint>
#include <map>

#include "base/id.h"
#include "base/time.h"
#include "wire/record.h"

namespace grove::overlay {

class Uplink {
 public:
  static constexpr std::uint8_t kStart = 4;          // DESIGN §4
  static constexpr std::uint8_t kStartAtOnce = 8;    // of all streams together: 0.7 Mbit/s; a guess at what nearly every home bears
  static constexpr std::uint8_t kDesktopMax = 12;    // DESIGN §4
  static constexpr std::uint8_t kOthersMax = 4;      // DESIGN §4: a phone, on battery, a hidden tab
  static constexpr double kBackOff = 0.7;            // as CUBIC does (RFC 9438 §4.6)
  static constexpr base::Duration kBackOffSpacing = base::Duration::s(2);  // an RTT, and a report of loss; a guess
  static constexpr base::Duration kGrowEvery = base::Duration::s(5);       // a guess
  // Near where it failed last, growth is this slow, for so long.
  static constexpr base::Duration kCarefulEvery = base::Duration::s(30);   // a guess
  static constexpr base::Duration kCarefulFor = base::Duration::s(300);    // a guess

  // `copies_cap`: 0 = no such bound; otherwise also where it starts (Config::copies_cap).
  Uplink(wire::Role role, std::uint8_t copies_cap, base::Instant now);

  void handle_role(wire::Role role);
  // One frame of `source` went to `sent` children; `dropped` copies were dropped or grew too old in our queues since the last
  // call. Count only children that are heard from: one that died is not our uplink's fault.
  void handle_copies(const base::PeerId& source, std::size_t sent, std::size_t dropped, base::Instant now);
  // What a child misses of the frames that we send it.
  void handle_child_loss(const base::PeerId& child, std::uint8_t percent, base::Instant now);
  // What waits in all voice channels below us together.
  void handle_buffered(std::size_t bytes, base::Instant now);

  std::uint8_t copies_max() const;      // of one stream
  std::uint8_t copies_at_once() const;  // of all together
  // Fewer at once; more when it is a fifth.
  bool is_worth_telling(std::uint8_t told_max, std::uint8_t told_at_once) const;
  bool is_less_than(std::uint8_t told_max, std::uint8_t told_at_once) const { return copies_max() < told_max || copies_at_once() < told_at_once; }

 private:
  struct Child {
    base::Instant last_report;
    std::uint8_t percent = 0;
    // The least loss of this minute and the one before: what the path has anyway.
    std::uint8_t least_now = 100;
    std::uint8_t least_before = 100;
    base::Instant minute_began;
  };

  double cap() const;
  double cap_at_once() const;
  void close_moment(base::Instant now);
  int excess_loss(base::Instant now) const;  // percent, in the median child
  void close_window(base::Instant now);
  double went_out() const;  // copies at once
  void back_off(double failed, base::Instant now);

  wire::Role role_;
  std::uint8_t copies_cap_;
  double copies_;
  double at_once_;

  base::Instant window_began_;
  std::size_t window_sent_ = 0;
  std::size_t window_dropped_ = 0;
  std::size_t window_widest_ = 0;  // copies of one frame
  std::size_t window_most_ = 0;    // copies of all streams' frames of one moment
  std::size_t most_before_ = 0;    // in the window before
  std::size_t window_buffered_ = 0;  // bytes, the most
  base::Instant moment_began_;
  std::map<base::PeerId, std::size_t> moment_;  // the widest frame of each
  base::Duration well_for_;         // used, and without trouble
  base::Duration well_at_once_for_;
  base::Instant last_back_off_;
  base::Instant buffered_since_ = base::Instant::never();
  double failed_at_ = 0;
  std::map<base::PeerId, Child> children_;
};

}  // namespace grove::overlay

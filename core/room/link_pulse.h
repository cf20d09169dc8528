// Is the other end of a link alive, and how far away? Beats once a second carry each other's clock back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "wire/link_message.h"

namespace grove::room {

class LinkPulse {
 public:
  static constexpr base::Duration kBeatEvery = base::Duration::s(1);  // DESIGN §4: 1 Hz on idle links
  static constexpr base::Duration kDeadAfter = base::Duration::s(3);  // DESIGN §4
  // A beat should have come; not dead yet, but nobody to rely on. A guess: half a beat late.
  static constexpr base::Duration kDoubtAfter = base::Duration::ms(1'500);
  // Longer than this between two calls means that we slept ourselves: a throttled tab, a closed lid.
  static constexpr base::Duration kSleptAfter = base::Duration::s(2);

  // What a busy machine, a queue that comes and goes or a filter in a radio adds is left out: the least of so many beats. It
  // is what tells paths apart, and it rests, so that the room need not be told of it again and again.
  static constexpr std::size_t kLeastOf = 10;

  explicit LinkPulse(base::Instant now) : last_heard_(now), next_beat_(now) {}

  bool handle_heard(base::Instant now) {  // true: it was doubted
    last_heard_ = now;
    return std::exchange(is_doubted_, false);
  }
  void handle_beat(const wire::Beat& beat, base::Instant now);
  // We ourselves slept: doubt nobody for that time.
  void handle_own_sleep(base::Duration slept) { last_heard_ = last_heard_ + slept; }

  bool is_dead(base::Instant now) const { return now >= last_heard_ + kDeadAfter; }
  bool take_doubt(base::Instant now);  // true once, when it has become doubtful
  bool is_doubted() const { return is_doubted_; }
  std::optional<wire::Beat> poll_beat(std::uint8_t loss_percent, base::Instant now);
  base::Instant next_deadline() const;

  std::optional<base::Duration> rtt() const;

 private:
  base::Instant last_heard_;
  base::Instant next_beat_;
  std::uint32_t their_stamp_ = 0;
  base::Instant their_stamp_at_;
  std::array<base::Duration, kLeastOf> samples_{};  // a ring
  std::size_t sampled_ = 0;
  bool has_answered_ = false;
  bool is_doubted_ = false;
};

}  // namespace grove::room

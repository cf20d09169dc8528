// The last stop before a link's voice channel. Voice is hardly queued: at most two frames of each voice wait below in the
// channel (DESIGN §3), and here the four newest, of which the oldest makes room. So a stall of a busy machine, which ends in a
// burst, loses nothing up to six frames (decision 0008). What somebody asked for afterwards comes in bursts: it waits behind
// what is new.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

namespace grove::overlay {

class VoiceQueue {
 public:
  // What could not be sent for as long as the channel itself would keep it (DESIGN §3) helps nobody.
  static constexpr base::Duration kFrameLifetime = base::Duration::ms(150);
  // A voice that sent nothing for this long is silent: three frames.
  static constexpr base::Duration kVoiceActiveFor = base::Duration::ms(60);
  static constexpr std::size_t kFramesBelowMax = 2;  // of each voice
  static constexpr std::size_t kFramesHereMax = 4;   // of each voice
  // A bound, not a goal: voices at once on one link.
  static constexpr std::size_t kVoicesMax = 250;

  static constexpr std::size_t kLateMax = 100;  // a bound: of a few voices the whole ring

  // Takes a frame; says whether an older one of that voice was dropped for it.
  bool push(const base::PeerId& source, base::Bytes frame, base::Instant now);
  // A frame that was asked for; says whether another was dropped for it.
  bool push_late(const base::PeerId& source, base::Bytes frame, base::Instant now);

  // What waits in the channel below, as the host counts it.
  void handle_buffered(std::size_t bytes) { below_bytes_ = bytes; }
  std::size_t below_bytes() const { return below_bytes_; }

  // How many frames grew too old here since it was last asked.
  std::size_t take_expired() { return std::exchange(expired_, 0); }

  // The next frame that the channel may have now. Counts it as waiting below until the host says otherwise.
  std::optional<base::Bytes> poll(base::Instant now);

 private:
  struct Waiting {
    base::Bytes frame;
    base::Instant since;
  };
  struct Voice {
    base::PeerId source;
    std::deque<Waiting> waiting{};
    base::Instant last_push{};
    std::size_t frame_bytes = 0;
  };

  Voice& voice_of(const base::PeerId& source);
  bool has_room_for(std::size_t bytes, base::Instant now) const;
  void drop_expired(std::deque<Waiting>& waiting, base::Instant now);
  base::Bytes take_front(std::deque<Waiting>& waiting);

  std::vector<Voice> voices_;
  std::deque<Waiting> late_;
  std::size_t next_ = 0;  // round robin: no voice starves another
  std::size_t below_bytes_ = 0;
  std::size_t expired_ = 0;
};

}  // namespace grove::overlay

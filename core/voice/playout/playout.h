// One source, from packets to 48 kHz samples: the place where policy (jitter/) and signal work (codec/, conceal/) meet.
//
// The clock is the count of samples pulled so far. A frame's *transit* is the clock at its arrival less its media
// timestamp: the earliest place at which it can be played. What is played now has a transit, too; its distance from the
// least transit is the delay, and it should be the target's.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "voice/codec/decoder.h"
#include "voice/codec/frame.h"
#include "voice/conceal/comfort_noise.h"
#include "voice/jitter/delay_target.h"
#include "voice/jitter/packet_buffer.h"
#include "voice/jitter/playout_policy.h"
#include "voice/playout/guess.h"
#include "voice/playout/sample_queue.h"

namespace grove::voice::playout {

struct PlayoutStats {
  std::uint64_t frames_received = 0;
  std::uint64_t frames_late = 0;
  std::uint64_t frames_recovered = 0;
  std::uint64_t frames_concealed = 0;
  std::uint64_t frames_skipped = 0;
  std::uint64_t samples_accelerated = 0;
  std::uint64_t samples_expanded = 0;
};

class Playout {
 public:
  Playout();

  void handle_frame(std::uint64_t sequence, const codec::VoiceFrame& frame, double clock);
  void pull(std::span<float> out, double clock);
  void forget_backlog();  // the sound card stood still: nobody wants to hear what was said meanwhile

  bool is_idle() const;       // nothing to be heard until another frame comes
  bool is_speaking() const { return voice_ == Voice::kSpeaking || voice_ == Voice::kLate; }
  double drift() const { return drift_; }
  double target_delay() const { return delay_.target(); }
  double current_delay() const { return current_delay_; }
  const PlayoutStats& stats() const { return stats_; }

 private:
  enum class Voice {
    kSilent,    // noise, or nothing
    kSpeaking,
    kLate,      // guessing at a frame that has not come
  };

  std::int64_t unwrap(std::uint64_t sequence, std::uint32_t timestamp);
  bool was_played(std::uint64_t sequence) const;
  void move_on_to(std::uint64_t sequence, bool previous_was_played);

  jitter::Situation look(double clock) const;
  double excess_of(double transit) const { return transit - delay_.base() - delay_.target(); }
  std::size_t step(std::span<float> out, double clock);
  std::size_t comfort(std::span<float> out, double wait);
  std::size_t conceal_late(std::span<float> out);
  void play(jitter::Action action, double clock);
  void start_spurt(double clock);
  void skip();
  void replace_lost(bool with_redundancy, const jitter::Situation& situation);
  void end_spurt();

  void decode_front();
  void begin_guess(double fade_from, double fade_to);
  void join(double skip_max, std::size_t overlap);
  void stretch(jitter::Action action, double excess);
  void settle(double clock);

  jitter::PacketBuffer packets_;
  jitter::DelayTarget delay_;
  codec::Decoder decoder_;
  conceal::ComfortNoise noise_;
  Guess guess_{noise_};
  SampleQueue<8192> queue_;  // decoded, to be played as it is; the decoder's state is that of its end

  Voice voice_ = Voice::kSilent;
  bool is_guessing_ = true;         // the last samples pulled came from guess_
  bool ends_after_queue_ = false;
  double concealed_ = 0;            // guessed since the last real sample
  int frames_since_stretch_ = 0;
  double drift_ = 0;
  double current_delay_ = 0;

  bool has_position_ = false;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t played_ = 0;        // bit i: the frame next_sequence_ - 1 - i was played, not replaced
  std::int64_t next_media_ = 0;     // what follows the last sample in the queue
  bool has_newest_ = false;
  std::uint64_t newest_sequence_ = 0;
  std::int64_t newest_media_ = 0;   // of the newest sequence: reference for unwrapping
  PlayoutStats stats_;
};

}  // namespace grove::voice::playout

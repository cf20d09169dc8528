// The sound half of Grove: what one person says and hears. A peer is a number here; where frames come from and go to is
// the host's business.
//
// The drive contract: the sound card's clock drives it. Hand microphone samples to Mouth::handle_pcm and take frames by
// Mouth::poll_frame until there are none. Hand arriving frames to Ear::handle_frame and pull samples with
// Ear::pull_audio whenever the sound card wants some. Any rate from 8 to 192 kHz, any block size. Time never runs
// backwards; nothing here reads a clock, allocates while audio is pulled, or calls back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

namespace grove::voice {

using base::Bytes;
using base::ByteView;
using base::Instant;
using base::PeerNumber;

struct MouthStats {
  std::uint64_t frames_encoded = 0;
  std::uint64_t frames_silent = 0;  // gate shut or DTX: nothing was sent
};

// From one microphone to frames.
class Mouth {
 public:
  explicit Mouth(double device_rate_hz);
  ~Mouth();

  void set_device_rate(double hz);               // another microphone; timestamps and mute go on

  void handle_pcm(std::span<const float> mono);  // samples at the device's rate, full scale ±1
  std::optional<Bytes> poll_frame();             // 20 ms of speech; nothing while there is silence

  void set_muted(bool is_muted);
  void set_expected_loss(double percent);        // what listeners report: feeds Opus' FEC

  double level_dbfs() const;                     // of the last 20 ms, before gate and mute; ≥ -100
  bool is_speaking() const;                      // frames are going out
  const MouthStats& stats() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

// What one person's stream went through on its way to the ear. Counts since the person was first heard.
struct StripStats {
  std::uint64_t frames_received = 0;
  std::uint64_t frames_late = 0;        // arrived after their place had been concealed
  std::uint64_t frames_recovered = 0;   // from the next packet's in-band FEC
  std::uint64_t frames_concealed = 0;   // by Opus' concealment
  std::uint64_t samples_accelerated = 0;  // at 48 kHz, taken out to shrink the delay
  std::uint64_t samples_expanded = 0;     // at 48 kHz, put in
  double target_delay_ms = 0;
  double current_delay_ms = 0;          // between a frame's arrival and its playing
};

// From many streams to one pair of ears.
class Ear {
 public:
  explicit Ear(double device_rate_hz);
  ~Ear();

  void set_device_rate(double hz);                 // another sound card; strips and their controls stay

  // `sequence` counts the speaker's frames; copies and frames that are too late are dropped. Hand in what has arrived
  // before pulling: which pull a frame is in time for is what its delay is measured by.
  void handle_frame(PeerNumber speaker, std::uint64_t sequence, ByteView frame, Instant arrival);
  void remove_peer(PeerNumber peer);

  // Fills `stereo` (left, right, left, …) at the device's rate. `now` is when it is called.
  void pull_audio(std::span<float> stereo, Instant now);

  void set_volume_db(PeerNumber peer, double db);  // -infinity … +30; kept until remove_peer, also before
  void set_muted(PeerNumber peer, bool is_muted);
  // Blocked: not one more of their frames is taken, and what is playing ends with the next block. Unblocked: they begin anew.
  void set_blocked(PeerNumber peer, bool is_blocked);
  void set_pan(PeerNumber peer, double pan);       // -1 left … +1 right

  double level_dbfs(PeerNumber peer) const;        // of what was last mixed, before volume; -100 when silent
  bool is_speaking(PeerNumber peer) const;
  StripStats stats(PeerNumber peer) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace grove::voice

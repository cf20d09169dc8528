#include "voice/playout/playout.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "voice/conceal/stretch.h"
#include "voice/signal/level.h"

namespace grove::voice::playout {
namespace {

using jitter::Action;
using jitter::NextPacket;
using jitter::Packet;
using jitter::Situation;

constexpr double kEndFade = 480;             // 10 ms: a spurt ends in the room's noise already (the gate's hang-over)
constexpr std::size_t kOnsetOverlap = 120;   // 2.5 ms: no click, and no soft onset either
constexpr double kJoinSkipMax = 480;         // one pitch period of a deep voice; NetEq's merge searches as far
constexpr double kJoinSimilarity = 0.4;      // guess
constexpr double kOvershoot = 48;            // a pitch period is as long as it is: 1 ms too much comes back by drift
constexpr std::size_t kQuietBlock = 120;
constexpr double kQuietPower = 3e-6;         // -55 dBFS: look-back that nobody would hear

// The further behind, the less alike the two sides of a cut must look. NetEq: 0.9 in speech, 0.5 for "fast
// accelerate"; measured on the shorter overlap here the figures are lower.
double similarity_needed(double excess) {
  if (excess > 80 * 48) return 0.3;
  if (excess > 20 * 48) return 0.5;
  return 0.65;
}

std::size_t whole_conceal_steps(std::int64_t samples) {
  constexpr std::int64_t kStep = codec::Decoder::kConcealStep;
  return static_cast<std::size_t>(std::max<std::int64_t>(1, samples / kStep) * kStep);
}

}  // namespace

Playout::Playout() = default;

std::int64_t Playout::unwrap(std::uint64_t sequence, std::uint32_t timestamp) {
  if (!has_newest_) newest_media_ = timestamp;
  const auto ahead = static_cast<std::int32_t>(timestamp - static_cast<std::uint32_t>(newest_media_));
  const std::int64_t media = newest_media_ + ahead;
  if (!has_newest_ || sequence > newest_sequence_) {
    if (ahead < 0) delay_.handle_new_clock();
    has_newest_ = true;
    newest_sequence_ = sequence;
    newest_media_ = media;
  }
  return media;
}

bool Playout::was_played(std::uint64_t sequence) const {
  const std::uint64_t age = next_sequence_ - 1 - sequence;
  return age >= 64 || ((played_ >> age) & 1) != 0;  // too old to know: more likely a copy than late by a second
}

void Playout::move_on_to(std::uint64_t sequence, bool previous_was_played) {
  const std::uint64_t distance = sequence - next_sequence_;
  played_ = distance < 64 ? played_ << distance : 0;
  if (previous_was_played) played_ |= 1;
  next_sequence_ = sequence;
}

void Playout::handle_frame(std::uint64_t sequence, const codec::VoiceFrame& frame, double clock) {
  const bool is_past = has_position_ && sequence < next_sequence_;
  if (is_past && was_played(sequence)) return;
  Packet packet;
  packet.sequence = sequence;
  packet.media = unwrap(sequence, frame.timestamp);
  packet.samples = static_cast<std::int64_t>(frame.samples());
  packet.starts_spurt = frame.starts_spurt;
  packet.ends_spurt = frame.ends_spurt;
  if (!is_past && packets_.store(packet, frame.packet) == jitter::PacketBuffer::Stored::kDuplicate) return;

  ++stats_.frames_received;
  const double transit = clock - static_cast<double>(packet.media);
  if (packet.starts_spurt) {
    delay_.handle_spurt_start(transit, clock);
  } else {
    delay_.handle_arrival(transit, clock);
  }
  if (is_past) {
    ++stats_.frames_late;
    const std::uint64_t age = next_sequence_ - 1 - sequence;
    played_ |= std::uint64_t{1} << age;  // a second copy is no news
  }
}

void Playout::forget_backlog() {
  while (packets_.size() > 1) packets_.drop_front();
  queue_.clear();
  has_position_ = has_position_ && packets_.is_empty();
  begin_guess(0, kEndFade);
  voice_ = Voice::kSilent;
  ends_after_queue_ = false;
}

bool Playout::is_idle() const {
  return voice_ == Voice::kSilent && packets_.is_empty() && queue_.is_empty() && guess_.is_over();
}

void Playout::pull(std::span<float> out, double clock) {
  while (!out.empty()) {
    const std::size_t count = queue_.is_empty() ? step(out, clock) : queue_.pull(out);
    clock += static_cast<double>(count);
    out = out.subspan(count);
  }
}

Situation Playout::look(double clock) const {
  Situation s;
  s.is_silent = voice_ == Voice::kSilent;
  s.concealed = concealed_;
  s.frames_since_stretch = frames_since_stretch_;
  s.excess = excess_of(clock - static_cast<double>(next_media_));
  if (packets_.is_empty()) return s;

  const Packet& front = packets_.front();
  const std::int64_t gap = front.media - next_media_;
  const bool is_new_spurt = !has_position_ || s.is_silent || gap < 0 || (front.starts_spurt && gap > 0);
  s.gap = static_cast<double>(gap);
  s.wait = -excess_of(clock - static_cast<double>(front.media));
  if (is_new_spurt) {
    s.next = NextPacket::kSpurtStart;
  } else if (gap > 0) {
    s.next = NextPacket::kGap;
    s.excess -= concealed_;
  } else {
    s.next = NextPacket::kExpected;
  }
  return s;
}

// Fills the queue, or writes some samples itself and returns how many.
std::size_t Playout::step(std::span<float> out, double clock) {
  if (ends_after_queue_) end_spurt();
  const Situation situation = look(clock);
  const Action action = jitter::decide(situation);
  switch (action) {
    case Action::kComfort:
      return comfort(out, situation.next == NextPacket::kNone ? 1e9 : situation.wait);
    case Action::kConcealLate:
      return conceal_late(out);
    case Action::kPlay:
    case Action::kPlayShortened:
    case Action::kPlayLengthened:
      play(action, clock);
      break;
    case Action::kSkip:
      skip();
      break;
    case Action::kStartSpurt:
      start_spurt(clock);
      break;
    case Action::kRecover:
      replace_lost(true, situation);
      break;
    case Action::kConcealLost:
      replace_lost(false, situation);
      break;
  }
  return 0;
}

std::size_t Playout::comfort(std::span<float> out, double wait) {
  if (voice_ != Voice::kSilent) end_spurt();
  const auto count = static_cast<std::size_t>(std::min(static_cast<double>(out.size()), std::ceil(wait)));
  guess_.pull(out.first(count));
  return count;
}

std::size_t Playout::conceal_late(std::span<float> out) {
  constexpr double kFrame = codec::kFrameSamples;
  if (!is_guessing_) {
    begin_guess(jitter::kConcealFadeFrom, jitter::kConcealMax);
    concealed_ = 0;
  }
  voice_ = Voice::kLate;
  guess_.pull(out);
  const double before = concealed_;
  concealed_ += static_cast<double>(out.size());
  stats_.frames_concealed += static_cast<std::uint64_t>(std::ceil(concealed_ / kFrame) - std::ceil(before / kFrame));
  if (concealed_ > jitter::kConcealMax) voice_ = Voice::kSilent;
  return out.size();
}

void Playout::play(Action action, double clock) {
  const double excess = excess_of(clock - static_cast<double>(packets_.front().media));
  const bool is_jump = packets_.front().media != next_media_;
  if (is_jump && !is_guessing_) begin_guess(jitter::kConcealFadeFrom, jitter::kConcealMax);
  decode_front();
  join(std::min(concealed_, kJoinSkipMax), conceal::kOverlap);
  stretch(action, excess);
  settle(clock);
}

void Playout::start_spurt(double clock) {
  double excess = excess_of(clock - static_cast<double>(packets_.front().media));
  if (voice_ != Voice::kSilent) end_spurt();
  const double concealed = concealed_;
  decode_front();
  if (concealed > 0) {
    // A frame that came so late that the guess had faded away.
    join(0, conceal::kOverlap);
  } else {
    // The gate's look-back arrives late by nature. Where it cannot be heard, it need not be waited for.
    while (excess >= kQuietBlock && queue_.size() >= kQuietBlock &&
           signal::mean_square(queue_.all().first(kQuietBlock)) < kQuietPower) {
      queue_.drop(kQuietBlock);
      excess -= kQuietBlock;
    }
    join(0, kOnsetOverlap);
  }
  if (excess > jitter::kShortenFrom) stretch(Action::kPlayShortened, excess);
  settle(clock);
}

void Playout::skip() {
  if (!is_guessing_) begin_guess(jitter::kConcealFadeFrom, jitter::kConcealMax);
  const Packet& front = packets_.front();
  next_media_ = front.media_end();
  ends_after_queue_ = front.ends_spurt;
  move_on_to(front.sequence + 1, true);
  packets_.drop_front();
  ++stats_.frames_skipped;
}

// One lost frame, 20 ms. What the guess has covered already, and what the delay is too long by, is left out.
void Playout::replace_lost(bool with_redundancy, const Situation& situation) {
  constexpr auto kFrame = static_cast<double>(codec::kFrameSamples);
  const Packet& front = packets_.front();
  if (!is_guessing_ && situation.excess > 0) begin_guess(jitter::kConcealFadeFrom, jitter::kConcealMax);
  const std::span<float> lost = queue_.grow(codec::kFrameSamples);
  const bool is_recovered = with_redundancy && codec::has_redundancy(front.opus);
  if (is_recovered) {
    decoder_.recover(front.opus, lost);
    ++stats_.frames_recovered;
  } else {
    decoder_.conceal(lost);
    if (concealed_ <= 0) ++stats_.frames_concealed;
  }
  delay_.handle_lost();

  const double covered = std::min(kFrame, situation.concealed + std::max(0.0, situation.excess));
  const double overhang = with_redundancy ? kFrame - situation.gap : 0;  // lost frames shorter than ours
  queue_.drop(static_cast<std::size_t>(std::clamp(covered + overhang, 0.0, kFrame)));
  next_media_ = with_redundancy ? front.media : next_media_ + static_cast<std::int64_t>(codec::kFrameSamples);
  move_on_to(std::min(front.sequence, next_sequence_ + 1), false);
  if (queue_.is_empty()) {
    concealed_ = std::max(0.0, concealed_ - kFrame);
    return;
  }
  join(0, conceal::kOverlap);
  voice_ = Voice::kSpeaking;
}

void Playout::end_spurt() {
  voice_ = Voice::kSilent;
  ends_after_queue_ = false;
  concealed_ = 0;
  drift_ = 0;
  if (!is_guessing_) begin_guess(0, kEndFade);
}

void Playout::decode_front() {
  const Packet& front = packets_.front();
  const std::uint64_t missing = has_position_ && front.sequence > next_sequence_ ? front.sequence - next_sequence_ : 0;
  if (voice_ != Voice::kSilent) {
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(missing, 10); ++i) delay_.handle_lost();
  }
  const std::span<float> room = queue_.grow(codec::kPacketSamplesMax);
  std::size_t samples = decoder_.decode(front.opus, room);
  if (samples == 0) {
    samples = whole_conceal_steps(front.samples);
    decoder_.conceal(room.first(samples));
    ++stats_.frames_concealed;
  }
  queue_.shrink(codec::kPacketSamplesMax - samples);
  noise_.handle_frame(queue_.all().last(samples));
  delay_.handle_played();

  next_media_ = front.media_end();
  ends_after_queue_ = front.ends_spurt;
  if (!has_position_) next_sequence_ = front.sequence;
  has_position_ = true;
  move_on_to(front.sequence + 1, true);
  packets_.drop_front();
  voice_ = Voice::kSpeaking;
  ++frames_since_stretch_;
}

void Playout::begin_guess(double fade_from, double fade_to) {
  guess_.begin(decoder_, fade_from, fade_to);
  is_guessing_ = true;
}

// From the guess over to what is in the queue, without a seam.
void Playout::join(double skip_max, std::size_t overlap) {
  if (!is_guessing_ || queue_.is_empty()) return;
  overlap = std::min(overlap, queue_.size());
  const std::span<const float> guess = guess_.preview(overlap);
  const std::size_t reach = std::min(static_cast<std::size_t>(skip_max), queue_.size() - overlap);
  if (reach > 0) {
    const conceal::Match match = conceal::find_match(guess, queue_.all(), 0, reach);
    if (match.similarity > kJoinSimilarity) queue_.drop(match.lag);
  }
  conceal::cross_fade(guess, queue_.all().first(overlap));
  is_guessing_ = false;
  concealed_ = 0;
}

void Playout::stretch(Action action, double excess) {
  if (action == Action::kPlay || queue_.is_empty()) return;
  const double similarity = similarity_needed(std::abs(excess));
  const auto most = static_cast<std::size_t>(std::abs(excess) + kOvershoot);
  const std::size_t length = queue_.size();
  if (action == Action::kPlayShortened) {
    const std::size_t removed = conceal::shorten(queue_.all(), most, similarity);
    queue_.shrink(removed);
    stats_.samples_accelerated += removed;
    if (removed > 0) frames_since_stretch_ = 0;
  } else {
    const std::size_t inserted = conceal::lengthen(queue_.with_room(), length, most, similarity);
    queue_.set_size(length + inserted);
    stats_.samples_expanded += inserted;
    if (inserted > 0) frames_since_stretch_ = 0;
  }
}

void Playout::settle(double clock) {
  const double transit = clock + static_cast<double>(queue_.size()) - static_cast<double>(next_media_);
  current_delay_ = transit - delay_.base();
  drift_ = jitter::drift_for(excess_of(transit), drift_);
}

}  // namespace grove::voice::playout

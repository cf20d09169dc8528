// An ear fed with any frames, in any order, at any time, between pulls of any size: no sample beyond the ceiling, none
// that is no number.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "voice/voice.h"

using namespace grove::voice;

namespace {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
  bool is_empty() const { return left_ == 0; }
  std::uint8_t byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }
  ByteView bytes(std::size_t count) {
    count = std::min(count, left_);
    const ByteView view(data_, count);
    data_ += count;
    left_ -= count;
    return view;
  }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

std::vector<Bytes> real_frames() {
  Mouth mouth(48'000);
  std::vector<Bytes> frames;
  std::vector<float> pcm(48'000);
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = 0.4F * std::sin(static_cast<float>(i) * 0.02F);
  mouth.handle_pcm(pcm);
  while (auto frame = mouth.poll_frame()) frames.push_back(std::move(*frame));
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Bytes> frames = real_frames();
  Input input(data, size);
  constexpr double kRates[] = {48'000, 44'100, 8'000, 192'000};
  Ear ear(kRates[input.byte() % 4]);
  std::vector<float> block(2 * 1024);
  std::int64_t now = 0;
  std::uint64_t sequence = 0;
  for (int step = 0; step < 200 && !input.is_empty(); ++step) {
    const std::uint8_t what = input.byte();
    const PeerNumber peer{static_cast<std::uint32_t>(what >> 6)};
    const auto amount = input.byte();
    switch (what % 8) {
      case 0:
        ear.handle_frame(peer, sequence + amount, input.bytes(amount), Instant::from_us(now));
        break;
      case 1:
      case 2: {
        // A real frame, changed a little: flags, timestamp, or a byte of Opus.
        Bytes frame = frames[amount % frames.size()];
        if (what & 8) frame[input.byte() % frame.size()] ^= input.byte();
        ear.handle_frame(peer, sequence++, frame, Instant::from_us(now));
        break;
      }
      case 3:
        sequence += (what & 16) ? (std::uint64_t{amount} << (amount % 56)) : std::uint64_t{0} - amount;
        break;
      case 4:
        if (what & 8) ear.remove_peer(peer);
        else ear.set_volume_db(peer, static_cast<double>(amount) - 200);
        break;
      case 5:
        if (what & 8) ear.set_device_rate(kRates[amount % 4]);
        break;
      default: {
        now += (what & 8) ? 2'000'000 : amount * 100;
        const std::span<float> audio = std::span(block).first(2 * (std::size_t{amount} * 4 + 1));
        ear.pull_audio(audio, Instant::from_us(now));
        for (const float sample : audio) {
          if (!(std::abs(sample) <= 0.8913F)) std::abort();
        }
      }
    }
  }
  return 0;
}

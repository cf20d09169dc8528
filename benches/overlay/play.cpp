#include "play.h"

#include <algorithm>
#include <numeric>

#include "sim/event_queue.h"

namespace grove::overlay_bench {
namespace {

using sim::Duration;
using sim::EventKind;
using sim::Instant;

// As grove-sim has them (sim/world.h, sim/channel.h, sim/figures.h), but these talkers draw no breath.
constexpr Duration kFrame = Duration::ms(20), kLateAfter = Duration::ms(150);
constexpr std::size_t kBytesMin = 50, kBytesMax = 110;
constexpr std::size_t kSealBytes = 24, kHeaderBytes = 93;  // docs/protocol.md §6: message type, key id, counter, tag

struct Frame {
  std::size_t talker, bytes;
  Instant spoken;
  std::vector<bool> has;  // by host
};
struct Copy {
  std::size_t frame = 0;
  HostId from, to;
};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(std::max<std::size_t>(values.size(), 1));
}
double p95(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(0.95 * static_cast<double>(values.size())))];
}

class Play {
 public:
  Play(const Overlay& overlay, const Room& room, std::uint64_t uplink_bits_per_s, std::uint32_t seconds)
      : overlay_(overlay), room_(room), network_(room.network(uplink_bits_per_s)), seconds_(seconds), bytes_sent_(room.peers) {
    base::Random random(room.seed);
    for (std::size_t talker = 0; talker < room.talkers.size(); ++talker) {
      const auto phase = static_cast<std::int64_t>(random.below(static_cast<std::size_t>(kFrame.in_us())));  // microphones are not in step
      for (std::int64_t i = 0; i < std::int64_t{seconds} * 50; ++i) {
        const std::size_t bytes = kBytesMin + random.below(kBytesMax - kBytesMin + 1) + kSealBytes + kHeaderBytes;
        const Instant spoken = Instant::from_us(phase) + kFrame * i;
        queue_.post(spoken, EventKind::kSpeak, static_cast<std::uint32_t>(frames_.size()));
        frames_.push_back({talker, bytes, spoken, {}});
      }
    }
  }

  Outcome run() {
    while (!queue_.next_at().is_never()) {
      const sim::Event event = queue_.pop();
      if (event.kind == EventKind::kSpeak) on_spoken(event.a, event.at);
      else on_arrived(event.a, event.at);
    }
    const auto listeners = static_cast<double>(room_.peers - 1);
    const auto uplink = static_cast<double>(*std::max_element(bytes_sent_.begin(), bytes_sent_.end()));
    return {mean(directs_), mean(delays_) / mean(directs_), p95(delays_) / p95(directs_),
            static_cast<double>(copies_) / static_cast<double>(delays_.size()), copies_by_one_max_, uplink * 8 / 1000 / seconds_,
            100 * static_cast<double>(on_time_) / (static_cast<double>(frames_.size()) * listeners)};
  }

 private:
  void on_spoken(std::uint32_t frame, Instant now) {
    const HostId talker = room_.talkers[frames_[frame].talker];
    frames_[frame].has.resize(room_.peers);
    frames_[frame].has[talker.value] = true;
    pass_on(frame, talker, talker, now);
  }

  void on_arrived(std::uint32_t index, Instant now) {
    const Copy copy = copies_under_way_[index];
    copies_under_way_.release(index);
    Frame& frame = frames_[copy.frame];
    if (frame.has[copy.to.value]) return;
    frame.has[copy.to.value] = true;
    const Duration direct = network_.one_way(room_.talkers[frame.talker], copy.to);
    delays_.push_back((now - frame.spoken).in_ms());
    directs_.push_back(direct.in_ms());
    on_time_ += now <= frame.spoken + direct + kLateAfter;
    pass_on(copy.frame, copy.to, copy.from, now);
  }

  void pass_on(std::size_t index, HostId by, HostId came_from, Instant now) {
    std::size_t sent = 0;
    for (const HostId to : overlay_.next[frames_[index].talker][by.value]) {
      if (to == came_from) continue;
      ++sent;
      const auto arrival = network_.carry(by, to, frames_[index].bytes, now);
      if (arrival) queue_.post(*arrival, EventKind::kArrive, copies_under_way_.take({index, by, to}));
    }
    copies_ += sent;
    copies_by_one_max_ = std::max(copies_by_one_max_, sent);
    bytes_sent_[by.value] += sent * frames_[index].bytes;
  }

  const Overlay& overlay_;
  const Room& room_;
  sim::Network network_;
  sim::EventQueue queue_;
  std::uint32_t seconds_;
  std::vector<Frame> frames_;
  sim::Slots<Copy> copies_under_way_;
  std::vector<double> delays_, directs_;  // ms, of all that were delivered
  std::vector<std::size_t> bytes_sent_;   // by host
  std::size_t copies_ = 0, copies_by_one_max_ = 0, on_time_ = 0;
};

}  // namespace

Outcome play(const Overlay& overlay, const Room& room, std::uint64_t uplink_bits_per_s, std::uint32_t seconds) {
  return Play(overlay, room, uplink_bits_per_s, seconds).run();
}

}  // namespace grove::overlay_bench

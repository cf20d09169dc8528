#include "overlay/uplink.h"

#include <algorithm>
#include <vector>

#include "overlay/plan.h"

namespace grove::overlay {
namespace {

constexpr base::Duration kWindow = base::Duration::s(1);  // 50 frames of a voice
constexpr base::Duration kMoment = base::Duration::ms(100);  // whoever speaks has sent some frames; a guess
constexpr double kUsed = 0.75;                            // of the budget; else its limit is not tried
constexpr double kDroppedMax = 0.05;                      // of a window's copies; a guess
constexpr std::size_t kDroppedFloor = 3;                  // a hiccup is no congestion; a guess
constexpr int kExcessMax = 5;                             // percent of loss above the path's own; a guess
constexpr int kExcessWell = 2;
constexpr base::Duration kReportGoodFor = base::Duration::s(5);
constexpr base::Duration kMinute = base::Duration::s(60);
// Two frames of each copy may wait below, as in VoiceQueue; 73 kbit/s are 183 bytes a frame.
constexpr double kBufferedBytesACopy = 2 * 183;
// A line that takes all frames of one moment before the next come bears more; one that does not is nearly full. A frame and a
// half of each copy, without headers.
constexpr double kCalmBytesACopy = 150;
constexpr double kGrowthShare = 1.0 / 8;  // of what all streams together may have; a guess
constexpr base::Duration kBufferedFor = base::Duration::ms(500);  // a guess
constexpr std::size_t kChildrenMax = 64;

}  // namespace

Uplink::Uplink(wire::Role role, std::uint8_t copies_cap, base::Instant now)
    : role_(role),
      copies_cap_(copies_cap),
      copies_(copies_cap > 0 ? copies_cap : kStart),
      at_once_(copies_cap > 0 ? cap_at_once() : kStartAtOnce),
      window_began_(now),
      moment_began_(now),
      last_back_off_(now - kCarefulFor) {}

void Uplink::handle_role(wire::Role role) { role_ = role; }

void Uplink::handle_copies(const base::PeerId& source, std::size_t sent, std::size_t dropped, base::Instant now) {
  if (now - moment_began_ >= kMoment) close_moment(now);
  if (now - window_began_ >= kWindow) close_window(now);
  window_sent_ += sent;
  window_dropped_ += dropped;
  window_widest_ = std::max(window_widest_, sent);
  std::size_t& widest = moment_[source];
  widest = std::max(widest, sent);
}

void Uplink::handle_child_loss(const base::PeerId& child, std::uint8_t percent, base::Instant now) {
  std::erase_if(children_, [&](const auto& known) { return now - known.second.last_report > kMinute; });
  if (children_.size() >= kChildrenMax && !children_.contains(child)) return;
  const auto [known, is_new] = children_.try_emplace(child);
  Child& c = known->second;
  if (is_new) c.minute_began = now;
  if (now - c.minute_began > kMinute) {
    c.least_before = c.least_now;
    c.least_now = 100;
    c.minute_began = now;
  }
  c.percent = percent;
  c.least_now = std::min(c.least_now, percent);
  c.last_report = now;
  if (excess_loss(now) <= kExcessMax) return;
  const double before = at_once_;
  back_off(std::min(at_once_, cap_at_once()), now);
  // The air loses in bursts, too: on reports alone nobody falls so low that it refuses what one stream's guardian owes.
  at_once_ = std::max(at_once_, std::min(before, copies_ + static_cast<double>(kCopiesBeyond)));
}

void Uplink::handle_buffered(std::size_t bytes, base::Instant now) {
  window_buffered_ = std::max(window_buffered_, bytes);
  if (static_cast<double>(bytes) <= kBufferedBytesACopy * at_once_) {
    buffered_since_ = base::Instant::never();
    return;
  }
  if (buffered_since_.is_never()) buffered_since_ = now;
  if (now - buffered_since_ >= kBufferedFor) back_off(went_out(), now);
}

std::uint8_t Uplink::copies_max() const { return static_cast<std::uint8_t>(std::clamp(copies_, 1.0, cap())); }

std::uint8_t Uplink::copies_at_once() const { return static_cast<std::uint8_t>(std::clamp(at_once_, 1.0, cap_at_once())); }

bool Uplink::is_worth_telling(std::uint8_t told_max, std::uint8_t told_at_once) const {
  const auto is_worth = [](std::uint8_t now, std::uint8_t told) { return now < told || now - told > told / 5; };
  return is_worth(copies_max(), told_max) || is_worth(copies_at_once(), told_at_once);
}

double Uplink::cap() const {
  const std::uint8_t of_role = role_ == wire::Role::kDesktop ? kDesktopMax : kOthersMax;
  return copies_cap_ > 0 ? copies_cap_ : of_role;
}

// As many as three trees can ask for, each with what is beyond its budget.
double Uplink::cap_at_once() const {
  constexpr double kTellable = 255;
  return std::min(kTellable, static_cast<double>(kVoicesAtOnce) * (cap() + static_cast<double>(kCopiesBeyond)));
}

// Loss on our uplink meets all children; on their own way, one. So the median tells, and the lower one of two.
int Uplink::excess_loss(base::Instant now) const {
  std::vector<int> excess;
  for (const auto& [peer, child] : children_) {
    if (now - child.last_report <= kReportGoodFor) excess.push_back(child.percent - std::min(child.least_now, child.least_before));
  }
  if (excess.empty()) return 0;
  const auto middle = excess.begin() + static_cast<std::ptrdiff_t>((excess.size() - 1) / 2);
  std::nth_element(excess.begin(), middle, excess.end());
  return *middle;
}

void Uplink::close_moment(base::Instant now) {
  std::size_t most = 0;
  for (const auto& [source, widest] : moment_) most += widest;
  window_most_ = std::max(window_most_, most);
  moment_.clear();
  moment_began_ = now;
}

void Uplink::close_window(base::Instant now) {
  const auto offered = static_cast<double>(window_sent_ + window_dropped_);
  const bool has_dropped = window_dropped_ >= kDroppedFloor && static_cast<double>(window_dropped_) > kDroppedMax * offered;
  const bool is_used = static_cast<double>(window_widest_) >= kUsed * static_cast<double>(copies_max());
  const bool is_used_at_once = static_cast<double>(window_most_) >= kUsed * static_cast<double>(copies_at_once());
  const bool is_well = window_dropped_ == 0 && excess_loss(now) < kExcessWell && buffered_since_.is_never();
  const bool is_easy = is_well && static_cast<double>(window_buffered_) <= kCalmBytesACopy * at_once_;
  if (!is_well) well_for_ = well_at_once_for_ = base::Duration{};
  if (is_easy && is_used) well_for_ = well_for_ + kWindow;  // silence proves nothing
  if (is_easy && is_used_at_once) well_at_once_for_ = well_at_once_for_ + kWindow;
  if (has_dropped) back_off(went_out(), now);
  window_began_ = now;
  most_before_ = window_most_;
  window_sent_ = window_dropped_ = window_widest_ = window_most_ = window_buffered_ = 0;

  const bool is_careful = now - last_back_off_ < kCarefulFor && at_once_ + 1 >= failed_at_;
  const base::Duration grow_every = is_careful ? kCarefulEvery : kGrowEvery;
  if (well_for_ >= grow_every) {
    well_for_ = base::Duration{};
    copies_ = std::min(copies_ + 1, std::max(copies_, cap()));
  }
  if (well_at_once_for_ >= grow_every) {
    well_at_once_for_ = base::Duration{};
    at_once_ = std::min(at_once_ + std::max(1.0, at_once_ * kGrowthShare), std::max(at_once_, cap_at_once()));
  }
  at_once_ = std::max(at_once_, copies_);
}

// What our own queues could not take is what went out, be it less than the budget.
double Uplink::went_out() const {
  const auto sent = static_cast<double>(std::max<std::size_t>({window_most_, most_before_, kStart}));
  return std::min({at_once_, cap_at_once(), sent});
}

// Of both budgets, but of `failed` rather than of more than that. (Loss that children report may have other reasons than our
// uplink: then that is the whole budget.)
void Uplink::back_off(double failed, base::Instant now) {
  well_for_ = well_at_once_for_ = base::Duration{};
  if (now - last_back_off_ < kBackOffSpacing) return;
  last_back_off_ = now;
  failed_at_ = failed;
  at_once_ = std::max(1.0, failed_at_ * kBackOff);
  copies_ = std::max(1.0, std::min({copies_ * kBackOff, cap() * kBackOff, at_once_}));
}

}  // namespace grove::overlay

#include "overlay/uplink.h"

#include <algorithm>
#include <vector>

namespace grove::overlay {
namespace {

constexpr base::Duration kWindow = base::Duration::s(1);  // 50 frames of a voice
constexpr double kUsed = 0.75;                            // of the budget; else its limit is not tried
constexpr double kDroppedMax = 0.05;                      // of a window's copies; a guess
constexpr std::size_t kDroppedFloor = 3;                  // a hiccup is no congestion; a guess
constexpr int kExcessMax = 5;                             // percent of loss above the path's own; a guess
constexpr int kExcessWell = 2;
constexpr base::Duration kReportGoodFor = base::Duration::s(5);
constexpr base::Duration kMinute = base::Duration::s(60);
// One frame of each copy of three voices may wait below (DESIGN §4: about three speak); 73 kbit/s are 183 bytes a frame.
constexpr double kBufferedBytesACopy = 3 * 183;
constexpr base::Duration kBufferedFor = base::Duration::ms(500);  // a guess
constexpr std::size_t kChildrenMax = 64;

}  // namespace

Uplink::Uplink(wire::Role role, std::uint8_t copies_cap, base::Instant now)
    : role_(role),
      copies_cap_(copies_cap),
      copies_(copies_cap > 0 ? copies_cap : kStart),
      window_began_(now),
      last_back_off_(now - kCarefulFor) {}

void Uplink::handle_role(wire::Role role) { role_ = role; }

void Uplink::handle_copies(std::size_t sent, std::size_t dropped, base::Instant now) {
  if (now - window_began_ >= kWindow) close_window(now);
  window_sent_ += sent;
  window_dropped_ += dropped;
  window_widest_ = std::max(window_widest_, sent);
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
  if (excess_loss(now) > kExcessMax) back_off(now);
}

void Uplink::handle_buffered(std::size_t bytes, base::Instant now) {
  if (static_cast<double>(bytes) <= kBufferedBytesACopy * copies_) {
    buffered_since_ = base::Instant::never();
    return;
  }
  if (buffered_since_.is_never()) buffered_since_ = now;
  if (now - buffered_since_ >= kBufferedFor) back_off(now);
}

std::uint8_t Uplink::copies_max() const { return static_cast<std::uint8_t>(std::clamp(copies_, 1.0, cap())); }

bool Uplink::is_worth_telling(std::uint8_t told) const {
  const std::uint8_t now = copies_max();
  return now < told || now - told > told / 5;
}

double Uplink::cap() const {
  const std::uint8_t of_role = role_ == wire::Role::kDesktop ? kDesktopMax : kOthersMax;
  return copies_cap_ > 0 ? copies_cap_ : of_role;
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

void Uplink::close_window(base::Instant now) {
  const auto offered = static_cast<double>(window_sent_ + window_dropped_);
  const bool has_dropped = window_dropped_ >= kDroppedFloor && static_cast<double>(window_dropped_) > kDroppedMax * offered;
  const bool is_used = static_cast<double>(window_widest_) >= kUsed * static_cast<double>(copies_max());
  const bool is_well = window_dropped_ == 0 && excess_loss(now) < kExcessWell && buffered_since_.is_never();
  if (!is_well) well_for_ = base::Duration{};
  if (is_well && is_used) well_for_ = well_for_ + kWindow;  // silence proves nothing
  if (has_dropped) back_off(now);
  window_began_ = now;
  window_sent_ = window_dropped_ = window_widest_ = 0;

  const bool is_careful = now - last_back_off_ < kCarefulFor && copies_ + 1 >= failed_at_;
  if (well_for_ < (is_careful ? kCarefulEvery : kGrowEvery)) return;
  well_for_ = base::Duration{};
  copies_ = std::min(copies_ + 1, std::max(copies_, cap()));
}

void Uplink::back_off(base::Instant now) {
  well_for_ = base::Duration{};
  if (now - last_back_off_ < kBackOffSpacing) return;
  last_back_off_ = now;
  failed_at_ = std::min(copies_, cap());
  copies_ = std::max(1.0, failed_at_ * kBackOff);
}

}  // namespace grove::overlay

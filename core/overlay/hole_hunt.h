// Single frames that were lost on their way: who is asked for them, one peer after the other. docs/overlay.md.
//
// A hole is asked for when frames behind it have come and some patience has passed; whoever is asked has its round trip to
// answer, then the next is asked. What nobody had is given up.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/frame_window.h"

namespace grove::overlay {

// Somebody who might have frames.
struct Supplier {
  base::PeerId peer;
  base::Duration rtt;
  bool is_doubtful = false;  // nothing has come over its link for longer than beats are apart
};

class HoleHunt {
 public:
  static constexpr base::Duration kAnswerSlack = base::Duration::ms(30);  // beyond the round trip; a guess
  static constexpr std::size_t kAskedMax = 4;  // of one hole: more do not fit into its 340 ms. A guess

  // After every frame. `patience`: how long a hole may yet fill by itself.
  void handle_frame(const FrameWindow& frames, base::Duration patience, base::Instant now);
  void handle_refusal(const base::PeerId& from, base::Instant now);  // it has not all that it was asked for
  void stop();

  struct Ask {
    base::PeerId to;
    std::uint64_t missing;  // as FrameWindow::missing
  };
  // `suppliers`: the best first.
  std::optional<Ask> poll(const FrameWindow& frames, const std::vector<Supplier>& suppliers, base::Instant now);
  base::Instant next_deadline() const { return due_; }

  // As FrameWindow::missing, less what was given up.
  std::uint64_t holes(const FrameWindow& frames) const;

 private:
  void give_up(const FrameWindow& frames, std::uint64_t holes);

  base::Instant due_ = base::Instant::never();
  std::set<base::PeerId> tried_;
  std::optional<base::PeerId> asked_;  // and no answer yet
  std::uint64_t last_asked_ = 0;  // one past the newest hole that somebody was asked for
  FrameWindow given_up_;
};

}  // namespace grove::overlay

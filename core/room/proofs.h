// Deferred signatures (DESIGN §8). Every member can compute every source's frame key, so the seal alone does not say who
// spoke. Five times a second a source signs the hashes of its last frames: frames are played at once and proven within
// 200 ms; whoever handed on a frame that its source's proof contradicts is found out.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "room/credentials.h"
#include "wire/stream_message.h"

namespace grove::room {

wire::FrameHash hash_of_frame(base::ByteView sealed);

// At the source.
class Prover {
 public:
  static constexpr base::Duration kEvery = base::Duration::ms(200);  // DESIGN §8

  void handle_sent(std::uint64_t counter, base::ByteView sealed, bool ends_spurt, base::Instant now);
  // The next proof that is due, signed.
  std::optional<wire::Proof> poll(const Credentials& me, base::Instant now);
  base::Instant next_deadline() const { return due_; }
  // For somebody who gets frames out of the ring.
  const std::deque<wire::Proof>& latest() const { return latest_; }
  static constexpr std::size_t kLatestMax = 3;  // as long as the ring of frames

 private:
  std::deque<wire::Proof> latest_;
  std::uint64_t first_counter_ = 0;
  std::vector<wire::FrameHash> hashes_;
  base::Instant due_ = base::Instant::never();
};

// At a listener, one for each source.
class ProofBook {
 public:
  static constexpr std::size_t kFramesMax = 256;   // unproven ones: 5 s of speech, more than kOverdueAfter
  static constexpr std::size_t kProvenMax = 128;
  // A proof comes over the reliable channel, where a lost packet costs a second or two (RFC 9260 RTO). Then whoever
  // hands on frames and no proofs of them is at fault.
  static constexpr base::Duration kOverdueAfter = base::Duration::s(4);

  enum class Verdict { kPending, kProven, kForged };
  Verdict handle_frame(const base::PeerId& from, std::uint64_t counter, const wire::FrameHash& hash, base::Instant now);

  // Worth the price of checking its signature?
  bool is_news(const wire::Proof& proof) const;
  // A proof whose signature holds. Says who handed on what it contradicts.
  std::vector<base::PeerId> handle_proof(const wire::Proof& proof);
  // Who handed on frames whose proof is overdue. Each frame is reported once.
  std::vector<base::PeerId> take_overdue(base::Instant now);
  void forgive();  // we slept: what is unproven is our own fault

  // The latest proofs, for somebody who gets frames out of the ring.
  const std::deque<wire::Proof>& latest() const { return latest_; }

 private:
  struct Unproven {
    base::PeerId from;
    std::uint64_t counter;
    wire::FrameHash hash;
    base::Instant since;
  };
  struct Proven {
    std::uint64_t counter;
    wire::FrameHash hash;
  };

  bool is_proven(std::uint64_t counter) const;

  std::deque<Unproven> unproven_;
  std::deque<Proven> proven_;
  std::deque<wire::Proof> latest_;
  std::uint64_t proven_below_ = 0;
};

}  // namespace grove::room

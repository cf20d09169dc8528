#include "room/proofs.h"

#include <algorithm>
#include <utility>

#include "crypto/frame_seal.h"

namespace grove::room {

wire::FrameHash hash_of_frame(base::ByteView sealed) { return crypto::short_hash(sealed); }

void Prover::handle_sent(std::uint64_t counter, base::ByteView sealed, bool ends_spurt, base::Instant now) {
  if (hashes_.empty()) {
    first_counter_ = counter;
    due_ = now + kEvery;
  }
  hashes_.push_back(hash_of_frame(sealed));
  if (ends_spurt || hashes_.size() == wire::kProofFramesMax) due_ = now;
}

std::optional<wire::Proof> Prover::poll(const Credentials& me, base::Instant now) {
  if (now < due_) return std::nullopt;
  due_ = base::Instant::never();
  latest_.push_back(me.sign(wire::Proof{me.self(), me.incarnation, first_counter_, std::exchange(hashes_, {}), {}}));
  if (latest_.size() > kLatestMax) latest_.pop_front();
  return latest_.back();
}

ProofBook::Verdict ProofBook::handle_frame(const base::PeerId& from, std::uint64_t counter, const wire::FrameHash& hash,
                                           base::Instant now) {
  const auto proven = std::find_if(proven_.begin(), proven_.end(), [&](const Proven& p) { return p.counter == counter; });
  if (proven != proven_.end()) return proven->hash == hash ? Verdict::kProven : Verdict::kForged;
  unproven_.push_back({from, counter, hash, now});
  if (unproven_.size() > kFramesMax) unproven_.pop_front();
  return Verdict::kPending;
}

bool ProofBook::is_news(const wire::Proof& proof) const {
  for (std::size_t i = 0; i < proof.hashes.size(); ++i) {
    const std::uint64_t counter = proof.first_counter + i;
    if (!is_proven(counter) && counter + kProvenMax >= proven_below_) return true;
  }
  return false;
}

bool ProofBook::is_proven(std::uint64_t counter) const {
  return std::any_of(proven_.begin(), proven_.end(), [&](const Proven& p) { return p.counter == counter; });
}

std::vector<base::PeerId> ProofBook::handle_proof(const wire::Proof& proof) {
  latest_.push_back(proof);
  if (latest_.size() > Prover::kLatestMax) latest_.pop_front();
  std::vector<base::PeerId> forgers;
  for (std::size_t i = 0; i < proof.hashes.size(); ++i) {
    const std::uint64_t counter = proof.first_counter + i;
    if (!is_proven(counter)) proven_.push_back({counter, proof.hashes[i]});
    proven_below_ = std::max(proven_below_, counter + 1);
    const auto frame = std::find_if(unproven_.begin(), unproven_.end(), [&](const Unproven& u) { return u.counter == counter; });
    if (frame == unproven_.end()) continue;
    if (frame->hash != proof.hashes[i]) forgers.push_back(frame->from);
    unproven_.erase(frame);
  }
  // By age and not by arrival, so that what is_news once denied stays no news: else old proofs would go round for ever where
  // relays and guardians make a ring.
  std::erase_if(proven_, [&](const Proven& p) { return p.counter + kProvenMax < proven_below_; });
  return forgers;
}

std::vector<base::PeerId> ProofBook::take_overdue(base::Instant now) {
  std::vector<base::PeerId> late;
  while (!unproven_.empty() && now > unproven_.front().since + kOverdueAfter) {
    if (std::find(late.begin(), late.end(), unproven_.front().from) == late.end()) late.push_back(unproven_.front().from);
    unproven_.pop_front();
  }
  return late;
}

void ProofBook::forgive() { unproven_.clear(); }

}  // namespace grove::room

// I5: copies sent per stream ≤ f + 2, ring ≤ 25 frames.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "sim/blocks.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class BoundedCopies : public Checker {
 public:
  static constexpr std::uint32_t kCopiesBeyond = 2;   // DESIGN §4
  static constexpr std::uint32_t kRingFrames = 25;

  BoundedCopies(const World& world, const PlanWatch& plans, const BudgetWatch& budgets, const Blocks& blocks)
      : Checker("I5 copies stay within f + 2 and rings within 25 frames"), world_(world), plans_(plans), budgets_(budgets), blocks_(blocks) {}

  void on_spoken(const Spoken& spoken) override { note_had(spoken.frame.source, spoken.frame); }
  // Not what merely arrives: a frame from somebody whom the listener does not accept is none of its own.
  void on_delivered(const Delivered& delivered) override { note_had(delivered.listener, delivered.frame); }
  void on_sent(const Passage& passage) override;

 private:
  struct Stream {  // of one source at one peer
    std::vector<bool> had;
    std::uint64_t newest = 0;
    std::vector<std::uint8_t> copies;  // of each frame, by counter
  };
  Stream& stream(PersonId at, PersonId source) { return streams_[std::uint64_t{at.value} << 32 | source.value]; }
  void note_had(PersonId at, const FrameName& frame);
  std::uint64_t willing_children(const wire::TreePlan& plan, PersonId source, Instant now) const;
  std::uint64_t allowed(PersonId at, const FrameName& frame, Instant now) const;

  const World& world_;
  const PlanWatch& plans_;
  const BudgetWatch& budgets_;
  const Blocks& blocks_;
  std::unordered_map<std::uint64_t, Stream> streams_;
};

}  // namespace grove::sim

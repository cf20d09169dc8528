#include "sim/soak.h"

#include <cstdio>

#include "base/random.h"
#include "sim/draw.h"
#include "sim/run.h"

namespace grove::sim {
namespace {

// In a quarter of the rooms. Of its own generator, so that a seed of before plays what it played.
void draw_blocks(Scenario& scenario, std::uint64_t seed) {
  base::Random random(seed ^ 0x626c6f636b73U);
  if (random.below(4) != 0) return;
  if (random.below(2) == 0) {
    scenario.blocks = draw_between(random, 0, 0.3);
    scenario.blocks_at = Duration::s(1 + static_cast<std::int64_t>(random.below(8)));
    return;
  }
  Fault block;
  block.kind = FaultKind::kBlock;
  block.at = Duration::s(static_cast<std::int64_t>(random.below(5)));
  const Whom whom[] = {Whom::kAnyone, Whom::kRelay, Whom::kTalker, Whom::kListener, Whom::kOthers};
  block.who = whom[random.below(4)];
  block.count = 1 + static_cast<std::uint32_t>(random.below(3));
  block.whom = whom[random.below(5)];
  block.whom_count = 1 + static_cast<std::uint32_t>(random.below(3));
  block.within = Duration::ms(static_cast<std::int64_t>(random.below(2000)));
  block.is_mutual = random.below(3) == 0;
  scenario.faults.push_back(block);
  if (random.below(2) == 0) return;
  Fault unblock;
  unblock.kind = FaultKind::kUnblock;
  unblock.at = block.at + Duration::s(3);
  unblock.share = 1;
  scenario.faults.push_back(unblock);
}

// Everything of a soaked run follows from its seed alone, so that the seed replays it.
Scenario draw_scenario(std::uint64_t seed) {
  base::Random random(seed ^ 0x736f616bU);
  Scenario scenario;
  scenario.name = "soak";
  scenario.story = "whatever the seed draws";
  scenario.peers = 2 + static_cast<std::uint32_t>(random.below(random.below(3) == 0 ? 59 : 19));
  scenario.talkers = 1 + static_cast<std::uint32_t>(random.below(4));
  const std::uint8_t caps[] = {0, 1, 2, 3, 8};
  scenario.copies_cap = caps[random.below(5)];
  scenario.phones = random.below(3) == 0 ? 0.3 : 0;
  scenario.has_roll_call = true;
  scenario.arrive_within = Duration::s(1 + static_cast<std::int64_t>(random.below(15)));
  scenario.settle = scenario.arrive_within + Duration::s(20);
  scenario.harsh = Duration::s(10 + static_cast<std::int64_t>(random.below(30)));
  scenario.converge = Duration::s(30);
  scenario.network.loss.share = random.below(2) == 0 ? draw_between(random, 0, 0.05) : 0;
  const double cuts[] = {0, 0, 0.1, 0.2};
  scenario.network.pairs_cut = cuts[random.below(4)];
  scenario.network.cone = draw_between(random, 0, 0.6);
  scenario.network.symmetric = random.below(3) == 0 ? 0.2 : 0;
  scenario.network.jitter_mean_median_ms = draw_between(random, 0, 5);

  const auto at = [&] { return Duration::us(static_cast<std::int64_t>(random.unit() * static_cast<double>(scenario.harsh.in_us()))); };
  const std::size_t faults = random.below(6);
  for (std::size_t i = 0; i < faults; ++i) {
    Fault fault;
    const FaultKind kinds[] = {FaultKind::kDeath, FaultKind::kDeath, FaultKind::kLeave, FaultKind::kFreeze,
                               FaultKind::kLie,   FaultKind::kJoin,  FaultKind::kRendezvousDown, FaultKind::kPartition};
    fault.kind = kinds[random.below(8)];
    fault.at = at();
    const Whom whom[] = {Whom::kAnyone, Whom::kRelay, Whom::kTalker, Whom::kListener};
    fault.who = whom[random.below(4)];
    fault.count = 1 + static_cast<std::uint32_t>(random.below(3));
    if (fault.kind == FaultKind::kPartition) fault.share = draw_between(random, 0.1, 0.6);
    if (fault.kind == FaultKind::kDeath && random.below(4) == 0) fault.share = draw_between(random, 0.1, 0.6);
    if (fault.kind == FaultKind::kLie) fault.lie = random.below(2) == 0 ? Lie::kDropsRelayed : Lie::kForgesRelayed;
    if (random.below(2) == 0) fault.back_after = Duration::s(5);
    scenario.faults.push_back(fault);
    if (fault.kind == FaultKind::kPartition || fault.kind == FaultKind::kRendezvousDown) {
      Fault end;
      end.kind = fault.kind == FaultKind::kPartition ? FaultKind::kHeal : FaultKind::kRendezvousUp;
      end.at = fault.at + at();
      scenario.faults.push_back(end);
    }
  }
  return scenario;
}

}  // namespace

bool soak(std::uint32_t runs, std::uint64_t seed, bool has_blocks, const std::string& program) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::uint32_t failed = 0;
  for (std::uint32_t i = 0; i < runs; ++i) {
    Scenario scenario = draw_scenario(seed + i);
    if (has_blocks) draw_blocks(scenario, seed + i);
    const RunResult result = run(scenario, seed + i, {});
    std::printf("seed %llu: %u people, %zu faults, %.0f s: %s\n", static_cast<unsigned long long>(seed + i), scenario.peers,
                scenario.faults.size(), result.simulated.in_ms() / 1000, result.is_well() ? "well" : "FAILED");
    if (!result.is_well()) {
      ++failed;
      for (const auto& verdict : result.verdicts) {
        if (verdict.violations == 0) continue;
        std::printf("    %s: %llu times\n", verdict.invariant.c_str(), static_cast<unsigned long long>(verdict.violations));
        for (const auto& told : verdict.told) std::printf("        %s\n", told.c_str());
      }
      std::printf("    replay: %s --soak 1 --seed %llu%s\n", program.c_str(), static_cast<unsigned long long>(seed + i), has_blocks ? "" : " --no-blocks");
    }
    std::fflush(stdout);
  }
  std::printf("{\"soak\": %u, \"seed\": %llu, \"passed\": %u, \"failed\": %u}\n", runs, static_cast<unsigned long long>(seed), runs - failed, failed);
  return failed == 0;
}

}  // namespace grove::sim

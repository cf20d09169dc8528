#include "sim/checkers/checker.h"

namespace grove::sim {

std::vector<std::unique_ptr<Checker>> make_checkers(const World&, const Hearing&) {
  std::vector<std::unique_ptr<Checker>> all;
  return all;
}

}  // namespace grove::sim

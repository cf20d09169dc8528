#include "overlay/guardians.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace grove::overlay {
namespace {

using Index = Graph::Index;

// A copy for every frame, against a hole of a round trip when a relay dies: a hot guardian must be this much better than
// a cold one (a guess).
constexpr base::Duration kHotPrice = base::Duration::ms(100);
// How many cold wards a peer has in all, in copies of its budget: they cost it memory and a beat each, not frames (a guess).
constexpr std::size_t kColdWardsPerCopy = 2;

class Wards {
 public:
  Wards(const TreeDraft& tree) : tree_(tree), posts_(tree.terms().graph().size()) {}

  bool has_room(Index guardian, Index v, bool is_hot) const {
    const Post& post = posts_[guardian];
    const std::size_t budget = tree_.terms().budget(guardian);
    if (budget == 0) return false;
    const std::size_t steady = tree_.children(guardian).size() + post.hot;
    if (is_hot) return steady + most_at_once(post) < tree_.terms().copies(guardian);
    return steady + at_once(post, v) < budget + kCopiesBeyond && post.cold.size() < kColdWardsPerCopy * budget;
  }

  void add(Index guardian, Index v, bool is_hot) {
    if (is_hot) {
      ++posts_[guardian].hot;
    } else {
      posts_[guardian].cold.push_back(tree_.parent(v));
    }
  }

 private:
  struct Post {
    std::size_t hot = 0;
    std::vector<Index> cold;  // the wards' parents
  };

  std::size_t at_once(const Post& post, Index v) const {  // if v's parent failed
    if (tree_.parent(v) == tree_.terms().source()) return 0;
    return static_cast<std::size_t>(std::count(post.cold.begin(), post.cold.end(), tree_.parent(v)));
  }
  std::size_t most_at_once(const Post& post) const {
    std::size_t most = 0;
    for (const Index parent : post.cold) {
      const auto same = std::count(post.cold.begin(), post.cold.end(), parent);
      most = std::max(most, parent == tree_.terms().source() ? 1 : static_cast<std::size_t>(same));
    }
    return most;
  }

  const TreeDraft& tree_;
  std::vector<Post> posts_;
};

// Whoever hears by way of somebody of whom v complained would fail v with it.
bool shares_accused(const TreeDraft& tree, Index guardian, Index v) {
  const auto accused = tree.terms().accused_by(v);
  return std::any_of(accused.begin(), accused.end(), [&](Index a) { return tree.is_attached(a) && tree.is_below(guardian, a); });
}

// By way of it a frame comes so much after the parent's that a listener who plays what the parent brings must wait anew: a
// jitter buffer holds some 60 ms (DESIGN §6, the simulator's model listener), of which the path's own jitter needs a part.
constexpr base::Duration kLateFrom = base::Duration::ms(40);

// Beyond that; the least late is the best of those who are.
base::Duration lateness(const TreeDraft& tree, const Graph::Link& link, Index v) {
  return std::max(base::Duration(), tree.delay(link.to) + kHopDelay + link.rtt / 2 - tree.delay(v) - kLateFrom);
}

bool is_late(const TreeDraft& tree, const Graph::Link& link, Index v) { return lateness(tree, link, v) > base::Duration(); }

bool is_hot(const Graph::Link& link) { return link.rtt > kColdGuardianRttMax; }

bool may_stand_in(const TreeDraft& tree, Index guardian, Index v) {
  return may_guard(tree, guardian, v) && !tree.terms().is_avoided(guardian, v) && !shares_accused(tree, guardian, v);
}

std::size_t choices(const TreeDraft& tree, Index v) {
  const auto& links = tree.terms().graph().links(v);
  return static_cast<std::size_t>(std::count_if(links.begin(), links.end(), [&](const Graph::Link& link) {
    return may_stand_in(tree, link.to, v) && !is_late(tree, link, v);
  }));
}

Guardian best_for(const TreeDraft& tree, const Wards& wards, Index v) {
  const Terms& terms = tree.terms();
  Guardian best;
  std::tuple<bool, base::Duration, base::Duration, Index> least{};
  for (const Graph::Link& link : terms.graph().links(v)) {
    if (!may_stand_in(tree, link.to, v)) continue;
    if (!wards.has_room(link.to, v, is_hot(link))) continue;
    const base::Duration cost = tree.cost(link.to) + kHopDelay + link.metric + link.rtt + (is_hot(link) ? kHotPrice : base::Duration());
    const std::tuple rank(terms.is_leaf(link.to), lateness(tree, link, v), cost, link.to);
    if (best.peer != Graph::kNobody && least <= rank) continue;
    least = rank;
    best = {link.to, is_hot(link)};
  }
  return best;
}

}  // namespace

bool may_guard(const TreeDraft& tree, Index guardian, Index v) {
  const Index source = tree.terms().source();
  if (!tree.is_attached(guardian) || guardian == tree.parent(v)) return false;
  return !tree.is_below(guardian, tree.parent(v) == source ? v : tree.parent(v));
}

std::vector<Guardian> choose_guardians(const TreeDraft& tree, const std::vector<wire::Seat>& before) {
  const Graph& graph = tree.terms().graph();
  std::vector<Guardian> guardians(graph.size());
  Wards wards(tree);
  // The hot ones first: their wards may live of them just now, when a patch hangs somebody below them.
  for (const bool is_for_hot : {true, false}) {
    for (const wire::Seat& seat : before) {
      if (seat.guardian == wire::kNoSeat) continue;
      const auto v = graph.find(seat.listener);
      const auto guardian = seat.guardian == wire::kSourceSeat ? std::optional(tree.terms().source())
                                                               : graph.find(before[seat.guardian].listener);
      if (!v || !guardian || !tree.is_attached(*v) || *v == tree.terms().source()) continue;
      const Graph::Link* link = graph.link(*guardian, *v);
      if (!link || is_hot(*link) != is_for_hot || !may_stand_in(tree, *guardian, *v)) continue;
      if (is_late(tree, *link, *v) || !wards.has_room(*guardian, *v, is_for_hot)) continue;
      guardians[*v] = {*guardian, is_for_hot};
      wards.add(*guardian, *v, is_for_hot);
    }
  }
  // Whoever has the least choice chooses first.
  std::vector<std::pair<std::size_t, Index>> waiting;
  for (const Index v : tree.order()) {
    if (v != tree.terms().source() && guardians[v].peer == Graph::kNobody) waiting.emplace_back(choices(tree, v), v);
  }
  std::stable_sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [count, v] : waiting) {
    guardians[v] = best_for(tree, wards, v);
    if (guardians[v].peer != Graph::kNobody) wards.add(guardians[v].peer, v, guardians[v].is_hot);
  }
  return guardians;
}

}  // namespace grove::overlay

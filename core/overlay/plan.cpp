#include "overlay/plan.h"

#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "overlay/exchange.h"
#include "overlay/guardians.h"
#include "overlay/improve.h"
#include "overlay/plan_terms.h"
#include "overlay/tree_draft.h"

namespace grove::overlay {
namespace {

using Index = Graph::Index;

// I3 and I8, of every plan that leaves: over links that both ends list, within fan-out (leftovers aside: the source's, and
// one of a relay's), guardians outside. Rooted and without a ring: every listener comes after its parent in the draft's order.
void assert_sound(const TreeDraft& tree, const std::vector<Guardian>& guardians) {
  const Terms& terms = tree.terms();
  std::vector<bool> is_seen(terms.graph().size());
  for (const Index v : tree.order()) {
    is_seen[v] = true;
    if (v == terms.source()) continue;
    GROVE_ASSERT(terms.is_wanted(v) && is_seen[tree.parent(v)] && terms.graph().link(tree.parent(v), v));
    GROVE_ASSERT(tree.children(v).size() <= terms.budget(v) + kLeftoversBeyond);
    const Index guardian = guardians[v].peer;
    GROVE_ASSERT(guardian == Graph::kNobody || (terms.graph().link(guardian, v) && may_guard(tree, guardian, v)));
  }
  GROVE_ASSERT(tree.order().size() <= wire::kListenersMax + 1);
}

// Who is seated at the source though no link leads there: whoever gets nothing.
std::vector<bool> seats_at_source(const TreeDraft& tree) {
  const Terms& terms = tree.terms();
  std::vector<bool> is_seated(terms.graph().size());
  std::size_t left = wire::kListenersMax + 1 - tree.order().size();
  for (std::size_t i = 0; i < is_seated.size() && left > 0; ++i) {
    const auto v = static_cast<Index>(i);
    if (v == terms.source() || tree.is_attached(v) || terms.is_wanted(v)) continue;
    is_seated[v] = true;
    --left;
  }
  return is_seated;
}

Planned publish(const TreeDraft& tree, const std::vector<Guardian>& guardians) {
  assert_sound(tree, guardians);
  const Terms& terms = tree.terms();
  const Graph& graph = terms.graph();
  const std::vector<bool> is_at_source = seats_at_source(tree);
  std::vector<wire::SeatIndex> seats(graph.size(), wire::kNoSeat);
  wire::SeatIndex next = 0;
  for (std::size_t v = 0; v < graph.size(); ++v) {
    if (v == terms.source()) {
      seats[v] = wire::kSourceSeat;
    } else if (tree.is_attached(static_cast<Index>(v)) || is_at_source[v]) {
      seats[v] = next++;
    }
  }

  Planned planned;
  base::Duration total;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto v = static_cast<Index>(i);
    if (tree.is_attached(v)) {
      const std::size_t children = tree.children(v).size();
      const std::size_t budget = terms.is_leaf(v) ? 0 : terms.budget(v);
      if (children > budget) planned.copies_over_budget += children - budget;
      if (v == terms.source()) planned.is_over_budget = children > budget;
    }
    if (is_at_source[v]) {
      planned.seats.push_back({graph.peer(v).id});
      planned.delays.emplace_back();
    }
    if (v == terms.source() || !terms.is_wanted(v) || is_at_source[v]) continue;
    if (!tree.is_attached(v)) {
      planned.unreached.push_back(graph.peer(v).id);
      continue;
    }
    const Guardian& guardian = guardians[v];
    const wire::SeatIndex guardian_seat = guardian.peer == Graph::kNobody ? wire::kNoSeat : seats[guardian.peer];
    planned.seats.push_back({graph.peer(v).id, seats[tree.parent(v)], guardian_seat, guardian.is_hot});
    planned.delays.push_back(tree.delay(v));
    planned.hot_guardians += guardian.is_hot;
    total = total + tree.delay(v);
  }
  const std::size_t heard_by = tree.order().size() - 1;
  GROVE_ASSERT(planned.seats.size() >= heard_by);
  if (heard_by > 0) planned.mean_delay = total / static_cast<std::int64_t>(heard_by);
  return planned;
}

// Whoever moved left a place behind, and whoever came brought some.
void serve_leftovers(TreeDraft& tree) {
  do {
    relieve(tree);
  } while (tree.grow());
}

// The source's links aside to those whom the tree does not reach.
std::vector<Graph::Link> links_aside(const TreeDraft& tree, const PlanInput& input) {
  const Terms& terms = tree.terms();
  std::vector<Graph::Link> links;
  for (const PlanInput::Aside& aside : input.aside) {
    const auto peer = terms.graph().find(aside.peer);
    if (!peer || !terms.is_wanted(*peer) || tree.is_attached(*peer) || terms.graph().link(terms.source(), *peer)) continue;
    links.push_back({*peer, aside.rtt, aside.rtt / 2});
  }
  return links;
}

// Why v does not hang below this parent any more: by nobody's word but its own.
bool has_only_complained(const Terms& terms, Index parent, Index v) {
  const bool is_its_word = terms.is_avoided(parent, v) || !terms.accused_by(v).empty();
  return is_its_word && terms.graph().link(parent, v) && !terms.is_avoided_relay(parent);
}

// Those whom keep() left in the air, and when everybody heard. Without whoever is there by a complaint, which may be a lie, and
// all below it: nobody makes room for them.
Hurt hurt_since(const TreeDraft& tree, const Planned& before) {
  const Terms& terms = tree.terms();
  const Graph& graph = terms.graph();
  Hurt hurt{{}, std::vector<base::Duration>(graph.size(), kNeverHeard)};
  std::vector<bool> has_only_its_word(graph.size());
  std::vector<Index> in_the_air;
  for (std::size_t i = 0; i < before.seats.size(); ++i) {
    const auto v = graph.find(before.seats[i].listener);
    if (!v || *v == terms.source() || !terms.is_wanted(*v)) continue;
    if (before.delays[i] > base::Duration()) hurt.heard_after[*v] = before.delays[i];  // not of a seat in name only
    if (tree.is_attached(*v)) continue;
    in_the_air.push_back(*v);
    const wire::SeatIndex above = before.seats[i].parent;
    const auto parent = above == wire::kSourceSeat ? std::optional(terms.source()) : graph.find(before.seats[above].listener);
    has_only_its_word[*v] = tree.parent(*v) == Graph::kNobody && parent && has_only_complained(terms, *parent, *v);
  }
  for (const Index v : in_the_air) {
    Index root = v;
    while (tree.parent(root) != Graph::kNobody) root = tree.parent(root);
    if (!has_only_its_word[root]) hurt.peers.push_back(v);
  }
  return hurt;
}

// Then a place that looks good may be below somebody who is gone as well: whoever hears should not be moved there. Guesses.
bool do_many_fail(const Graph& graph, const PlanInput& input) {
  return input.avoided_relays.size() > std::max<std::size_t>(3, graph.size() / 20);
}

Planned plan(const Graph& graph, const PlanInput& input, const Planned* before) {
  const Terms terms(graph, input);
  if (terms.source() == Graph::kNobody) return {};
  TreeDraft tree(terms);
  if (before) tree.keep(before->seats);
  const Hurt hurt = before ? hurt_since(tree, *before) : Hurt{};
  tree.grow();
  if (!before) improve(tree);
  if (before && !do_many_fail(graph, input)) mend(tree, hurt);
  serve_leftovers(tree);
  if (const auto links = links_aside(tree, input); !links.empty()) {
    PlanInput with_links = input;
    with_links.aside.clear();
    return plan(graph.with_links(terms.source(), links), with_links, before);
  }
  return publish(tree, choose_guardians(tree, before ? before->seats : std::vector<wire::Seat>{}));
}

}  // namespace

Planned plan_tree(const Graph& graph, const PlanInput& input) { return plan(graph, input, nullptr); }

Planned patch_tree(const Graph& graph, const PlanInput& input, const Planned& before) {
  return plan(graph, input, &before);
}

}  // namespace grove::overlay

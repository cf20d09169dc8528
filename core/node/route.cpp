// Envelopes over links, what members ask of each other in them, and whom we are linked to.
#include <algorithm>
#include <utility>

#include "crypto/envelope_seal.h"
#include "crypto/letter_seal.h"
#include "node/state.h"

namespace grove::node {

using overlay::Neighbours;
using room::Introducer;

// Over links when there is a way and nothing speaks for the rendezvous; in-band signalling needs no server.
void Node::State::send_blob(Introducer::SendBlob& blob) {
  const bool can_relay = blob.door && rendezvous_.is_open();
  if (blob.peer && !(blob.prefers_door && can_relay) && send_over_links(*blob.peer, blob.blob)) return;
  if (can_relay) rendezvous_.relay(*blob.door, std::move(blob.blob));
}

std::optional<std::vector<PeerId>> Node::State::route_over(const std::vector<PeerId>& first, const PeerId& to,
                                                           const std::vector<PeerId>& avoiding) const {
  std::vector<overlay::FirstHop> hops;
  for (const PeerId& peer : first) {
    const wire::LinkClaim* claim = own_.claim_of(peer);  // as all others see it; a link aside has none
    hops.push_back({peer, claim && claim->rtt_tenth_ms ? base::Duration::us(100) * claim->rtt_tenth_ms : rtt_to(peer)});
  }
  return overlay::route(map_, me_.self(), to, hops, avoiding);
}

bool Node::State::send_over_links(const PeerId& to, Bytes envelope) {
  const auto hops = route_over(ways_out(), to, {});
  if (!hops) return false;
  send_control_to(hops->front(), wire::Routed{*hops, std::move(envelope)});
  return true;
}

std::optional<Bytes> Node::State::seal_petition(const PeerId& to, const wire::Petition& petition) {
  const auto* record = map_.find(to);
  if (!record) return std::nullopt;
  auto sealed = crypto::seal_letter(me_.identity, record->record.public_key, me_.keys.room_id(), keys_, wire::encode(petition));
  if (!sealed) return std::nullopt;
  return crypto::seal_envelope(me_.keys, me_.identity, keys_, wire::encode(wire::Letter{to, std::move(*sealed)}));
}

// `avoiding`: whom it is about, who would rather not pass it on. `second_way`: another way for the same envelope, if not empty;
// who is dead is not known at once, and the shortest way may lead over the dead.
void Node::State::send_petition(const PeerId& to, const wire::Petition& petition, const std::vector<PeerId>& avoiding,
                                const std::vector<PeerId>& second_way) {
  const auto envelope = seal_petition(to, petition);
  if (!envelope) return;
  const auto hops = route_over(ways_out(), to, avoiding);
  if (hops) send_control_to(hops->front(), wire::Routed{*hops, *envelope});
  const auto is_avoided = [&](const PeerId& hop) { return std::find(avoiding.begin(), avoiding.end(), hop) != avoiding.end(); };
  const bool is_another = !second_way.empty() && hops != second_way && std::none_of(second_way.begin(), second_way.end(), is_avoided);
  if (is_another) send_control_to(second_way.front(), wire::Routed{second_way, *envelope});
}

void Node::State::on_letter(const crypto::OpenedEnvelope& envelope, const wire::Letter& letter, Instant now) {
  const auto opened = crypto::open_letter(me_.identity, envelope.sender_key, me_.keys.room_id(), letter.sealed);
  const auto petition = opened ? wire::decode_petition(*opened) : base::Refusal{"letter: does not open"};
  if (letter.to != me_.self() || !petition) {
    ++stats_.messages_refused;
  } else if (const auto* complaint = std::get_if<wire::Complaint>(&*petition)) {
    keeper_.handle_complaint(envelope.sender, *complaint, now);
  } else if (const auto* hearing = std::get_if<wire::Hearing>(&*petition)) {
    on_hearing(envelope.sender, *hearing, now);
  } else if (const auto& wish = std::get<wire::Wish>(*petition); wish.incarnation == me_.incarnation) {
    if (wish.link_to == envelope.sender) return on_meant(envelope.sender, now);
    neighbours_.handle_wish(envelope.sender, wish.link_to, now);
    choose_due_ = std::min(choose_due_, now + count_spacing());
  }
}

// What is set aside is no way for others.
bool Node::State::leads_on(const PeerId& next) const {
  return carrier_of(next) && (!asides_.contains(next) || is_only_way(next));
}

// The sender's map is older than ours of our own links: when many are lost at once, most envelopes would end there.
bool Node::State::try_detour(wire::Routed& routed, LinkId from, Instant now) {
  Link& link = links_.at(from);
  if (routed.detours == 0 || !link.detour_rate.try_take(1, now) || !detours_rate_.try_take(1, now)) return false;
  auto hops = route_over(linked_peers(), routed.hops.back(), {link.peer});  // no link aside: whose it is nobody is to see
  if (!hops) return false;
  routed.hops = std::move(*hops);
  --routed.detours;
  return true;
}

void Node::State::on_routed(LinkId from, wire::Routed routed, Instant now) {
  const auto refuse = [&] { ++stats_.messages_refused; };
  if (routed.hops.front() != me_.self()) return refuse();
  // Whoever sends an envelope over two who are set apart must not see that their link is still there.
  const PeerId& before = links_.at(from).peer;
  if (is_aside(from) && !is_only_way(before)) {
    const auto envelope = crypto::open_envelope(me_.keys, routed.envelope);
    if (!envelope || envelope->sender != before) return refuse();
  }
  if (routed.hops.size() > 1) {
    const auto cost = static_cast<std::int64_t>(routed.envelope.size());
    if (!links_.at(from).routed_rate.try_take(cost, now)) return refuse();
    routed.hops.erase(routed.hops.begin());
    if (!leads_on(routed.hops.front()) && !try_detour(routed, from, now)) return refuse();
    const PeerId next = routed.hops.front();
    return send_control_to(next, routed);
  }

  const auto envelope = crypto::open_envelope(me_.keys, routed.envelope);
  if (!envelope || envelope->sender == me_.self()) return refuse();
  if (const auto letter = wire::decode_letter(envelope->content)) return on_letter(*envelope, *letter, now);
  if (!introducer_.handle_envelope({}, *envelope, now)) ++stats_.envelopes_refused;
}

// Marks those of `others` that should be next to us in trees, and says how far they are.
void Node::State::look_for_tree_links(std::vector<Neighbours::Candidate>& others, Instant now) {
  if (others.size() < Neighbours::kMeshMax) return;
  if (tree_links_.is_due(others.size(), whereabouts_.current().error_percent, now)) {
    overlay::PlanInput input = keeper_.input();
    input.avoided_links.clear();
    for (const auto& other : others) {
      if (neighbours_.is_out_of_reach(other, now)) input.avoided_links.emplace_back(me_.self(), other.peer);
    }
    if (tree_links_.look(graph(), std::move(input), now)) neighbours_.handle_looked(now);
  }
  for (auto& other : others) {
    other.is_tree_link = std::binary_search(tree_links_.peers().begin(), tree_links_.peers().end(), other.peer);
    const auto* record = map_.find(other.peer);
    if (other.away || !record || !tree_links_.has_looked()) continue;
    other.away = overlay::distance(whereabouts_.current(), record->record.coordinate);
  }
}

void Node::State::choose_links(Instant now) {
  if (now < choose_due_) return;
  std::set<PeerId> in_use;
  for (const auto& [source, stream] : streams_) {
    if (!stream.tree.plan || now - stream.tree.last_frame > overlay::kAwakeFor) continue;
    const wire::TreePlan& plan = stream.tree.plan->plan;
    if (const auto* seat = plan.seat_of(me_.self())) {
      in_use.insert(plan.peer_at(seat->parent));
      if (seat->guardian != wire::kNoSeat) in_use.insert(plan.peer_at(seat->guardian));
    }
    for (const PeerId& child : stream.tree.relay.receivers()) in_use.insert(child);
  }
  for (const PeerId& child : own_stream_.tree.relay.receivers()) in_use.insert(child);

  const overlay::Graph& room = graph();
  std::vector<Neighbours::Candidate> others;
  for (const auto& [peer, member] : members_) {
    const auto* record = map_.find(peer);
    Neighbours::Candidate other;
    other.peer = peer;
    other.is_in_use = in_use.contains(peer);
    if (record) {
      if (const auto place = room.find(peer)) other.links = room.links(*place).size();
      const wire::LinkClaim* ours = record->record.claim_of(me_.self());
      other.is_wanted_by_it = ours && ours->is_wanted;
    }
    if (member.link) {
      other.stage = Neighbours::Stage::kOpen;
      other.away = links_.at(*member.link).pulse.rtt();
    } else if (introducer_.is_trying(peer)) {
      other.stage = Neighbours::Stage::kPending;
    }
    others.push_back(std::move(other));
  }

  look_for_tree_links(others, now);

  const std::set<PeerId> wanted_before = wanted_;
  const std::set<PeerId> withdrawn_before = withdrawn_;
  // Each round opens or closes at most one link; a bound, so that no disagreement between the two ends here turns for ever.
  for (std::size_t round = 0; round <= others.size(); ++round) {
    const auto decision = neighbours_.decide(others, now);
    wanted_ = {decision.wanted.begin(), decision.wanted.end()};
    withdrawn_ = {decision.withdrawn.begin(), decision.withdrawn.end()};
    const Instant look_due = is_large_room() ? tree_links_.next_deadline() : Instant::never();
    choose_due_ = std::min(std::max(decision.next, now + count_spacing()), look_due);
    const auto stage_of = [&](const PeerId& peer) -> Neighbours::Stage& {
      return std::find_if(others.begin(), others.end(), [&](const auto& o) { return o.peer == peer; })->stage;
    };
    if (decision.open) {
      stage_of(*decision.open) = Neighbours::Stage::kPending;
      if (const auto* record = map_.find(*decision.open)) introducer_.ask(*decision.open, record->record.incarnation, now);
    } else if (decision.close) {
      stage_of(*decision.close) = Neighbours::Stage::kNone;
      if (const auto member = members_.find(*decision.close); member != members_.end() && member->second.link) {
        introducer_.release(*decision.close);
      }
    } else {
      break;
    }
  }
  for (const auto& [peer, member] : members_) introducer_.set_wanted(peer, wanted_.empty() || wanted_.contains(peer));
  introducer_.set_links_max(is_large_room() ? Neighbours::kOpenMax + Neighbours::kForNewcomers : wire::kLinksMax);
  on_introductions(now);
  if (withdrawn_ != withdrawn_before) change_own_record(Urgency::kGained, now);
  // The other end might give back what we have come to want.
  const bool is_dearer = std::any_of(own_.links.begin(), own_.links.end(),
                                     [&](const wire::LinkClaim& claim) { return !claim.is_wanted && wanted_.contains(claim.to); });
  if (wanted_ != wanted_before && is_dearer) change_own_record(Urgency::kMeasured, now);
}

}  // namespace grove::node

#include "sim/population.h"

#include <algorithm>
#include <cmath>

#include "sim/trees.h"

namespace grove::sim {
namespace {

constexpr std::uint32_t kDrawnBlocks = 0xffffffff;

std::uint32_t repeats_of(const Fault& fault, const Scenario& scenario) {
  if (fault.every <= Duration()) return 1;
  return static_cast<std::uint32_t>((scenario.harsh - fault.at).in_us() / fault.every.in_us()) + 1;
}

}  // namespace

std::uint32_t newcomers_of(const Scenario& scenario) {
  std::uint32_t newcomers = 0;
  for (const Fault& fault : scenario.faults) {
    if (fault.kind != FaultKind::kJoin) continue;
    const auto of_share = static_cast<std::uint32_t>(fault.share * scenario.peers);
    newcomers += std::max(fault.share > 0 ? of_share : fault.count, 1U) * repeats_of(fault, scenario);
  }
  return newcomers;
}

Population::Population(const Scenario& scenario, World& world, const std::vector<RttMatrix>& slices, std::uint64_t seed)
    : scenario_(scenario), world_(world), slices_(slices), random_(seed), begin_(world.now()), block_random_(seed ^ 0x626c6f636b73U) {
  for (std::uint32_t host = 0; host < scenario.peers; ++host) {
    const double when = host == 0 ? 0 : random_.unit() * static_cast<double>(scenario.arrive_within.in_us());
    post(begin_ + Duration::us(static_cast<std::int64_t>(when)), Act::kArrive, host);
  }
  hosts_used_ = scenario.peers;
  const Instant settled = begin_ + scenario.settle;
  faults_over_ = settled + scenario.harsh;
  post(talk_begins(), Act::kTalk);
  post(settled, Act::kMeasure);
  for (std::uint32_t i = 0; i < scenario.faults.size(); ++i) post(settled + scenario.faults[i].at, Act::kFault, i);
  for (std::uint32_t i = 1; i < slices.size(); ++i) {
    post(settled + scenario.harsh * i / static_cast<std::int64_t>(slices.size()), Act::kSlice, i);
  }
  post(faults_over_, Act::kFaultsOver);
}

// Once all are there, in order of pairs, so that a greater share blocks all that a smaller one does.
void Population::draw_blocks() {
  for (const PersonId listener : world_.here()) {
    for (const PersonId source : world_.here()) {
      if (listener != source && block_random_.unit() < *scenario_.blocks) drawn_blocks_.emplace_back(listener, source);
    }
  }
}

void Population::begin_blocks() {
  for (const auto& [listener, source] : drawn_blocks_) {
    if (!world_.is_here(listener) || !world_.is_here(source)) continue;
    if (scenario_.are_blocks_left_out) world_.leave_out(listener, source);
    else world_.set_blocked(listener, source, true);
  }
  if (!drawn_blocks_.empty()) return;
  // An empty list is said all the same, and must change nothing (I9).
  for (const PersonId listener : world_.here()) {
    for (const PersonId source : world_.here()) {
      if (listener != source) world_.set_blocked(listener, source, false), world_.set_withheld(listener, source, false);
    }
  }
}

void Population::run() {
  const Instant end = faults_over_ + scenario_.converge;
  while (const auto event = world_.run_until(end)) on_event(*event);
  world_.end();
}

void Population::on_event(const Event& event) {
  switch (static_cast<Act>(event.a)) {
    case Act::kArrive:
    case Act::kComeBack:
      arrive(event.b);
      return fill_talkers();
    case Act::kTalk:
      return fill_talkers();
    case Act::kMeasure:
      world_.tell_measuring();
      if (!scenario_.blocks) return;
      draw_blocks();
      return scenario_.blocks_at > Duration() ? post(world_.now() + scenario_.blocks_at, Act::kBlock, kDrawnBlocks) : begin_blocks();
    case Act::kBlock:
      if (event.b == kDrawnBlocks) return begin_blocks();
      if (const Click& click = clicks_[event.b]; world_.is_here(click.listener)) {
        world_.set_blocked(click.listener, click.source, click.is_blocked);
      }
      return;
    case Act::kFault:
      return on_fault(event.b);
    case Act::kSlice:
      return world_.set_rtts(slices_[event.b]);
    case Act::kFaultsOver:
      return on_faults_over();
    case Act::kWord:
      if (!world_.is_here({event.b})) return;
      world_.start_talking({event.b});
      return post(world_.now() + kRollCallWord, Act::kWordEnds, event.b);
    case Act::kWordEnds:
      return world_.stop_talking({event.b});
  }
}

void Population::arrive(std::uint32_t host) {
  const bool is_phone = host < scenario_.phones * scenario_.peers;
  world_.enter({{host}, "person " + std::to_string(host), is_phone ? wire::Role::kPhone : wire::Role::kDesktop, scenario_.copies_cap});
}

void Population::fill_talkers() {
  if (world_.now() < talk_begins() || is_roll_call_) return;
  std::erase_if(talkers_, [&](PersonId person) { return !world_.is_here(person); });
  std::vector<PersonId> silent;
  for (const PersonId person : world_.here()) {
    if (!world_.person(person).talks) silent.push_back(person);
  }
  while (talkers_.size() < scenario_.talkers && !silent.empty()) {
    const std::size_t chosen = random_.below(silent.size());
    talkers_.push_back(silent[chosen]);
    world_.start_talking(silent[chosen]);
    silent.erase(silent.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
}

void Population::on_fault(std::uint32_t index) {
  const Fault& fault = scenario_.faults[index];
  if (world_.now() >= faults_over_) return;
  Duration every = fault.every;
  if (fault.share_per_minute > 0) {
    const double mean_us = 60e6 / (fault.share_per_minute * static_cast<double>(std::max<std::size_t>(world_.here().size(), 1)));
    every = Duration::us(std::max<std::int64_t>(std::llround(mean_us * (0.5 + random_.unit())), 1000));
  }
  befall(fault);
  if (every > Duration()) post(world_.now() + every, Act::kFault, index);
}

void Population::befall(const Fault& fault) {
  const PersonId nobody{0xffffffff};
  switch (fault.kind) {
    case FaultKind::kRendezvousDown:
      world_.tell(fault.kind, nobody);
      return world_.rendezvous_down();
    case FaultKind::kRendezvousUp:
      world_.tell(fault.kind, nobody);
      return world_.rendezvous_up();
    case FaultKind::kHeal:
      world_.tell(fault.kind, nobody);
      return world_.heal();
    case FaultKind::kPartition: {
      world_.tell(fault.kind, nobody);
      std::vector<HostId> other_side;
      for (const PersonId person : choose(fault)) other_side.push_back(world_.person(person).host);
      return world_.partition(other_side);
    }
    case FaultKind::kJoin:
      for (std::uint32_t i = 0; i < (fault.share > 0 ? static_cast<std::uint32_t>(fault.share * scenario_.peers) : fault.count); ++i) {
        if (hosts_used_ + 1 >= world_.network().hosts()) return;  // the last host is the rendezvous
        arrive(hosts_used_++);
      }
      return;
    case FaultKind::kBlock:
      return block(fault);
    case FaultKind::kUnblock:
      return unblock(fault);
    case FaultKind::kDeath:
    case FaultKind::kLeave:
    case FaultKind::kFreeze:
    case FaultKind::kLie: {
      const auto chosen = choose(fault);
      for (const PersonId person : chosen) world_.tell(fault.kind, person);  // all at once: before any of them is gone
      for (const PersonId person : chosen) depart(person, fault);
      return fill_talkers();
    }
  }
}

void Population::block(const Fault& fault) {
  const std::vector<PersonId> blockers = choose(fault);
  std::vector<PersonId> blocked = who_fit(fault.whom == Whom::kOthers ? Whom::kAnyone : fault.whom);
  if (fault.whom == Whom::kOthers) {
    std::erase_if(blocked, [&](PersonId p) { return std::find(blockers.begin(), blockers.end(), p) != blockers.end(); });
  }
  if (fault.whom_count > 0) blocked = draw(std::move(blocked), fault.whom_count);
  for (const PersonId listener : blockers) world_.tell(fault.kind, listener);
  for (const PersonId listener : blockers) {
    for (const PersonId source : blocked) {
      if (listener == source) continue;
      for (const bool is_back : {false, true}) {
        if (is_back && !fault.is_mutual) continue;
        const auto after = Duration::us(static_cast<std::int64_t>(random_.unit() * static_cast<double>(fault.within.in_us())));
        clicks_.push_back({is_back ? source : listener, is_back ? listener : source, true});
        post(world_.now() + after, Act::kBlock, static_cast<std::uint32_t>(clicks_.size() - 1));
      }
    }
  }
}

// All that these had blocked in faults before.
void Population::unblock(const Fault& fault) {
  const std::vector<PersonId> chosen = choose(fault);
  for (const PersonId listener : chosen) world_.tell(fault.kind, listener);
  for (const Click& click : std::vector<Click>(clicks_)) {
    if (!click.is_blocked || std::find(chosen.begin(), chosen.end(), click.listener) == chosen.end()) continue;
    clicks_.push_back({click.listener, click.source, false});
    post(world_.now(), Act::kBlock, static_cast<std::uint32_t>(clicks_.size() - 1));
  }
}

void Population::depart(PersonId person, const Fault& fault) {
  if (fault.kind == FaultKind::kLie) return world_.set_lie(person, fault.lie);
  if (fault.kind == FaultKind::kFreeze) {
    const auto spread = static_cast<double>((fault.time_max - fault.time_min).in_us());
    const Duration time = fault.time_min + Duration::us(static_cast<std::int64_t>(random_.unit() * spread));
    return world_.freeze(person, std::min(time, faults_over_ - world_.now()));
  }
  const std::uint32_t host = world_.person(person).host.value;
  if (fault.kind == FaultKind::kLeave) world_.leave(person);
  else world_.kill(person);
  const Instant back = world_.now() + fault.back_after;
  if (fault.back_after > Duration() && back < faults_over_) post(back, Act::kComeBack, host);
}

std::vector<PersonId> Population::choose(const Fault& fault) {
  const auto awake = static_cast<double>(who_fit(Whom::kAnyone).size());
  const std::size_t count = fault.share > 0 ? static_cast<std::size_t>(std::llround(fault.share * awake)) : fault.count;
  return draw(who_fit(fault.who), count);
}

std::vector<PersonId> Population::who_fit(Whom who) const {
  std::vector<PersonId> all = world_.here();
  std::erase_if(all, [&](PersonId p) { return world_.person(p).is_frozen; });
  std::vector<PersonId> fit;
  for (const PersonId person : all) {
    const bool talks = world_.person(person).talks;
    if (who == Whom::kAnyone || (who == Whom::kTalker && talks) || (who == Whom::kListener && !talks) ||
        (who == Whom::kRelay && !talks && is_relay(person))) {
      fit.push_back(person);
    }
  }
  // While every tree is a star there is no relay: a listener stands in, so that the run shows at least that.
  if (fit.empty() && who == Whom::kRelay) {
    for (const PersonId person : all) if (!world_.person(person).talks) fit.push_back(person);
  }
  return fit;
}

std::vector<PersonId> Population::draw(std::vector<PersonId> from, std::size_t count) {
  std::vector<PersonId> chosen;
  while (chosen.size() < count && !from.empty()) {
    const std::size_t i = random_.below(from.size());
    chosen.push_back(from[i]);
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return chosen;
}

bool Population::is_relay(PersonId person) const {
  return std::any_of(talkers_.begin(), talkers_.end(), [&](PersonId talker) {
    const auto tree = tree_of(world_, talker);
    return tree && tree->is_relay(person);
  });
}

void Population::on_faults_over() {
  world_.heal();
  world_.rendezvous_up();
  world_.lose_nothing();
  for (const PersonId person : world_.here()) world_.set_lie(person, Lie::kNone);
  world_.tell_faults_over();
  if (!scenario_.has_roll_call) return;
  is_roll_call_ = true;
  // The second half of the phase, so that whatever had to heal has had its time.
  const auto everybody = world_.here();
  const Instant first = faults_over_ + scenario_.converge / 2;
  const Instant last = faults_over_ + scenario_.converge - Duration::s(4);
  const Duration room = std::max(last - first, kRollCallWord);
  for (std::size_t i = 0; i < everybody.size(); ++i) {
    if (world_.person(everybody[i]).talks) continue;  // heard anyhow
    const auto step = static_cast<std::int64_t>(i), steps = static_cast<std::int64_t>(everybody.size());
    post(first + room * step / steps, Act::kWord, everybody[i].value);
  }
}

}  // namespace grove::sim

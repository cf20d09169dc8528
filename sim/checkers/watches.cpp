#include "sim/checkers/watches.h"

#include <algorithm>
#include <numeric>

#include "crypto/identity.h"
#include "wire/link_message.h"

namespace grove::sim {
namespace {

constexpr std::uint8_t kRecord = 0x10, kPlan = 0x12, kDelta = 0x21, kPlanDelta = 0x24;  // docs/protocol.md §3
constexpr std::size_t kHeader = 2;

bool starts_with(base::ByteView bytes, base::ByteView what) {
  return bytes.size() >= what.size() && std::equal(what.begin(), what.end(), bytes.begin());
}

}  // namespace

void PlanWatch::on_sent(const Passage& passage) {
  const auto type = type_of(passage.message);
  if (type != kPlan && type != kPlanDelta) return;
  // A plan begins with its source, a delta with half of it: only the source's own sending publishes it.
  const base::ByteView own = world_.person(passage.from).id.bytes;
  if (!starts_with(passage.message.subspan(kHeader), type == kPlan ? own : own.first(sizeof(wire::ShortId)))) return;
  Bytes& last = last_bytes_[passage.from];
  if (base::compare_bytes(last, passage.message) == 0) return;
  last = base::to_bytes(passage.message);
  const auto decoded = wire::decode_link_message(passage.message);
  std::optional<wire::SignedPlan> sent;
  if (const auto* news = decoded ? std::get_if<wire::PlanNews>(&*decoded) : nullptr) sent = news->plan;
  if (const auto* delta = decoded ? std::get_if<wire::PlanDelta>(&*decoded) : nullptr) {
    const auto* base = find(passage.from, delta->base_epoch);
    if (base) sent = wire::apply(*delta, *base);
  }
  if (!sent) {
    ++unreadable_;
    return;
  }
  auto& places = places_[passage.from];
  const auto known = places.find(sent->plan.epoch);
  if (known != places.end() && published_[known->second].plan == sent->plan) return;
  places.insert({sent->plan.epoch, published_.size()});
  published_.push_back({passage.from, passage.at, sent->plan});
}

const wire::TreePlan* PlanWatch::find(PersonId source, std::uint32_t epoch) const {
  const auto places = places_.find(source);
  if (places == places_.end()) return nullptr;
  const auto place = places->second.find(epoch);
  return place == places->second.end() ? nullptr : &published_[place->second].plan;
}

const wire::TreePlan* PlanWatch::in_force(PersonId source, std::uint64_t counter) const {
  const auto places = places_.find(source);
  if (places == places_.end()) return nullptr;
  for (auto place = places->second.rbegin(); place != places->second.rend(); ++place) {
    const wire::TreePlan& plan = published_[place->second].plan;
    if (plan.next_counter <= counter) return &plan;
  }
  return nullptr;
}

void ViewWatch::on_tick(Instant now) {
  is_fresh_ = now >= next_;
  if (!is_fresh_) return;
  next_ = now + Duration::s(are_faults_over_ ? 1 : 5);
  looks_.clear();
  for (const PersonId person : world_.here()) looks_.push_back({person, world_.person(person).node->view()});
}

std::map<PersonId, std::uint32_t> LinkWatch::components(const std::vector<PersonId>& people,
                                                          const std::function<bool(PersonId, PersonId)>& is_shut) const {
  std::map<PersonId, std::uint32_t> component;
  for (const PersonId person : people) component[person] = person.value;
  // Few rounds: a room has a diameter of two or three.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (const auto& [a, b] : up_) {
      const auto one = component.find(a), other = component.find(b);
      if (one == component.end() || other == component.end() || one->second == other->second || !are_linked(a, b) || is_shut(a, b)) continue;
      one->second = other->second = std::min(one->second, other->second);
      has_changed = true;
    }
  }
  return component;
}

std::uint32_t BudgetWatch::copies_max(PersonId person, Instant now) const {
  const auto author = authors_.find(person);
  if (author == authors_.end()) return 0xffffffff;  // said nothing yet
  std::uint32_t most = 0;
  for (const Word& word : author->second.words) {
    if (word.until + kRemembered >= now) most = std::max(most, word.copies);
  }
  return most;
}

void BudgetWatch::on_sent(const Passage& passage) {
  if (type_of(passage.message) == kDelta) return on_delta(passage);
  if (type_of(passage.message) != kRecord || passage.message.size() < kHeader + 32) return;
  Author& author = authors_[passage.from];
  if (base::compare_bytes(author.last, passage.message) == 0) return;
  base::ByteArray<32> key;
  std::copy_n(passage.message.begin() + kHeader, 32, key.begin());
  const bool is_own = author.last.empty() ? crypto::peer_id_of(key) == world_.person(passage.from).id
                                          : starts_with(base::ByteView(author.last).subspan(kHeader), key);
  if (!is_own) {
    if (author.words.empty()) authors_.erase(passage.from);
    return;
  }
  const auto decoded = wire::decode_link_message(passage.message);
  const auto* news = decoded ? std::get_if<wire::RecordNews>(&*decoded) : nullptr;
  if (!news) return;
  author.last = base::to_bytes(passage.message);
  add_word(author, news->record.record.copies_max, passage.at);
}

void BudgetWatch::on_delta(const Passage& passage) {
  const auto author = authors_.find(passage.from);
  const wire::ShortId own = wire::short_of(world_.person(passage.from).id);
  if (author == authors_.end() || author->second.words.empty() || !starts_with(passage.message.subspan(kHeader), own)) return;
  const auto decoded = wire::decode_link_message(passage.message);
  if (const auto* delta = decoded ? std::get_if<wire::RecordDelta>(&*decoded) : nullptr) add_word(author->second, delta->copies_max, passage.at);
}

void BudgetWatch::add_word(Author& author, std::uint32_t copies, Instant now) {
  if (!author.words.empty()) {
    if (author.words.back().copies == copies) return;
    author.words.back().until = now;
  }
  author.words.push_back({Instant::never(), copies});
}

}  // namespace grove::sim

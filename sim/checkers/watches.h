// What several checkers look at, looked at once: published plans, nodes' views of the room, links that are up, and what
// peers say that they can send.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/observer.h"
#include "sim/world.h"
#include "wire/tree_plan.h"

namespace grove::sim {

// The plans that sources themselves sent, by source and epoch.
class PlanWatch : public Observer {
 public:
  explicit PlanWatch(const World& world) : world_(world) {}

  struct Published {
    PersonId source;
    Instant at;
    wire::TreePlan plan;
  };
  // In order; one entry an epoch of a source. A source may not publish two plans of one epoch: those after the first are here too.
  const std::vector<Published>& published() const { return published_; }
  const wire::TreePlan* find(PersonId source, std::uint32_t epoch) const;
  // By which this frame of the source goes: the newest that has begun with it.
  const wire::TreePlan* in_force(PersonId source, std::uint64_t counter) const;
  std::uint64_t unreadable() const { return unreadable_; }  // sent by their source

  void on_sent(const Passage& passage) override;

 private:
  const World& world_;
  std::vector<Published> published_;
  std::map<PersonId, Bytes> last_bytes_;
  std::map<PersonId, std::map<std::uint32_t, std::size_t>> places_;
  std::uint64_t unreadable_ = 0;
};

// Every node's view, every fifth second, and every second once the faults are over.
class ViewWatch : public Observer {
 public:
  explicit ViewWatch(const World& world) : world_(world) {}

  struct Look {
    PersonId person;
    node::RoomView view;
  };
  bool is_fresh() const { return is_fresh_; }  // taken at this tick
  const std::vector<Look>& looks() const { return looks_; }

  void on_faults_over(Instant) override { are_faults_over_ = true; }
  void on_tick(Instant now) override;

 private:
  const World& world_;
  std::vector<Look> looks_;
  Instant next_;
  bool is_fresh_ = false, are_faults_over_ = false;
};

// Which links are up, at both ends.
class LinkWatch : public Observer {
 public:
  bool are_linked(PersonId a, PersonId b) const { return up_.contains({a, b}) && up_.contains({b, a}); }
  Instant last_change() const { return last_change_; }
  // Who reaches whom over links: people with equal numbers do.
  std::map<PersonId, std::uint32_t> components(const std::vector<PersonId>& people) const {
    return components(people, [](PersonId, PersonId) { return false; });
  }
  // Without links for which `is_shut` holds.
  std::map<PersonId, std::uint32_t> components(const std::vector<PersonId>& people, const std::function<bool(PersonId, PersonId)>& is_shut) const;

  void on_link_up(PersonId a, PersonId b, Instant now) override { up_.insert({a, b}), last_change_ = now; }
  void on_link_down(PersonId a, PersonId b, Instant now) override { up_.erase({a, b}), last_change_ = now; }
  void on_departed(PersonId person, Departure, Instant now) override {
    std::erase_if(up_, [&](const auto& link) { return link.first == person || link.second == person; });
    last_change_ = now;
  }

 private:
  std::set<std::pair<PersonId, PersonId>> up_;
  Instant last_change_;
};

// How many copies of a stream each peer says it can send: the most it said within the last while.
class BudgetWatch : public Observer {
 public:
  // A plan made by an older record still holds for so long: DESIGN §4, patches at 100 ms, optimises ≥ 10 s apart.
  static constexpr Duration kRemembered = Duration::s(15);

  explicit BudgetWatch(const World& world) : world_(world) {}
  std::uint32_t copies_max(PersonId person, Instant now) const;

  void on_sent(const Passage& passage) override;

 private:
  struct Word {
    Instant until;  // said anew, or replaced
    std::uint32_t copies;
  };
  struct Author {
    Bytes last;
    std::vector<Word> words;
  };
  void on_delta(const Passage& passage);
  static void add_word(Author& author, std::uint32_t copies, Instant now);

  const World& world_;
  std::map<PersonId, Author> authors_;
};

}  // namespace grove::sim

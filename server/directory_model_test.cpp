// Random histories, played to the directory and to a model so simple that it is evidently right: each connection has a
// room or none, and what each must hear follows from that.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/directory_driver.h"

namespace grove::server {
namespace {

using rendezvous::ConnectionNumber;
using rendezvous::FromServer;

constexpr std::size_t kRoomSize = 4;
constexpr std::size_t kPerAddress = 8;

struct Person {
  ConnectionKey key;
  std::string address;
  std::optional<std::uint8_t> room;
  ConnectionNumber number{};
  bool is_refused = false;
  std::vector<FromServer> expected{};
};

class Model {
 public:
  Model() : driver_(config()) {}

  void connect(const std::string& address) {
    Person person{driver_.connect(address), address, {}};
    people_.push_back(person);
    const auto of_address =
        std::count_if(people_.begin(), people_.end(), [&](const Person& p) { return p.address == address; });
    if (static_cast<std::size_t>(of_address) > kPerAddress) refuse(people_.back());
  }

  void disconnect(std::size_t index) {
    Person gone = people_[index];
    people_.erase(people_.begin() + static_cast<std::ptrdiff_t>(index));
    leave(gone);
    driver_.disconnect(gone.key);
  }

  void join(std::size_t index, std::uint8_t room) {
    Person& person = people_[index];
    driver_.receive(person.key, rendezvous::Join{DirectoryDriver::room_id(room)});
    if (person.is_refused) return;
    const std::vector<Person*> members = members_of(room);
    if (person.room || members.size() == kRoomSize) return refuse(person);
    if (members.empty()) numbers_given_[room] = 0;
    person.number = {++numbers_given_[room]};
    rendezvous::Welcome welcome{person.number, {}, {}};
    for (Person* member : members) welcome.present.push_back(member->number);
    std::sort(welcome.present.begin(), welcome.present.end());
    person.expected.push_back(welcome);
    for (Person* member : members) member->expected.push_back(rendezvous::Entered{person.number});
    person.room = room;
  }

  void relay(std::size_t index, std::uint32_t to) {
    Person& person = people_[index];
    const base::Bytes blob{static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(to)};
    driver_.receive(person.key, rendezvous::Relay{{to}, blob});
    if (person.is_refused) return;
    if (!person.room) return refuse(person);
    for (Person* member : members_of(*person.room)) {
      const bool is_meant = to == 0 ? member != &person : member->number.value == to;
      if (is_meant) member->expected.push_back(rendezvous::Relayed{person.number, blob});
    }
  }

  void garble(std::size_t index) {
    driver_.receive(people_[index].key, base::Bytes{1, 0xff});
    if (!people_[index].is_refused) refuse(people_[index]);
  }

  // Every connection heard exactly what the model says, in order; of a refusal only that it came last.
  void check() {
    std::set<std::uint8_t> rooms;
    for (Person& person : people_) {
      std::vector<FromServer> heard = driver_.heard(person.key);
      if (person.is_refused && !heard.empty()) {
        RC_ASSERT(std::holds_alternative<rendezvous::Refused>(heard.back()));
        heard.pop_back();
      }
      RC_ASSERT(driver_.is_closed(person.key) == person.is_refused);
      RC_ASSERT((heard == std::exchange(person.expected, {})));
      if (person.room) rooms.insert(*person.room);
    }
    RC_ASSERT(driver_.directory().stats().connections == people_.size());
    RC_ASSERT(driver_.directory().stats().rooms == rooms.size());
  }

  std::size_t people() const { return people_.size(); }

 private:
  static Config config() {
    Config config;
    config.room_size_max = kRoomSize;
    config.connections_per_address_max = kPerAddress;
    return config;
  }

  std::vector<Person*> members_of(std::uint8_t room) {
    std::vector<Person*> members;
    for (Person& person : people_) {
      if (person.room == room) members.push_back(&person);
    }
    return members;
  }

  void leave(Person& person) {
    if (!person.room) return;
    const std::uint8_t room = *std::exchange(person.room, std::nullopt);
    for (Person* member : members_of(room)) member->expected.push_back(rendezvous::Gone{person.number});
  }

  void refuse(Person& person) {
    leave(person);
    person.is_refused = true;
  }

  DirectoryDriver driver_;
  std::vector<Person> people_;
  std::map<std::uint8_t, std::uint32_t> numbers_given_;
};

RC_GTEST_PROP(DirectoryModel, any_history_is_heard_as_the_model_says, ()) {
  Model model;
  // Always at full size: short histories of small numbers leave most rooms empty.
  const auto steps =
      *rc::gen::resize(200, rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>()));
  for (const std::uint32_t step : steps) {
    const std::uint32_t what = step % 16;
    const std::uint32_t detail = step / 16;
    if (model.people() == 0 || what < 3) {
      model.connect(detail % 2 == 0 ? "here" : "there");
      continue;
    }
    const std::size_t who = detail % model.people();
    const std::uint32_t more = detail / 64;
    if (what < 8) {
      model.join(who, static_cast<std::uint8_t>(more % 3));
    } else if (what < 13) {
      model.relay(who, more % 6);
    } else if (what < 15) {
      model.disconnect(who);
    } else {
      model.garble(who);
    }
    model.check();
  }
}

}  // namespace
}  // namespace grove::server

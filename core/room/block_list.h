// Who wants to hear nothing of whom, as far as it is about us: whom we block, who blocks us, from whom we keep our voice.
// DESIGN §5. Our own part never leaves this device but as a word to the one whom it is about; theirs we obey.
//
// The words travel by whatever way there is (the node's business) until the other end has said them back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "wire/hearing.h"

namespace grove::room {

class BlockList {
 public:
  // A word that is not said back is said again, ever more seldom: its way may have been cut, or the other does not listen.
  static constexpr base::Duration kAgainFirst = base::Duration::ms(300);  // about the longest round trip (PlanetLab's p95 is 325 ms)
  static constexpr base::Duration kAgainMax = base::Duration::s(60);   // a guess
  static constexpr std::size_t kPeersMax = 1'000;  // of either kind; a guess, twice the largest map

  explicit BlockList(wire::Incarnation own) : own_(own) {}

  // Commands. True: it is a change.
  bool set_blocked(const base::PeerId& peer, bool is_blocked, base::Instant now);
  bool set_withheld(const base::PeerId& peer, bool is_withheld);

  bool blocks(const base::PeerId& peer) const { return blocked_.contains(peer); }
  bool is_blocked_by(const base::PeerId& peer) const;
  // One of the two blocks the other: no tree may join them.
  bool is_apart(const base::PeerId& peer) const { return blocks(peer) || is_blocked_by(peer); }
  // Who gets nothing of our voice: they asked for it, or we did. Sorted.
  std::vector<base::PeerId> no_send() const;
  bool sends_to(const base::PeerId& peer) const { return !is_blocked_by(peer) && !withheld_.contains(peer); }

  // What a link begins with.
  wire::Hearing word_to(const base::PeerId& peer) const;
  // True: whether they want to hear us has changed.
  bool handle_hearing(const base::PeerId& from, const wire::Hearing& hearing);
  // They are here, perhaps in a new run that knows nothing of what we said to the one before.
  void handle_met(const base::PeerId& peer, base::Instant now);
  // A new run of theirs: what the one before asked for is over. True: it is a change.
  bool forget_words_of(const base::PeerId& peer, wire::Incarnation newer_than);
  // They go on sending what we asked not to get.
  void handle_unwanted(const base::PeerId& from, base::Instant now);

  struct Say {
    base::PeerId to;
    wire::Hearing hearing;
  };
  std::optional<Say> poll(base::Instant now);
  base::Instant next_deadline() const;

 private:
  struct Word {  // ours
    std::uint32_t number = 0;
    bool is_wanted = true;
    bool is_heard = false;
    base::Instant again;
    base::Duration pause = kAgainFirst;
  };
  struct Asked {  // theirs
    wire::Incarnation incarnation;
    std::uint32_t number = 0;
    bool is_wanted = true;
  };

  wire::Incarnation own_;
  std::set<base::PeerId> blocked_;
  std::set<base::PeerId> withheld_;
  std::map<base::PeerId, Word> words_;
  std::map<base::PeerId, Asked> asked_;
  std::map<base::PeerId, wire::Hearing> echoes_;  // to be sent
};

}  // namespace grove::room

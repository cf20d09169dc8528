// What is to happen in a run, as data: sim/scenarios/*.json. docs/simulator.md explains every key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/network.h"
#include "sim/observer.h"
#include "sim/person.h"
#include "sim/world.h"

namespace grove::sim {

enum class Whom : std::uint8_t { kAnyone, kRelay, kTalker, kListener, kOthers };  // kRelay: carries a talker's voice to others · kOthers: all but the blockers

struct Fault {
  FaultKind kind = FaultKind::kDeath;
  Duration at, every;                 // after the room has settled; every 0: once
  double share_per_minute = 0;        // of the room, one at a time: instead of `every`
  Whom who = Whom::kAnyone;
  std::uint32_t count = 1;
  double share = 0;                   // of the room: instead of count
  Duration time_min = Duration::s(5), time_max = Duration::s(60);  // of a freeze: DESIGN §11
  Duration back_after;                // the dead and the gone come back; 0: never
  Lie lie = Lie::kNone;
  Whom whom = Whom::kOthers;          // of a block: `who` blocks whom
  std::uint32_t whom_count = 0;       // 0: all who fit
  Duration within;                    // blocks of one fault come spread over so long
  bool is_mutual = false;
};

struct Scenario {
  std::string name, story;
  std::uint32_t peers = 100;
  std::uint8_t copies_cap = 0;        // 0: what the node allows itself
  double phones = 0;                  // share of the people
  std::uint32_t talkers = 3;
  bool has_roll_call = false;         // after the faults everybody says a word, so that every pair is heard or not
  // That one blocks the other, for each ordered pair; at blocks_at after the room has settled. None: nobody thinks of it.
  std::optional<double> blocks;
  Duration blocks_at;
  bool are_blocks_left_out = false;   // drawn, but nobody blocks: figures leave the same pairs out
  Duration arrive_within = Duration::s(20), settle = Duration::s(60), harsh = Duration::s(60), converge = Duration::s(20);
  NetworkTerms network;
  WorldTerms world;
  std::vector<Fault> faults;
};

// Or what is wrong with it, in one line: key, value, what is allowed.
std::variant<Scenario, std::string> parse_scenario(std::string_view name, std::string_view json);

}  // namespace grove::sim

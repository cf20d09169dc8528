// Who tells whom of a new record. Everybody's links are in everybody's map, so each can work out alone who else will have the
// news and is linked to whom: of those to whom both the author and a third are linked, one tells the third, and a second
// stands by. Nobody is told twice for nothing, and nobody has to ask who knows what.
#pragma once

#include <vector>

#include "base/id.h"
#include "overlay/map.h"
#include "wire/record.h"

namespace grove::overlay {

class Spread {
 public:
  enum class Telling {
    kNothing,   // they have it from the author, or it is for somebody else to tell them
    kBody,      // it is for us
    kAnnounce,  // we stand by: they ask us, should they not have it
  };

  // `record` is what was learnt, and lies in `map` already.
  Spread(const Map& map, const base::PeerId& self, const base::PeerId& author, const wire::Record& record);

  Telling telling(const base::PeerId& neighbour) const;

 private:
  bool is_linked_to_author(const base::PeerId& peer) const;

  const Map& map_;
  base::PeerId self_;
  base::PeerId author_;
  std::uint64_t draw_;                    // another order for each record: the same few do not carry all, nor can they hide all
  std::vector<base::PeerId> authors_own_;  // sorted
};

}  // namespace grove::overlay

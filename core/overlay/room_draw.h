// Rooms for the planner's tests: peers by number, their records, the links between them.
#pragma once

#include <algorithm>
#include <vector>

#include "overlay/graph.h"
#include "overlay/map.h"

namespace grove::overlay {

class RoomDraw {
 public:
  explicit RoomDraw(std::size_t peers) : records_(peers) {
    for (wire::SignedRecord& record : records_) record.record.copies_max = 8;
  }

  std::size_t size() const { return records_.size(); }
  static base::PeerId id(std::size_t peer) {
    return {{static_cast<std::uint8_t>(peer >> 8), static_cast<std::uint8_t>(peer), 7}};
  }
  wire::Record& record(std::size_t peer) { return records_[peer].record; }

  void claim(std::size_t from, std::size_t to, base::Duration rtt, std::uint8_t loss_percent = 0) {
    forget(from, to);
    records_[from].record.links.push_back({id(to), static_cast<std::uint16_t>(rtt.in_us() / 100), loss_percent});
  }
  void link(std::size_t a, std::size_t b, base::Duration rtt, std::uint8_t loss_percent = 0) {
    claim(a, b, rtt, loss_percent);
    claim(b, a, rtt, loss_percent);
  }
  void cut(std::size_t a, std::size_t b) {
    forget(a, b);
    forget(b, a);
  }
  void link_everybody(base::Duration rtt) {
    for (std::size_t a = 0; a < size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) link(a, b, rtt);
    }
  }
  void lose(std::size_t peer) {  // it is gone, and everybody has noticed
    records_[peer].record.links.clear();
    for (std::size_t other = 0; other < size(); ++other) forget(other, peer);
  }

  Map map() const {
    Map map(id(0));
    for (std::size_t i = 0; i < size(); ++i) map.merge(id(i), records_[i], {});
    return map;
  }
  Graph graph() const { return Graph(map()); }

 private:
  void forget(std::size_t from, std::size_t to) {
    std::erase_if(records_[from].record.links, [&](const wire::LinkClaim& link) { return link.to == id(to); });
  }

  std::vector<wire::SignedRecord> records_;
};

}  // namespace grove::overlay

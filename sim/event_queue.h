// What happens next, in order of time and, at one instant, of posting. Events are plain numbers, so that a million a
// simulated minute cost little; what a and b mean depends on the kind.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"

namespace grove::sim {

using base::Duration;
using base::Instant;

enum class EventKind : std::uint8_t {
  kArrive,            // a: message · b: its generation. It reaches the other end's SCTP
  kRetransmit,        // a: message · b: its generation
  kDrained,           // a: end of a link · b: bytes that left its voice channel
  kWake,              // a: person. The deadline that its node named
  kSpeak,             // a: person · b: turn. 20 ms are full
  kThaw,              // a: person · b: turn
  kOwnSignal,         // a: person · b: note. The browser made a description or candidate
  kLinkUp,            // a: person · b: link
  kLinkLost,          // a: person · b: link. Closed by the other end, or failed
  kConsentLost,       // a: association. 30 s without an answer (RFC 7675)
  kServerAccepts,     // a: person · b: attempt. The WebSocket is open, or refused
  kServerLost,        // a: person · b: attempt. The person notices that the WebSocket broke
  kServerMissesThem,  // a: person · b: attempt. The server notices
  kToServer,          // a: letter
  kFromServer,        // a: letter
  kServerWake,        // the directory's deadline
  kPopulation,        // a, b: the population's own
  kTick,              // observers look
};

struct Event {
  Instant at;
  std::uint64_t order;
  std::uint32_t a, b;
  EventKind kind;
};

class EventQueue {
 public:
  void post(Instant at, EventKind kind, std::uint32_t a = 0, std::uint32_t b = 0) {
    heap_.push_back({at, order_++, a, b, kind});
    std::push_heap(heap_.begin(), heap_.end(), is_later);
  }
  Instant next_at() const { return heap_.empty() ? Instant::never() : heap_.front().at; }
  Event pop() {
    std::pop_heap(heap_.begin(), heap_.end(), is_later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

 private:
  static bool is_later(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }

  std::vector<Event> heap_;
  std::uint64_t order_ = 0;
};

// Numbered places that are used again; a generation tells an old tenant's events from the new one's.
template <typename T>
class Slots {
 public:
  std::uint32_t take(T value) {
    if (free_.empty()) {
      slots_.push_back(std::move(value));
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index] = std::move(value);
    return index;
  }
  void release(std::uint32_t index) {
    slots_[index] = T{};
    free_.push_back(index);
  }
  T& operator[](std::uint32_t index) { return slots_[index]; }
  const T& operator[](std::uint32_t index) const { return slots_[index]; }
  std::size_t in_use() const { return slots_.size() - free_.size(); }

 private:
  std::vector<T> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace grove::sim

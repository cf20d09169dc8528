// Frames sealed end to end in SFrame's shape (RFC 9605): a header of key id and truncated counter, then
// ChaCha20-Poly1305 (RFC 8439) with the header as associated data and the whole counter as nonce (docs/protocol.md §6).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/replay_window.h"
#include "crypto/room_keys.h"

namespace grove::crypto {

// Which source and run a frame belongs to. Two sources may share one by chance: whoever opens tries all that match.
struct KeyId {
  std::uint32_t value = 0;
  auto operator<=>(const KeyId&) const = default;
};
KeyId key_id_of(const base::PeerId& source, const SendingSalt& salt);

struct FrameHeader {
  KeyId key;
  std::uint16_t counter;  // the low 16 bits
  bool ends_spurt;        // silence follows; relays read it too

  static constexpr std::size_t kBytes = 7;
  static base::Result<FrameHeader> of(base::ByteView sealed);
};

inline constexpr std::size_t kFrameSealOverhead = FrameHeader::kBytes + 16;

class FrameSealer {
 public:
  FrameSealer(const Key& key, KeyId id) : key_(key), id_(id) {}

  base::Bytes seal(base::ByteView frame, bool ends_spurt);
  std::uint64_t next_counter() const { return next_; }

 private:
  Key key_;
  KeyId id_;
  std::uint64_t next_ = 0;
};

// The first 8 bytes of SHA-256: names a sealed frame in its source's proof.
base::ByteArray<8> short_hash(base::ByteView bytes);

struct OpenedFrame {
  std::uint64_t counter;
  bool ends_spurt;
  base::Bytes frame;
};

class FrameOpener {
 public:
  FrameOpener(const Key& key, KeyId id) : key_(key), id_(id) {}

  KeyId id() const { return id_; }

  // The source's own word, signed, on where its counter stands: lets a late joiner read truncated counters.
  void set_reference(std::uint64_t counter);

  enum class Verdict { kOpened, kReplayed, kRefused };
  struct Outcome {
    Verdict verdict;
    OpenedFrame opened;  // for kOpened; of a replay the counter alone
  };
  Outcome open(base::ByteView sealed);

 private:
  Key key_;
  KeyId id_;
  std::uint64_t reference_ = 0;
  ReplayWindow window_;
};

}  // namespace grove::crypto

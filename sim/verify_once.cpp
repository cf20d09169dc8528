#include "sim/verify_once.h"

#include <cstring>
#include <vector>

extern "C" {
int __real_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message, unsigned long long length,
                                       const unsigned char* key);
int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message, unsigned long long length,
                                       const unsigned char* key);
}

namespace grove::sim {
namespace {

constexpr std::size_t kAnswers = 1 << 17;  // 3 MB: more than a room signs while a message crosses it
constexpr std::size_t kSignatureBytes = 64, kKeyBytes = 32;

// 128 bits by multiplication and rotation: not for adversaries, who in here are our own.
struct Digest {
  std::uint64_t high = 0x243f6a8885a308d3U, low = 0x13198a2e03707344U;
  bool operator==(const Digest&) const = default;

  void add(std::uint64_t word) {
    high = (high ^ word) * 0x9e3779b97f4a7c15U;
    high ^= high >> 32;
    low = (low + word) * 0xd6e8feb86659fd93U;
    low ^= low >> 29;
  }
  void add(const unsigned char* bytes, std::size_t size) {
    for (; size >= 8; bytes += 8, size -= 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes, 8);
      add(word);
    }
    std::uint64_t rest = size;
    for (; size > 0; --size) rest = rest << 8 | *bytes++;
    add(rest);
  }
};

struct Answer {
  Digest digest{0, 0};
  int answer = 0;
};

struct Answers {
  std::vector<Answer> table{kAnswers};
  VerifyStats stats;
};

Answers& answers() {
  static Answers all;
  return all;
}

}  // namespace

VerifyStats verify_stats() { return answers().stats; }

static int verify_once(const unsigned char* signature, const unsigned char* message, unsigned long long length, const unsigned char* key) {
  Answers& all = answers();
  Digest digest;
  digest.add(signature, kSignatureBytes);
  digest.add(key, kKeyBytes);
  digest.add(message, length);
  Answer& known = all.table[digest.low % kAnswers];
  ++all.stats.asked;
  if (known.digest != digest) {
    ++all.stats.worked_out;
    known = {digest, __real_crypto_sign_verify_detached(signature, message, length, key)};
  }
  return known.answer;
}

}  // namespace grove::sim

int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message, unsigned long long length,
                                       const unsigned char* key) {
  return grove::sim::verify_once(signature, message, length, key);
}

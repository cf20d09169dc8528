#include "room/listening.h"

namespace grove::room {

using Verdict = crypto::FrameOpener::Verdict;

void Listening::learn_source(const base::PeerId& source, const wire::Record& record) {
  const auto known = sources_.find(source);
  if (known != sources_.end()) {
    if (known->second.incarnation == record.incarnation && known->second.salt == record.sending_salt) return;
    sources_.erase(known);
  }
  sources_.emplace(source, Source{record.incarnation, record.sending_salt,
                                  crypto::FrameOpener(me_.keys.sending_key(source, record.sending_salt),
                                                      crypto::key_id_of(source, record.sending_salt))});
}

void Listening::set_reference(const base::PeerId& source, std::uint64_t counter) {
  const auto known = sources_.find(source);
  if (known != sources_.end()) known->second.opener.set_reference(counter);
}

std::variant<Listening::Heard, Listening::Refused> Listening::open(base::ByteView sealed) {
  const auto header = crypto::FrameHeader::of(sealed);
  if (!header) return Refused::kUnknown;
  Refused refused = Refused::kUnknown;
  for (auto& [peer, source] : sources_) {
    if (source.opener.id() != header->key) continue;
    auto outcome = source.opener.open(sealed);
    if (outcome.verdict == Verdict::kOpened) return Heard{peer, std::move(outcome.opened)};
    if (outcome.verdict == Verdict::kReplayed) refused = Refused::kReplayed;
  }
  return refused;
}

}  // namespace grove::room

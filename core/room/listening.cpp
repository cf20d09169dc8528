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
                                                      crypto::key_id_of(source, record.sending_salt)),
                                  source});
}

void Listening::learn_plan(const base::PeerId& source, std::uint64_t next_counter, const base::PeerId& our_parent) {
  const auto known = sources_.find(source);
  if (known == sources_.end()) return;
  known->second.opener.set_reference(next_counter);
  known->second.parent = our_parent;
}

std::variant<Listening::Heard, Listening::Refused> Listening::open(base::ByteView sealed, const base::PeerId& from) {
  const auto header = crypto::FrameHeader::of(sealed);
  if (!header) return Refused::kUnknown;
  Refused refused = Refused::kUnknown;
  for (auto& [peer, source] : sources_) {
    if (source.opener.id() != header->key || (from != peer && from != source.parent)) continue;
    auto outcome = source.opener.open(sealed);
    if (outcome.verdict == Verdict::kOpened) return Heard{peer, std::move(outcome.opened)};
    if (outcome.verdict == Verdict::kReplayed) refused = Refused::kReplayed;
  }
  return refused;
}

}  // namespace grove::room

#include "room/listening.h"

namespace grove::room {

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

void Listening::learn_counter(const base::PeerId& source, std::uint64_t next_counter) {
  const auto known = sources_.find(source);
  if (known != sources_.end()) known->second.opener.set_reference(next_counter);
}

std::vector<base::PeerId> Listening::sources_of(base::ByteView sealed) const {
  std::vector<base::PeerId> sources;
  const auto header = crypto::FrameHeader::of(sealed);
  if (!header) return sources;
  for (const auto& [peer, source] : sources_) {
    if (source.opener.id() == header->key) sources.push_back(peer);
  }
  return sources;
}

crypto::FrameOpener::Outcome Listening::open(const base::PeerId& source, base::ByteView sealed) {
  const auto known = sources_.find(source);
  if (known == sources_.end()) return {crypto::FrameOpener::Verdict::kRefused, {}};
  return known->second.opener.open(sealed);
}

}  // namespace grove::room

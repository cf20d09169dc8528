#include "room/note_board.h"

#include <utility>

namespace grove::room {

NoteBoard::Written NoteBoard::write(base::ByteView body, base::Instant now) {
  if (body.empty() || body.size() > wire::kNoteBytesMax) return Written::kEmptyOrTooLong;
  if (!notes_.may_write(now)) return Written::kTooFast;
  wire::Note note{me_.identity.public_key(), me_.incarnation, notes_.own_next(), notes_.wall_ms(now), base::to_bytes(body)};
  notes_.publish(me_.sign(std::move(note)), now);
  return Written::kSent;
}

// The same note may come over several links: look whether it is news before the signature, which costs 100 times as much.
NoteBoard::Verdict NoteBoard::handle_note(const base::PeerId& from, const wire::SignedNote& note, base::Instant now) {
  const base::PeerId author = crypto::peer_id_of(note.note.public_key);
  if (!notes_.is_news(from, author, note.note, now)) return Verdict::kKnown;
  if (!me_.is_by_its_author(note)) return Verdict::kForged;
  notes_.handle_note(from, author, note, now);
  return Verdict::kTaken;
}

}  // namespace grove::room

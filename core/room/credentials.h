// Who we are and which room this is: what every act of a run signs and seals with.
#pragma once

#include <optional>

#include "crypto/identity.h"
#include "crypto/room_keys.h"
#include "wire/note.h"
#include "wire/record.h"
#include "wire/stream_message.h"
#include "wire/tree_plan.h"

namespace grove::room {

struct Credentials {
  crypto::Identity identity;
  crypto::RoomKeys keys;
  wire::Incarnation incarnation;  // of this run

  const base::PeerId& self() const { return identity.id(); }

  wire::SignedRecord sign(wire::Record record) const {
    wire::SignedRecord signed_record{std::move(record), {}};
    signed_record.signature =
        identity.sign(crypto::Purpose::kRecord, keys.room_id(), wire::encode_unsigned(signed_record.record));
    return signed_record;
  }

  wire::SignedPlan sign(wire::TreePlan plan) const {
    wire::SignedPlan signed_plan{std::move(plan), {}};
    signed_plan.signature = identity.sign(crypto::Purpose::kPlan, keys.room_id(), wire::encode_unsigned(signed_plan.plan));
    return signed_plan;
  }

  wire::Proof sign(wire::Proof proof) const {
    proof.signature = identity.sign(crypto::Purpose::kProof, keys.room_id(), wire::encode_unsigned(proof));
    return proof;
  }

  wire::SignedNote sign(wire::Note note) const {
    wire::SignedNote signed_note{std::move(note), {}};
    signed_note.signature = identity.sign(crypto::Purpose::kNote, keys.room_id(), wire::encode_unsigned(signed_note.note));
    return signed_note;
  }

  // The note names its author's key: nothing else is needed, even when the author left long ago.
  bool is_by_its_author(const wire::SignedNote& note) const {
    return crypto::is_signed_by(note.note.public_key, note.signature, crypto::Purpose::kNote, keys.room_id(),
                                wire::encode_unsigned(note.note));
  }

  // Whose record this is, if it really is theirs.
  std::optional<base::PeerId> author_of(const wire::SignedRecord& record) const {
    const wire::Record& r = record.record;
    if (!crypto::is_signed_by(r.public_key, record.signature, crypto::Purpose::kRecord, keys.room_id(),
                              wire::encode_unsigned(r))) {
      return std::nullopt;
    }
    return crypto::peer_id_of(r.public_key);
  }

  bool is_proof_of(const wire::Proof& proof, const wire::Record& source) const {
    return source.incarnation == proof.incarnation &&
           crypto::is_signed_by(source.public_key, proof.signature, crypto::Purpose::kProof, keys.room_id(),
                                wire::encode_unsigned(proof));
  }

  bool is_plan_of(const wire::SignedPlan& plan, const wire::Record& source) const {
    return crypto::peer_id_of(source.public_key) == plan.plan.source && source.incarnation == plan.plan.incarnation &&
           crypto::is_signed_by(source.public_key, plan.signature, crypto::Purpose::kPlan, keys.room_id(),
                                wire::encode_unsigned(plan.plan));
  }
};

}  // namespace grove::room

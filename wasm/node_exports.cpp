// node.wasm: the ABI of core/node/node.h, one instance a peer. No logic here. Time comes as a double in milliseconds;
// bytes pass through one scratch buffer in, and by pointer out.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/assert.h"
#include "node/node.h"
#include "wire/writer.h"

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

namespace {

using namespace grove;
using node::Node;

// A rendezvous message of the largest blob and a frame fit many times.
constexpr std::uint32_t kScratchBytes = 256 * 1024;
std::uint8_t scratch[kScratchBytes];

std::optional<Node> peer;

// What the current output is made of; valid until the next call.
struct {
  std::uint32_t kind, a, b, c, payload, payload_bytes;
} fields;
node::Bytes payload;
bool has_told_self;
node::Bytes view;  // of node_view; valid until the next one

node::Instant at(double ms) { return node::Instant::from_us(static_cast<std::int64_t>(std::llround(ms * 1000.0))); }

node::ByteView input(std::uint32_t bytes) {
  GROVE_ASSERT(bytes <= kScratchBytes);
  return {scratch, bytes};
}

void fill(std::uint32_t kind, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0, node::Bytes bytes = {}) {
  payload = std::move(bytes);
  fields = {kind, a, b, c, reinterpret_cast<std::uint32_t>(payload.data()), static_cast<std::uint32_t>(payload.size())};
}

void fill(std::uint32_t kind, std::uint32_t a, std::uint32_t b, std::uint32_t c, const std::string& text) {
  fill(kind, a, b, c, base::to_bytes(base::as_bytes(text)));
}

template <typename Person>
void fill_person(std::uint32_t kind, const Person& person) {
  node::Bytes bytes = base::to_bytes(person.id.bytes);
  base::append(bytes, base::as_bytes(person.name));
  fill(kind, person.peer.value, person.is_muted, 0, std::move(bytes));
}

struct Filler {
  void operator()(const node::OpenRendezvous&) const { fill(1); }
  void operator()(node::SendRendezvous& o) const { fill(2, 0, 0, 0, std::move(o.message)); }
  void operator()(const node::CloseRendezvous&) const { fill(3); }
  void operator()(const node::CreateLink& o) const { fill(4, o.link.value, static_cast<std::uint32_t>(o.role)); }
  void operator()(const node::ApplySignal& o) const { fill(5, o.link.value, static_cast<std::uint32_t>(o.kind), 0, o.text); }
  void operator()(const node::CloseLink& o) const { fill(6, o.link.value); }
  void operator()(node::SendOnLink& o) const {
    fill(7, o.link.value, static_cast<std::uint32_t>(o.channel), 0, std::move(o.message));
  }
  void operator()(node::DeliverFrame& o) const {
    fill(8, o.speaker.value, static_cast<std::uint32_t>(o.sequence), static_cast<std::uint32_t>(o.sequence >> 32), std::move(o.frame));
  }
  void operator()(const node::RendezvousChanged& o) const {
    fill(9, static_cast<std::uint32_t>(o.state), static_cast<std::uint32_t>(o.retry_in.in_ms()), 0, o.reason);
  }
  void operator()(const node::PeerJoined& o) const { fill_person(10, o); }
  void operator()(const node::PeerChanged& o) const { fill_person(11, o); }
  void operator()(const node::PeerLeft& o) const { fill(12, o.peer.value, static_cast<std::uint32_t>(o.reason)); }
  void operator()(const node::PeerLinkChanged& o) const {
    const std::uint32_t rtt_us = o.rtt ? static_cast<std::uint32_t>(o.rtt->in_us()) : 0xffffffffU;
    fill(13, o.peer.value, static_cast<std::uint32_t>(o.state), rtt_us);
  }
  // Author id 16 | u32 number | f64 at_ms | u16 missing before | body.
  void operator()(const node::DeliverNote& o) const {
    constexpr std::uint32_t kMissingMax = 0xffff;
    const auto at_ms = static_cast<double>(o.at_ms);
    std::uint64_t at_bits = 0;
    std::memcpy(&at_bits, &at_ms, sizeof at_bits);  // em++ 3.1.6 has no std::bit_cast
    wire::Writer out;
    out.bytes(o.author.bytes).u32(o.number).u64(at_bits);
    out.u16(static_cast<std::uint16_t>(std::min(o.missing_before, kMissingMax))).bytes(o.body);
    fill(17, o.peer ? o.peer->value : 0, 0, 0, out.take());
  }
  void operator()(const node::LossReported& o) const { fill(16, o.percent); }
  void operator()(const node::IceServers& o) const { fill(14, 0, 0, 0, o.urls); }
};

std::uint16_t count(std::size_t n) { return static_cast<std::uint16_t>(n); }

void write(wire::Writer& out, const node::RoomView::Peer& person) {
  out.bytes(person.id.bytes).u8(static_cast<std::uint8_t>(person.name.size())).bytes(base::as_bytes(person.name));
  out.u8(static_cast<std::uint8_t>(person.role)).u8(person.is_at_door).u8(person.copies_max);
  out.u16(count(person.links.size()));
  for (const node::RoomView::Claim& claim : person.links) {
    out.u16(claim.to).u32(static_cast<std::uint32_t>(claim.rtt.in_us())).u8(claim.loss_percent);
  }
}

void write(wire::Writer& out, const node::RoomView::Tree& tree) {
  out.u16(tree.source).u32(tree.epoch).u8(tree.is_live).u16(count(tree.seats.size()));
  for (const node::RoomView::Seat& seat : tree.seats) {
    out.u16(seat.listener).u16(seat.parent).u16(seat.guardian).u8(seat.is_hot);
  }
}

// Read by client/engine/room_view.ts.
node::Bytes encode(const node::RoomView& room) {
  wire::Writer out;
  out.u64(room.map_hash).u16(room.self).u16(count(room.peers.size()));
  for (const node::RoomView::Peer& person : room.peers) write(out, person);
  out.u16(count(room.trees.size()));
  for (const node::RoomView::Tree& tree : room.trees) write(out, tree);
  out.u32(static_cast<std::uint32_t>(room.pulls_open));
  return out.take();
}

node::PeerId peer_in_scratch() {
  node::PeerId id;
  std::copy_n(scratch, node::PeerId::kSize, id.bytes.begin());
  return id;
}

wire::Role role_of(std::uint32_t role) {
  GROVE_ASSERT(role <= static_cast<std::uint32_t>(wire::Role::kMetered));
  return static_cast<wire::Role>(role);
}

}  // namespace

EXPORT std::uint8_t* node_scratch() { return scratch; }
EXPORT std::uint32_t node_scratch_size() { return kScratchBytes; }

// Scratch: room secret 16 | identity seed 32 | entropy 32 | name. The secrets are wiped from it. copies_cap 0: none.
EXPORT std::uint32_t node_create(double wall_ms, double now, std::uint32_t name_bytes, std::uint32_t copies_cap,
                                 std::uint32_t role) {
  constexpr std::uint32_t kSecretBytes = 16 + 32 + 32;
  node::Config config;
  const node::ByteView in = input(kSecretBytes + name_bytes);
  std::copy_n(in.begin(), 16, config.room_secret.begin());
  std::copy_n(in.begin() + 16, 32, config.identity_seed.begin());
  std::copy_n(in.begin() + 48, 32, config.entropy.begin());
  config.name = std::string(base::as_text(in.subspan(kSecretBytes)));
  config.wall_clock_ms = static_cast<std::uint64_t>(wall_ms);
  GROVE_ASSERT(copies_cap <= 0xff);
  config.copies_cap = static_cast<std::uint8_t>(copies_cap);
  config.role = role_of(role);
  std::fill_n(scratch, kSecretBytes, std::uint8_t{0});
  peer.emplace(config, at(now));
  has_told_self = false;
  return 1;
}

EXPORT void node_handle_rendezvous_open(double now) { peer->handle_rendezvous_open(at(now)); }
EXPORT void node_handle_rendezvous_message(std::uint32_t bytes, double now) {
  peer->handle_rendezvous_message(input(bytes), at(now));
}
EXPORT void node_handle_rendezvous_closed(double now) { peer->handle_rendezvous_closed(at(now)); }
EXPORT void node_handle_signal(std::uint32_t link, std::uint32_t kind, std::uint32_t bytes, double now) {
  GROVE_ASSERT(kind <= static_cast<std::uint32_t>(node::SignalKind::kCandidate));
  peer->handle_signal({link}, static_cast<node::SignalKind>(kind), base::as_text(input(bytes)), at(now));
}
EXPORT void node_handle_link_open(std::uint32_t link, double now) { peer->handle_link_open({link}, at(now)); }
EXPORT void node_handle_link_closed(std::uint32_t link, double now) { peer->handle_link_closed({link}, at(now)); }
EXPORT void node_handle_link_message(std::uint32_t link, std::uint32_t channel, std::uint32_t bytes, double now) {
  GROVE_ASSERT(channel <= static_cast<std::uint32_t>(node::Channel::kVoice));
  peer->handle_link_message({link}, static_cast<node::Channel>(channel), input(bytes), at(now));
}
EXPORT void node_handle_link_buffered(std::uint32_t link, std::uint32_t bytes_waiting, double now) {
  peer->handle_link_buffered({link}, bytes_waiting, at(now));
}
EXPORT void node_handle_time(double now) { peer->handle_time(at(now)); }

EXPORT double node_next_deadline() {
  const node::Instant deadline = peer->next_deadline();
  if (deadline.is_never()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(deadline.in_us()) / 1000.0;
}

EXPORT void node_speak(std::uint32_t bytes, std::uint32_t ends_spurt, double now) {
  peer->speak(input(bytes), ends_spurt != 0, at(now));
}
EXPORT void node_set_name(std::uint32_t bytes, double now) { peer->set_name(base::as_text(input(bytes)), at(now)); }
EXPORT void node_set_muted(std::uint32_t is_muted, double now) { peer->set_muted(is_muted != 0, at(now)); }
EXPORT void node_set_role(std::uint32_t role, double now) { peer->set_role(role_of(role), at(now)); }
// Scratch: the peer's id.
EXPORT void node_set_blocked(std::uint32_t is_blocked, double now) { peer->set_blocked(peer_in_scratch(), is_blocked != 0, at(now)); }
EXPORT void node_set_withheld(std::uint32_t is_withheld, double now) {
  peer->set_withheld(peer_in_scratch(), is_withheld != 0, at(now));
}
// A node::Published.
EXPORT std::uint32_t node_publish(std::uint32_t bytes, double now) {
  return static_cast<std::uint32_t>(peer->publish(input(bytes), at(now)));
}
EXPORT void node_leave(double now) { peer->leave(at(now)); }

// The kind of the next output, or 0; its parts are in node_output().
EXPORT std::uint32_t node_poll() {
  if (!has_told_self) {
    has_told_self = true;
    fill(15, 0, 0, 0, base::to_bytes(peer->id().bytes));
    return fields.kind;
  }
  auto output = peer->poll();
  if (!output) return 0;
  std::visit(Filler{}, *output);
  return fields.kind;
}
EXPORT const std::uint32_t* node_output() { return &fields.kind; }

EXPORT double node_stat(std::uint32_t which) {
  const node::Stats& s = peer->stats();
  const std::uint64_t all[] = {s.frames_spoken,   s.copies_sent,    s.copies_dropped_in_queue, s.frames_delivered,
                               s.frames_replayed, s.frames_refused, s.messages_refused,        s.envelopes_refused,
                               s.frames_unheard};
  return which < std::size(all) ? static_cast<double>(all[which]) : 0;
}

// How many bytes the picture of the room has; they lie at node_view_bytes().
EXPORT std::uint32_t node_view() {
  view = encode(peer->view());
  return static_cast<std::uint32_t>(view.size());
}
EXPORT const std::uint8_t* node_view_bytes() { return view.data(); }

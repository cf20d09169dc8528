// A node in a named state (alone · introduced · linked) fed with arbitrary inputs: the first byte picks the state, then
// records of kind, length and bytes. Nothing may break, and the outbox stays bounded.
#include "base/assert.h"
#include "node/test_room.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace grove;
  using base::Duration;
  if (size == 0) return 0;
  node::TestRoom room(1);
  const auto ada = room.enter("Ada");
  if (data[0] % 3 > 0) room.enter("Bob");
  room.run_for(data[0] % 3 == 1 ? Duration::ms(90) : Duration::s(1));

  std::size_t i = 1;
  while (i + 2 <= size) {
    const std::uint8_t kind = data[i];
    const std::size_t length = std::min<std::size_t>(data[i + 1], size - i - 2);
    const node::Bytes bytes(data + i + 2, data + i + 2 + length);
    i += 2 + length;
    const node::LinkId link{static_cast<std::uint32_t>(1 + kind / 16 % 2)};
    room.command(ada, [&](node::Node& n) {
      switch (kind % 9) {
        case 0: return n.handle_rendezvous_message(bytes, room.now());
        case 1: return n.handle_link_message(link, node::Channel::kControl, bytes, room.now());
        case 2: return n.handle_link_message(link, node::Channel::kVoice, bytes, room.now());
        case 3: return n.handle_signal(link, static_cast<node::SignalKind>(kind / 32 % 3), base::as_text(bytes), room.now());
        case 4: return n.handle_link_closed(link, room.now());
        case 5: return n.handle_link_buffered(link, length, room.now());
        case 6: return n.set_name(base::as_text(bytes), room.now());
        case 7: static_cast<void>(n.publish(bytes, room.now())); return;
        default: return n.handle_link_open(link, room.now());
      }
    });
    room.run_for(Duration::ms(kind));
  }
  return 0;
}

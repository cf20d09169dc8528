// Any history of connections and bytes. The driver asserts the contract of the outputs: well-formed, to the living only,
// nothing after Close. At the end everybody leaves and nothing may be left behind.
#include <vector>

#include "server/directory_driver.h"
#include "wire/reader.h"

using namespace grove;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  server::Config config;
  config.room_size_max = 3;
  config.rooms_max = 2;
  config.connections_per_address_max = 4;
  server::DirectoryDriver driver(config);
  std::vector<server::ConnectionKey> keys;

  wire::Reader script({data, size});
  while (script.left() > 0) {
    const std::uint8_t what = script.u8();
    const std::uint8_t detail = script.u8();
    if (keys.empty() || what % 8 == 0) {
      keys.push_back(driver.connect(detail % 2 == 0 ? "here" : "there"));
      continue;
    }
    const std::size_t who = detail % keys.size();
    switch (what % 8) {
      case 1:
        driver.disconnect(keys[who]);
        keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(who));
        break;
      case 2:
        driver.pass(base::Duration::ms(detail * 16));
        break;
      case 3:
        if (what == 3) driver.drain();
        break;
      case 4:
        driver.receive(keys[who], wire::rendezvous::Join{server::DirectoryDriver::room_id(what / 8 % 3)});
        break;
      case 5:
        driver.receive(keys[who], wire::rendezvous::Relay{{what / 8U % 5U}, {detail}});
        break;
      default:
        driver.receive(keys[who], script.bytes(std::min<std::size_t>(script.left(), script.u8())));
    }
  }
  for (const server::ConnectionKey key : keys) driver.disconnect(key);
  GROVE_ASSERT(driver.directory().stats().connections == 0);
  GROVE_ASSERT(driver.directory().stats().rooms == 0);
  GROVE_ASSERT(driver.directory().next_deadline().is_never());
  return 0;
}

// Header fields are what strangers write: nothing in them may crash, and a path that comes out begins with a slash.
#include "base/assert.h"
#include "base/bytes.h"
#include "server/shell/negotiation.h"

using namespace grove;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  server::accepts_encoding(text, "br");
  server::names_tag(text, "\"a\"");
  server::is_origin_allowed(text, "host", {"https://friend"});
  server::counting_key(server::last_forwarded(text));
  if (const auto path = server::target_path(text)) {
    GROVE_ASSERT(path->starts_with('/'));
  }
  return 0;
}

// Which Content-Type a file gets, by its name.
#pragma once

#include <string_view>

namespace grove::server {

std::string_view content_type(std::string_view path);

}  // namespace grove::server

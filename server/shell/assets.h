// The built app, read into memory once at the start. Nothing else can ever be served, so no path can lead astray.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace grove::server {

struct Asset {
  std::string_view content_type;
  std::string tag;  // of the plain bytes, without quotes
  bool is_immutable = false;
  std::string plain;
  std::optional<std::string> brotli;
  std::optional<std::string> gzip;
};

class Assets {
 public:
  // A server without an app.
  Assets() = default;

  // Reads every file below the folder, but for hidden ones. FILE.br and FILE.gz beside FILE are its compressed forms.
  // Throws std::runtime_error with words for the person who started the server.
  static Assets load(const std::filesystem::path& folder);

  // By the path of a URL, "/" at the front. A folder is its index.html. nullptr: no such file.
  const Asset* find(std::string_view path) const;

  bool empty() const { return files_.empty(); }
  std::size_t size() const { return files_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  std::map<std::string, Asset, std::less<>> files_;
  std::size_t bytes_ = 0;
};

}  // namespace grove::server

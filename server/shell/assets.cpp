#include "server/shell/assets.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "server/shell/content_type.h"

namespace grove::server {
namespace {

namespace fs = std::filesystem;

// Guess: twenty times what the app with every model could weigh; stops whoever points --assets at a home folder.
constexpr std::size_t kBytesMax = std::size_t{256} << 20U;

// Vite's folder of files with a hash of the content in their names.
constexpr std::string_view kHashedFolder = "/assets/";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file || file.bad()) throw std::runtime_error("Cannot read " + path.string() + ".");
  return content;
}

// FNV-1a, 64 bits: told apart must be two builds of one file, not two files of an attacker.
std::string tag_of(std::string_view content) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace

Assets Assets::load(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw std::runtime_error("--assets: there is no folder " + folder.string() + ". Build the app first, or leave --assets out.");
  }
  Assets assets;
  std::map<std::string, std::string> contents;
  try {
    for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator(); ++at) {
      if (at->path().filename().string().starts_with('.')) {
        at.disable_recursion_pending();
        continue;
      }
      if (!at->is_regular_file()) continue;
      if (assets.bytes_ + at->file_size() > kBytesMax) {
        throw std::runtime_error("--assets: more than 256 MB in " + folder.string() + "; is this the folder of the built app?");
      }
      std::string content = read_file(at->path());
      assets.bytes_ += content.size();
      contents.emplace("/" + at->path().lexically_relative(folder).generic_string(), std::move(content));
    }
  } catch (const fs::filesystem_error& failure) {
    throw std::runtime_error(std::string("--assets: ") + failure.what());
  }

  const auto compressed = [&contents](const std::string& path) -> std::optional<std::string> {
    const auto place = contents.find(path);
    return place == contents.end() ? std::nullopt : std::optional(place->second);
  };
  for (const auto& [path, content] : contents) {
    const bool is_compressed_form = (path.ends_with(".br") || path.ends_with(".gz")) && contents.contains(path.substr(0, path.size() - 3));
    if (is_compressed_form) continue;
    assets.files_.emplace(path, Asset{content_type(path), tag_of(content), path.starts_with(kHashedFolder), content,
                                      compressed(path + ".br"), compressed(path + ".gz")});
  }
  return assets;
}

const Asset* Assets::find(std::string_view path) const {
  if (path.ends_with('/')) return find(std::string(path) + "index.html");
  const auto place = files_.find(path);
  return place == files_.end() ? nullptr : &place->second;
}

}  // namespace grove::server

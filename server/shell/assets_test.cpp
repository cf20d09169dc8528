#include "server/shell/assets.h"

#include <gtest/gtest.h>

#include "server/shell/folder_for_test.h"

namespace grove::server {
namespace {

TEST(Assets, a_file_and_its_compressed_forms_are_one_asset) {
  FolderForTest folder;
  folder.write("app.js", "plain");
  folder.write("app.js.br", "small");
  folder.write("app.js.gz", "middle");
  const Assets assets = Assets::load(folder.path());
  const Asset* app = assets.find("/app.js");
  ASSERT_NE(app, nullptr);
  EXPECT_EQ(app->plain, "plain");
  EXPECT_EQ(app->brotli, "small");
  EXPECT_EQ(app->gzip, "middle");
  EXPECT_EQ(assets.find("/app.js.br"), nullptr);
}

TEST(Assets, an_archive_of_nothing_beside_it_is_a_file) {
  FolderForTest folder;
  folder.write("source.tar.gz", "x");
  EXPECT_NE(Assets::load(folder.path()).find("/source.tar.gz"), nullptr);
}

TEST(Assets, a_folder_is_its_index) {
  FolderForTest folder;
  folder.write("index.html", "top");
  folder.write("embed/index.html", "below");
  const Assets assets = Assets::load(folder.path());
  EXPECT_EQ(assets.find("/")->plain, "top");
  EXPECT_EQ(assets.find("/embed/")->plain, "below");
}

TEST(Assets, hidden_files_and_folders_are_left_out) {
  FolderForTest folder;
  folder.write(".secret", "x");
  folder.write(".git/config", "x");
  EXPECT_TRUE(Assets::load(folder.path()).empty());
}

TEST(Assets, only_hashed_files_are_immutable) {
  FolderForTest folder;
  folder.write("index.html", "x");
  folder.write("assets/app-1a2b.js", "x");
  const Assets assets = Assets::load(folder.path());
  EXPECT_FALSE(assets.find("/")->is_immutable);
  EXPECT_TRUE(assets.find("/assets/app-1a2b.js")->is_immutable);
}

TEST(Assets, another_content_has_another_tag) {
  FolderForTest folder;
  folder.write("a", "1");
  folder.write("b", "2");
  folder.write("c", "1");
  const Assets assets = Assets::load(folder.path());
  EXPECT_NE(assets.find("/a")->tag, assets.find("/b")->tag);
  EXPECT_EQ(assets.find("/a")->tag, assets.find("/c")->tag);
}

TEST(Assets, types_follow_the_last_ending) {
  FolderForTest folder;
  for (const char* name : {"a.html", "a.js", "a.wasm", "a.min.css", "a.svg", "a.woff2", "a.webmanifest", "js"}) {
    folder.write(name, "x");
  }
  const Assets assets = Assets::load(folder.path());
  EXPECT_EQ(assets.find("/a.html")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(assets.find("/a.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(assets.find("/a.wasm")->content_type, "application/wasm");
  EXPECT_EQ(assets.find("/a.min.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(assets.find("/a.svg")->content_type, "image/svg+xml");
  EXPECT_EQ(assets.find("/a.woff2")->content_type, "font/woff2");
  EXPECT_EQ(assets.find("/a.webmanifest")->content_type, "application/manifest+json");
  EXPECT_EQ(assets.find("/js")->content_type, "application/octet-stream");
}

TEST(Assets, a_folder_that_is_not_there_is_said_in_words) {
  EXPECT_THROW(Assets::load("/nowhere/at/all"), std::runtime_error);
}

}  // namespace
}  // namespace grove::server

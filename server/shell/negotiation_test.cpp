#include "server/shell/negotiation.h"

#include <gtest/gtest.h>

namespace grove::server {
namespace {

TEST(AcceptsEncoding, what_is_named_or_covered_by_a_star_is_accepted) {
  EXPECT_TRUE(accepts_encoding("gzip, deflate, br, zstd", "br"));
  EXPECT_TRUE(accepts_encoding("GZIP;q=0.1", "gzip"));
  EXPECT_TRUE(accepts_encoding("*", "br"));
  EXPECT_FALSE(accepts_encoding("gzip", "br"));
  EXPECT_FALSE(accepts_encoding("", "br"));
  EXPECT_FALSE(accepts_encoding("brotli", "br"));
}

TEST(AcceptsEncoding, a_weight_of_nothing_refuses_even_against_a_star) {
  EXPECT_FALSE(accepts_encoding("br;q=0, *", "br"));
  EXPECT_FALSE(accepts_encoding("*, br; Q=0.000", "br"));
  EXPECT_FALSE(accepts_encoding("*;q=0", "gzip"));
  EXPECT_TRUE(accepts_encoding("br;q=0.001", "br"));
}

TEST(NamesTag, one_of_a_list_weak_or_strong_or_any) {
  EXPECT_TRUE(names_tag(R"("a", W/"b")", R"("b")"));
  EXPECT_TRUE(names_tag(" * ", R"("b")"));
  EXPECT_FALSE(names_tag(R"("a")", R"("b")"));
  EXPECT_FALSE(names_tag("", R"("b")"));
}

TEST(TargetPath, query_and_percent_signs_are_undone) {
  EXPECT_EQ(target_path("/a%20b?c=/d"), "/a b");
  EXPECT_EQ(target_path("http://host:1/x#y"), "/x");
  EXPECT_EQ(target_path("http://host"), "/");
}

TEST(TargetPath, malformed_ones_are_none) {
  for (const char* target : {"", "*", "a", "/%", "/%4", "/%zz", "/%00"}) EXPECT_FALSE(target_path(target)) << target;
}

TEST(OriginAllowed, the_same_host_and_the_listed_ones_are) {
  EXPECT_TRUE(is_origin_allowed("https://Grove.example", "grove.example", {}));
  EXPECT_TRUE(is_origin_allowed("http://localhost:8080", "localhost:8080", {}));
  EXPECT_TRUE(is_origin_allowed("", "grove.example", {}));
  EXPECT_TRUE(is_origin_allowed("https://friend.example", "grove.example", {"https://friend.example"}));
  EXPECT_TRUE(is_origin_allowed("null", "grove.example", {"*"}));
}

TEST(OriginAllowed, others_are_not) {
  EXPECT_FALSE(is_origin_allowed("https://evil.example", "grove.example", {}));
  EXPECT_FALSE(is_origin_allowed("https://grove.example.evil.example", "grove.example", {}));
  EXPECT_FALSE(is_origin_allowed("http://localhost:8081", "localhost:8080", {}));
  EXPECT_FALSE(is_origin_allowed("null", "grove.example", {}));
  EXPECT_FALSE(is_origin_allowed("https://", "", {}));
}

TEST(CountingKey, an_ipv6_customer_is_one_address_however_written) {
  EXPECT_EQ(counting_key("2001:db8:1:2:3:4:5:6"), counting_key("2001:DB8:1:2::9"));
  EXPECT_NE(counting_key("2001:db8:1:2::1"), counting_key("2001:db8:1:3::1"));
  EXPECT_EQ(counting_key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_FALSE(counting_key("localhost"));
  EXPECT_FALSE(counting_key(""));
}

TEST(LastForwarded, is_what_our_own_proxy_appended) {
  EXPECT_EQ(last_forwarded("spoofed, 192.0.2.7 "), "192.0.2.7");
  EXPECT_EQ(last_forwarded("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(last_forwarded(""), "");
}

}  // namespace
}  // namespace grove::server

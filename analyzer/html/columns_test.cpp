#include "analyzer/html/columns.h"

#include <gtest/gtest.h>

#include <vector>

namespace asyncscope::html {
namespace {

std::string bytesOf(const std::string& text) {
  std::string bytes;
  std::uint32_t group = 0, digits = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    group = group << 6 | static_cast<std::uint32_t>(alphabet.find(c));
    if (++digits % 4 != 1) bytes += static_cast<char>(group >> ((3 - (digits - 1) % 4) * 2));
  }
  return bytes;
}

// The page's decoder again, in C++ (columns.js is tested against the real file in the browser).
std::vector<std::int64_t> decoded(const std::string& text) {
  const std::string bytes = bytesOf(text);
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(bytes[at++]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  std::vector<std::int64_t> values;
  std::int64_t last = 0;
  while (at < bytes.size()) {
    const std::uint64_t zigzag = varint();
    const std::uint64_t count = zigzag == 0 ? varint() : 1;
    last += static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
    values.insert(values.end(), count, last);
  }
  return values;
}

TEST(Base64, AgreesWithTheVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Column, ComesBackAsItWas) {
  const std::vector<std::int64_t> values{0, 0, 0, 5, 5, 4, 300, 300, 300, 0, std::int64_t{1} << 53,
                                         1};
  Column column;
  for (const std::int64_t value : values) column.add(static_cast<std::uint64_t>(value));
  EXPECT_EQ(decoded(column.base64()), values);
}

TEST(Column, TakesAFewBytesWhereNothingChanges) {
  Column column;
  for (int i = 0; i < 1'000'000; ++i) column.add(65120);
  const std::string text = column.base64();
  EXPECT_LE(text.size(), 12u);
  EXPECT_EQ(decoded(text).size(), 1'000'000u);
}

TEST(Column, CutsWhatThePageCouldNotCount) {
  Column column;
  column.add(~std::uint64_t{0});
  EXPECT_EQ(decoded(column.base64()), std::vector<std::int64_t>{std::int64_t{1} << 53});
}

TEST(Column, MayBeEmpty) { EXPECT_EQ(Column().base64(), ""); }

}  // namespace
}  // namespace asyncscope::html

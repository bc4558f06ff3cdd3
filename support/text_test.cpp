#include "support/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/hash.h"

namespace asyncscope::support {
namespace {

TEST(Text, Hex) {
  EXPECT_EQ(hex(0), "0x0");
  EXPECT_EQ(hex(0x1E9D4), "0x1e9d4");
  EXPECT_EQ(hex(0xFFFFFFFFFFFFFFFF), "0xffffffffffffffff");
}

TEST(Text, EscapesWhatCouldSteerATerminal) {
  EXPECT_EQ(escaped("plain <text> \xC3\xA9 \xF0\x9F\x98\x80"),
            "plain <text> \xC3\xA9 \xF0\x9F\x98\x80");
  EXPECT_EQ(escaped("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(escaped("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(escaped("\xC2\x9B"), "\\x9b");  // C1: control sequence introducer
  EXPECT_EQ(escaped("\xE2\x80\xAE"
                    "cod"),
            "\\u202ecod");  // right-to-left override
  EXPECT_EQ(escaped("back\\slash"), "back\\\\slash");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
}

TEST(Text, EscapesInvalidUtf8ByteByByte) {
  EXPECT_EQ(escaped("\xFF"
                    "a"),
            "\\xffa");
  EXPECT_EQ(escaped("\xE2\x82"), "\\xe2\\x82");
}

TEST(Text, QuotesAndCutsAtACharacter) {
  EXPECT_EQ(quoted("say \"hi\""), "\"say \\\"hi\\\"\"");
  EXPECT_EQ(quoted("abcdef", 3), "\"abc…\"");
  EXPECT_EQ(quoted("ab\xC3\xA9z", 3), "\"ab…\"");
  EXPECT_EQ(quoted("ab\xC3\xA9", 4), "\"ab\xC3\xA9\"");
}

// Vectors from the authors' test suite (http://www.isthe.com/chongo/src/fnv/test_fnv.c).
TEST(Hash, Fnv1a64) {
  const auto hash = [](std::string_view text) {
    return fnv1a64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  EXPECT_EQ(hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash("foobar"), 0x85944171f73967e8u);
}

TEST(Hash, Fnv1a64InPieces) {
  const std::vector<std::uint8_t> bytes = {1, 2, 3, 4, 5};
  const std::span<const std::uint8_t> all(bytes);
  EXPECT_EQ(fnv1a64(all.subspan(2), fnv1a64(all.first(2))), fnv1a64(all));
}

}  // namespace
}  // namespace asyncscope::support

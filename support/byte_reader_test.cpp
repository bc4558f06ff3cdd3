#include "support/byte_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "support/byte_writer.h"

namespace asyncscope::support {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Reads one number by the given method from bytes that must hold exactly it.
template <class Method>
auto readAll(const Bytes& bytes, Method method) {
  ByteReader reader(bytes);
  const auto value = (reader.*method)();
  EXPECT_FALSE(reader.failed());
  EXPECT_TRUE(reader.atEnd());
  return value;
}

template <class Method>
Error readFails(const Bytes& bytes, Method method) {
  ByteReader reader(bytes);
  EXPECT_EQ((reader.*method)(), 0);
  EXPECT_TRUE(reader.failed());
  return reader.failed() ? reader.error() : Error{};
}

TEST(ByteReader, FixedWidthIsLittleEndian) {
  const Bytes bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(readAll({0xFE, 0x01}, &ByteReader::u16), 0x01FE);
  EXPECT_EQ(readAll({1, 2, 3, 0xFF}, &ByteReader::u32), 0xFF030201u);
  EXPECT_EQ(readAll(bytes, &ByteReader::u64), 0x0807060504030201u);
}

TEST(ByteReader, UnsignedLebLimits) {
  EXPECT_EQ(readAll({0x7F}, &ByteReader::leb32), 127u);
  EXPECT_EQ(readAll({0x80, 0x01}, &ByteReader::leb32), 128u);
  EXPECT_EQ(readAll({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, &ByteReader::leb32), 0xFFFFFFFFu);
  EXPECT_EQ(readAll({0x80, 0x80, 0x80, 0x80, 0x00}, &ByteReader::leb32), 0u);
  EXPECT_EQ(
      readAll({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}, &ByteReader::leb64),
      std::numeric_limits<std::uint64_t>::max());
}

TEST(ByteReader, UnsignedLebThatIsTooLong) {
  // A fifth byte has room for four bits only, and there is no sixth.
  EXPECT_EQ(*readFails({0xFF, 0xFF, 0xFF, 0xFF, 0x10}, &ByteReader::leb32).offset, 0u);
  readFails({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, &ByteReader::leb32);
  readFails({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, &ByteReader::leb64);
  readFails({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, &ByteReader::leb64);
}

TEST(ByteReader, SignedLebLimits) {
  EXPECT_EQ(readAll({0x3F}, &ByteReader::signedLeb32), 63);
  EXPECT_EQ(readAll({0x40}, &ByteReader::signedLeb32), -64);
  EXPECT_EQ(readAll({0x7F}, &ByteReader::signedLeb64), -1);
  EXPECT_EQ(readAll({0x80, 0x80, 0x80, 0x80, 0x78}, &ByteReader::signedLeb32),
            std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(readAll({0xFF, 0xFF, 0xFF, 0xFF, 0x07}, &ByteReader::signedLeb32),
            std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(readAll({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, &ByteReader::signedLeb33), 0xFFFFFFFFll);
  EXPECT_EQ(readAll({0x80, 0x80, 0x80, 0x80, 0x70}, &ByteReader::signedLeb33), -0x100000000ll);
  EXPECT_EQ(readAll({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F},
                    &ByteReader::signedLeb64),
            std::numeric_limits<std::int64_t>::min());
}

TEST(ByteReader, SignedLebThatIsTooLong) {
  readFails({0xFF, 0xFF, 0xFF, 0xFF, 0x08}, &ByteReader::signedLeb32);
  readFails({0x80, 0x80, 0x80, 0x80, 0x70}, &ByteReader::signedLeb32);
  readFails({0xFF, 0xFF, 0xFF, 0xFF, 0x10}, &ByteReader::signedLeb33);
  readFails({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00}, &ByteReader::signedLeb33);
  readFails({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, &ByteReader::signedLeb64);
}

TEST(ByteReader, TruncatedNumbersFailAtTheEnd) {
  EXPECT_EQ(*readFails({}, &ByteReader::u8).offset, 0u);
  EXPECT_EQ(*readFails({0x80, 0x80}, &ByteReader::leb32).offset, 2u);
  EXPECT_EQ(*readFails({0xFF}, &ByteReader::signedLeb64).offset, 1u);
  EXPECT_EQ(*readFails({1, 2, 3}, &ByteReader::u32).offset, 0u);
}

TEST(ByteReader, TheFirstErrorStaysAndNothingIsReadBehindIt) {
  const Bytes bytes = {1, 2, 3, 4};
  ByteReader reader(bytes);
  reader.u8();
  reader.fail("first");
  reader.fail("second");
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(reader.leb32(), 0u);
  EXPECT_TRUE(reader.bytes(1).empty());
  EXPECT_TRUE(reader.atEnd());
  EXPECT_EQ(reader.error().message, "first");
  EXPECT_EQ(*reader.error().offset, 1u);
}

TEST(ByteReader, SubRangesAreClampedAndReportAbsolutePositions) {
  const Bytes bytes = {1, 2, 3, 4};
  ByteReader inner(bytes, 1, 3);
  EXPECT_EQ(inner.u8(), 2);
  EXPECT_EQ(inner.position(), 2u);
  EXPECT_EQ(inner.u8(), 3);
  EXPECT_TRUE(inner.atEnd());
  EXPECT_TRUE(ByteReader(bytes, 3, 1).atEnd());
  EXPECT_TRUE(ByteReader(bytes, 9, 12).atEnd());
  EXPECT_EQ(ByteReader(bytes, 2, 100).remaining(), 2u);
}

TEST(ByteReader, CountsMustFitIntoWhatFollows) {
  const Bytes bytes = {4, 0, 0, 0, 0};
  EXPECT_EQ(ByteReader(bytes).count(1), 4u);
  ByteReader reader(bytes);
  EXPECT_EQ(reader.count(2), 0u);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(*reader.error().offset, 0u);
}

TEST(ByteReader, NamesMustBeUtf8) {
  const Bytes good = {3, 'a', 0xC3, 0xA9};
  EXPECT_EQ(ByteReader(good).name(), "a\xC3\xA9");
  const Bytes bad = {2, 'a', 0xC3};
  ByteReader reader(bad);
  reader.name();
  EXPECT_EQ(reader.error().message, "a name is not valid UTF-8");
  EXPECT_EQ(*reader.error().offset, 1u);
}

TEST(Utf8, WellAndIllFormed) {
  const auto check = [](const Bytes& bytes) { return isUtf8(bytes); };
  EXPECT_TRUE(check({}));
  EXPECT_TRUE(check({0xF4, 0x8F, 0xBF, 0xBF}));         // U+10FFFF
  EXPECT_TRUE(check({0xED, 0x9F, 0xBF}));               // just below the surrogates
  EXPECT_FALSE(check({0xED, 0xA0, 0x80}));              // a surrogate
  EXPECT_FALSE(check({0xF4, 0x90, 0x80, 0x80}));        // above U+10FFFF
  EXPECT_FALSE(check({0xC0, 0x80}));                    // overlong
  EXPECT_FALSE(check({0xE0, 0x9F, 0xBF}));              // overlong
  EXPECT_FALSE(check({0xF0, 0x8F, 0xBF, 0xBF}));        // overlong
  EXPECT_FALSE(check({0xE2, 0x82}));                    // cut off
  EXPECT_FALSE(check({0x80}));                          // continues nothing
  EXPECT_FALSE(check({0xF8, 0x88, 0x80, 0x80, 0x80}));  // no such lead byte
}

// The writer's numbers come back, at and around every power of two.
TEST(ByteWriter, NumbersRoundTrip) {
  std::mt19937_64 random(1);
  for (int bit = 0; bit < 64; ++bit) {
    for (int delta = -2; delta <= 2; ++delta) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(delta);
      ByteWriter writer;
      writer.leb(value);
      EXPECT_EQ(writer.size(), lebSize(value));
      writer.signedLeb(static_cast<std::int64_t>(value));
      writer.padded32(static_cast<std::uint32_t>(value));
      writer.u16(static_cast<std::uint16_t>(value));
      writer.u32(static_cast<std::uint32_t>(value));
      writer.u64(value);
      ByteReader reader(writer.span());
      EXPECT_EQ(reader.leb64(), value);
      EXPECT_EQ(reader.signedLeb64(), static_cast<std::int64_t>(value));
      EXPECT_EQ(reader.leb32(), static_cast<std::uint32_t>(value));
      EXPECT_EQ(reader.u16(), static_cast<std::uint16_t>(value));
      EXPECT_EQ(reader.u32(), static_cast<std::uint32_t>(value));
      EXPECT_EQ(reader.u64(), value);
      EXPECT_TRUE(reader.atEnd());
      EXPECT_FALSE(reader.failed());
    }
  }
}

TEST(ByteWriter, NamesAndPaddedNumbers) {
  ByteWriter writer;
  writer.padded32(5);
  writer.patchPadded32(0, 300);
  writer.name("hi");
  const Bytes expected = {0xAC, 0x82, 0x80, 0x80, 0x00, 2, 'h', 'i'};
  EXPECT_EQ(writer.bytes(), expected);
}

}  // namespace
}  // namespace asyncscope::support

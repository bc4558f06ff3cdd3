#include "support/byte_reader.h"

#include <string>

namespace asyncscope::support {

void ByteReader::fail(std::string_view message, std::uint64_t offset) {
  if (!error_) {
    error_ = Error{std::string(message), offset, {}};
  }
  position_ = end_;
}

void ByteReader::failTruncated(std::uint64_t wanted) {
  fail("the data ends here, but " + std::to_string(wanted) +
       (wanted == 1 ? " more byte is needed" : " more bytes are needed") + " (" +
       std::to_string(remaining()) + " left)");
}

std::uint64_t ByteReader::fixed(int width) {
  std::uint64_t value = 0;
  const auto source = bytes(static_cast<std::uint64_t>(width));
  for (std::size_t i = 0; i < source.size(); ++i) {
    value |= static_cast<std::uint64_t>(source[i]) << (8 * i);
  }
  return value;
}

std::uint64_t ByteReader::unsignedLeb(int bits) {
  const std::size_t start = position_;
  std::uint64_t value = 0;
  for (int shift = 0; shift < bits; shift += 7) {
    if (position_ == end_) {
      failTruncated(1);
      return 0;
    }
    const std::uint8_t byte = data_[position_++];
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      // The last possible byte has room for more bits than the number has.
      if (shift + 7 > bits && (byte >> (bits - shift)) != 0) {
        fail("a number does not fit into " + std::to_string(bits) + " bits", start);
        return 0;
      }
      return value;
    }
  }
  fail("a number of " + std::to_string(bits) + " bits takes too many bytes", start);
  return 0;
}

std::int64_t ByteReader::signedLeb(int bits) {
  const std::size_t start = position_;
  std::uint64_t value = 0;
  for (int shift = 0; shift < bits; shift += 7) {
    if (position_ == end_) {
      failTruncated(1);
      return 0;
    }
    const std::uint8_t byte = data_[position_++];
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      if (shift + 7 > bits) {
        // Of the last byte, the sign bit and all above it must be alike.
        const int above = (byte & 0x7F) >> (bits - shift - 1);
        if (above != 0 && above != 0x7F >> (bits - shift - 1)) {
          fail("a number does not fit into " + std::to_string(bits) + " bits", start);
          return 0;
        }
      }
      const int unused = 64 - (shift + 7);
      if (unused > 0) {
        return static_cast<std::int64_t>(value << unused) >> unused;
      }
      return static_cast<std::int64_t>(value);
    }
  }
  fail("a number of " + std::to_string(bits) + " bits takes too many bytes", start);
  return 0;
}

std::uint32_t ByteReader::count(std::size_t minimumSize) {
  const std::size_t start = position_;
  const std::uint32_t value = leb32();
  if (static_cast<std::uint64_t>(value) * minimumSize > remaining()) {
    fail("a count of " + std::to_string(value) + " elements, but only " +
             std::to_string(remaining()) + " bytes follow",
         start);
    return 0;
  }
  return value;
}

std::string_view ByteReader::name() {
  const std::uint32_t length = leb32();
  const std::size_t start = position_;
  const auto text = bytes(length);
  if (!isUtf8(text)) {
    fail("a name is not valid UTF-8", start);
    return {};
  }
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

bool isUtf8(std::span<const std::uint8_t> bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t lead = bytes[i];
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const int following = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || bytes.size() - i <= static_cast<std::size_t>(following)) {
      return false;
    }
    for (int k = 1; k <= following; ++k) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return false;
      }
    }
    const std::uint8_t second = bytes[i + 1];
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second >= 0xA0;
    const bool tooLarge = lead == 0xF4 && second >= 0x90;
    if (overlong || surrogate || tooLarge) {
      return false;
    }
    i += following + 1;
  }
  return true;
}

}  // namespace asyncscope::support

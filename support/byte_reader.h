// A cursor over bytes that nobody vouches for.
//
// Errors are sticky: the first one is kept with its offset, the cursor jumps to the end, and every
// later read yields zero without looking at the bytes. So a caller may read a whole structure and
// ask failed() once; it must ask before it trusts a count enough to allocate by it.
// The bytes are not owned. Offsets are absolute: a reader made for a sub-range reports positions in
// the whole span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "support/result.h"

namespace asyncscope::support {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes)
      : data_(bytes.data()), position_(0), end_(bytes.size()) {}

  // Reads [begin, end) of bytes; the range is clamped to what there is.
  ByteReader(std::span<const std::uint8_t> bytes, std::size_t begin, std::size_t end)
      : data_(bytes.data()), end_(end < bytes.size() ? end : bytes.size()) {
    position_ = begin < end_ ? begin : end_;
  }

  std::size_t position() const { return position_; }
  std::size_t end() const { return end_; }
  std::size_t remaining() const { return end_ - position_; }
  bool atEnd() const { return position_ == end_; }

  bool failed() const { return error_.has_value(); }
  // The first error; only when failed().
  const Error& error() const { return *error_; }

  // Records an error at the present position, or at offset, unless there is one already.
  void fail(std::string_view message) { fail(message, position_); }
  void fail(std::string_view message, std::uint64_t offset);

  std::uint8_t u8() {
    if (position_ == end_) [[unlikely]] {
      failTruncated(1);
      return 0;
    }
    return data_[position_++];
  }

  // The next byte, not consumed; 0 at the end.
  std::uint8_t peek() const { return position_ == end_ ? std::uint8_t{0} : data_[position_]; }

  // Fixed width, little endian.
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }

  // LEB128 as WebAssembly defines it: at most ceil(bits / 7) bytes, and the unused bits of the last
  // one must be zero (unsigned) or copies of the sign (signed). Padding within that is accepted.
  std::uint32_t leb32() {
    if (position_ != end_ && data_[position_] < 0x80) [[likely]] {
      return data_[position_++];
    }
    return static_cast<std::uint32_t>(unsignedLeb(32));
  }
  std::uint64_t leb64() {
    if (position_ != end_ && data_[position_] < 0x80) [[likely]] {
      return data_[position_++];
    }
    return unsignedLeb(64);
  }
  std::int32_t signedLeb32() { return static_cast<std::int32_t>(signedLebFast(32)); }
  std::int64_t signedLeb33() { return signedLebFast(33); }
  std::int64_t signedLeb64() { return signedLebFast(64); }

  // The next count bytes; empty on failure.
  std::span<const std::uint8_t> bytes(std::uint64_t count) {
    if (count > remaining()) [[unlikely]] {
      failTruncated(count);
      return {};
    }
    std::span<const std::uint8_t> result(data_ + position_, static_cast<std::size_t>(count));
    position_ += static_cast<std::size_t>(count);
    return result;
  }
  void skip(std::uint64_t count) { bytes(count); }

  // A LEB128 count of elements of which each takes at least minimumSize bytes. Fails when so many
  // cannot follow, so the result is safe to reserve by.
  std::uint32_t count(std::size_t minimumSize = 1);

  // A LEB128 length and that many bytes, which must be UTF-8.
  std::string_view name();

 private:
  std::int64_t signedLebFast(int bits) {
    if (position_ != end_ && data_[position_] < 0x80) [[likely]] {
      // Bit 6 is the sign of a one-byte number.
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(data_[position_++]) << 57) >> 57;
    }
    return signedLeb(bits);
  }

  std::uint64_t fixed(int width);
  std::uint64_t unsignedLeb(int bits);
  std::int64_t signedLeb(int bits);
  void failTruncated(std::uint64_t wanted);

  const std::uint8_t* data_;
  std::size_t position_;
  std::size_t end_;
  std::optional<Error> error_;
};

// Whether bytes are well-formed UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
bool isUtf8(std::span<const std::uint8_t> bytes);

}  // namespace asyncscope::support

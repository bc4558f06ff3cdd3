// Appends numbers and bytes to a buffer that it owns: the counterpart of byte_reader.h.
//
// LEB128 numbers come out in their shortest form, but for padded32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace asyncscope::support {

// Calls write(byte) for each byte of the unsigned LEB128 number.
template <class Write>
void forEachLebByte(std::uint64_t value, Write write) {
  while (value >= 0x80) {
    write(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  write(static_cast<std::uint8_t>(value));
}

class ByteWriter {
 public:
  std::size_t size() const { return bytes_.size(); }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::span<const std::uint8_t> span() const { return bytes_; }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }
  void reserve(std::size_t capacity) { bytes_.reserve(capacity); }
  void clear() { bytes_.clear(); }

  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void u16(std::uint16_t value) { fixed(value, 2); }
  void u32(std::uint32_t value) { fixed(value, 4); }
  void u64(std::uint64_t value) { fixed(value, 8); }

  // Unsigned LEB128 of any width.
  void leb(std::uint64_t value) {
    forEachLebByte(value, [this](std::uint8_t byte) { bytes_.push_back(byte); });
  }
  void signedLeb(std::int64_t value);
  // Unsigned LEB128 in five bytes whatever the value, for numbers that are patched later.
  void padded32(std::uint32_t value);
  void patchPadded32(std::size_t at, std::uint32_t value);

  void append(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  // A LEB128 length and the bytes of the text.
  void name(std::string_view text);

 private:
  void fixed(std::uint64_t value, int width);

  std::vector<std::uint8_t> bytes_;
};

// How many bytes ByteWriter::leb(value) appends.
constexpr std::size_t lebSize(std::uint64_t value) {
  std::size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

}  // namespace asyncscope::support

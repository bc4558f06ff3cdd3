#include "support/byte_writer.h"

namespace asyncscope::support {

void ByteWriter::signedLeb(std::int64_t value) {
  while (value < -0x40 || value >= 0x40) {
    bytes_.push_back(static_cast<std::uint8_t>((value & 0x7F) | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<std::uint8_t>(value & 0x7F));
}

void ByteWriter::padded32(std::uint32_t value) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + 5);
  patchPadded32(at, value);
}

void ByteWriter::patchPadded32(std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    bytes_[at + i] = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  bytes_[at + 4] = static_cast<std::uint8_t>(value);
}

void ByteWriter::name(std::string_view text) {
  leb(text.size());
  append({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void ByteWriter::fixed(std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

}  // namespace asyncscope::support

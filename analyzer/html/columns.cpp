#include "analyzer/html/columns.h"

#include <algorithm>

namespace asyncscope::html {

void Column::putVarint(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_ += static_cast<char>(value);
}

void Column::flushRun() {
  if (run_ == 0) return;
  bytes_ += '\0';
  putVarint(run_);
  run_ = 0;
}

void Column::add(std::uint64_t value) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 53;
  const auto now = static_cast<std::int64_t>(std::min(value, kMost));
  const std::int64_t difference = now - last_;
  last_ = now;
  if (difference == 0) {
    ++run_;
    return;
  }
  flushRun();
  putVarint((static_cast<std::uint64_t>(difference) << 1) ^
            static_cast<std::uint64_t>(difference >> 63));
}

std::string Column::base64() {
  flushRun();
  return html::base64(bytes_);
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace asyncscope::html

#include "support/text.h"

#include <cstddef>
#include <span>

#include "support/byte_reader.h"

namespace asyncscope::support {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

// The length of the well-formed UTF-8 character at the front, or 0.
std::size_t characterLength(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (length > text.size()) {
    return 0;
  }
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                            length);
  return isUtf8(bytes) ? length : 0;
}

// The code point of a well-formed character.
char32_t decode(std::string_view character) {
  const auto lead = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1) {
    return lead;
  }
  char32_t code = lead & (0x7F >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) {
    code = code << 6 | (static_cast<std::uint8_t>(character[i]) & 0x3F);
  }
  return code;
}

// Whether a character could steer a terminal, or make text look other than it is.
bool isDangerous(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) ||      // controls
         code == 0x61C || code == 0x200E || code == 0x200F ||  // direction marks
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||  // overrides
         code == 0x2028 || code == 0x2029 ||  // line and paragraph separator
         code == 0xFEFF;                      // byte order mark
}

void appendEscape(std::string& out, char letter, char32_t code, int digits) {
  out += '\\';
  out += letter;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += kDigits[(code >> shift) & 0xF];
  }
}

void appendEscaped(std::string& out, std::string_view text, bool escapeQuotes) {
  while (!text.empty()) {
    const std::size_t length = characterLength(text);
    if (length == 0) {
      appendEscape(out, 'x', static_cast<std::uint8_t>(text[0]), 2);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, length);
    const char32_t code = decode(character);
    if (code == '\\' || (code == '"' && escapeQuotes)) {
      out += '\\';
      out += character;
    } else if (!isDangerous(code)) {
      out += character;
    } else if (code < 0x100) {
      appendEscape(out, 'x', code, 2);
    } else {
      appendEscape(out, 'u', code, 4);
    }
    text.remove_prefix(length);
  }
}

}  // namespace

std::string hex(std::uint64_t value) {
  std::string digits;
  do {
    digits.insert(digits.begin(), kDigits[value & 0xF]);
    value >>= 4;
  } while (value != 0);
  return "0x" + digits;
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  appendEscaped(out, text, false);
  return out;
}

std::string quoted(std::string_view text, std::size_t maximumBytes) {
  const bool cut = text.size() > maximumBytes;
  if (cut) {
    // A character begins at the cut unless the byte there continues one.
    std::size_t length = maximumBytes;
    while (length > 0 && maximumBytes - length < 3 &&
           (static_cast<std::uint8_t>(text[length]) & 0xC0) == 0x80) {
      --length;
    }
    text = text.substr(0, length);
  }
  std::string out = "\"";
  appendEscaped(out, text, true);
  out += cut ? "…\"" : "\"";
  return out;
}

}  // namespace asyncscope::support

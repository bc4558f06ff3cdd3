// Small helpers for text: numbers as people read them, and names from strangers made safe to print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace asyncscope::support {

// "0x1e9d4"
std::string hex(std::uint64_t value);

// The text with everything that could steer a terminal or hide its meaning written as an escape:
// control characters, DEL, C1 controls, bidirectional overrides, invalid UTF-8 ("\x1b", "\u202e"),
// and the backslash itself, so that the original can be told from the escape.
std::string escaped(std::string_view text);

// escaped() between double quotes, with inner quotes escaped, and cut after maximumBytes of input
// at a character's border ("…" marks the cut).
std::string quoted(std::string_view text, std::size_t maximumBytes = 200);

}  // namespace asyncscope::support

// Words as a POSIX shell takes them: what is printed to be pasted, and what is handed to `sh -c`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asyncscope::support {

// In single quotes: stays one word, whatever it holds.
std::string shellQuoted(std::string_view text);

// The words of a command line, quoted where they need it.
std::string shellLine(const std::vector<std::string>& words);

}  // namespace asyncscope::support

// One line on standard error that says what long work is at, when that is a terminal.
#pragma once

#include <string>

namespace asyncscope::cli {

// Replaces the line; an empty text removes it.
void progress(const std::string& text);

}  // namespace asyncscope::cli

// A summary as a file: JSON, schema 1, described in docs/coverage.md.
//
// Guarantees: what was written reads back as the same summary; the same summary gives the same
// bytes; one function, position or finding a line, so that two files can be compared by diff.
// Reading is strict: what is missing, out of order or of another type is an error, and hostile
// input neither crashes nor takes more memory than its size deserves.
//
// Bump the schema when a key changes its meaning or goes. A reader accepts the last two.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/summary/summary.h"
#include "support/result.h"

namespace asyncscope::analyzer {

inline constexpr int kSummarySchema = 1;

// Ends with a newline.
std::string writeSummary(const Summary& summary);
support::Result<Summary> readSummary(std::string_view text);

// Whether a file that begins so is meant to be a summary: the rest is for readSummary to judge.
bool looksLikeSummary(std::string_view text);

}  // namespace asyncscope::analyzer

// What the search found, as a person reads it and as JSON (docs/stress.md).
#pragma once

#include <string>
#include <vector>

#include "analyzer/stress/search.h"

namespace asyncscope::analyzer {

inline constexpr int kStressSchema = 1;

struct StressReportOptions {
  std::string command;  // the program and its arguments, as a shell takes them
  bool colour = false;
};

// Verdict first; then the diagnosis of the smallest failing run and the command that repeats it, or
// what was tried and what was not; then the runs.
std::string stressText(const SearchResult& result, const StressReportOptions& options);

// Schema 1. Trial::report must then be the JSON of the diagnosis.
std::string stressJson(const SearchResult& result, const StressReportOptions& options);

}  // namespace asyncscope::analyzer

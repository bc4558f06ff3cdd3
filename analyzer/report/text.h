// The diagnosis as a person reads it in a terminal: the verdict in one sentence first, then the
// evidence, then the advice, then the rest.
#pragma once

#include <string>

#include "analyzer/diagnosis.h"

namespace asyncscope::analyzer {

struct TextOptions {
  bool colour = false;
};

// Ends with a newline. Names from the program are shown with control characters escaped.
std::string textReport(const Run& run, const Diagnosis& diagnosis, TextOptions options = {});

}  // namespace asyncscope::analyzer

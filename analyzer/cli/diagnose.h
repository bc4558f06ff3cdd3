// What `diagnose` and `run` share: a trace file in, a report out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/cli/verb.h"

namespace asyncscope::cli {

struct DiagnoseOptions {
  std::string trace;
  std::vector<std::string> passing;
  std::string symbols;  // path of an Emscripten symbol map; empty: none
  bool json = false;
  bool partial = false;  // accept a trace whose end is cut
};

// Prints the report to standard output, errors to standard error.
ExitCode diagnoseFiles(const DiagnoseOptions& options);

}  // namespace asyncscope::cli

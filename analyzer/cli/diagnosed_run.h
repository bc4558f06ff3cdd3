// A trace with its diagnosis, set beside other runs: what `diagnose`, `report` and `export` begin
// with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cli/loaded_run.h"
#include "analyzer/diagnosis.h"

namespace asyncscope::cli {

struct LoadOptions {
  std::string trace;
  std::vector<std::string> failing;  // traces of more runs that failed, and summaries
  std::vector<std::string> passing;  // traces of runs that passed, and summaries
  std::string symbols;               // path of an Emscripten symbol map; empty: none
  bool partial = false;              // accept a trace whose end is cut
};

struct DiagnosedRun {
  std::unique_ptr<LoadedRun> loaded;
  analyzer::Diagnosis diagnosis;
};

// What cannot be read is printed to standard error, and nothing is returned.
std::optional<DiagnosedRun> loadAndDiagnose(const LoadOptions& options);

}  // namespace asyncscope::cli

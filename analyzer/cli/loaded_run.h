// A trace file with everything that its run points into: what verbs that read traces begin with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"
#include "support/result.h"
#include "tracer/record/trace.h"

namespace asyncscope::cli {

struct LoadOptions {
  std::string trace;
  std::vector<std::string> passing;
  std::string symbols;   // path of an Emscripten symbol map; empty: none
  bool partial = false;  // accept a trace whose end is cut
};

// A run points into its trace, and the trace into the file's bytes: they live together.
struct LoadedRun {
  std::vector<std::uint8_t> bytes;
  record::Trace trace;
  analyzer::Run run;
};

// The trace first, then the passing ones. What can not be read is printed to standard error, and
// nothing is returned.
std::vector<std::unique_ptr<LoadedRun>> loadRuns(const LoadOptions& options);

// The runs after the first.
std::vector<const analyzer::Run*> passingOf(const std::vector<std::unique_ptr<LoadedRun>>& runs);

}  // namespace asyncscope::cli

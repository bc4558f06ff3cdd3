// A trace file with everything that its run points into: what verbs that read traces begin with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"
#include "analyzer/symbols.h"
#include "support/result.h"
#include "tracer/record/trace.h"

namespace asyncscope::cli {

// A run points into its trace, and the trace into the file's bytes: they live together.
struct LoadedRun {
  std::vector<std::uint8_t> bytes;
  record::Trace trace;
  analyzer::Run run;
};

// Names for the functions of modules without; an empty path: none.
support::Result<analyzer::Symbols> loadSymbols(const std::string& path);

// `bytes` are those of a trace file, `path` is what reports call it.
support::Result<std::unique_ptr<LoadedRun>> loadRun(std::vector<std::uint8_t> bytes,
                                                    const std::string& path,
                                                    const analyzer::Symbols& symbols, bool partial);

}  // namespace asyncscope::cli

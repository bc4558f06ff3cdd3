// Traces and summaries given together: what verbs that look at many runs begin with.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"
#include "analyzer/summary/summary.h"
#include "analyzer/symbols.h"

namespace asyncscope::cli {

struct InputOptions {
  std::vector<std::string> files;
  std::string symbols;                   // path of an Emscripten symbol map; empty: none
  bool partial = false;                  // accept a trace whose end is cut
  std::optional<analyzer::Label> label;  // of the runs of traces; nothing: by their outcome
};

// What each file holds. A run is valid until the call returns.
struct InputHandlers {
  std::function<void(const analyzer::Run&)> run;
  std::function<void(const analyzer::Summary&, const std::string& file)> summary;
};

// One file in memory at a time. What cannot be read is printed to standard error; false then.
bool readInputs(const std::vector<std::string>& files, const analyzer::Symbols& symbols,
                bool partial, const InputHandlers& handlers);

// Diagnoses every run, and adds all of them to `summary`. As above.
bool addInputs(const InputOptions& options, analyzer::Summary& summary);

}  // namespace asyncscope::cli

// What `fix` found, as text and as JSON: the answer in one sentence, the flags, what they cost,
// what was tried and verified, and what no run has shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/fix/search.h"

namespace asyncscope::analyzer {

// One of the builds that the mended one is set beside.
struct BuildFigures {
  std::string name;
  std::uint64_t moduleBytes = 0;  // 0: not known
  std::optional<double> seconds;  // processor time of all runs together, without the tool
  std::string remark;             // why a figure is missing; empty: none is
};

struct FixReportOptions {
  bool colour = false;
  std::vector<std::string> emccFlags, wasmOptFlags;  // of the lists that were found
  std::string responseFile;                          // where the former stand too; empty: nowhere
  std::string output;                // where the mended module was put; empty: nowhere
  std::vector<BuildFigures> builds;  // "as it was" first, "mended", the full one
  std::string buildsNote;            // what all builds were made with; empty: nothing more
  std::uint64_t resumed = 0;         // builds whose figures came from a journal
};

std::string fixText(const FixResult& result, const FixReportOptions& options);

// Schema 1, described in docs/fix.md.
std::string fixJson(const FixResult& result, const FixReportOptions& options);

}  // namespace asyncscope::analyzer

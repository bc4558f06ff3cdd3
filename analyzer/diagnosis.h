// The diagnosis of a run: which finding explains it, which are its consequences, what to do.
//
// Guarantees:
// - The verdict is the first violated invariant that accounts for how the run ended. Violations
//   that followed from it are told as its symptom, not as findings of their own.
// - No violation, no verdict: a healthy run has none.
// - Findings that repeat over cycles are told once, with the number of cycles.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/correlate/correlate.h"
#include "analyzer/cycles/run.h"
#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

struct Diagnosis {
  std::optional<Finding> verdict;  // one of the findings, with the advice for all of them
  std::vector<Finding> findings;   // in the order of the events
  std::vector<RunSummary> runs;    // the diagnosed one first
  Edge edge;
};

// `passing` are runs to tell apart from `run`; they are not diagnosed themselves.
Diagnosis diagnose(const Run& run, const std::vector<const Run*>& passing);

}  // namespace asyncscope::analyzer

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

#include "analyzer/correlate/edge.h"
#include "analyzer/correlate/run_summary.h"
#include "analyzer/cycles/run.h"
#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// A file that holds many runs.
struct FleetSummary {
  std::string file;
  RunCounts runs;
  std::uint64_t cycles = 0, cyclesCompleted = 0;
  std::uint64_t vacuous =
      0;  // passing runs without a completed cycle through the place in question
};

struct Diagnosis {
  std::optional<Finding> verdict;  // one of the findings, with the advice for all of them
  std::vector<Finding> findings;   // in the order of the events
  std::vector<RunSummary> runs;    // the diagnosed one first
  std::vector<FleetSummary> fleets;
  Edge edge;
};

// The run by itself: no edge.
Diagnosis diagnose(const Run& run);

// Sets a diagnosed run, which is taken for a failing one, beside others. They are looked at one by
// one, so that thousands need no more memory than one.
class Comparison {
 public:
  // Both must outlive the comparison; `diagnosis` is filled by it.
  Comparison(const Run& run, Diagnosis& diagnosis);

  void add(const Run& other, Label label);
  // Its runs keep the labels that they have.
  void add(const Summary& summary, std::string file);
  // The edge, once all have been added.
  void finish();

 private:
  const Run& run_;
  Diagnosis& diagnosis_;
  std::optional<VerdictPlace> place_;
  Summary all_;
};

// `passing` are runs to tell apart from `run`; they are not diagnosed themselves.
Diagnosis diagnose(const Run& run, const std::vector<const Run*>& passing);

}  // namespace asyncscope::analyzer

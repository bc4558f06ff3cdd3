// Suspend coverage: which of the sites that may suspend have been on the stack of a completed
// cycle.
//
// A site counts as exercised when a suspend with it on the stack was unwound, resumed and rewound
// to its end: only that shows that its frame is saved and restored. One that was on the stack of
// interrupted cycles alone is told apart; it has been reached, and not shown to work. The sites
// that count are those that the module itself says may suspend, but those of functions that make
// the control calls: such frames are no part of a stack. What was on a stack without counting is
// listed too, as `beyond`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/summary/summary.h"

namespace asyncscope::analyzer {

struct CoverageCounts {
  std::uint64_t sites = 0;           // that count
  std::uint64_t exercised = 0;       // on the stack of a completed cycle
  std::uint64_t interrupted = 0;     // only on stacks of cycles that were not completed
  std::uint64_t unguardedNever = 0;  // never on a stack, and not guarded

  std::uint64_t never() const { return sites - exercised - interrupted; }
  // 100 where there is no site that could be exercised.
  double percent() const { return sites == 0 ? 100.0 : 100.0 * double(exercised) / double(sites); }
  CoverageCounts& operator+=(const CoverageCounts& more);
};

struct FunctionCoverage {
  const FunctionSummary* function = nullptr;
  CoverageCounts counts;
};

struct SiteCoverage {
  const FunctionSummary* function = nullptr;
  const SiteSummary* site = nullptr;
};

struct ModuleCoverage {
  std::uint64_t hash = 0;
  const ModuleSummary* module = nullptr;
  CoverageCounts counts;
  // Those with the most to exercise first: functions that were on stacks come before others.
  std::vector<FunctionCoverage> functions;
  // Never on a stack: unguarded ones first, then those in functions that were on stacks.
  std::vector<SiteCoverage> never;
  std::vector<SiteCoverage> interrupted;
  std::vector<SiteCoverage> exercised;
  std::vector<SiteCoverage> beyond;
};

// Points into the summary that it was made of.
struct Coverage {
  const Summary* summary = nullptr;
  CoverageCounts counts;
  std::vector<ModuleCoverage> modules;  // by hash
};

Coverage coverageOf(const Summary& summary);

struct CoverageTextOptions {
  bool colour = false;
  bool all = false;  // every row, not the first of each table
};

std::string coverageText(const Coverage& coverage, CoverageTextOptions options);

// Schema 1, described in docs/coverage.md.
std::string coverageJson(const Coverage& coverage);

// One flat row a site, always the same columns: docs/coverage.md lists them.
std::string coverageRows(const Coverage& coverage);

}  // namespace asyncscope::analyzer

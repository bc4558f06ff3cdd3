// The search of `stress`: which suspends make a program fail, and the fewest that do.
//
//   twice without forced suspends   what the program does by itself, and whether that is always the
//   same every opportunity, then more    until one run fails delta debugging                 the
//   fewest of its suspends that still fail two interventions               suspends only where the
//   site at fault is on the stack; only where it is not
//
// A run fails when an invariant is violated in it, or when what it shows (output, exit, memory at
// the end) is not what the runs without suspends show. What differs between those two is not
// compared.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"
#include "analyzer/invariants/finding.h"
#include "support/result.h"

namespace asyncscope::analyzer {

// What one run showed.
struct Trial {
  std::string schedule;
  Outcome outcome = Outcome::Unknown;
  std::string outcomeText;
  std::string fate;            // "exit code 0", "signal SIGSEGV", "stopped after 60 s"
  std::string output, errors;  // what it wrote
  std::vector<StressCounts> counts;
  std::vector<std::uint32_t> forced;  // opportunities of its forced suspends, ascending
  std::optional<Finding> verdict;
  std::uint32_t verdictOpportunity = 0;  // of the verdict's cycle; 0: none, or not a forced one
  std::string sentence;                  // the verdict in one
  std::string report;                    // the whole diagnosis: text, or JSON when that is wanted
  std::map<std::string, std::uint64_t> positions;  // "code (file:line)" → suspends there
  std::uint64_t oracleCompared = 0, oracleInFull = 0;
  std::uint64_t cycles = 0, completed = 0;

  std::uint64_t opportunities() const;
  std::uint64_t trips() const;
};

// Each a sentence; empty: nothing differs.
using Differences = std::vector<std::string>;

// What the runs without suspends agree in.
struct Baseline {
  Trial trial;
  bool sameOutput = true, sameErrors = true, sameFate = true, sameMemory = true, sameCount = true;

  Differences differences(const Trial& other) const;
  // What is not compared, in words; empty: everything is.
  std::vector<std::string> notCompared() const;
};

struct SearchOptions {
  std::string schedule;  // the only one to try; empty: those of the search
  std::uint32_t randomRuns = 2;
  std::string suffix;  // "+oracle=…" behind each schedule
};

struct SearchResult {
  struct Row {
    std::string purpose, schedule;
    std::uint64_t opportunities = 0, trips = 0;
    Outcome outcome = Outcome::Unknown;
    std::string code;  // of the verdict; empty: none
    Differences differences;
    bool failed = false;
  };

  Baseline baseline;
  std::vector<Row> runs;         // in the order in which they were made
  std::optional<Trial> failing;  // the smallest failing run
  Differences differences;       // of that one
  bool failsAlone = false;       // it fails without a forced suspend
  bool minimal = true;           // none of its suspends can be left out
  std::optional<Row> onlyThere, everywhereElse;
  bool interrupted = false;
  std::uint64_t trips = 0;  // in all runs
  std::map<std::string, std::uint64_t> positions;
  std::vector<StressCounts> exercised;  // of the first run with suspends
  std::uint64_t oracleCompared = 0, oracleInFull = 0;
};

// `run` makes one run with that schedule; an error ends the search. `stop` is asked between runs.
support::Result<SearchResult> search(
    const SearchOptions& options,
    const std::function<support::Result<Trial>(const std::string& schedule)>& run,
    const std::function<bool()>& stop);

}  // namespace asyncscope::analyzer

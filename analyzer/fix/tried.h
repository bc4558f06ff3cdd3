// What one build with one set of lists showed when its runs were made under forced suspends.
//
// Observations only; what follows from them is decided in search.h. They are kept in a journal
// (journal.h), so that an interrupted search need not make them again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/fix/lists.h"

namespace asyncscope::analyzer {

struct TriedRun {
  std::string command;
  bool passed = false;  // exit code 0, nothing found, the same output as without forced suspends
  std::string why;      // of one that did not pass: the verdict's sentence, or what differed
  std::string code;     // of the verdict; empty: none
  std::string caveat;   // what could not be compared; empty: nothing
  std::uint64_t cycles = 0, completed = 0;
  std::optional<double> seconds;  // processor time without the tool; nothing: not run so
};

// A site that may suspend, as a person reads it.
struct UnexercisedSite {
  std::string function, site;
  bool guarded = false;
};

// Of the module of these runs: how far they reached.
struct Exercised {
  static constexpr std::size_t kMostNamed = 200;

  std::uint64_t sites = 0;             // that may suspend
  std::uint64_t exercised = 0;         // of those: on the stack of a completed cycle
  std::vector<UnexercisedSite> never;  // unguarded ones first, at most kMostNamed
  std::uint64_t neverCount = 0, neverUnguarded = 0;
};

struct Tried {
  std::string buildError;         // not empty: it could not be built, and nothing was run
  std::uint64_t moduleBytes = 0;  // of the module that the runs loaded; 0: none was seen
  std::vector<TriedRun> runs;     // those that were made: all, or up to the first that failed
  Lists asked;                    // what the findings ask for
  std::vector<std::string> beyondFlags;  // findings that no list mends, each with what does
  Exercised exercised;

  // Whether every run that was made passed, and there was one.
  bool passed() const;
  std::uint64_t completed() const;  // cycles
};

}  // namespace asyncscope::analyzer

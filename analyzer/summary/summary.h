// What many runs have in common, small enough to keep for ever: which sites were exercised, what
// was seen in failing and in passing runs, what was found.
//
// Guarantees:
// - merge() is associative and commutative, and the empty summary is its identity: a fleet may
//   summarise and merge in any order, and one machine concludes.
// - Modules are told apart by the hash of their bytes; two builds of one program are never mixed.
// - The size is bounded by the module (its sites and functions), not by the number of runs; what
//   comes from the program without a bound of its own (positions, names of JavaScript functions) is
//   held in maps that are (bounded_map.h).
// - Nothing is estimated: counts are exact, but for values rounded as spread.h says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "analyzer/summary/bounded_map.h"
#include "analyzer/summary/counts.h"
#include "analyzer/summary/spread.h"

namespace asyncscope::analyzer {

inline constexpr std::size_t kMostPositions = 1 << 16, kMostScripts = 1 << 12;

// In how many cycles something was on the stack.
struct CycleCounts {
  std::uint64_t completed = 0;    // that were completed
  std::uint64_t interrupted = 0;  // that were not

  std::uint64_t all() const { return completed + interrupted; }
  CycleCounts& operator+=(const CycleCounts& more);
  bool operator==(const CycleCounts&) const = default;
};

struct SiteSummary {
  std::uint32_t offset = 0;              // of the call in the original module
  std::optional<record::SiteKind> kind;  // nothing: the module's table does not have the site
  bool guarded = false;
  bool maySuspend =
      false;  // by the module; a site that is not may have been on the stack for all that
  CycleCounts cycles;
  std::uint64_t unsaved = 0;  // of those: its frame pushed no record
  RunCounts runs;             // with it on the stack

  bool operator==(const SiteSummary&) const = default;
};

struct FunctionSummary {
  std::uint32_t index = 0;
  std::string name;  // empty: none known
  bool instrumented = false;
  bool runtime = false;            // makes control calls itself: its frames are no part of a stack
  RunCounts runs, completedRuns;   // with it on the stack; of a cycle that was completed
  std::vector<SiteSummary> sites;  // by offset

  bool operator==(const FunctionSummary&) const = default;
};

// Where an interpreted program stood.
struct PositionKey {
  std::string file, code;
  std::uint32_t line = 0, offset = 0;  // of the bytecode in the code object

  auto operator<=>(const PositionKey&) const = default;
};

struct LineKey {
  std::string file, code;
  std::uint32_t line = 0;

  auto operator<=>(const LineKey&) const = default;
};

// A function of JavaScript, as the engine names it.
struct ScriptKey {
  std::string name;

  auto operator<=>(const ScriptKey&) const = default;
};

std::uint64_t keyHash(const PositionKey& key);
std::uint64_t keyHash(const LineKey& key);
std::uint64_t keyHash(const ScriptKey& key);

struct FindingKey {
  std::string code;
  std::optional<std::uint32_t> function, site;

  auto operator<=>(const FindingKey&) const = default;
};

struct FindingSummary {
  RunCounts runs;                                           // in which it was found
  std::uint64_t cycles = 0;                                 // affected
  std::uint64_t breaks = 0, latent = 0, notDetermined = 0;  // runs, by the harm it did there

  FindingSummary& operator+=(const FindingSummary& more);
  bool operator==(const FindingSummary&) const = default;
};

struct ModuleSummary {
  std::uint64_t size = 0;  // bytes
  std::string name;        // empty: none known
  RunCounts runs;          // that loaded it
  OutcomeCounts outcomes;
  RunCounts suspended;  // with a cycle in it
  RunCounts completed;  // with one that was completed
  std::uint64_t cycles = 0, cyclesCompleted = 0;
  std::uint64_t framesWithoutSite =
      0;  // on stacks that the engine did not tell: no site is claimed
  std::vector<FunctionSummary> functions;  // by index

  // A run's greatest: wasm frames at a suspend; cycles; bytes in the buffer, and percent of it;
  // bytes between the C stack pointer before and after a cycle.
  Spread depth, cycleCount, bufferUse, bufferShare, stackSkew;
  // Runs with a cycle that ended there: in its unwind, suspended, in its rewind.
  RunCounts cutUnwind, neverResumed, cutRewind;
  RunCounts anyUnguarded;  // with an unguarded site on the stack
  BoundedMap<PositionKey, CycleCounts> positions{kMostPositions};
  BoundedMap<LineKey, RunCounts> lines{kMostPositions};
  BoundedMap<ScriptKey, RunCounts> scripts{kMostScripts};  // JavaScript between wasm frames
  std::map<FindingKey, FindingSummary> findings;

  bool operator==(const ModuleSummary&) const = default;
};

struct Summary {
  RunCounts runs;
  OutcomeCounts outcomes;
  std::uint64_t runsWithoutModule = 0;  // no asyncified module was loaded
  std::uint64_t notes = 0;              // what recorders said that they could not do
  EventCounts events;
  std::map<std::uint64_t, ModuleSummary> modules;  // by the hash of the module's bytes

  bool operator==(const Summary& other) const;
};

// Adds `more` to `into`.
void merge(Summary& into, const Summary& more);

}  // namespace asyncscope::analyzer

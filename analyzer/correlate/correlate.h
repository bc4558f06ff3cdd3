// Failing against passing runs: what the failing one has that the passing ones have not, with
// counts, and which of the passing ones prove nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/cycles/run.h"
#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// The place in the program that the verdict is about.
struct PlaceInQuestion {
  std::uint32_t function = 0;
  std::optional<std::uint32_t> site;
};

struct RunSummary {
  std::string file;
  Outcome outcome = Outcome::Unknown;
  std::string outcomeText;
  std::uint32_t cycles = 0, cyclesCompleted = 0;
  bool vacuous = false;             // passed, and completed no cycle through the place in question
  std::uint32_t deepestFrames = 0;  // wasm frames at a suspend
  std::uint64_t bufferHighWater = 0, bufferSize = 0;  // bytes; 0: never suspended
};

// "Every failing run has it, and so many of the passing ones."
struct Edge {
  std::string predicate;  // empty: nothing tells the runs apart
  std::uint32_t failingWith = 0, failing = 0, passingWith = 0, passing = 0;
};

RunSummary summarise(const Run& run, const std::optional<PlaceInQuestion>& place);

// `failing` have the fault, `passing` are to be told apart from them.
Edge findEdge(const std::vector<const Run*>& failing, const std::vector<const Run*>& passing,
              const std::optional<Finding>& verdict);

}  // namespace asyncscope::analyzer

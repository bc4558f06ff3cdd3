// A run as a row of the report, and whether it proves anything.
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

RunSummary summaryOf(const Run& run, const std::optional<PlaceInQuestion>& place);

}  // namespace asyncscope::analyzer

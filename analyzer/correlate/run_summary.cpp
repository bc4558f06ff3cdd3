#include "analyzer/correlate/run_summary.h"

#include <algorithm>

#include "analyzer/cycles/measures.h"

namespace asyncscope::analyzer {
namespace {

bool holds(const Cycle& cycle, const PlaceInQuestion& place) {
  return std::any_of(cycle.frames.begin(), cycle.frames.end(), [&](const Frame& frame) {
    if (frame.fate == Frame::Fate::JavaScript || frame.function != place.function) return false;
    return !place.site || !frame.site || *frame.site == *place.site;
  });
}

}  // namespace

RunSummary summaryOf(const Run& run, const std::optional<PlaceInQuestion>& place) {
  RunSummary summary;
  summary.file = run.file;
  summary.outcome = run.outcome;
  summary.outcomeText = run.outcomeText;
  summary.cycles = static_cast<std::uint32_t>(run.cycles.size());
  summary.cyclesCompleted = run.cyclesCompleted();
  for (const Cycle& cycle : run.cycles) {
    summary.deepestFrames = std::max(summary.deepestFrames, depthOf(cycle));
    summary.bufferHighWater = std::max(summary.bufferHighWater, bufferUseOf(cycle));
    if (cycle.bufferKnown && cycle.bufferEnd > cycle.startUnwind.position) {
      summary.bufferSize =
          std::max(summary.bufferSize, cycle.bufferEnd - cycle.startUnwind.position);
    }
  }
  summary.vacuous = run.outcome == Outcome::Pass &&
                    std::none_of(run.cycles.begin(), run.cycles.end(), [&](const Cycle& cycle) {
                      return cycle.completed() && (!place || holds(cycle, *place));
                    });
  return summary;
}

}  // namespace asyncscope::analyzer

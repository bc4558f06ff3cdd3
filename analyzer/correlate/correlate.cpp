#include "analyzer/correlate/correlate.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool holds(const Cycle& cycle, const PlaceInQuestion& place) {
  return std::any_of(cycle.frames.begin(), cycle.frames.end(), [&](const Frame& frame) {
    if (frame.fate == Frame::Fate::JavaScript || frame.function != place.function) return false;
    return !place.site || !frame.site || *frame.site == *place.site;
  });
}

bool suspendsThrough(const Run& run, const PlaceInQuestion& place) {
  return std::any_of(run.cycles.begin(), run.cycles.end(),
                     [&](const Cycle& cycle) { return holds(cycle, place); });
}

struct Predicate {
  std::string text;
  std::function<bool(const Run&)> holds;
};

Edge count(const Predicate& predicate, const std::vector<const Run*>& failing,
           const std::vector<const Run*>& passing) {
  const auto with = [&](const std::vector<const Run*>& runs) {
    return static_cast<std::uint32_t>(std::count_if(
        runs.begin(), runs.end(), [&](const Run* run) { return predicate.holds(*run); }));
  };
  return Edge{predicate.text, with(failing), static_cast<std::uint32_t>(failing.size()),
              with(passing), static_cast<std::uint32_t>(passing.size())};
}

// Share of failing runs that have it, less the share of passing runs that have it.
double separation(const Edge& edge) {
  const double failing = edge.failing == 0 ? 0 : double(edge.failingWith) / edge.failing;
  const double passing = edge.passing == 0 ? 0 : double(edge.passingWith) / edge.passing;
  return failing - passing;
}

}  // namespace

RunSummary summarise(const Run& run, const std::optional<PlaceInQuestion>& place) {
  RunSummary summary;
  summary.file = run.file;
  summary.outcome = run.outcome;
  summary.outcomeText = run.outcomeText;
  summary.cycles = static_cast<std::uint32_t>(run.cycles.size());
  summary.cyclesCompleted = run.cyclesCompleted();
  for (const Cycle& cycle : run.cycles) {
    const auto wasmFrames =
        std::count_if(cycle.frames.begin(), cycle.frames.end(),
                      [](const Frame& frame) { return frame.fate != Frame::Fate::JavaScript; });
    summary.deepestFrames = std::max(summary.deepestFrames, static_cast<std::uint32_t>(wasmFrames));
    std::uint64_t highest = cycle.startUnwind.position;
    for (const Step& step : cycle.unwind) highest = std::max(highest, step.position);
    summary.bufferHighWater =
        std::max(summary.bufferHighWater, highest - cycle.startUnwind.position);
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

Edge findEdge(const std::vector<const Run*>& failing, const std::vector<const Run*>& passing,
              const std::optional<Finding>& verdict) {
  // From the plainest to the most specific: where two separate the runs equally well, the plainer
  // one is what the runs really show.
  std::vector<Predicate> predicates;
  predicates.push_back(
      {"the program suspends at all", [](const Run& run) { return !run.cycles.empty(); }});
  if (verdict && verdict->function) {
    const std::string who = functionText(*verdict->function);
    const PlaceInQuestion function{verdict->function->index, std::nullopt};
    predicates.push_back({fmt::format("a suspend with {} on the stack", who),
                          [=](const Run& run) { return suspendsThrough(run, function); }});
    if (verdict->site) {
      const PlaceInQuestion site{verdict->function->index, verdict->site->offset};
      predicates.push_back({fmt::format("a suspend with {} on the stack, at the {} at {:#x}", who,
                                        siteKindName(verdict->site->kind), verdict->site->offset),
                            [=](const Run& run) { return suspendsThrough(run, site); }});
    }
  }
  predicates.push_back(
      {"more than one cycle", [](const Run& run) { return run.cycles.size() > 1; }});

  Edge best;
  best.failing = static_cast<std::uint32_t>(failing.size());
  best.passing = static_cast<std::uint32_t>(passing.size());
  if (passing.empty()) return best;
  double bestSeparation = 0;
  for (const Predicate& predicate : predicates) {
    const Edge edge = count(predicate, failing, passing);
    if (separation(edge) <= bestSeparation) continue;
    bestSeparation = separation(edge);
    best = edge;
  }
  return best;
}

}  // namespace asyncscope::analyzer

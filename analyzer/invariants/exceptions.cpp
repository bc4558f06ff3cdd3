// Invariant 10: no exception or trap crosses an export while the state is not normal.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

constexpr std::uint32_t kUnwinding = 1;

Finding findingOf(const Run& run, const Cycle& cycle, const Thrown& thrown) {
  const bool unwinding = thrown.state == kUnwinding;
  Finding finding =
      findingIn(cycle, 10, unwinding ? "js-exception-through-unwind" : "zombie-rewind",
                unwinding ? Phase::Unwind : Phase::Rewind, thrown.place);
  finding.instance = thrown.instance;
  finding.function = functionRef(run, cycle.thread, thrown.instance, thrown.function);
  finding.explanation = fmt::format(
      "{} left the export {} while the state was {}: {}", thrown.trap ? "A trap" : "An exception",
      functionText(*finding.function), unwinding ? "unwinding" : "rewinding", thrown.text);
  if (unwinding && cycle.startRewind && cycle.startRewind->place > thrown.place) {
    // What the exception left behind was still rewound: its waker should have been given up.
    finding.code = "zombie-rewind";
    finding.phase = Phase::Rewind;
    finding.place = cycle.startRewind->place;
    finding.explanation +=
        ". The unwind ended there, with the records of the outer frames missing, and was rewound "
        "all "
        "the same: its waker had not been given up.";
  }
  return finding;
}

}  // namespace

void checkExceptions(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (cycle.thrown.empty() || cycle.thrown.front().state == 0) continue;
    findings.push_back(findingOf(run, cycle, cycle.thrown.front()));
  }
}

}  // namespace asyncscope::analyzer

// Invariant 5: at most one suspended stack per buffer; the rewind re-enters what was unwound, once.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

// The stack of `earlier` still lay in the buffer when `later` began to unwind into it.
bool overlaps(const Cycle& earlier, const Cycle& later) {
  if (earlier.thread != later.thread || earlier.instance != later.instance) return false;
  if (!earlier.bufferKnown || !later.bufferKnown || later.internalControl) return false;
  if (earlier.dataPointer != later.dataPointer) return false;
  const bool suspended = earlier.stopUnwind && earlier.stopUnwind->place < later.startUnwind.place;
  const bool resumed = earlier.startRewind && earlier.startRewind->place < later.startUnwind.place;
  return suspended && !resumed && !earlier.abandoned && earlier.thrown.empty();
}

}  // namespace

void checkOneStack(const Run& run, std::vector<Finding>& findings) {
  for (std::size_t i = 1; i < run.cycles.size(); ++i) {
    const Cycle& later = run.cycles[i];
    const Cycle& earlier = run.cycles[i - 1];
    if (!overlaps(earlier, later)) continue;
    Finding finding =
        findingIn(later, 5, "overlapping-suspend", Phase::Suspended, later.startUnwind.place);
    finding.explanation = fmt::format(
        "Cycle {} began to unwind into the buffer at {:#x} in which the stack of cycle {} was "
        "still "
        "suspended: its records are overwritten.",
        later.number, later.dataPointer, earlier.number);
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer

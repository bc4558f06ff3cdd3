// Invariant 5: at most one suspended stack per buffer; the rewind re-enters what was unwound, once.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/host.h"
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

// Emscripten has one place for what is pending, whatever buffers there are. That two stacks were
// suspended at a time is a fault where it went wrong: a waker rewound another stack than its own,
// or found none, or the glue gave up.
bool wentWrong(const Run& run, const Cycle& later) {
  return std::any_of(run.host.begin(), run.host.end(), [&](const HostEvent& event) {
    if (event.place.thread != later.thread || event.instance != later.instance ||
        event.place < later.startUnwind.place) {
      return false;
    }
    if (event.kind == record::EventKind::GlueWoken) {
      return event.detail == 1 && event.function != event.position;
    }
    return event.kind == record::EventKind::Aborted &&
           (says(event, "Cannot have multiple async operations in flight at once") ||
            says(event, "We cannot start an async operation when one is already in flight"));
  });
}

bool bothSuspended(const Cycle& earlier, const Cycle& later) {
  if (earlier.thread != later.thread || earlier.instance != later.instance) return false;
  if (later.internalControl || earlier.abandoned || !earlier.stopUnwind) return false;
  if (!earlier.thrown.empty()) return false;
  return earlier.stopUnwind->place < later.startUnwind.place &&
         (!earlier.startRewind || later.startUnwind.place < earlier.startRewind->place);
}

// The first cycle that began while the stack of another was suspended, where that went wrong.
void checkPending(const Run& run, std::vector<Finding>& findings) {
  if (run.host.empty()) return;
  std::vector<const Cycle*> suspended;  // those that no rewind has come to yet
  for (const Cycle& later : run.cycles) {
    std::erase_if(suspended, [&](const Cycle* cycle) {
      return cycle->startRewind && cycle->startRewind->place < later.startUnwind.place;
    });
    const auto found = std::find_if(suspended.begin(), suspended.end(), [&](const Cycle* cycle) {
      return bothSuspended(*cycle, later);
    });
    const Cycle* other = found == suspended.end() ? nullptr : *found;
    suspended.push_back(&later);
    if (other == nullptr || overlaps(*other, later) || !wentWrong(run, later)) continue;
    Finding finding =
        findingIn(later, 5, "overlapping-suspend", Phase::Suspended, later.startUnwind.place);
    finding.explanation = fmt::format(
        "Cycle {} suspended while the stack of cycle {} was still suspended: the glue keeps one "
        "pending operation, and the second took the place of the first.",
        later.number, other->number);
    findings.push_back(std::move(finding));
    return;
  }
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
  checkPending(run, findings);
}

}  // namespace asyncscope::analyzer

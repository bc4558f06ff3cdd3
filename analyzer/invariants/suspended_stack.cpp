// Invariant 8: while a stack is suspended, its part of the C stack does not change.
//
// Asyncify saves locals; what frames keep on the C stack stays where it is. It is safe as long as
// the C stack pointer stays below it: whoever raises it lets the next call write over it. (The
// buffer's own bytes are compared in buffer_bounds.cpp. Bytes that JavaScript writes into a
// sleeping frame are no violation: that is how an import gives back what it read.)
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

// Whether the call of this export was itself suspended: then it is a coroutine, and what it did to
// the other is told of both.
bool wasSuspended(const Run& run, const Interference& what) {
  // The last unwind that began before it: cycles are in the order of their start_unwind.
  const auto after = std::lower_bound(
      run.cycles.begin(), run.cycles.end(), what.place,
      [](const Cycle& cycle, const EventPlace& place) { return cycle.startUnwind.place < place; });
  if (after == run.cycles.begin()) return false;
  const Cycle& last = *(after - 1);
  return last.thread == what.place.thread && last.instance == what.instance &&
         (!last.stopUnwind || what.place < last.stopUnwind->place);
}

Finding overwritten(const Run& run, const Cycle& cycle, const Interference& what) {
  Finding finding =
      findingIn(cycle, 8, "js-stackrestore-while-suspended", Phase::Suspended, what.place);
  finding.instance = what.instance;
  finding.function = functionRef(run, cycle.thread, what.instance, what.function);
  finding.corrupts = true;
  finding.explanation = fmt::format(
      "The host called {} while cycle {} was suspended, with the C stack pointer at {}, {} bytes "
      "above where the sleeping frames had left it: JavaScript had restored it as if their call "
      "had "
      "completed. The call wrote over them: {} bytes of their C stack changed, the first at {:#x}.",
      functionText(*finding.function), cycle.number, what.sp, what.sp - cycle.stopUnwind->sp,
      what.bytes, what.address);
  return finding;
}

Finding overlap(const Run& run, const Cycle& cycle, const Interference& what) {
  Finding finding = findingIn(cycle, 8, "shadow-stack-interleave", Phase::Suspended, what.place);
  finding.instance = what.instance;
  finding.function = functionRef(run, cycle.thread, what.instance, what.function);
  finding.corrupts = true;
  finding.explanation = fmt::format(
      "The stack of cycle {} was suspended with frames on the C stack that lie over those of a "
      "call of {}, which is suspended too: {} bytes from {:#x} belong to both. Each needs a C "
      "stack of its own.",
      cycle.number, functionText(*finding.function), what.bytes, what.address);
  return finding;
}

}  // namespace

void checkSuspendedStack(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (cycle.internalControl) continue;
    for (const Interference& what : cycle.meanwhile) {
      if (what.kind == Interference::Kind::Overlap) findings.push_back(overlap(run, cycle, what));
      if (what.kind == Interference::Kind::Overwritten && !wasSuspended(run, what)) {
        findings.push_back(overwritten(run, cycle, what));
      }
    }
  }
}

}  // namespace asyncscope::analyzer

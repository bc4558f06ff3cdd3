// Invariant 7: the C stack pointer at the end of the rewind is what it was at the start of the
// unwind.
//
// Asyncify neither saves nor restores it. An instrumented frame leaves it where it is when it
// unwinds and skips its prologue when it rewinds; a plain frame with a C stack frame moves it both
// times, and the sleeping frames further in then lie below it.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

const Frame* plainFrameThatMovesIt(const Run& run, const Cycle& cycle) {
  for (const Frame& frame : cycle.frames) {
    if (frame.fate != Frame::Fate::NotSaved) continue;
    const record::ModuleTable* module = run.moduleOf(cycle.thread, frame.instance);
    const record::FunctionEntry* entry =
        module == nullptr ? nullptr : module->function(frame.function);
    if (entry != nullptr && entry->movesStackPointer) return &frame;
  }
  return nullptr;
}

// Another stack of the instance that was suspended while this one was, where the pointer was moved
// in that time and not by the frames of this one; nullptr: none.
const Cycle* suspendedMeanwhile(const Run& run, const Cycle& cycle) {
  if (!cycle.stopUnwind || !cycle.startRewind || cycle.stopUnwind->sp == cycle.startRewind->sp) {
    return nullptr;
  }
  // Cycles are in the order of their start_unwind, and their numbers begin at 1.
  for (std::size_t i = cycle.number; i < run.cycles.size(); ++i) {
    const Cycle& other = run.cycles[i];
    if (other.thread != cycle.thread || cycle.startRewind->place < other.startUnwind.place) break;
    const bool between = other.stopUnwind && cycle.stopUnwind->place < other.stopUnwind->place &&
                         other.stopUnwind->place < cycle.startRewind->place;
    if (between && other.instance == cycle.instance && other.dataPointer != cycle.dataPointer) {
      return &other;
    }
  }
  return nullptr;
}

void checkCycle(const Run& run, const Cycle& cycle, std::vector<Finding>& findings) {
  const record::ModuleTable* module = run.moduleOf(cycle.thread, cycle.instance);
  if (module == nullptr || module->stackPointerGlobal == record::kNoIndex) return;
  if (cycle.internalControl) return;
  if (!cycle.stopRewind || cycle.stopRewind->sp == cycle.startUnwind.sp) return;
  const std::uint64_t before = cycle.startUnwind.sp;
  const std::uint64_t after = cycle.stopRewind->sp;
  const Frame* culprit = plainFrameThatMovesIt(run, cycle);
  Finding finding =
      findingIn(cycle, 7, "uninstrumented-frame-sp-skew", Phase::Rewind, cycle.stopRewind->place);
  finding.explanation = fmt::format(
      "The C stack pointer was {} when the unwind began and {} when the rewind ended, {} bytes too "
      "{}",
      before, after, after > before ? after - before : before - after,
      after > before ? "high" : "low");
  if (after > before) {
    finding.explanation +=
        ": the frames that were asleep lie below it, and the next call overwrites them.";
  } else {
    finding.explanation += ": that much C stack is lost until the catching frame returns.";
  }
  if (culprit != nullptr) {
    finding.place = cycle.placeOf(culprit->event, Phase::Unwind);
    finding.instance = culprit->instance;
    finding.function = functionRef(run, cycle.thread, culprit->instance, culprit->function);
    if (culprit->site) {
      if (const auto* site = run.moduleOf(cycle.thread, culprit->instance)
                                 ->site(culprit->function, *culprit->site)) {
        finding.site = SiteRef{site->offset, site->kind};
      }
    }
    finding.explanation +=
        fmt::format(" {} is not instrumented and moves it.", functionText(*finding.function));
  } else if (const Cycle* other = suspendedMeanwhile(run, cycle)) {
    finding.code = "shadow-stack-interleave";
    finding.phase = Phase::Suspended;
    finding.explanation += fmt::format(
        " It was moved while the stack was suspended: cycle {} used the same C stack meanwhile, "
        "and nobody set the pointer back for the resume.",
        other->number);
  } else {
    finding.code = "c-stack-skew";
  }
  findings.push_back(std::move(finding));
}

}  // namespace

void checkStackPointer(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) checkCycle(run, cycle, findings);
}

}  // namespace asyncscope::analyzer

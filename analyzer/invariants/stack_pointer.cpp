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
    finding.place = culprit->place;
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

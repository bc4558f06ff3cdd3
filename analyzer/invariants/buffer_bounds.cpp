// Invariant 3: start <= position <= end at every push, and position is back at start when the
// rewind ends.
//
// Asyncify itself compares position with end only in the control functions, after the writes: the
// bytes behind the buffer are lost by then.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

void checkOverflow(const Run& run, const Cycle& cycle, std::vector<Finding>& findings) {
  if (!cycle.bufferKnown || cycle.dataPointer == 0) return;
  for (const Step& step : cycle.unwind) {
    if (step.kind != Step::Kind::Saved || step.position <= cycle.bufferEnd) continue;
    std::uint64_t highest = step.position;
    for (const Step& later : cycle.unwind) highest = std::max(highest, later.position);
    const std::uint64_t start = cycle.startUnwind.position;
    // The control function traps. Where the program goes on after that, it does so with what the
    // records have left of its memory.
    const bool wentOn = cycle.wentOn && cycle.overrun && cycle.overrun->differ != 0;
    Finding finding =
        findingIn(cycle, 3, wentOn ? "overflow-heap-damage" : "asyncify-stack-overflow",
                  Phase::Unwind, cycle.placeOf(step.event, Phase::Unwind));
    finding.corrupts = wentOn;
    finding.instance = step.instance;
    finding.function = functionRef(run, cycle.thread, step.instance, step.function);
    finding.explanation = fmt::format(
        "The stack did not fit into the buffer: {} bytes were pushed into {}, and the record of {} "
        "was the first to cross the end. The {} bytes behind the buffer are overwritten.",
        highest - start, cycle.bufferEnd - start, functionText(*finding.function),
        highest - cycle.bufferEnd);
    if (cycle.overrun && cycle.overrun->differ != 0) {
      finding.explanation +=
          fmt::format(" Of the first {} of them {} are no longer what they were.",
                      cycle.overrun->compared, cycle.overrun->differ);
    }
    if (wentOn) {
      finding.explanation += fmt::format(
          " The host went on, and called {}.",
          functionText(functionRef(run, cycle.thread, cycle.instance, cycle.wentOn->function)));
    }
    findings.push_back(std::move(finding));
    return;
  }
}

void checkHeader(const Cycle& cycle, std::vector<Finding>& findings) {
  if (!cycle.bufferKnown) return;
  if (cycle.dataPointer == 0) {
    Finding finding =
        findingIn(cycle, 3, "buffer-alloc-failed", Phase::Unwind, cycle.startUnwind.place);
    finding.explanation =
        "The data pointer given to start_unwind was 0: no buffer was allocated, and the records "
        "are written near address 0.";
    findings.push_back(std::move(finding));
  } else if (cycle.startUnwind.position > cycle.bufferEnd) {
    Finding finding =
        findingIn(cycle, 3, "buffer-header-clobbered", Phase::Unwind, cycle.startUnwind.place);
    finding.explanation =
        fmt::format("The buffer at {:#x} begins behind its end: position {:#x}, end {:#x}.",
                    cycle.dataPointer, cycle.startUnwind.position, cycle.bufferEnd);
    findings.push_back(std::move(finding));
  }
}

void checkEmptied(const Cycle& cycle, std::vector<Finding>& findings) {
  if (!cycle.stopUnwind || !cycle.startRewind || cycle.internalControl) return;
  if (cycle.bufferChanged) {
    Finding finding =
        findingIn(cycle, 8, "buffer-freed-or-reused", Phase::Suspended, *cycle.bufferChanged);
    finding.explanation =
        "The bytes of the buffer changed while the stack lay in it: what the rewind pops is not "
        "what "
        "the unwind pushed.";
    findings.push_back(std::move(finding));
    return;
  }
  if (!cycle.stopRewind) return;
  if (cycle.startRewind->position != cycle.stopUnwind->position) {
    Finding finding =
        findingIn(cycle, 3, "buffer-freed-or-reused", Phase::Suspended, cycle.startRewind->place);
    finding.explanation = fmt::format(
        "The buffer changed while the stack lay in it: position was {} when the unwind ended and "
        "{} when the rewind began.",
        cycle.stopUnwind->position, cycle.startRewind->position);
    findings.push_back(std::move(finding));
  } else if (cycle.stopRewind->position != cycle.startUnwind.position) {
    Finding finding =
        findingIn(cycle, 3, "rewind-path-divergence", Phase::Rewind, cycle.stopRewind->place);
    finding.explanation = fmt::format(
        "The rewind ended with {} bytes in the buffer, where the unwind had begun with none: not "
        "every "
        "record was popped once.",
        static_cast<std::int64_t>(cycle.stopRewind->position - cycle.startUnwind.position));
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void checkBufferBounds(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    checkHeader(cycle, findings);
    checkOverflow(run, cycle, findings);
    checkEmptied(cycle, findings);
  }
}

}  // namespace asyncscope::analyzer

// Invariant 5, as the host has to keep it: the rewind re-enters the export that was unwound, once,
// through its own waker, with no wasm on the stack; and every suspended stack is woken up.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/host.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;

constexpr std::uint32_t kUnwinding = 1;

bool wasAborted(const Run& run, const Cycle& cycle) {
  return std::any_of(run.host.begin(), run.host.end(), [&](const HostEvent& event) {
    return event.kind == EventKind::Aborted && event.place.thread == cycle.thread &&
           event.instance == cycle.instance;
  });
}

// A waker of Emscripten's that had been used before. One that was used once, but for another stack
// than its own, is told by overlapping-suspend.
void checkUsedTwice(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueWoken || event.detail < 2) continue;
    Finding finding = findingAt(event, 5, "double-wakeup", Phase::Rewind);
    finding.explanation =
        fmt::format("The waker of sleep {} was used for the {} time: ", event.function,
                    event.detail == 2 ? "second" : fmt::format("{}th", event.detail));
    finding.explanation +=
        event.position == 0
            ? "nothing is asleep, and what is rewound is no stack."
            : fmt::format("it rewinds the stack of sleep {}, which was not to end yet.",
                          event.position);
    findings.push_back(std::move(finding));
  }
}

// Emscripten forbids it; a host of one's own may do it, if it ends each unwind where it began.
void checkWasmOnStack(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    const bool rewound = event.kind == EventKind::RewindOnStack && hasGlue(run, event);
    const bool refused = event.kind == EventKind::Aborted && event.sp == 1 &&
                         says(event, "must be done from JS, without compiled code on the stack");
    if (!rewound && !refused) continue;
    const Cycle* cycle = event.cycle == 0 ? nullptr : &run.cycles[event.cycle - 1];
    if (cycle != nullptr && (cycle->internalControl || cycle->forced)) continue;
    Finding finding = findingAt(event, 5, "resume-with-wasm-on-stack", Phase::Rewind);
    std::string outer = "wasm code";
    if (event.function != record::kNoIndex) {
      finding.function = functionRef(run, event.place.thread, event.instance, event.function);
      outer = functionText(*finding.function);
    }
    finding.explanation = fmt::format(
        "The wake-up was called while {} was still on the stack: the rewind runs on top of it. "
        "When "
        "the program suspends again, the unwind goes through that frame too, and the next rewind "
        "lacks it.",
        outer);
    findings.push_back(std::move(finding));
    return;  // what comes after goes wrong because of this one
  }
}

void checkThreads(const Run& run, std::vector<Finding>& findings) {
  forEachMisstep(run, [&](const Misstep& misstep, const Cycle*) {
    const Cycle* sleeping = sleepingOnOtherThread(run, misstep);
    if (sleeping == nullptr) return;
    Finding finding;
    finding.code = "wakeup-on-wrong-thread";
    finding.invariant = 5;
    finding.phase = Phase::Rewind;
    finding.cycle = sleeping->number;
    finding.place = misstep.control.place;
    finding.instance = misstep.instance;
    finding.explanation = fmt::format(
        "Thread {} rewound the buffer at {:#x}, in which the stack of thread {} lies (cycle {}): "
        "the state of Asyncify belongs to an instance, and the one that sleeps is not woken by it.",
        misstep.control.place.thread, *misstep.dataPointer, sleeping->thread, sleeping->number);
    findings.push_back(std::move(finding));
  });
}

bool isAwaitedElsewhere(const Run& run, const Cycle& cycle) {
  bool awaited = false;
  forEachMisstep(run, [&](const Misstep& misstep, const Cycle*) {
    awaited = awaited || sleepingOnOtherThread(run, misstep) == &cycle;
  });
  return awaited;
}

// Whether the instance did anything after this stack was suspended: a program that gives up a stack
// and goes on with another one (fibers) has lost nothing.
bool isLastOfInstance(const Run& run, const Cycle& cycle) {
  return std::none_of(run.cycles.begin(), run.cycles.end(), [&](const Cycle& other) {
    if (other.thread != cycle.thread || other.instance != cycle.instance) return false;
    return other.number > cycle.number ||
           (other.stopRewind && other.stopRewind->place > cycle.stopUnwind->place);
  });
}

// Whether another stack of the instance slept in a buffer of its own when this one was suspended:
// these are coroutines, which a host resumes as it likes, and leaves asleep when it needs none any
// more.
bool sleptBesideAnother(const Run& run, const Cycle& cycle) {
  return std::any_of(run.cycles.begin(), run.cycles.end(), [&](const Cycle& other) {
    return other.thread == cycle.thread && other.instance == cycle.instance &&
           other.dataPointer != cycle.dataPointer && other.stopUnwind &&
           other.stopUnwind->place < cycle.stopUnwind->place &&
           (!other.startRewind || other.startRewind->place > cycle.stopUnwind->place);
  });
}

// Emscripten's exit() was at work: the functions that it calls are synchronous.
bool isExiting(const Cycle& cycle) {
  return std::any_of(cycle.stack.begin(), cycle.stack.end(), [](const EngineFrame& frame) {
    return !frame.wasm && frame.name == "exitRuntime";
  });
}

// The program ended because nothing was left to do, and a stack is still asleep.
void checkLost(const Run& run, std::vector<Finding>& findings) {
  constexpr std::uint32_t kMainThread = 0;
  if (!run.idle) return;
  for (const Cycle& cycle : run.cycles) {
    if (cycle.thread != kMainThread) continue;  // the others end when they are told to
    if (!cycle.stopUnwind || cycle.startRewind || cycle.abandoned || cycle.internalControl)
      continue;
    if (wasAborted(run, cycle) || !cycle.thrown.empty()) continue;
    if (!isLastOfInstance(run, cycle) || isAwaitedElsewhere(run, cycle)) continue;
    if (sleptBesideAnother(run, cycle)) continue;
    Finding finding = findingIn(cycle, 5, "lost-wakeup", Phase::Suspended, cycle.stopUnwind->place);
    finding.explanation = fmt::format(
        "The stack of cycle {} was never rewound: the program ended because it had nothing left to "
        "do, so that nothing could wake it up any more.",
        cycle.number);
    if (isExiting(cycle)) {
      finding.code = "suspend-after-shutdown";
      finding.phase = Phase::Host;
      finding.explanation = fmt::format(
          "The stack of cycle {} was suspended by a function that runs at exit: the runtime ended "
          "without it, and what came after the sleep did not come.",
          cycle.number);
    }
    findings.push_back(std::move(finding));
  }
}

// Sleeps that end before they begin. One that delivers a value may have it at hand; one that
// delivers nothing is there to let others run, which it never did.
void checkInline(const Run& run, std::vector<Finding>& findings) {
  constexpr std::uint64_t kEnough = 3;
  for (const HostEvent& event : run.host) {
    if (event.kind != EventKind::GlueSleeps) continue;
    if (event.position < kEnough || event.sp != event.position || hasCycle(run, event)) continue;
    Finding finding = findingAt(event, 5, "sync-wakeup", Phase::Host);
    finding.cycle = 0;
    finding.certainty = Certainty::Likely;
    finding.explanation = fmt::format(
        "All {} sleeps of the program were ended by their own starter, before it returned: "
        "Asyncify saw nothing to wait for, and nothing was ever suspended.",
        event.position);
    findings.push_back(std::move(finding));
  }
}

// Nothing was entered to rewind the stack: why not?
bool isRewindWithoutEntry(const Cycle& cycle) {
  return cycle.startRewind && cycle.rewind.empty() && !cycle.stopRewind && !cycle.internalControl;
}

bool takesInt64(const Run& run, const Cycle& cycle) {
  const auto* module = run.moduleOf(cycle.thread, cycle.instance);
  if (module == nullptr || !cycle.returnedEarly) return false;
  const auto* function = module->function(cycle.returnedEarly->function);
  return function != nullptr && function->takesInt64;
}

void checkArguments(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (!isRewindWithoutEntry(cycle) || !takesInt64(run, cycle)) continue;
    Finding finding =
        findingIn(cycle, 5, "rewind-args-bigint", Phase::Rewind, cycle.startRewind->place);
    finding.function =
        functionRef(run, cycle.thread, cycle.instance, cycle.returnedEarly->function);
    const bool told = run.uncaught && run.uncaught->starts_with("TypeError");
    finding.certainty = told ? Certainty::Proven : Certainty::Likely;
    finding.explanation = fmt::format(
        "The rewind of cycle {} entered nothing: {} has a parameter of type i64, and the host "
        "called it again without its arguments, which the engine refuses.",
        cycle.number, functionText(*finding.function));
    findings.push_back(std::move(finding));
  }
}

// Wasm that was entered through a table: the host does not know what to enter again.
void checkEntry(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    if (!wasEnteredPast(run, cycle)) continue;
    const bool neverStopped =
        std::any_of(cycle.missteps.begin(), cycle.missteps.end(), [](const Misstep& misstep) {
          return misstep.kind == Misstep::Kind::RewindNotNormal &&
                 misstep.control.stateBefore == kUnwinding;
        });
    if (!neverStopped && !isRewindWithoutEntry(cycle)) continue;
    const EventPlace place =
        cycle.startRewind ? cycle.startRewind->place : cycle.missteps.front().control.place;
    Finding finding = findingIn(cycle, 5, "export-stack-empty", Phase::Rewind, place);
    std::string entry = "Wasm";
    if (!cycle.frames.empty() && cycle.frames.back().function != record::kNoIndex) {
      const Frame& outermost = cycle.frames.back();
      finding.instance = outermost.instance;
      finding.function = functionRef(run, cycle.thread, outermost.instance, outermost.function);
      entry = functionText(*finding.function);
    }
    finding.explanation = fmt::format(
        "{} was entered past the exports, through the table: no wrapper noted the entry, so that "
        "nothing ended the unwind of cycle {}, and the host did not know what to enter again.",
        entry, cycle.number);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void checkWakers(const Run& run, std::vector<Finding>& findings) {
  checkUsedTwice(run, findings);
  checkWasmOnStack(run, findings);
  checkThreads(run, findings);
  checkLost(run, findings);
  checkInline(run, findings);
  checkArguments(run, findings);
  checkEntry(run, findings);
}

}  // namespace asyncscope::analyzer

// Invariant 4: the state moves only normal, unwinding, normal, rewinding, normal; a control
// function is never called in another state, and no export is entered in a state other than normal
// unless the protocol says so.
#include <fmt/format.h>

#include "analyzer/invariants/host.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

constexpr std::uint32_t kUnwinding = 1;

const char* stateName(std::uint32_t state) {
  switch (state) {
    case 0:
      return "normal";
    case 1:
      return "unwinding";
    case 2:
      return "rewinding";
    default:
      return "not a state of Asyncify";
  }
}

struct Rule {
  const char* code;
  Phase phase;
  const char* text;  // {} is the state before
};

Rule ruleOf(const Misstep& misstep) {
  const bool unwinding = misstep.control.stateBefore == kUnwinding;
  switch (misstep.kind) {
    case Misstep::Kind::UnwindWhileUnwinding:
      return {"suspend-while-unwinding", Phase::Unwind,
              "start_unwind was called while the state was {}: a frame that had not been saved ran "
              "on during the unwind and suspended again."};
    case Misstep::Kind::UnwindWhileRewinding:
      return {"unwind-refired-on-rewind", Phase::Rewind,
              "start_unwind was called while the state was {}: the suspending import started a "
              "second unwind where it had to call stop_rewind."};
    case Misstep::Kind::StopUnwindNotUnwinding:
      return {"stop-unwind-out-of-order", Phase::Unwind,
              "stop_unwind was called while the state was {}."};
    case Misstep::Kind::StopRewindNotRewinding:
      return {"stop-rewind-out-of-order", Phase::Rewind,
              "stop_rewind was called while the state was {}."};
    case Misstep::Kind::ExportWhileUnwinding:
      return {"suspend-while-unwinding", Phase::Unwind,
              "JavaScript on the stack called an export while the state was {}: an instrumented "
              "function executes its first call then, and the rest of it is skipped."};
    case Misstep::Kind::RewindNotNormal:
      if (unwinding) {
        return {
            "unwind-not-stopped", Phase::Rewind,
            "start_rewind was called while the state was {}: nothing had called stop_unwind when "
            "the outermost export returned."};
      }
      return {"double-wakeup", Phase::Rewind,
              "start_rewind was called while the state was {}: a wake-up came for a stack that was "
              "not suspended."};
    case Misstep::Kind::ExportWhileNotNormal:
      if (unwinding) {
        return {"unwind-not-stopped", Phase::After,
                "The host called an export while the state was {}: nothing had called stop_unwind "
                "when the outermost export returned."};
      }
      return {"stuck-in-rewinding", Phase::After,
              "The host called an export while the state was {}: instrumented functions skip their "
              "bodies and return at once."};
  }
  return {"", Phase::After, "{}"};
}

// Which import started the second unwind, where that was seen.
const HostEvent* unwindAgain(const Run& run, const Misstep& misstep) {
  if (misstep.kind != Misstep::Kind::UnwindWhileUnwinding) return nullptr;
  for (const HostEvent& event : run.host) {
    if (event.kind != record::EventKind::UnwindAgain) continue;
    if (event.place.thread != misstep.control.place.thread) continue;
    if (event.place.event == misstep.control.place.event + 1) return &event;
  }
  return nullptr;
}

// The import was on the stack, about to suspend, when another one inside it started the unwind.
void nameNested(const Run& run, const HostEvent& event, Finding& finding) {
  if (event.detail != 1) return;
  finding.code = "nested-suspend-in-starter";
  std::string caller = "wasm";
  if (event.cycle != 0) {
    const Cycle& cycle = run.cycles[event.cycle - 1];
    if (const Frame* frame = callerOfImport(run, cycle, event.function)) {
      finding.instance = frame->instance;
      finding.function = functionRef(run, cycle.thread, frame->instance, frame->function);
      caller = functionText(*finding.function);
    }
  }
  finding.explanation = fmt::format(
      "The import {}, called by {}, was about to suspend and called wasm that suspended first: two "
      "unwinds are under way on one stack.",
      importText(run, event), caller);
}

Finding findingOf(const Run& run, const Misstep& misstep, std::uint32_t thread,
                  std::uint32_t instance) {
  const Rule rule = ruleOf(misstep);
  Finding finding;
  finding.code = rule.code;
  finding.invariant = 4;
  finding.phase = rule.phase;
  finding.place = misstep.control.place;
  finding.instance = instance;
  finding.explanation =
      fmt::format(fmt::runtime(rule.text), stateName(misstep.control.stateBefore));
  if (misstep.control.function != record::kNoIndex &&
      (misstep.kind == Misstep::Kind::ExportWhileNotNormal ||
       misstep.kind == Misstep::Kind::ExportWhileUnwinding)) {
    finding.function = functionRef(run, thread, instance, misstep.control.function);
  }
  if (const HostEvent* again = unwindAgain(run, misstep)) nameNested(run, *again, finding);
  return finding;
}

// What another rule tells more exactly, and what is none: a plain function runs as ever.
bool isToldElsewhere(const Run& run, const Misstep& misstep, const Cycle* cycle) {
  if (sleepingOnOtherThread(run, misstep) != nullptr) return true;
  if (misstep.kind == Misstep::Kind::ExportWhileUnwinding) {
    const auto* module = run.moduleOf(misstep.control.place.thread, misstep.instance);
    const auto* entry = module == nullptr ? nullptr : module->function(misstep.control.function);
    return entry == nullptr || !entry->instrumented;
  }
  return misstep.kind == Misstep::Kind::RewindNotNormal &&
         misstep.control.stateBefore == kUnwinding && cycle != nullptr &&
         wasEnteredPast(run, *cycle);
}

}  // namespace

void checkStateProtocol(const Run& run, std::vector<Finding>& findings) {
  forEachMisstep(run, [&](const Misstep& misstep, const Cycle* cycle) {
    if (isToldElsewhere(run, misstep, cycle)) return;
    const std::uint32_t thread = cycle != nullptr ? cycle->thread : misstep.control.place.thread;
    const std::uint32_t instance = cycle != nullptr ? cycle->instance : misstep.instance;
    Finding finding = findingOf(run, misstep, thread, instance);
    if (cycle != nullptr) finding.cycle = cycle->number;
    findings.push_back(std::move(finding));
  });
}

}  // namespace asyncscope::analyzer

// Invariants 4 and 11 at the suspending imports: none is entered while the stack unwinds, each ends
// the rewind that comes back to it, and what it returns to wasm is a value, not a promise.
#include <fmt/format.h>

#include "analyzer/invariants/host.h"
#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

using record::EventKind;

// The third field of ImportLeft (event.def).
enum How : std::uint32_t {
  kReturnedPromise = 1,
  kDidNotStopRewind,
  kThrewRewinding,
  kThrewUnwinding,
  kReturnedNoBigInt,
};

Finding entered(const Run& run, const HostEvent& event) {
  Finding finding = findingAt(event, 4, "suspend-while-unwinding", Phase::Unwind);
  finding.explanation = fmt::format(
      "The suspending import {} was entered while the stack unwound: a function was called, or ran "
      "on, that had to wait for the end of the unwind.",
      importText(run, event));
  return finding;
}

Finding ranTwice(const Run& run, const HostEvent& event) {
  Finding finding = findingAt(event, 9, "import-body-runs-twice", Phase::Rewind);
  finding.explanation = fmt::format(
      "The import {} was entered again at the end of the rewind, as it must be, and did again what "
      "it "
      "does before handleSleep: {}.",
      importText(run, event), event.text);
  return finding;
}

// The frame that called the import is where a person looks.
void nameCaller(const Run& run, const HostEvent& event, Finding& finding) {
  if (event.cycle == 0) return;
  const Cycle& cycle = run.cycles[event.cycle - 1];
  const Frame* caller = callerOfImport(run, cycle, event.function);
  if (caller == nullptr) return;
  finding.function = functionRef(run, cycle.thread, caller->instance, caller->function);
  if (const auto* site =
          run.moduleOf(cycle.thread, caller->instance)->site(caller->function, *caller->site)) {
    finding.site = SiteRef{site->offset, site->kind};
  }
}

std::optional<Finding> left(const Run& run, const HostEvent& event) {
  const std::string import = importText(run, event);
  switch (event.detail) {
    case kReturnedPromise: {
      Finding finding = findingAt(event, 11, "promise-not-adapted", Phase::Host);
      finding.cycle = 0;
      finding.explanation = fmt::format(
          "The import {} returned a promise, of which wasm takes the number: not a number, that is "
          "0. It started no unwind, so that nothing waits for the promise.",
          import);
      return finding;
    }
    case kDidNotStopRewind:
    case kThrewRewinding: {
      Finding finding = findingAt(event, 4, "stuck-in-rewinding", Phase::After);
      finding.explanation = fmt::format(
          "The import {} was entered at the end of the rewind of cycle {} and {} stop_rewind: the "
          "state stays rewinding, and instrumented functions skip their bodies and return at once.",
          import, event.cycle,
          event.detail == kThrewRewinding ? "threw before it had called" : "returned without");
      return finding;
    }
    case kThrewUnwinding: {
      if (event.cycle == 0 || !run.cycles[event.cycle - 1].thrown.empty()) return std::nullopt;
      Finding finding = findingAt(event, 10, "js-exception-through-unwind", Phase::Unwind);
      finding.explanation = fmt::format(
          "The import {} threw after the unwind had begun: the exception leaves the frames of the "
          "program without their records.",
          import);
      return finding;
    }
    case kReturnedNoBigInt: {
      Finding finding = findingAt(event, 10, "async-return-bigint", Phase::Unwind);
      nameCaller(run, event, finding);
      finding.explanation = fmt::format(
          "The import {} has a result of type i64 and returned, while the stack unwinds, something "
          "that is no BigInt: the engine throws on the way back into wasm.",
          import);
      return finding;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

void checkWatchedImports(const Run& run, std::vector<Finding>& findings) {
  for (const HostEvent& event : run.host) {
    // A runtime inside the module moves stacks about as it likes.
    if (event.cycle != 0 && run.cycles[event.cycle - 1].internalControl) continue;
    if (event.kind == EventKind::ImportEntered) {
      findings.push_back(entered(run, event));
    } else if (event.kind == EventKind::GlueBodyRanTwice) {
      findings.push_back(ranTwice(run, event));
    } else if (event.kind == EventKind::ImportLeft) {
      if (auto finding = left(run, event)) findings.push_back(std::move(*finding));
    }
  }
}

}  // namespace asyncscope::analyzer

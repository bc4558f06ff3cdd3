// Invariant 4: the state moves only normal, unwinding, normal, rewinding, normal; a control
// function is never called in another state, and no export is entered in a state other than normal
// unless the protocol says so.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

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

Rule ruleOf(Misstep::Kind kind) {
  switch (kind) {
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
    case Misstep::Kind::RewindNotNormal:
      return {"double-wakeup", Phase::Rewind,
              "start_rewind was called while the state was {}: a wake-up came for a stack that was "
              "not suspended."};
    case Misstep::Kind::ExportWhileNotNormal:
      return {"stuck-in-rewinding", Phase::After,
              "The host called an export while the state was {}: instrumented functions skip their "
              "bodies and return at once."};
  }
  return {"", Phase::After, "{}"};
}

Finding findingOf(const Run& run, const Misstep& misstep, std::uint32_t thread,
                  std::uint32_t instance) {
  const Rule rule = ruleOf(misstep.kind);
  Finding finding;
  finding.code = rule.code;
  finding.invariant = 4;
  finding.phase = rule.phase;
  finding.place = misstep.control.place;
  finding.instance = instance;
  finding.explanation =
      fmt::format(fmt::runtime(rule.text), stateName(misstep.control.stateBefore));
  if (misstep.control.function != record::kNoIndex &&
      misstep.kind == Misstep::Kind::ExportWhileNotNormal) {
    finding.function = functionRef(run, thread, instance, misstep.control.function);
  }
  return finding;
}

}  // namespace

void checkStateProtocol(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    for (const Misstep& misstep : cycle.missteps) {
      Finding finding = findingOf(run, misstep, cycle.thread, cycle.instance);
      finding.cycle = cycle.number;
      findings.push_back(std::move(finding));
    }
  }
  for (const Misstep& misstep : run.missteps) {
    findings.push_back(findingOf(run, misstep, misstep.control.place.thread, misstep.instance));
  }
}

}  // namespace asyncscope::analyzer

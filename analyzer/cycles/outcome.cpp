#include "analyzer/cycles/outcome.h"

#include <optional>
#include <string>

namespace asyncscope::analyzer {
namespace {

bool isTrapName(const std::string& name) {
  return name == "RuntimeError" || name == "WebAssembly.RuntimeError";
}

// Whatever the program's host made of it, a trap that left an export in the middle of an unwind or
// a rewind is how such a run fails.
const Thrown* trapInCycle(const Run& run) {
  for (const Cycle& cycle : run.cycles) {
    for (const Thrown& thrown : cycle.thrown) {
      if (thrown.trap) return &thrown;
    }
  }
  return nullptr;
}

}  // namespace

void decideOutcome(Run& run, const record::Trace& trace) {
  if (trace.exit) run.idle = trace.exit->idle;
  if (trace.exit && trace.exit->error) {
    run.uncaught = trace.exit->error->name + ": " + trace.exit->error->message;
  }
  std::string signal;
  std::optional<int> code;
  if (trace.exit) {
    signal = trace.exit->signal;
    code = trace.exit->code;
  }
  if (trace.end) {
    if (!trace.end->signal.empty()) signal = trace.end->signal;
    if (trace.end->code) code = trace.end->code;
  }
  if (trace.exit && trace.exit->error) {
    const record::ErrorInfo& error = *trace.exit->error;
    run.outcome = isTrapName(error.name) ? Outcome::Trap : Outcome::Fail;
    run.outcomeText = error.name + ": " + error.message;
    run.outcomeStack = error.stack;
  } else if (const Thrown* trap = trapInCycle(run)) {
    run.outcome = Outcome::Trap;
    run.outcomeText = trap->text;
  } else if (!signal.empty()) {
    run.outcome = Outcome::Killed;
    run.outcomeText = signal;
  } else if (code) {
    run.outcome = *code == 0 ? Outcome::Pass : Outcome::Fail;
    if (*code != 0) run.outcomeText = "exit code " + std::to_string(*code);
  } else if (trace.cutBytes != 0 || !trace.end) {
    run.outcome = Outcome::Killed;
    run.outcomeText = "the trace has no end";
  }
}

}  // namespace asyncscope::analyzer

// Invariant 1, where the module makes its control calls itself: between the function that starts
// the unwind and the one that ends it there is a frame to be saved.
//
// Functions that call the control functions are left as they are. If one of them was merged with
// the code that it suspends, that code is left as it is too: nothing is saved, and the rewind runs
// it again from its top.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool savedNothing(const Cycle& cycle) {
  return cycle.internalControl && cycle.stopUnwind && cycle.startRewind &&
         cycle.stopUnwind->position == cycle.startUnwind.position &&
         std::none_of(cycle.unwind.begin(), cycle.unwind.end(),
                      [](const Step& step) { return step.kind == Step::Kind::Saved; });
}

// The innermost function on the stack that makes control calls and is no control function.
std::optional<std::uint32_t> starter(const record::ModuleTable& module, const Cycle& cycle) {
  for (const EngineFrame& frame : cycle.stack) {
    if (!frame.wasm) continue;
    const record::FunctionEntry* entry = module.function(frame.function);
    if (entry != nullptr && entry->runtime) return frame.function;
  }
  return std::nullopt;
}

}  // namespace

void checkInlinedRuntime(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    const record::ModuleTable* module = run.moduleOf(cycle.thread, cycle.instance);
    if (module == nullptr || !savedNothing(cycle)) continue;
    Finding finding =
        findingIn(cycle, 1, "runtime-function-inlined", Phase::Unwind, cycle.startUnwind.place);
    std::string who = "The function that starts unwinds";
    if (const auto function = starter(*module, cycle)) {
      finding.function = functionRef(run, cycle.thread, cycle.instance, *function);
      who = functionText(*finding.function);
    }
    finding.explanation = fmt::format(
        "{} starts the unwind itself, and no frame was saved between it and the call that ended "
        "it: the code that had to sleep was merged with the code that puts it to sleep, which "
        "Asyncify leaves as it is. The rewind ran it again from its top.",
        who);
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer

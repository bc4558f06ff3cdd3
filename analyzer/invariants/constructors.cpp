// Invariant 11, of constructors: they have completed before the program begins.
//
// Emscripten's glue calls them from JavaScript that waits for nobody. (A host that waits for its
// `_initialize` does nothing wrong.) There is a fault only where another export was entered while
// the constructors were suspended.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

constexpr std::string_view kConstructors = "__wasm_call_ctors";

const Frame* outermost(const Cycle& cycle) {
  const auto found =
      std::find_if(cycle.frames.rbegin(), cycle.frames.rend(),
                   [](const Frame& frame) { return frame.fate != Frame::Fate::JavaScript; });
  return found == cycle.frames.rend() ? nullptr : &*found;
}

}  // namespace

void checkConstructors(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    const Frame* entry = outermost(cycle);
    if (entry == nullptr || cycle.internalControl) continue;
    const FunctionRef constructors =
        functionRef(run, cycle.thread, entry->instance, entry->function);
    if (constructors.name != kConstructors) continue;
    const auto next = std::find_if(
        cycle.meanwhile.begin(), cycle.meanwhile.end(),
        [](const Interference& what) { return what.kind == Interference::Kind::Entered; });
    if (next == cycle.meanwhile.end()) continue;
    Finding finding =
        findingIn(cycle, 11, "static-ctor-suspend", Phase::Unwind, cycle.startUnwind.place);
    finding.instance = entry->instance;
    finding.function = constructors;
    finding.explanation = fmt::format(
        "A constructor of a global suspended, in {}. Nobody waits for constructors: the host "
        "called {} while they were asleep, so the program began with globals half made.",
        functionText(constructors),
        functionText(functionRef(run, cycle.thread, next->instance, next->function)));
    findings.push_back(std::move(finding));
  }
}

}  // namespace asyncscope::analyzer

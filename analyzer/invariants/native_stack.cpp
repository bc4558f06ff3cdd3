// Invariant 10, of the engine's own stack: it does not run out.
//
// Transformed functions have more locals, so their native frames are larger, and a rewind makes all
// of them anew. A host that starts each switch of coroutines from within the last never gives its
// frames back.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {
namespace {

bool isExhaustion(std::string_view text) {
  return text.find("Maximum call stack size exceeded") != std::string_view::npos ||
         text.find("too much recursion") != std::string_view::npos;
}

bool sameFrame(const EngineFrame& a, const EngineFrame& b) {
  return !a.wasm && !b.wasm &&
         std::tie(a.name, a.script, a.line) == std::tie(b.name, b.script, b.line);
}

// The JavaScript function that calls itself at the inner end of that stack, with no wasm frame in
// between; nullptr: none does.
const EngineFrame* recursing(const std::vector<EngineFrame>& stack) {
  constexpr std::size_t kRepeats = 4;
  std::size_t count = 1;
  for (std::size_t i = 1; i < stack.size(); ++i) {
    count = sameFrame(stack[i - 1], stack[i]) ? count + 1 : 1;
    if (count >= kRepeats) return &stack[i];
  }
  return nullptr;
}

// Whether that function calls into the module when it unwinds: it is a switch of stacks.
bool makesSwitches(const Run& run, const EngineFrame& function) {
  return std::any_of(run.cycles.begin(), run.cycles.end(), [&](const Cycle& cycle) {
    return std::any_of(cycle.stack.begin(), cycle.stack.end(), [&](const EngineFrame& frame) {
      return !frame.wasm && frame.name == function.name && frame.script == function.script;
    });
  });
}

bool reportSwitches(const Run& run, std::string_view text, const Thrown* thrown,
                    std::vector<Finding>& findings) {
  if (run.cycles.size() < 2) return false;
  const std::vector<EngineFrame> stack = parseEngineStack(text);
  const EngineFrame* function = recursing(stack);
  if (function == nullptr || !makesSwitches(run, *function)) return false;
  const Cycle& last = run.cycles.back();
  const EventPlace place = thrown != nullptr ? thrown->place
                           : last.stopUnwind ? last.stopUnwind->place
                                             : last.startUnwind.place;
  Finding finding = findingIn(last, 10, "fiber-swap-native-recursion", Phase::Rewind, place);
  finding.explanation = fmt::format(
      "The engine's stack was used up by {}, which starts each switch of stacks from within the "
      "last: after {} cycles as many of its frames were on it.",
      function->name.empty() ? "JavaScript of the host" : function->name, run.cycles.size());
  findings.push_back(std::move(finding));
  return true;
}

void reportThrown(const Run& run, const Cycle* cycle, const Thrown& thrown,
                  std::vector<Finding>& findings) {
  constexpr std::uint32_t kNormal = 0, kUnwinding = 1;
  const bool failed = run.outcome == Outcome::Fail || run.outcome == Outcome::Trap;
  // A program may go to the end of the stack and catch it: that is its own affair.
  if (thrown.state == kNormal && !failed) return;
  Finding finding;
  finding.code = "engine-stack-exhaustion";
  finding.invariant = 10;
  finding.cycle = cycle == nullptr ? 0 : cycle->number;
  finding.place = thrown.place;
  finding.instance = thrown.instance;
  finding.phase = thrown.state == kNormal      ? Phase::After
                  : thrown.state == kUnwinding ? Phase::Unwind
                                               : Phase::Rewind;
  finding.certainty = thrown.state == kNormal ? Certainty::Likely : Certainty::Proven;
  const record::ModuleTable* module = run.moduleOf(thrown.place.thread, thrown.instance);
  for (const EngineFrame& frame : parseEngineStack(thrown.stack)) {
    if (!frame.wasm || module == nullptr || frame.function >= module->functionCount) continue;
    finding.function = functionRef(run, thrown.place.thread, thrown.instance, frame.function);
    break;
  }
  finding.explanation = fmt::format(
      "The engine's stack was used up{}: the native frames of the transformed functions did not "
      "fit. {}",
      finding.function ? " in " + functionText(*finding.function) : std::string(),
      thrown.state == kNormal
          ? "That the program would recurse without end, transformed or not, is not excluded."
          : "A rewind makes all frames of the suspended stack anew, at once.");
  findings.push_back(std::move(finding));
}

}  // namespace

void checkNativeStack(const Run& run, std::vector<Finding>& findings) {
  if (isExhaustion(run.outcomeText) && reportSwitches(run, run.outcomeStack, nullptr, findings)) {
    return;
  }
  const auto check = [&](const Cycle* cycle, const Thrown& thrown) {
    if (!isExhaustion(thrown.text)) return false;
    if (!reportSwitches(run, thrown.stack, &thrown, findings)) {
      reportThrown(run, cycle, thrown, findings);
    }
    return true;
  };
  for (const Cycle& cycle : run.cycles) {
    for (const Thrown& thrown : cycle.thrown) {
      if (check(&cycle, thrown)) return;
    }
  }
  for (const Thrown& thrown : run.thrown) {
    if (check(nullptr, thrown)) return;
  }
}

}  // namespace asyncscope::analyzer

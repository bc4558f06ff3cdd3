#include "analyzer/invariants/invariants.h"

#include <fmt/format.h>

#include <algorithm>

namespace asyncscope::analyzer {

Finding findingIn(const Cycle& cycle, int invariant, std::string code, Phase phase,
                  EventPlace place) {
  Finding finding;
  finding.code = std::move(code);
  finding.invariant = invariant;
  finding.phase = phase;
  finding.cycle = cycle.number;
  finding.place = place;
  finding.instance = cycle.instance;
  return finding;
}

FunctionRef functionRef(const Run& run, std::uint32_t thread, std::uint32_t instance,
                        std::uint32_t function) {
  FunctionRef ref;
  ref.index = function;
  if (const record::ModuleTable* module = run.moduleOf(thread, instance)) {
    if (const record::FunctionEntry* entry = module->function(function)) ref.name = entry->name;
    if (!ref.name.empty()) return ref;
    const auto seen = run.engineNames.find({thread, instance, function});
    ref.isListName = seen != run.engineNames.end();
    ref.name = ref.isListName ? seen->second : module->exportName(function);
  }
  return ref;
}

std::string functionText(const FunctionRef& function) {
  if (function.name.empty()) return fmt::format("func[{}]", function.index);
  return fmt::format("{} (func[{}])", function.name, function.index);
}

std::vector<Finding> checkInvariants(const Run& run) {
  std::vector<Finding> findings;
  checkRecords(run, findings);
  checkRewindOrder(run, findings);
  checkBufferBounds(run, findings);
  checkStateProtocol(run, findings);
  checkOneStack(run, findings);
  checkUntouched(run, findings);
  checkOracle(run, findings);
  checkStackPointer(run, findings);
  checkLongjmp(run, findings);
  checkSuspendedStack(run, findings);
  checkJsFrames(run, findings);
  checkNativeStack(run, findings);
  checkExceptions(run, findings);
  checkBufferPlace(run, findings);
  checkGrownMemory(run, findings);
  checkInlinedRuntime(run, findings);
  checkConstructors(run, findings);
  checkOwnedArguments(run, findings);
  checkCollectors(run, findings);
  checkDeclaredGlobals(run, findings);
  checkWakers(run, findings);
  checkWatchedImports(run, findings);
  checkShutDown(run, findings);
  checkCallerWaits(run, findings);
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    if (a.place != b.place) return a.place < b.place;
    return a.depth < b.depth;
  });
  return findings;
}

}  // namespace asyncscope::analyzer

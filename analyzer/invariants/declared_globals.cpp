// Invariant 8, of the globals that a developer has declared: a suspended call goes on with what it
// left there.
//
// Asyncify saves the stack, not the globals: an event handler that enters an interpreter while a
// script sleeps may leave it in another state. Which globals are meant to be shared only the
// developer knows, so only declared ones are looked at; what was changed and put back meanwhile is
// no violation.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {

void checkDeclaredGlobals(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    for (const Interference& what : cycle.meanwhile) {
      if (what.kind != Interference::Kind::Global) continue;
      Finding finding =
          findingIn(cycle, 8, "vm-reentrancy-while-suspended", Phase::Suspended, what.place);
      finding.instance = what.instance;
      finding.corrupts = true;
      std::string culprit = "no export that the host entered was seen to change it";
      if (what.function != record::kNoIndex) {
        finding.function = functionRef(run, cycle.thread, what.instance, what.function);
        culprit = fmt::format("the host had called {}, which changed it",
                              functionText(*finding.function));
      }
      finding.explanation = fmt::format(
          "The declared global {} ({} bytes at {:#x}) was not, when cycle {} was resumed, what it "
          "had been when it was suspended: {}. The suspended call goes on in a state that is not "
          "its own.",
          what.name, what.bytes, what.address, cycle.number, culprit);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace asyncscope::analyzer

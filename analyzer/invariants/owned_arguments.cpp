// Invariant 11, of arguments: what the host gives to a call lives until the call has completed.
//
// A call that returns because it was suspended has not completed. Seen where the module exports its
// `free`, and the host calls it. A call that has read its argument before it was suspended takes no
// harm (quickjs-emscripten frees its source text so): told is only what the suspended frames still
// have the address of, and what was written over before they went on.
#include <fmt/format.h>

#include "analyzer/invariants/invariants.h"

namespace asyncscope::analyzer {

void checkOwnedArguments(const Run& run, std::vector<Finding>& findings) {
  for (const Cycle& cycle : run.cycles) {
    for (const Interference& what : cycle.meanwhile) {
      if (what.kind != Interference::Kind::Freed || cycle.internalControl) continue;
      Finding finding =
          findingIn(cycle, 11, "host-frees-while-suspended", Phase::Suspended, what.place);
      finding.instance = what.instance;
      finding.function = functionRef(run, cycle.thread, what.instance, what.owner);
      finding.explanation = fmt::format(
          "The host gave {:#x} to {} as argument {}, and freed it while that call was suspended in "
          "cycle {}. The call still has the address, and something else was written there before "
          "it "
          "went on.",
          what.address, functionText(*finding.function), what.argument + 1, cycle.number);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace asyncscope::analyzer

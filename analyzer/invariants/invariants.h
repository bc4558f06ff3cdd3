// The invariants of docs/how-it-works.md, one file each: a run's cycles in, findings out.
//
// A check reports what it sees without regard to the others; which finding explains which is
// settled in diagnosis.h. No check looks at the text of a trap to find a cause.
#pragma once

#include <vector>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

void checkRecords(const Run& run, std::vector<Finding>& findings);        // 1: one record a frame
void checkRewindOrder(const Run& run, std::vector<Finding>& findings);    // 2: popped in reverse
void checkBufferBounds(const Run& run, std::vector<Finding>& findings);   // 3: start..end
void checkStateProtocol(const Run& run, std::vector<Finding>& findings);  // 4: order of the states
void checkOneStack(const Run& run, std::vector<Finding>& findings);       // 5: one stack a buffer
void checkUntouched(const Run& run, std::vector<Finding>& findings);      // 6: nothing else written
void checkOracle(const Run& run, std::vector<Finding>& findings);         // 6: as the oracle saw
void checkStackPointer(const Run& run, std::vector<Finding>& findings);   // 7: C stack as before
void checkLongjmp(const Run& run, std::vector<Finding>& findings);        // 7: ... where it catches
void checkSuspendedStack(const Run& run, std::vector<Finding>& findings);  // 8: asleep, untouched
void checkJsFrames(const Run& run, std::vector<Finding>& findings);        // 9: wasm frames only
void checkExceptions(const Run& run, std::vector<Finding>& findings);      // 10: returns only

void checkNativeStack(const Run& run, std::vector<Finding>& findings);     // 10: engine's stack
void checkBufferPlace(const Run& run, std::vector<Finding>& findings);     // 3: nobody else's bytes
void checkGrownMemory(const Run& run, std::vector<Finding>& findings);     // 6: views stay attached
void checkInlinedRuntime(const Run& run, std::vector<Finding>& findings);  // 1: a frame to save
void checkConstructors(const Run& run, std::vector<Finding>& findings);    // 11: nobody waits
void checkCollectors(const Run& run, std::vector<Finding>& findings);      // 8: locals are roots
void checkDeclaredGlobals(const Run& run, std::vector<Finding>& findings);  // 8: kept by events
void checkOwnedArguments(const Run& run, std::vector<Finding>& findings);   // 11: arguments live
void checkWakers(const Run& run, std::vector<Finding>& findings);           // 5: by their own waker
void checkWatchedImports(const Run& run, std::vector<Finding>& findings);   // 4, 9, 11: imports
void checkShutDown(const Run& run, std::vector<Finding>& findings);         // 4: of the glue
void checkCallerWaits(const Run& run, std::vector<Finding>& findings);      // 11: the host waits

// All of them, in the order of the events.
std::vector<Finding> checkInvariants(const Run& run);

// A finding with the fields that every check fills alike.
Finding findingIn(const Cycle& cycle, int invariant, std::string code, Phase phase,
                  EventPlace place);
FunctionRef functionRef(const Run& run, std::uint32_t thread, std::uint32_t instance,
                        std::uint32_t function);
// `name (func[N])`, or `func[N]` where no name is known.
std::string functionText(const FunctionRef& function);

}  // namespace asyncscope::analyzer

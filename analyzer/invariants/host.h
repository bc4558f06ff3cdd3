// What the checks of the host's behaviour share: looking things up among the events of the border.
#pragma once

#include <string_view>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// A finding at a host event, in the cycle that was the last to begin before it.
Finding findingAt(const HostEvent& event, int invariant, std::string code, Phase phase);

// Whether Emscripten's glue was found beside the instance of this event.
bool hasGlue(const Run& run, const HostEvent& event);
// Whether the instance of this event suspended at all.
bool hasCycle(const Run& run, const HostEvent& event);

// Whether Emscripten's own check gave this message when it aborted. It speaks of the state of the
// glue, where it is an observation like any other; the text of a trap never is.
bool says(const HostEvent& aborted, std::string_view message);

// Calls see(misstep, cycle or nullptr) for all of them.
template <class See>
void forEachMisstep(const Run& run, See see) {
  for (const Cycle& cycle : run.cycles) {
    for (const Misstep& misstep : cycle.missteps) see(misstep, &cycle);
  }
  for (const Misstep& misstep : run.missteps) see(misstep, static_cast<const Cycle*>(nullptr));
}

// Whether the unwind of this cycle began with no export of its instance on the stack.
bool wasEnteredPast(const Run& run, const Cycle& cycle);

// A stack of another thread that this start_rewind names; nullptr: none.
const Cycle* sleepingOnOtherThread(const Run& run, const Misstep& misstep);

// `module.name` of the import with that function index.
std::string importText(const Run& run, const HostEvent& event);

// The wasm frame of the cycle that calls this import directly; nullptr: none is known to.
const Frame* callerOfImport(const Run& run, const Cycle& cycle, std::uint32_t import);

}  // namespace asyncscope::analyzer

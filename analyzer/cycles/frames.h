// Which frames stood between the entry export and the suspending import, and what became of each.
//
// The engine's stack at start_unwind says which frames there were; the steps that the probes saw
// during the unwind say which of them pushed a record. Walking both from the innermost frame
// outward gives every frame its fate. Where no stack was captured the steps alone are the frames:
// then a plain frame without a probe is not seen, and nothing is claimed of it;
// the site of a frame is then the one that the call index in its record names.
#pragma once

#include "analyzer/cycles/run.h"

namespace asyncscope::analyzer {

// Fills frames and extra (and importFrame) of the run's cycles from stack and unwind.
void reconcileFrames(Run& run);

}  // namespace asyncscope::analyzer

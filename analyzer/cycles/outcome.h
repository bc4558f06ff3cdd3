// How a run ended.
#pragma once

#include "analyzer/cycles/run.h"
#include "tracer/record/trace.h"

namespace asyncscope::analyzer {

// Sets the run's outcome and its texts, idle and uncaught, by what the trace says of its end and,
// where the host hid it, by a trap in the middle of a cycle: run.cycles must be there.
void decideOutcome(Run& run, const record::Trace& trace);

}  // namespace asyncscope::analyzer

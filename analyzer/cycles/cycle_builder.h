// Events into cycles: the first half of every diagnosis.
//
// One pass over each thread's events. A control event opens, moves or closes a cycle; frame events
// belong to the cycle whose unwind or rewind is going on, whichever instance they come from (main
// and side modules share one state). What fits nowhere is counted, never dropped in silence:
// written = explained + unexplained, always.
#pragma once

#include <string>

#include "analyzer/cycles/run.h"
#include "support/result.h"
#include "tracer/record/trace.h"

namespace asyncscope::analyzer {

// `file` is what reports call the run. The trace, and the bytes behind it, must outlive the run.
Run buildRun(const record::Trace& trace, std::string file);

}  // namespace asyncscope::analyzer

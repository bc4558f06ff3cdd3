// From findings to flags: what to add to the link line so that the fault is gone.
//
// The names are spelled as Emscripten's lists and wasm-opt's pass arguments accept them: the name
// in the name section, or, where there is none, the number that wasm-opt gives to the function
// (its index without the imports). Nothing here is verified; only a run under the flags does that.
#pragma once

#include <vector>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// The advice for one finding alone.
Advice adviseFor(const Run& run, const Finding& finding);

// One advice that covers all of them: the union of the lists, the largest of the sizes.
Advice adviseForAll(const Run& run, const std::vector<Finding>& findings);

}  // namespace asyncscope::analyzer

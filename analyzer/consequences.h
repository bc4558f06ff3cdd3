// Which finding is a consequence of which: what follows from an earlier violation is told as its
// symptom, not as a fault of its own.
//
// A code belongs to a family; what a violation of one family can bring about is one table of
// families (consequences.cpp). A new code needs a line there only where the family of its
// invariant, which is the default, does not fit.
#pragma once

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// Whether `finding` can have come of `cause`, which is not later, on the same thread.
bool follows(const Finding& finding, const Finding& cause);

}  // namespace asyncscope::analyzer

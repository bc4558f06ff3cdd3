// One run as a summary: merged with others it becomes that of many.
//
// Texts from the program become UTF-8 here (bytes that are none are replaced), so that a summary is
// the same before and after it was a file.
#pragma once

#include <vector>

#include "analyzer/cycles/run.h"
#include "analyzer/invariants/finding.h"
#include "analyzer/summary/summary.h"

namespace asyncscope::analyzer {

// `findings` are those of diagnose(); empty where only the stacks matter.
Summary summarise(const Run& run, Label label, const std::vector<Finding>& findings);

}  // namespace asyncscope::analyzer

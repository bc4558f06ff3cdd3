// The ways to a suspend as one tree, drawn from the import outward.
#pragma once

#include <string>
#include <vector>

#include "analyzer/check/check.h"
#include "analyzer/report/painter.h"

namespace asyncscope::check {

// A line for each frame; what is not guarded is marked with its consequence. Paths that begin alike
// share their lines.
std::string drawTree(const std::vector<const StaticFinding*>& findings,
                     const analyzer::Painter& paint);

}  // namespace asyncscope::check

// Whether a program could suspend by the engine's own stack switching (JSPI) instead of Asyncify.
#pragma once

#include <string>
#include <vector>

#include "analyzer/check/check.h"

namespace asyncscope::check {

// What in the module stands in the way, in words; empty: nothing that it shows. JavaScript between
// suspended frames is seen as far as imports such as invoke_* tell of it.
std::vector<std::string> jspiObstacles(const CheckInput& input);

}  // namespace asyncscope::check

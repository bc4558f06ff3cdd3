// Why a function that leads to a suspend by direct calls is plain, in the words that a run and a
// check share.
#pragma once

#include <string>

namespace asyncscope::analyzer {

// What left it out: a list. Where a table holds the function that is called
// (`mayBeDirectSince`), the call may as well have gone through the table when Asyncify ran, with
// indirect calls ignored, and an optimiser made it direct afterwards.
std::string leftOutText(bool mayBeDirectSince);

}  // namespace asyncscope::analyzer

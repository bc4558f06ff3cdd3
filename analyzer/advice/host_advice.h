// What to change in the JavaScript around the module, where no flag can mend it.
#pragma once

#include <string>

#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

// Empty: this finding is not mended there.
std::string hostAdvice(const Finding& finding);

}  // namespace asyncscope::analyzer

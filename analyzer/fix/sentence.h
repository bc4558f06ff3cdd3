// The first line of what `fix` prints, and the word for its ending.
#pragma once

#include <string>

#include "analyzer/fix/search.h"

namespace asyncscope::analyzer {

std::string fixSentence(const FixResult& result);

const char* endingName(FixResult::Ending ending);

}  // namespace asyncscope::analyzer

// The verdict in one sentence: the first line of every report, in every format.
#pragma once

#include <string>

#include "analyzer/diagnosis.h"

namespace asyncscope::analyzer {

std::string verdictSentence(const Run& run, const Diagnosis& diagnosis);

}  // namespace asyncscope::analyzer
